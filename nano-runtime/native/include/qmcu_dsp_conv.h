/* Convolutions without groups, for cores with the DSP extension: four pixels (or one) by two, four or eight outputs at once.
 *
 * The codes under the windows of four pixels are widened once into 16-bit lanes, word by word: of a word of packed codes first those
 * whose bits are lowest in both halves, then the next. Weights lie in the order in which that makes taps pass: see qmcu_dsp.h.
 * Where codes and weights are narrow, two outputs share a lane, low + 4096 * high; the compiler has proved from the weights that the
 * low field, moved by an offset, stays within 0 .. 4095 over the steps of a part, after which the fields are taken apart.
 */
#ifndef QMCU_DSP_CONV_H
#define QMCU_DSP_CONV_H

#include "qmcu_dsp.h"

typedef struct {
    int32_t height, width;      /* of the input */
    int32_t pixel_bytes;        /* of the input */
    int32_t outputs;
    qmcu_window window;
    const uint8_t *weights;
    const int32_t *outputs_of;  /* per block: offsets of the low fields of every part, then bias and multiplier of every output */
    const uint8_t *padding;     /* a pixel of padding, packed */
    int32_t steps;              /* pairs of taps of a part */
    int32_t parts;
    int32_t pre_shift, addend, min, max;
} qmcu_dsp_conv;

/* What is fixed when a kernel is specialised. */
typedef struct {
    int32_t in_place;           /* windows of one pixel, read where they are */
    int32_t row_bytes;          /* bytes of a row of the window where they are few and fixed, else 0 */
    int32_t narrow;             /* 0: weights of 8 bits; 4: two 16-bit lanes a word; 2: 16 weights a word */
    int32_t in_bits, out_bits;
    int32_t shift, plain;       /* of the requantization; plain: all codes are allowed and there is no shift before */
} qmcu_dsp_form;

/* Bytes under the window of one pixel, one after the other. */
QMCU_INLINE void qmcu_dsp_gather(const qmcu_dsp_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *to, int32_t row_bytes)
{
    const qmcu_window *window = &layer->window;
    int32_t left = column * window->stride_x - window->pad_left, top = row * window->stride_y - window->pad_top;
    int32_t bytes = row_bytes > 0 ? row_bytes : window->kernel_width * layer->pixel_bytes;
    int within = left >= 0 && left + (window->kernel_width - 1) * window->dilation_x < layer->width && window->dilation_x == 1;
    for (int32_t ky = 0; ky < window->kernel_height; ++ky) {
        int32_t iy = top + ky * window->dilation_y;
        const uint8_t *line = x->codes + (iy - x->row) * x->pitch;
        if (within && iy >= 0 && iy < layer->height) {
            const uint8_t *from = line + (left - x->column) * layer->pixel_bytes;
            if (row_bytes > 0) {
                memcpy(to, from, (size_t)row_bytes);
            } else {
                int32_t i = 0;
                for (; i + 4 <= bytes; i += 4) {
                    uint32_t word = qmcu_word(from + i);
                    memcpy(to + i, &word, 4);
                }
                for (; i < bytes; ++i)
                    to[i] = from[i];
            }
            to += bytes;
            continue;
        }

        for (int32_t kx = 0; kx < window->kernel_width; ++kx) {
            int32_t ix = left + kx * window->dilation_x;
            int inside = iy >= 0 && iy < layer->height && ix >= 0 && ix < layer->width;
            const uint8_t *from = inside ? line + (ix - x->column) * layer->pixel_bytes : layer->padding;
            for (int32_t i = 0; i < layer->pixel_bytes; ++i)
                *to++ = from[i];
        }
    }
}

/* One word of codes of each of `count` pixels as lanes. */
QMCU_INLINE uint32_t *qmcu_dsp_widen_words(const uint32_t *words, uint32_t *lanes, int32_t count, int32_t bits)
{
    if (bits == 8) {
        for (int32_t p = 0; p < count; ++p) {
            lanes[p] = qmcu_even_bytes(words[p]);
            lanes[count + p] = qmcu_odd_bytes(words[p]);
        }
        return lanes + 2 * count;
    }

    for (int32_t turn = 0; turn < 16; turn += bits, lanes += count) {
        for (int32_t p = 0; p < count; ++p)
            lanes[p] = (words[p] >> turn) & (bits == 4 ? 0x000F000Fu : 0x00030003u);
    }
    return lanes;
}

/* Codes of `count` pixels as lanes. */
QMCU_INLINE void qmcu_dsp_widen(const uint8_t *const *codes, int32_t bytes, uint32_t *lanes, int32_t count, int32_t bits)
{
    uint32_t words[4];
    int32_t i = 0;
    for (; i + 4 <= bytes; i += 4) {
        for (int32_t p = 0; p < count; ++p)
            words[p] = qmcu_word(codes[p] + i);
        lanes = qmcu_dsp_widen_words(words, lanes, count, bits);
    }

    if (i < bytes) {
        for (int32_t p = 0; p < count; ++p)
            words[p] = qmcu_part_word(codes[p] + i, bytes - i);
        qmcu_dsp_widen_words(words, lanes, count, bits);
    }
}

/* Minus the codes of each pixel, in both fields: what weights that are one too large make too much. */
QMCU_INLINE void qmcu_dsp_excess(const uint32_t *lanes, int32_t steps, int32_t *excess, int32_t count)
{
    for (int32_t p = 0; p < count; ++p) {
        int32_t sum = 0;
        for (int32_t step = 0; step < steps; ++step)
            sum = qmcu_mac2(lanes[count * step + p], 0x00010001u, sum);
        excess[p] = -4097 * sum;
    }
}

/* From a sum to a code. */
QMCU_INLINE uint32_t qmcu_dsp_code(const qmcu_dsp_conv *layer, int32_t sum, int32_t multiplier, int32_t addend, qmcu_dsp_form form)
{
    if (!form.plain)
        sum = (int32_t)((uint32_t)sum << layer->pre_shift);

    int32_t high = qmcu_mulhi_add(sum, multiplier, addend);
    return (uint32_t)qmcu_saturate(high, form.shift, form.out_bits, form.plain, layer->min, layer->max);
}

/* Stores a block of codes, packed in a word, that begins with output o; what is beyond the last output is left out. */
QMCU_INLINE void qmcu_dsp_store(uint8_t *pixel, int32_t o, int32_t outputs, uint32_t block, int32_t count, int32_t bits)
{
    uint8_t *to = pixel + o * bits / 8;
    if (count * bits < 8) {
        if (o * bits % 8 == 0)
            *to = (uint8_t)block;
        else
            *to = (uint8_t)(*to | block << (o * bits % 8));
        return;
    }

    int32_t bytes = count * bits / 8, left = qmcu_bytes(outputs - o, bits);
    for (int32_t i = 0; i < bytes; ++i) {
        if (i == 0 || i < left)
            to[i] = (uint8_t)(block >> (8 * i));
    }
}

/* All outputs of four pixels, weights of 8 bits. */
QMCU_INLINE void qmcu_dsp_wide_4(const qmcu_dsp_conv *layer, const uint32_t *lanes, uint8_t *const *y, qmcu_dsp_form form)
{
    const uint32_t *weights = (const uint32_t *)(const void *)layer->weights;
    const int32_t *of = layer->outputs_of;
    int32_t addend = layer->addend;
    for (int32_t o = 0; o < layer->outputs; o += 2, weights += layer->steps, of += 4) {
        int32_t sums[8] = {of[0], of[0], of[0], of[0], of[2], of[2], of[2], of[2]};
        qmcu_block_2x4(sums, weights, lanes, layer->steps);
        for (int32_t p = 0; p < 4; ++p) {
            uint32_t a = qmcu_dsp_code(layer, sums[p], of[1], addend, form), b = qmcu_dsp_code(layer, sums[4 + p], of[3], addend, form);
            qmcu_dsp_store(y[p], o, layer->outputs, a | b << form.out_bits, 2, form.out_bits);
        }
    }
}

/* Two codes from the two fields of a sum, packed. */
QMCU_INLINE uint32_t qmcu_dsp_pair(const qmcu_dsp_conv *layer, int32_t low, int32_t high, const int32_t *of, qmcu_dsp_form form)
{
    return qmcu_dsp_code(layer, low + of[0], of[1], layer->addend, form)
        | qmcu_dsp_code(layer, high + of[2], of[3], layer->addend, form) << form.out_bits;
}

QMCU_INLINE int32_t qmcu_dsp_low(int32_t sum)
{
    return sum & 4095;
}

QMCU_INLINE int32_t qmcu_dsp_high(int32_t sum)
{
    return sum >> 12;
}

QMCU_INLINE void qmcu_dsp_store_four(const qmcu_dsp_conv *layer, uint8_t *pixel, int32_t o, uint32_t first, uint32_t second, qmcu_dsp_form form)
{
    qmcu_dsp_store(pixel, o, layer->outputs, first | second << (2 * form.out_bits), 4, form.out_bits);
}

/* All outputs of four pixels, two outputs in a lane, all steps in one part. */
QMCU_INLINE void qmcu_dsp_narrow_4(const qmcu_dsp_conv *layer, const uint32_t *lanes, uint8_t *const *y, qmcu_dsp_form form)
{
    const uint32_t *weights = (const uint32_t *)(const void *)layer->weights;
    const int32_t *of = layer->outputs_of;
    int32_t excess[4] = {0, 0, 0, 0};
    if (form.narrow == 2)
        qmcu_dsp_excess(lanes, layer->steps, excess, 4);

    for (int32_t o = 0; o < layer->outputs; o += 4, of += 10) {
        int32_t sums[8] = {
            of[0] + excess[0], of[0] + excess[1], of[0] + excess[2], of[0] + excess[3],
            of[1] + excess[0], of[1] + excess[1], of[1] + excess[2], of[1] + excess[3],
        };
        if (form.narrow == 2) {
            qmcu_block_crumbs_4x4(sums, weights, lanes, layer->steps);
            weights += layer->steps / 2;
        } else {
            qmcu_block_pairs_4x4(sums, weights, lanes, layer->steps);
            weights += 2 * layer->steps;
        }

        for (int32_t p = 0; p < 4; ++p) {
            uint32_t first = qmcu_dsp_pair(layer, qmcu_dsp_low(sums[p]), qmcu_dsp_high(sums[p]), of + 2, form);
            uint32_t second = qmcu_dsp_pair(layer, qmcu_dsp_low(sums[4 + p]), qmcu_dsp_high(sums[4 + p]), of + 6, form);
            qmcu_dsp_store_four(layer, y[p], o, first, second, form);
        }
    }
}

/* The same in parts. */
QMCU_INLINE void qmcu_dsp_narrow_parts_4(const qmcu_dsp_conv *layer, const uint32_t *lanes, uint8_t *const *y, qmcu_dsp_form form)
{
    const uint32_t *weights = (const uint32_t *)(const void *)layer->weights;
    const int32_t *of = layer->outputs_of;
    for (int32_t o = 0; o < layer->outputs; o += 4, of += 2 * layer->parts + 8) {
        int32_t low[8] = {0, 0, 0, 0, 0, 0, 0, 0}, high[8] = {0, 0, 0, 0, 0, 0, 0, 0};
        const uint32_t *from = lanes;
        for (int32_t part = 0; part < layer->parts; ++part, from += 4 * layer->steps) {
            int32_t a = of[2 * part], b = of[2 * part + 1];
            int32_t sums[8] = {a, a, a, a, b, b, b, b};
            if (form.narrow == 2) {
                int32_t excess[4];
                qmcu_dsp_excess(from, layer->steps, excess, 4);
                for (int32_t i = 0; i < 8; ++i)
                    sums[i] += excess[i % 4];
                qmcu_block_crumbs_4x4(sums, weights, from, layer->steps);
                weights += layer->steps / 2;
            } else {
                qmcu_block_pairs_4x4(sums, weights, from, layer->steps);
                weights += 2 * layer->steps;
            }

            for (int32_t i = 0; i < 8; ++i) {
                low[i] += qmcu_dsp_low(sums[i]);
                high[i] += qmcu_dsp_high(sums[i]);
            }
        }

        for (int32_t p = 0; p < 4; ++p) {
            uint32_t first = qmcu_dsp_pair(layer, low[p], high[p], of + 2 * layer->parts, form);
            uint32_t second = qmcu_dsp_pair(layer, low[4 + p], high[4 + p], of + 2 * layer->parts + 4, form);
            qmcu_dsp_store_four(layer, y[p], o, first, second, form);
        }
    }
}

/* Where the codes under the window of a pixel lie, gathered into `window` or in place. */
QMCU_INLINE const uint8_t *qmcu_dsp_codes(
    const qmcu_dsp_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *window, qmcu_dsp_form form)
{
    if (form.in_place) {
        return x->codes + (row * layer->window.stride_y - x->row) * x->pitch
            + (column * layer->window.stride_x - x->column) * layer->pixel_bytes;
    }

    qmcu_dsp_gather(layer, x, row, column, window, form.row_bytes);
    return window;
}

QMCU_INLINE int32_t qmcu_dsp_window_bytes(const qmcu_dsp_conv *layer, qmcu_dsp_form form)
{
    return layer->window.kernel_height * (form.row_bytes > 0 ? form.row_bytes : layer->window.kernel_width * layer->pixel_bytes);
}

/* Four pixels at once; in a row of fewer, or at its end, pixels are computed twice. Lanes: 4 words per step, then the windows of four pixels,
 * each on a word. split: in parts. */
QMCU_INLINE void qmcu_dsp_conv_run(
    const qmcu_dsp_conv *layer, qmcu_view x, qmcu_region y, uint32_t *lanes, int32_t split, int32_t in_place, int32_t row_bytes,
    int32_t narrow, int32_t in_bits, int32_t out_bits, int32_t shift, int32_t plain)
{
    const qmcu_dsp_form form = {in_place, row_bytes, narrow, in_bits, out_bits, shift, plain};
    int32_t window_bytes = qmcu_dsp_window_bytes(layer, form), window_pitch = (window_bytes + 3) / 4 * 4;
    int32_t out_bytes = qmcu_bytes(layer->outputs, out_bits);
    uint8_t *windows = (uint8_t *)(lanes + 4 * layer->steps * layer->parts);
    int32_t last = y.columns - 1, filled = (window_bytes + 3) / 4 * (16 / in_bits);
    for (int32_t i = 4 * filled; i < 4 * layer->steps * layer->parts; ++i)
        lanes[i] = 0;

    for (int32_t row = 0; row < y.rows; ++row) {
        for (int32_t column = 0; column < y.columns; column += 4) {
            int32_t first = column + 3 <= last ? column : last >= 3 ? last - 3 : 0;
            const uint8_t *codes[4];
            uint8_t *to[4];
            for (int32_t p = 0; p < 4; ++p) {
                int32_t at = first + p <= last ? first + p : last;
                codes[p] = qmcu_dsp_codes(layer, &x, y.row + row, y.column + at, windows + p * window_pitch, form);
                to[p] = y.codes + row * y.pitch + at * out_bytes;
            }

            qmcu_dsp_widen(codes, window_bytes, lanes, 4, in_bits);
            if (narrow == 0)
                qmcu_dsp_wide_4(layer, lanes, to, form);
            else if (split)
                qmcu_dsp_narrow_parts_4(layer, lanes, to, form);
            else
                qmcu_dsp_narrow_4(layer, lanes, to, form);
        }
    }
}

/* One pixel after the other. Lanes: a word per step, then a window. */
QMCU_INLINE void qmcu_dsp_dense_run(
    const qmcu_dsp_conv *layer, qmcu_view x, qmcu_region y, uint32_t *lanes, int32_t in_place, int32_t row_bytes, int32_t narrow,
    int32_t in_bits, int32_t out_bits, int32_t shift, int32_t plain)
{
    const qmcu_dsp_form form = {in_place, row_bytes, narrow, in_bits, out_bits, shift, plain};
    int32_t window_bytes = qmcu_dsp_window_bytes(layer, form), out_bytes = qmcu_bytes(layer->outputs, out_bits);
    int32_t block = narrow == 0 ? 4 : 8, whole = 0;
    uint8_t *windows = (uint8_t *)(lanes + layer->steps * layer->parts);
    for (int32_t i = (window_bytes + 3) / 4 * (16 / in_bits); i < layer->steps * layer->parts; ++i)
        lanes[i] = 0;

    for (int32_t pixel = 0; pixel < y.rows * y.columns; ++pixel) {
        int32_t row = pixel / y.columns, column = pixel % y.columns;
        const uint8_t *codes = qmcu_dsp_codes(layer, &x, y.row + row, y.column + column, windows, form);
        uint8_t *to = y.codes + row * y.pitch + column * out_bytes;
        const uint32_t *weights = (const uint32_t *)(const void *)layer->weights;
        const int32_t *of = layer->outputs_of;
        qmcu_dsp_widen(&codes, window_bytes, lanes, 1, in_bits);
        if (narrow == 2 && layer->parts == 1)
            qmcu_dsp_excess(lanes, layer->steps, &whole, 1);

        for (int32_t o = 0; o < layer->outputs; o += block) {
            int32_t sums[8] = {0, 0, 0, 0, 0, 0, 0, 0}, low[4] = {0, 0, 0, 0}, high[4] = {0, 0, 0, 0};
            if (narrow == 0) {
                sums[0] = of[0], sums[1] = of[2], sums[2] = of[4], sums[3] = of[6];
                qmcu_block_4x1(sums, weights, lanes, layer->steps);
                weights += 2 * layer->steps;
                uint32_t packed = 0;
                for (int32_t j = 0; j < 4; ++j)
                    packed |= qmcu_dsp_code(layer, sums[j], of[2 * j + 1], layer->addend, form) << (j * out_bits);
                qmcu_dsp_store(to, o, layer->outputs, packed, 4, out_bits);
                of += 8;
                continue;
            }

            for (int32_t part = 0; part < layer->parts; ++part, of += 4) {
                const uint32_t *from = lanes + part * layer->steps;
                int32_t excess = whole;
                if (narrow == 2 && layer->parts > 1)
                    qmcu_dsp_excess(from, layer->steps, &excess, 1);
                for (int32_t j = 0; j < 4; ++j)
                    sums[j] = of[j] + excess;
                if (narrow == 2) {
                    qmcu_block_crumbs_8x1(sums, weights, from, layer->steps);
                    weights += layer->steps;
                } else {
                    qmcu_block_pairs_8x1(sums, weights, from, layer->steps);
                    weights += 4 * layer->steps;
                }
                for (int32_t j = 0; j < 4; ++j) {
                    low[j] += qmcu_dsp_low(sums[j]);
                    high[j] += qmcu_dsp_high(sums[j]);
                }
            }

            for (int32_t j = 0; j < 2 && o + 4 * j < layer->outputs; ++j, of += 8) {
                uint32_t first = qmcu_dsp_pair(layer, low[2 * j], high[2 * j], of, form);
                uint32_t second = qmcu_dsp_pair(layer, low[2 * j + 1], high[2 * j + 1], of + 4, form);
                qmcu_dsp_store_four(layer, to, o + 4 * j, first, second, form);
            }
        }
    }
}

#endif
