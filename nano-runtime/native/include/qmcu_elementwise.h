/* Element by element: sum, product, table, parametric ReLU, offset of signed ports.
 *
 * Operands are walked with a stride of 1, or 0 where one element serves all. Each element is read before its result is written, so a
 * result may lie over an operand whose codes lie in the same places.
 */
#ifndef QMCU_ELEMENTWISE_H
#define QMCU_ELEMENTWISE_H

#include "qmcu.h"

/* y = clamp((a * multiplier_a + b * multiplier_b + addend) >> shift, min, max) */
typedef struct {
    int32_t a_line, b_line, y_line;     /* codes of a line of each tensor */
    int32_t multiplier_a, multiplier_b, addend, shift, min, max;
} qmcu_add;

/* y = requantize((a - a_zero) * (b - b_zero)) */
typedef struct {
    int32_t a_line, b_line, y_line;
    int32_t a_zero, b_zero;
    qmcu_requantization to;
} qmcu_mul;

/* y = table[x], or table[channel * step + x]; step 0: one table for all */
typedef struct {
    int32_t line, step;
    const uint8_t *table;
} qmcu_lookup;

/* d = x - zero; y = requantize(d), by the negative side's rule (one slope, or one per channel) where d is negative */
typedef struct {
    int32_t line, zero;
    qmcu_requantization positive, negative;
} qmcu_prelu;

/* Four codes side by side, the first one lowest. */
QMCU_INLINE uint32_t qmcu_load_four(const uint8_t *codes, int32_t bits)
{
    uint32_t four = codes[0];
    if (bits >= 4)
        four |= (uint32_t)codes[1] << 8;
    if (bits == 8)
        four |= (uint32_t)codes[2] << 16 | (uint32_t)codes[3] << 24;
    return four;
}

QMCU_INLINE void qmcu_store_four(uint8_t *codes, uint32_t four, int32_t bits)
{
    for (int32_t i = 0; i < bits / 2; ++i)
        codes[i] = (uint8_t)(four >> (8 * i));
}

/* The sums of tensors whose codes follow each other without gaps, some of them in a byte. */
QMCU_INLINE void qmcu_add_packed(
    const qmcu_add *layer, const uint8_t *a, const uint8_t *b, uint8_t *y, int32_t count, int32_t a_bits, int32_t b_bits, int32_t y_bits)
{
    const qmcu_add fixed = *layer; /* stores of bytes cannot change a copy */
    int32_t left = count % 4;
    for (int32_t i = 0; i < count; i += 4, a += a_bits / 2, b += b_bits / 2, y += y_bits / 2) {
        int32_t n = i + 4 <= count ? 4 : left;
        uint32_t four_a = 0, four_b = 0, four = 0;
        if (n == 4) {
            four_a = qmcu_load_four(a, a_bits);
            four_b = qmcu_load_four(b, b_bits);
        } else {
            for (int32_t k = 0; k < n; ++k) {
                four_a |= (uint32_t)qmcu_code(a, a_bits, k) << (k * a_bits);
                four_b |= (uint32_t)qmcu_code(b, b_bits, k) << (k * b_bits);
            }
        }
        for (int32_t k = 0; k < 4; ++k) {
            int32_t code_a = (int32_t)(four_a >> (k * a_bits) & ((1u << a_bits) - 1)), code_b = (int32_t)(four_b >> (k * b_bits) & ((1u << b_bits) - 1));
            int32_t sum = code_a * fixed.multiplier_a + code_b * fixed.multiplier_b + fixed.addend;
            four |= (uint32_t)qmcu_clamp(sum >> fixed.shift, fixed.min, fixed.max) << (k * y_bits);
        }
        if (n == 4) {
            qmcu_store_four(y, four, y_bits);
        } else {
            for (int32_t k = 0; k < n; ++k)
                qmcu_set(y, y_bits, n, k, (int32_t)(four >> (k * y_bits) & ((1u << y_bits) - 1)));
        }
    }
}

/* `count` elements from element ia, ib, iy on, the operands sa and sb elements apart. */
QMCU_INLINE void qmcu_add_run(
    const qmcu_add *layer, const uint8_t *a, int32_t ia, int32_t sa, const uint8_t *b, int32_t ib, int32_t sb, uint8_t *y, int32_t iy,
    int32_t count, int32_t a_bits, int32_t b_bits, int32_t y_bits)
{
    const qmcu_add fixed = *layer; /* stores of bytes cannot change a copy */
    for (int32_t i = 0; i < count; ++i, ia += sa, ib += sb) {
        int32_t sum = qmcu_get(a, a_bits, fixed.a_line, ia) * fixed.multiplier_a
            + qmcu_get(b, b_bits, fixed.b_line, ib) * fixed.multiplier_b + fixed.addend;
        qmcu_set(y, y_bits, fixed.y_line, iy + i, qmcu_clamp(sum >> fixed.shift, fixed.min, fixed.max));
    }
}

/* The same for a region of images. rows: both operands have the channels of the result. shared: an operand is one pixel for all. */
QMCU_INLINE void qmcu_add_region(
    const qmcu_add *layer, qmcu_view a, qmcu_view b, qmcu_region y, int32_t rows, int32_t a_shared, int32_t b_shared, int32_t a_bits,
    int32_t b_bits, int32_t y_bits)
{
    int32_t channels = layer->y_line, a_pixel = a_shared ? 0 : layer->a_line, b_pixel = b_shared ? 0 : layer->b_line;
    int32_t sa = layer->a_line == channels, sb = layer->b_line == channels;
    for (int32_t row = 0; row < y.rows; ++row) {
        const uint8_t *a_row = a_shared ? a.codes : qmcu_row_of(&a, &y, row, qmcu_bytes(layer->a_line, a_bits));
        const uint8_t *b_row = b_shared ? b.codes : qmcu_row_of(&b, &y, row, qmcu_bytes(layer->b_line, b_bits));
        uint8_t *to = y.codes + row * y.pitch;
        if (rows) {
            if (a_bits + b_bits + y_bits < 24 && channels * a_bits % 8 == 0 && channels * b_bits % 8 == 0 && channels * y_bits % 8 == 0)
                qmcu_add_packed(layer, a_row, b_row, to, y.columns * channels, a_bits, b_bits, y_bits);
            else
                qmcu_add_run(layer, a_row, 0, 1, b_row, 0, 1, to, 0, y.columns * channels, a_bits, b_bits, y_bits);
            continue;
        }

        for (int32_t column = 0; column < y.columns; ++column)
            qmcu_add_run(
                layer, a_row, a_pixel * column, sa, b_row, b_pixel * column, sb, to, channels * column, channels, a_bits, b_bits, y_bits);
    }
}

QMCU_INLINE void qmcu_mul_run(
    const qmcu_mul *layer, const uint8_t *a, int32_t ia, int32_t sa, const uint8_t *b, int32_t ib, int32_t sb, uint8_t *y, int32_t iy,
    int32_t count, int32_t a_bits, int32_t b_bits, int32_t y_bits)
{
    for (int32_t i = 0; i < count; ++i, ia += sa, ib += sb) {
        int32_t product = (qmcu_get(a, a_bits, layer->a_line, ia) - layer->a_zero)
            * (qmcu_get(b, b_bits, layer->b_line, ib) - layer->b_zero);
        qmcu_set(y, y_bits, layer->y_line, iy + i, qmcu_requantize(&layer->to, product, 0));
    }
}

/* The same for a region of images. rows: both operands have the channels of the result. shared: an operand is one pixel for all. */
QMCU_INLINE void qmcu_mul_region(
    const qmcu_mul *layer, qmcu_view a, qmcu_view b, qmcu_region y, int32_t rows, int32_t a_shared, int32_t b_shared, int32_t a_bits,
    int32_t b_bits, int32_t y_bits)
{
    int32_t channels = layer->y_line, a_pixel = a_shared ? 0 : layer->a_line, b_pixel = b_shared ? 0 : layer->b_line;
    int32_t sa = layer->a_line == channels, sb = layer->b_line == channels;
    for (int32_t row = 0; row < y.rows; ++row) {
        const uint8_t *a_row = a_shared ? a.codes : qmcu_row_of(&a, &y, row, qmcu_bytes(layer->a_line, a_bits));
        const uint8_t *b_row = b_shared ? b.codes : qmcu_row_of(&b, &y, row, qmcu_bytes(layer->b_line, b_bits));
        uint8_t *to = y.codes + row * y.pitch;
        if (rows) {
            qmcu_mul_run(layer, a_row, 0, 1, b_row, 0, 1, to, 0, y.columns * channels, a_bits, b_bits, y_bits);
            continue;
        }

        for (int32_t column = 0; column < y.columns; ++column)
            qmcu_mul_run(
                layer, a_row, a_pixel * column, sa, b_row, b_pixel * column, sb, to, channels * column, channels, a_bits, b_bits, y_bits);
    }
}

/* `lines` lines. */
QMCU_INLINE void qmcu_lookup_run(const qmcu_lookup *layer, const uint8_t *x, uint8_t *y, int32_t lines, int32_t x_bits, int32_t y_bits)
{
    for (int32_t i = 0; i < lines; ++i, x += qmcu_bytes(layer->line, x_bits), y += qmcu_bytes(layer->line, y_bits)) {
        const uint8_t *table = layer->table;
        for (int32_t c = 0; c < layer->line; ++c, table += layer->step)
            qmcu_set(y, y_bits, layer->line, c, table[qmcu_code(x, x_bits, c)]);
    }
}

/* The same for a region of images. */
QMCU_INLINE void qmcu_lookup_region(const qmcu_lookup *layer, qmcu_view x, qmcu_region y, int32_t x_bits, int32_t y_bits)
{
    for (int32_t row = 0; row < y.rows; ++row)
        qmcu_lookup_run(layer, qmcu_row_of(&x, &y, row, qmcu_bytes(layer->line, x_bits)), y.codes + row * y.pitch, y.columns, x_bits, y_bits);
}

QMCU_INLINE void qmcu_prelu_run(const qmcu_prelu *layer, const uint8_t *x, uint8_t *y, int32_t lines, int32_t x_bits, int32_t y_bits)
{
    for (int32_t i = 0; i < lines; ++i, x += qmcu_bytes(layer->line, x_bits), y += qmcu_bytes(layer->line, y_bits)) {
        for (int32_t c = 0; c < layer->line; ++c) {
            int32_t difference = qmcu_code(x, x_bits, c) - layer->zero;
            int32_t code = difference >= 0
                ? qmcu_requantize(&layer->positive, difference, 0)
                : qmcu_requantize(&layer->negative, difference, c);
            qmcu_set(y, y_bits, layer->line, c, code);
        }
    }
}

/* The same for a region of images. */
QMCU_INLINE void qmcu_prelu_region(const qmcu_prelu *layer, qmcu_view x, qmcu_region y, int32_t x_bits, int32_t y_bits)
{
    for (int32_t row = 0; row < y.rows; ++row)
        qmcu_prelu_run(layer, qmcu_row_of(&x, &y, row, qmcu_bytes(layer->line, x_bits)), y.codes + row * y.pitch, y.columns, x_bits, y_bits);
}

/* Signed samples of 8 bits to codes, or codes to signed results; in place where x is y. */
QMCU_INLINE void qmcu_flip_signs(const uint8_t *x, uint8_t *y, int32_t count)
{
    for (int32_t i = 0; i < count; ++i)
        y[i] = (uint8_t)(x[i] ^ 0x80);
}

/* The same for a region of images. */
QMCU_INLINE void qmcu_flip_signs_region(qmcu_view x, qmcu_region y, int32_t channels)
{
    for (int32_t row = 0; row < y.rows; ++row)
        qmcu_flip_signs(qmcu_row_of(&x, &y, row, channels), y.codes + row * y.pitch, y.columns * channels);
}

#endif
