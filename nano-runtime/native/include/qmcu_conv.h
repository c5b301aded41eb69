/* Convolution with any window, groups and bits; a fully connected layer is one on one pixel.
 *
 * sum = bias[m] + sum over taps and channels of weight * code, code of padding outside the image; then requantization.
 * Weights lie in blocks of four outputs of one group: [group][block][tap][channel of the group][4], packed, outputs that are missing in
 * a group's last block zero. So one step of a block is 4, 2 or 1 bytes.
 */
#ifndef QMCU_CONV_H
#define QMCU_CONV_H

#include "qmcu.h"

typedef struct {
    int32_t height, width, channels;    /* of the input */
    int32_t outputs, groups;
    qmcu_window window;
    const uint8_t *weights;
    const int32_t *bias;                /* input zero point folded in */
    const uint8_t *padding;             /* codes of one pixel of padding, one a byte */
    qmcu_requantization to;
} qmcu_conv;

/* Codes under the window at one position, one a byte, as [group][tap][channel of the group]. */
QMCU_INLINE void qmcu_conv_gather(const qmcu_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *codes, int32_t bits)
{
    const qmcu_window *window = &layer->window;
    int32_t group_channels = layer->channels / layer->groups;
    int32_t taps = window->kernel_height * window->kernel_width, pixel_bytes = qmcu_bytes(layer->channels, bits);
    int32_t tap = 0;
    for (int32_t ky = 0; ky < window->kernel_height; ++ky) {
        int32_t iy = row * window->stride_y - window->pad_top + ky * window->dilation_y;
        for (int32_t kx = 0; kx < window->kernel_width; ++kx, ++tap) {
            int32_t ix = column * window->stride_x - window->pad_left + kx * window->dilation_x;
            int inside = iy >= 0 && iy < layer->height && ix >= 0 && ix < layer->width;
            const uint8_t *pixel = inside ? x->codes + (iy - x->row) * x->pitch + (ix - x->column) * pixel_bytes : layer->padding;
            for (int32_t g = 0, c = 0; g < layer->groups; ++g) {
                uint8_t *to = codes + (g * taps + tap) * group_channels;
                for (int32_t end = c + group_channels; c < end; ++c)
                    *to++ = (uint8_t)(inside ? qmcu_code(pixel, bits, c) : pixel[c]);
            }
        }
    }
}

/* Weight of output j of a block at one step. */
QMCU_INLINE int32_t qmcu_conv_weight(const uint8_t *step, int32_t bits, int32_t j)
{
    if (bits == 8)
        return (int8_t)step[j];

    return (int32_t)((uint32_t)step[(j * bits) >> 3] << (32 - bits - ((j * bits) & 7))) >> (32 - bits);
}

/* All outputs of some neighbouring pixels, whose codes lie at x[0], x[1], ... one a byte. */
QMCU_INLINE void qmcu_conv_pixels(
    const qmcu_conv *layer, const uint8_t *const *x, int32_t length, uint8_t *y, int32_t count, int32_t weight_bits, int32_t out_bits)
{
    int32_t group_outputs = layer->outputs / layer->groups, pixel_bytes = qmcu_bytes(layer->outputs, out_bits);
    const uint8_t *weights = layer->weights;
    qmcu_writer writers[4];
    for (int32_t p = 0; p < count; ++p)
        writers[p] = qmcu_write_line(y + p * pixel_bytes);

    for (int32_t g = 0; g < layer->groups; ++g) {
        for (int32_t block = 0; block < group_outputs; block += 4) {
            int32_t sums[4][4] = {{0}};
            for (int32_t k = 0; k < length; ++k, weights += weight_bits / 2) {
                for (int32_t j = 0; j < 4; ++j) {
                    int32_t weight = qmcu_conv_weight(weights, weight_bits, j);
                    for (int32_t p = 0; p < count; ++p)
                        sums[p][j] += weight * x[p][g * length + k];
                }
            }

            for (int32_t j = 0; j < 4 && block + j < group_outputs; ++j) {
                int32_t m = g * group_outputs + block + j;
                for (int32_t p = 0; p < count; ++p)
                    qmcu_write(&writers[p], out_bits, qmcu_requantize(&layer->to, sums[p][j] + layer->bias[m], m));
            }
        }
    }

    for (int32_t p = 0; p < count; ++p)
        qmcu_end_line(&writers[p]);
}

/* `count` neighbouring pixels of a row. Codes of 8 bits under a window of one pixel are read in place. */
QMCU_INLINE void qmcu_conv_step(
    const qmcu_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *y, uint8_t *scratch, int32_t count,
    int32_t in_place, int32_t in_bits, int32_t weight_bits, int32_t out_bits)
{
    const qmcu_window *window = &layer->window;
    int32_t taps = window->kernel_height * window->kernel_width;
    const uint8_t *codes[4];
    for (int32_t p = 0; p < count; ++p) {
        uint8_t *gathered = scratch + p * taps * layer->channels;
        if (in_place) {
            codes[p] = x->codes + (row * window->stride_y - x->row) * x->pitch
                + ((column + p) * window->stride_x - x->column) * layer->channels;
        } else {
            qmcu_conv_gather(layer, x, row, column + p, gathered, in_bits);
            codes[p] = gathered;
        }
    }

    qmcu_conv_pixels(layer, codes, taps * (layer->channels / layer->groups), y, count, weight_bits, out_bits);
}

/* `most` (1 or 4) neighbouring pixels are computed together. Scratch: `most` times taps times channels bytes, none where in_place: a window of
 * one pixel without padding and groups, and codes of 8 bits. */
QMCU_INLINE void qmcu_conv_run(
    const qmcu_conv *layer, qmcu_view x, qmcu_region y, uint8_t *scratch, int32_t most, int32_t in_place, int32_t in_bits,
    int32_t weight_bits, int32_t out_bits)
{
    int32_t pixel_bytes = qmcu_bytes(layer->outputs, out_bits);
    int32_t fours = most == 4 ? y.columns / 4 : 0;
    for (int32_t row = 0; row < y.rows; ++row) {
        uint8_t *to = y.codes + row * y.pitch;
        for (int32_t four = 0; four < fours; ++four, to += 4 * pixel_bytes) {
            qmcu_conv_step(
                layer, &x, y.row + row, y.column + 4 * four, to, scratch, 4, in_place, in_bits, weight_bits, out_bits);
        }

        for (int32_t column = 4 * fours; column < y.columns; ++column, to += pixel_bytes) {
            qmcu_conv_step(
                layer, &x, y.row + row, y.column + column, to, scratch, 1, in_place, in_bits, weight_bits, out_bits);
        }
    }
}

#endif
