/* Depthwise convolution with any window and bits: output channel c sees input channel c only.
 *
 * sum = bias[c] + sum over taps of weight[tap][c] * code, code of padding outside the image; then requantization.
 * Weights lie as [tap][channel], packed, every tap on a byte.
 */
#ifndef QMCU_DEPTHWISE_H
#define QMCU_DEPTHWISE_H

#include "qmcu.h"

typedef struct {
    int32_t height, width, channels;
    qmcu_window window;
    const uint8_t *weights;
    const int32_t *bias;            /* input zero point folded in */
    const uint8_t *padding;         /* codes of one pixel of padding, one a byte */
    qmcu_requantization to;
} qmcu_depthwise;

/* Signed code c of a line of weights. */
QMCU_INLINE int32_t qmcu_depthwise_weight(const uint8_t *line, int32_t bits, int32_t c)
{
    if (bits == 8)
        return (int8_t)line[c];

    return (int32_t)((uint32_t)line[(c * bits) >> 3] << (32 - bits - ((c * bits) & 7))) >> (32 - bits);
}

/* One pixel whose window lies inside the image; first: its first tap. */
QMCU_INLINE void qmcu_depthwise_inside(
    const qmcu_depthwise *layer, const uint8_t *first, int32_t pitch, uint8_t *y, int32_t kernel_height, int32_t kernel_width,
    int32_t in_bits, int32_t weight_bits, int32_t out_bits)
{
    int32_t step_y = layer->window.dilation_y * pitch, step_x = layer->window.dilation_x * qmcu_bytes(layer->channels, in_bits);
    int32_t tap_bytes = qmcu_bytes(layer->channels, weight_bits);
    qmcu_writer writer = qmcu_write_line(y);
    for (int32_t c = 0; c < layer->channels; ++c) {
        int32_t sum = layer->bias[c];
        for (int32_t ky = 0; ky < kernel_height; ++ky) {
            for (int32_t kx = 0; kx < kernel_width; ++kx) {
                sum += qmcu_depthwise_weight(layer->weights + (ky * kernel_width + kx) * tap_bytes, weight_bits, c)
                    * qmcu_code(first + ky * step_y + kx * step_x, in_bits, c);
            }
        }

        qmcu_write(&writer, out_bits, qmcu_requantize(&layer->to, sum, c));
    }

    qmcu_end_line(&writer);
}

/* One pixel whose window reaches over the border. */
QMCU_INLINE void qmcu_depthwise_border(
    const qmcu_depthwise *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *y, int32_t in_bits, int32_t weight_bits,
    int32_t out_bits)
{
    const qmcu_window *window = &layer->window;
    int32_t pixel_bytes = qmcu_bytes(layer->channels, in_bits), tap_bytes = qmcu_bytes(layer->channels, weight_bits);
    qmcu_writer writer = qmcu_write_line(y);
    for (int32_t c = 0; c < layer->channels; ++c) {
        int32_t sum = layer->bias[c];
        const uint8_t *weights = layer->weights;
        for (int32_t ky = 0; ky < window->kernel_height; ++ky) {
            int32_t iy = row * window->stride_y - window->pad_top + ky * window->dilation_y;
            for (int32_t kx = 0; kx < window->kernel_width; ++kx, weights += tap_bytes) {
                int32_t ix = column * window->stride_x - window->pad_left + kx * window->dilation_x;
                int inside = iy >= 0 && iy < layer->height && ix >= 0 && ix < layer->width;
                int32_t code = inside
                    ? qmcu_code(x->codes + (iy - x->row) * x->pitch + (ix - x->column) * pixel_bytes, in_bits, c)
                    : layer->padding[c];
                sum += qmcu_depthwise_weight(weights, weight_bits, c) * code;
            }
        }

        qmcu_write(&writer, out_bits, qmcu_requantize(&layer->to, sum, c));
    }

    qmcu_end_line(&writer);
}

/* The kernel size stands beside the structure, as literals. */
QMCU_INLINE void qmcu_depthwise_run(
    const qmcu_depthwise *layer, qmcu_view x, qmcu_region y, int32_t kernel_height, int32_t kernel_width, int32_t in_bits,
    int32_t weight_bits, int32_t out_bits)
{
    const qmcu_window *window = &layer->window;
    int32_t in_bytes = qmcu_bytes(layer->channels, in_bits), out_bytes = qmcu_bytes(layer->channels, out_bits);
    int32_t bottom = (kernel_height - 1) * window->dilation_y, right = (kernel_width - 1) * window->dilation_x;
    for (int32_t row = 0; row < y.rows; ++row) {
        int32_t iy = (y.row + row) * window->stride_y - window->pad_top;
        int row_inside = iy >= 0 && iy + bottom < layer->height;
        uint8_t *to = y.codes + row * y.pitch;
        for (int32_t column = 0; column < y.columns; ++column, to += out_bytes) {
            int32_t ix = (y.column + column) * window->stride_x - window->pad_left;
            if (row_inside && ix >= 0 && ix + right < layer->width) {
                qmcu_depthwise_inside(layer, x.codes + (iy - x.row) * x.pitch + (ix - x.column) * in_bytes, x.pitch, to,
                    kernel_height, kernel_width, in_bits, weight_bits, out_bits);
            } else {
                qmcu_depthwise_border(layer, &x, y.row + row, y.column + column, to, in_bits, weight_bits, out_bits);
            }
        }
    }
}

#endif
