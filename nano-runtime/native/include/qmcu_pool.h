/* Largest code and mean of windows of an image, reductions of an axis, index of the largest. */
#ifndef QMCU_POOL_H
#define QMCU_POOL_H

#include "qmcu.h"

/* to: of a mean the multipliers, one per count of taps, hold the division. */
typedef struct {
    int32_t height, width, channels;
    qmcu_window window;
    int32_t pad_bottom, pad_right, count_padding, zero;     /* of a mean */
    qmcu_requantization to;
} qmcu_pool;

/* x as [outer, length, inner]; the middle axis becomes 1. */
typedef struct {
    int32_t outer, length, inner;
    int32_t x_line, y_line, zero;
    qmcu_requantization to;
} qmcu_reduce;

/* Taps of the window that count: those inside the image, or inside image and padding. */
QMCU_INLINE int32_t qmcu_pool_count(qmcu_taps taps, int32_t count_padding, int32_t kernel, int32_t dilation, int32_t size, int32_t pad_end)
{
    if (!count_padding)
        return taps.last - taps.first;

    int32_t end = taps.start + (kernel - 1) * dilation + 1;
    if (end > size + pad_end)
        end = size + pad_end;

    return (end - taps.start + dilation - 1) / dilation;
}

/* is_mean: the mean, else the largest. */
QMCU_INLINE void qmcu_pool_run(const qmcu_pool *layer, qmcu_view x, qmcu_region y, int32_t is_mean, int32_t in_bits, int32_t out_bits)
{
    const qmcu_window *window = &layer->window;
    int32_t in_bytes = qmcu_bytes(layer->channels, in_bits), out_bytes = qmcu_bytes(layer->channels, out_bits);
    for (int32_t row = 0; row < y.rows; ++row) {
        uint8_t *to = y.codes + row * y.pitch;
        qmcu_taps rows = qmcu_taps_at(
            y.row + row, window->kernel_height, window->stride_y, window->dilation_y, window->pad_top, layer->height);
        int32_t counted_rows = qmcu_pool_count(
            rows, layer->count_padding, window->kernel_height, window->dilation_y, layer->height, layer->pad_bottom);
        for (int32_t column = 0; column < y.columns; ++column, to += out_bytes) {
            qmcu_taps columns = qmcu_taps_at(
                y.column + column, window->kernel_width, window->stride_x, window->dilation_x, window->pad_left, layer->width);
            int32_t count = counted_rows * qmcu_pool_count(
                columns, layer->count_padding, window->kernel_width, window->dilation_x, layer->width, layer->pad_right);
            qmcu_writer writer = qmcu_write_line(to);
            for (int32_t c = 0; c < layer->channels; ++c) {
                int32_t sum = 0, top = 0;
                for (int32_t ky = rows.first; ky < rows.last; ++ky) {
                    const uint8_t *line = x.codes + (rows.start + ky * window->dilation_y - x.row) * x.pitch;
                    for (int32_t kx = columns.first; kx < columns.last; ++kx) {
                        int32_t code = qmcu_code(line + (columns.start + kx * window->dilation_x - x.column) * in_bytes, in_bits, c);
                        sum += code - layer->zero;
                        top = code > top ? code : top;
                    }
                }

                qmcu_write(&writer, out_bits, is_mean ? qmcu_requantize(&layer->to, sum, count - 1) : top);
            }

            qmcu_end_line(&writer);
        }
    }
}

/* Sums of bytes, four side by side as long as there are four; returns how many were done. */
QMCU_INLINE int32_t qmcu_sum_bytes(const qmcu_reduce *layer, const uint8_t *x, uint8_t *y, int32_t outer, int32_t y_bits)
{
    int32_t inner = 0, zeros = layer->length * layer->zero;
    for (; inner + 4 <= layer->inner; inner += 4) {
        const uint8_t *from = x + outer * layer->length * layer->inner + inner;
        int32_t sums[4] = {-zeros, -zeros, -zeros, -zeros};
        for (int32_t i = 0; i < layer->length; ++i, from += layer->inner) {
            sums[0] += from[0];
            sums[1] += from[1];
            sums[2] += from[2];
            sums[3] += from[3];
        }

        for (int32_t i = 0; i < 4; ++i)
            qmcu_set(y, y_bits, layer->y_line, outer * layer->inner + inner + i, qmcu_requantize(&layer->to, sums[i], 0));
    }
    return inner;
}

/* is_sum: requantized sum (a mean has its division in the multiplier), else the largest code, clamped. */
QMCU_INLINE void qmcu_reduce_run(const qmcu_reduce *layer, const uint8_t *x, uint8_t *y, int32_t is_sum, int32_t x_bits, int32_t y_bits)
{
    for (int32_t outer = 0; outer < layer->outer; ++outer) {
        int32_t inner = is_sum && x_bits == 8 ? qmcu_sum_bytes(layer, x, y, outer, y_bits) : 0;
        for (; inner < layer->inner; ++inner) {
            int32_t sum = 0, top = 0;
            for (int32_t i = 0; i < layer->length; ++i) {
                int32_t code = qmcu_get(x, x_bits, layer->x_line, (outer * layer->length + i) * layer->inner + inner);
                sum += code - layer->zero;
                top = code > top ? code : top;
            }

            qmcu_set(y, y_bits, layer->y_line, outer * layer->inner + inner,
                is_sum ? qmcu_requantize(&layer->to, sum, 0) : qmcu_clamp(top, layer->to.min, layer->to.max));
        }
    }
}

/* Index of the largest code; of several, the first or the last. */
QMCU_INLINE void qmcu_argmax_run(const qmcu_reduce *layer, const uint8_t *x, uint8_t *y, int32_t last, int32_t x_bits, int32_t y_bits)
{
    for (int32_t outer = 0; outer < layer->outer; ++outer) {
        for (int32_t inner = 0; inner < layer->inner; ++inner) {
            int32_t best = 0, top = -1;
            for (int32_t i = 0; i < layer->length; ++i) {
                int32_t code = qmcu_get(x, x_bits, layer->x_line, (outer * layer->length + i) * layer->inner + inner);
                if (code > top || (last && code == top)) {
                    top = code;
                    best = i;
                }
            }

            qmcu_set(y, y_bits, layer->y_line, outer * layer->inner + inner, best);
        }
    }
}

#endif
