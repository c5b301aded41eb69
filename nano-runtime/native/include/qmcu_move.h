/* Kernels that move codes and compute nothing: strided copies, padding, resampling. */
#ifndef QMCU_MOVE_H
#define QMCU_MOVE_H

#include "qmcu.h"

/* `count` codes to elements iy, iy + y_stride, ... from elements ix, ix + x_stride, ... of x. */
QMCU_INLINE void qmcu_copy_run(
    const uint8_t *x, int32_t x_line, int32_t ix, int32_t x_stride, uint8_t *y, int32_t y_line, int32_t iy, int32_t y_stride, int32_t count,
    int32_t bits)
{
    for (int32_t i = 0; i < count; ++i, ix += x_stride, iy += y_stride)
        qmcu_set(y, bits, y_line, iy, qmcu_get(x, bits, x_line, ix));
}

/* Some channels of a region of an image, into a result that has them from `start` on. */
QMCU_INLINE void qmcu_concat_region(qmcu_view x, qmcu_region y, int32_t channels, int32_t start, int32_t y_channels, int32_t bits)
{
    int32_t x_bytes = qmcu_bytes(channels, bits), y_bytes = qmcu_bytes(y_channels, bits);
    int32_t whole = start * bits % 8 == 0 && (channels * bits % 8 == 0 || start + channels == y_channels);
    for (int32_t row = 0; row < y.rows; ++row) {
        const uint8_t *from = qmcu_row_of(&x, &y, row, x_bytes);
        uint8_t *to = y.codes + row * y.pitch;
        for (int32_t column = 0; column < y.columns; ++column, from += x_bytes, to += y_bytes) {
            if (whole)
                memcpy(to + start * bits / 8, from, (size_t)x_bytes);
            else
                qmcu_copy_run(from, channels, 0, 1, to, y_channels, start, 1, channels, bits);
        }
    }
}

/* Padding of any axes but the last walks lines; `axes` are those before it. */
typedef struct {
    int32_t axes;
    const int32_t *x_sizes, *y_sizes, *begin;   /* of every axis, the last one too */
    int32_t mode;                               /* 0 constant, 1 reflect, 2 edge, 3 wrap */
    int32_t code;
} qmcu_pad;

/* The index of the input that stands at an index that may lie outside; -1: the padding code. */
QMCU_INLINE int32_t qmcu_pad_source(int32_t mode, int32_t index, int32_t size)
{
    int32_t period, phase;
    if (index >= 0 && index < size)
        return index;

    switch (mode) {
    case 2:
        return index < 0 ? 0 : size - 1;
    case 1:
        period = size > 1 ? 2 * (size - 1) : 1;
        phase = (index % period + period) % period;
        return phase < period - phase ? phase : period - phase;
    case 3:
        return (index % size + size) % size;
    default:
        return -1;
    }
}

QMCU_INLINE void qmcu_pad_run(const qmcu_pad *layer, const uint8_t *x, uint8_t *y, int32_t lines, int32_t bits)
{
    int32_t last = layer->axes, from = layer->x_sizes[last], to = layer->y_sizes[last];
    for (int32_t i = 0; i < lines; ++i, y += qmcu_bytes(to, bits)) {
        int32_t source = 0, rest = i, lines_of = 1;
        for (int32_t axis = layer->axes - 1; axis >= 0; --axis) {
            int32_t index = qmcu_pad_source(
                layer->mode, rest % layer->y_sizes[axis] - layer->begin[axis], layer->x_sizes[axis]);
            source = index < 0 || source < 0 ? -1 : source + index * lines_of;
            rest /= layer->y_sizes[axis];
            lines_of *= layer->x_sizes[axis];
        }

        for (int32_t c = 0; c < to; ++c) {
            int32_t index = source < 0 ? -1 : qmcu_pad_source(layer->mode, c - layer->begin[last], from);
            qmcu_set(y, bits, to, c, index < 0 ? layer->code : qmcu_get(x, bits, from, source * from + index));
        }
    }
}

/* Constant padding of an image. */
typedef struct {
    int32_t height, width, channels;    /* of the input */
    int32_t top, left, before;          /* padding before rows, columns and channels */
    int32_t outputs, code;
} qmcu_pad_image;

QMCU_INLINE void qmcu_pad_region(const qmcu_pad_image *layer, qmcu_view x, qmcu_region y, int32_t bits)
{
    int32_t x_bytes = qmcu_bytes(layer->channels, bits), y_bytes = qmcu_bytes(layer->outputs, bits);
    for (int32_t row = 0; row < y.rows; ++row) {
        int32_t iy = y.row + row - layer->top;
        uint8_t *to = y.codes + row * y.pitch;
        for (int32_t column = 0; column < y.columns; ++column, to += y_bytes) {
            int32_t ix = y.column + column - layer->left;
            int inside = iy >= 0 && iy < layer->height && ix >= 0 && ix < layer->width;
            const uint8_t *from = inside ? x.codes + (iy - x.row) * x.pitch + (ix - x.column) * x_bytes : to;
            for (int32_t c = 0; c < layer->outputs; ++c) {
                int32_t of = c - layer->before;
                qmcu_set(to, bits, layer->outputs, c, inside && of >= 0 && of < layer->channels ? qmcu_code(from, bits, of) : layer->code);
            }
        }
    }
}

/* Resampling of rows and columns. Of every output row and column: two inputs, and the weight of the second in 1/1024. */
typedef struct {
    int32_t channels;
    const int32_t *rows, *columns;      /* low, high, fraction of each */
} qmcu_resize;

QMCU_INLINE void qmcu_resize_run(const qmcu_resize *layer, qmcu_view x, qmcu_region y, int32_t bits)
{
    int32_t bytes = qmcu_bytes(layer->channels, bits);
    for (int32_t row = 0; row < y.rows; ++row) {
        const int32_t *rows = layer->rows + 3 * (y.row + row);
        int32_t down = rows[2], up = 1024 - down;
        uint8_t *to = y.codes + row * y.pitch;
        for (int32_t column = 0; column < y.columns; ++column, to += bytes) {
            const int32_t *columns = layer->columns + 3 * (y.column + column);
            int32_t right = columns[2], left = 1024 - right;
            /* An input of no weight may be out of reach. */
            const uint8_t *upper = x.codes + (rows[0] - x.row) * x.pitch + (columns[0] - x.column) * bytes;
            int32_t beside = right == 0 ? 0 : (columns[1] - columns[0]) * bytes;
            const uint8_t *lower = down == 0 ? upper : x.codes + (rows[1] - x.row) * x.pitch + (columns[0] - x.column) * bytes;
            for (int32_t c = 0; c < layer->channels; ++c) {
                int32_t above = qmcu_code(upper, bits, c) * left + qmcu_code(upper + beside, bits, c) * right;
                int32_t below = qmcu_code(lower, bits, c) * left + qmcu_code(lower + beside, bits, c) * right;
                qmcu_set(to, bits, layer->channels, c, (above * up + below * down + (1 << 19)) >> 20);
            }
        }
    }
}

#endif
