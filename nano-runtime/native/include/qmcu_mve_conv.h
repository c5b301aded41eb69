/* Convolutions without groups, and dense layers, for cores with Helium: all outputs of two pixels at once, by the blocks of qmcu_mve.h. */
#ifndef QMCU_MVE_CONV_H
#define QMCU_MVE_CONV_H

#include "qmcu_mve.h"

typedef struct {
    int32_t height, width;      /* of the input */
    int32_t pixel_bytes;        /* of the input */
    int32_t outputs;
    qmcu_window window;
    const uint8_t *weights;     /* as qmcu_mve_block has them; [tap][code of a pixel as bytes hold it] along the steps */
    const uint8_t *padding;     /* a row of the window, as padding has it, packed; 0 where there is none */
    int32_t steps, length;      /* codes of a window, in sixteens and as they are */
    int32_t lines;              /* where in scratch results of fewer than 8 bits lie one a byte */
    int32_t pre_shift, addend, shift, min, max;
} qmcu_mve_conv;

#if QMCU_HAS_MVE
/* Rows of up to 16 bytes, `pitch` apart. Up to 15 codes behind the last one are written, too. */
QMCU_INLINE void qmcu_mve_short_rows(const uint8_t *from, int32_t pitch, int32_t rows, int32_t bytes, uint8_t *to)
{
    uint8x16_t sign = vdupq_n_u8(0x80);
    __asm__ volatile(
        "vctp.8 %[bytes]\n dls lr, %[rows]\n"
        "1: vpst\n vldrbt.8 q0, [%[from]]\n add %[from], %[from], %[pitch]\n veor q0, q0, %q[sign]\n vstrb.8 q0, [%[to]]\n add %[to], %[to], %[bytes]\n"
        "le lr, 1b\n"
        : [from] "+&r"(from), [to] "+&r"(to) : [rows] "r"(rows), [bytes] "r"(bytes), [pitch] "r"(pitch), [sign] "w"(sign) : "q0", "lr", "memory");
}
#endif

/* Codes under the window of one pixel, one a byte. */
QMCU_INLINE void qmcu_mve_gather(const qmcu_mve_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *to, int32_t bits)
{
    const qmcu_window *window = &layer->window;
    int32_t left = column * window->stride_x - window->pad_left, top = row * window->stride_y - window->pad_top;
    int32_t bytes = window->kernel_width * layer->pixel_bytes, pitch = window->dilation_y * x->pitch;
    const uint8_t *line = x->codes + (top - x->row) * x->pitch + (left - x->column) * layer->pixel_bytes;
    int within = left >= 0 && left + (window->kernel_width - 1) * window->dilation_x < layer->width && window->dilation_x == 1;
    if (within && top >= 0 && top + (window->kernel_height - 1) * window->dilation_y < layer->height) {
#if QMCU_HAS_MVE
        if (bits == 8 && bytes <= 16) {
            qmcu_mve_short_rows(line, pitch, window->kernel_height, bytes, to);
            return;
        }
#endif
        for (int32_t ky = window->kernel_height; ky > 0; --ky, line += pitch)
            to = qmcu_mve_spread(line, bytes, to, bits);

        return;
    }

    int32_t before = left < 0 ? -left : 0, end = layer->width - left;
    before = before > window->kernel_width ? window->kernel_width : before;
    end = end > window->kernel_width ? window->kernel_width : end < before ? before : end;
    for (int32_t ky = 0; ky < window->kernel_height; ++ky, line += pitch) {
        int32_t iy = top + ky * window->dilation_y;
        if (iy < 0 || iy >= layer->height) {
            to = qmcu_mve_spread(layer->padding, bytes, to, bits);
        } else if (window->dilation_x == 1) {
            to = qmcu_mve_spread(layer->padding, before * layer->pixel_bytes, to, bits);
            to = qmcu_mve_spread(line + before * layer->pixel_bytes, (end - before) * layer->pixel_bytes, to, bits);
            to = qmcu_mve_spread(layer->padding, bytes - end * layer->pixel_bytes, to, bits);
        } else {
            for (int32_t step = 0; step < window->kernel_width * window->dilation_x; step += window->dilation_x) {
                int inside = left + step >= 0 && left + step < layer->width;
                to = qmcu_mve_spread(inside ? line + step * layer->pixel_bytes : layer->padding, layer->pixel_bytes, to, bits);
            }
        }
    }
}

/* One or two neighbouring pixels of a row. */
QMCU_INLINE void qmcu_mve_conv_pixels(
    const qmcu_mve_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *y, qmcu_mve_block *block, uint8_t *windows,
    uint8_t *lines, int32_t count, int32_t in_place, int32_t in_bits, int32_t out_bits, qmcu_mve_form form)
{
    const qmcu_window *window = &layer->window;
    int32_t pitch = out_bits == 8 ? layer->outputs : (layer->outputs + 3) / 4 * 4;
    uint8_t *results = out_bits == 8 ? y : lines;
    for (int32_t p = 0; p < count; ++p) {
        uint8_t *to = windows + p * 16 * layer->steps;
        if (in_place) {
            qmcu_mve_spread(
                x->codes + (row * window->stride_y - x->row) * x->pitch + ((column + p) * window->stride_x - x->column) * layer->pixel_bytes,
                layer->pixel_bytes, to, in_bits);
        } else {
            qmcu_mve_gather(layer, x, row, column + p, to, in_bits);
        }
    }

    block->y[0] = results;
    block->y[1] = results + pitch;
    block->end = results + layer->outputs;
    qmcu_mve_outputs(block, count, form);
    for (int32_t p = 0; out_bits < 8 && p < count; ++p)
        qmcu_mve_pack(lines + p * pitch, layer->outputs, y + p * qmcu_bytes(layer->outputs, out_bits), out_bits);
}

/* in_place: a window of one pixel without padding. Scratch: two windows (one where there is one pixel), 64 bytes more, and for results
 * of fewer than 8 bits as many lines and 64 bytes more. */
QMCU_INLINE void qmcu_mve_conv_run(
    const qmcu_mve_conv *layer, qmcu_view x, qmcu_region y, uint8_t *scratch, int32_t in_place, int32_t in_bits, int32_t out_bits,
    int32_t weight_bits, int32_t shifts, int32_t whole)
{
    qmcu_mve_form form;
    qmcu_mve_block block;
    int32_t out_bytes = qmcu_bytes(layer->outputs, out_bits);
    uint8_t *lines = scratch + layer->lines;
    form.weight_bits = weight_bits;
    form.shifts = shifts;
    form.whole = whole;
    block.codes[0] = scratch;
    block.codes[1] = scratch + 16 * layer->steps;
    block.steps = layer->steps;
    block.length = layer->length;
    block.passes = (layer->steps + 3) / 4;
    block.weights = layer->weights;
    block.pre_shift = layer->pre_shift;
    block.addend = layer->addend;
    block.right_shift = -layer->shift;
    block.min = layer->min;
    block.max = layer->max;
    for (int32_t row = 0; row < y.rows; ++row) {
        uint8_t *to = y.codes + row * y.pitch;
        int32_t column = 0;
        block.entry = QMCU_MVE_SKIPPED(layer->steps, 2);
        for (; column + 2 <= y.columns; column += 2, to += 2 * out_bytes) {
            qmcu_mve_conv_pixels(
                layer, &x, y.row + row, y.column + column, to, &block, scratch, lines, 2, in_place, in_bits, out_bits, form);
        }

        block.entry = QMCU_MVE_SKIPPED(layer->steps, 1);
        if (column < y.columns)
            qmcu_mve_conv_pixels(
                layer, &x, y.row + row, y.column + column, to, &block, scratch, lines, 1, in_place, in_bits, out_bits, form);
    }
}

#endif
