/* Depthwise convolutions 3x3, for cores without SIMD: channel by channel, along one row of output or two. High images are taken on their side:
 * what is called a row below is a column there.
 *
 * Every input column of a channel is read once per row of output: it completes one sum, goes on with the next and starts a third. Where codes
 * or weights are narrow, two rows of output share a word, in fields of 16 bits that start with an offset: the compiler has proved from the
 * weights that they stay in range.
 */
#ifndef QMCU_WORD_DEPTHWISE_H
#define QMCU_WORD_DEPTHWISE_H

#include "qmcu_word.h"

typedef struct {
    int32_t height, width, channels;
    int32_t pad_top, pad_left;
    int32_t on_side;            /* 1: rows are columns, and weights lie so */
    const uint8_t *weights;     /* nine signed bytes per channel, row by row */
    const int32_t *outputs_of;  /* per channel: what sums start with, what completes them, multiplier */
    const uint8_t *padding;     /* a pixel of padding, packed */
    int32_t pre_shift;          /* before the multiplication: of weights and biases where a word is one sum, else of sums */
    qmcu_word_rounding to;
} qmcu_word_depthwise;

/* What is fixed when a kernel is specialised. */
typedef struct {
    int32_t stride, fields;     /* rows of output at once: 1 or 2 */
    int32_t in_bits, out_bits;
    int32_t shifts;             /* sums have a shift before the multiplication */
    int32_t full;               /* where all codes of so many bits are allowed, and no others; else 0 */
} qmcu_word_depthwise_form;

/* A channel, and where its codes are in a byte. */
typedef struct {
    uint32_t weights[9];
    uint32_t start;
    int32_t bias, multiplier, pre_shift;
    qmcu_word_rounding to;
    int32_t in_bit, out_bit;
} qmcu_word_channel;

/* The input rows under one or two rows of output: where the next column is, and how far from column to column. */
typedef struct {
    const uint8_t *at[5];
    int32_t step[5];
} qmcu_word_rows;

/* Input rows that some rows of output see. */
QMCU_INLINE int32_t qmcu_word_row_count(qmcu_word_depthwise_form form)
{
    return (form.fields - 1) * form.stride + 3;
}

/* The codes of a column, one word for each row of the window; then on to the next column. */
QMCU_INLINE void qmcu_word_column(
    uint32_t *x, qmcu_word_rows *rows, const qmcu_word_channel *channel, int32_t step, int own, qmcu_word_depthwise_form form)
{
    uint32_t codes[5];
    uint32_t mask = form.fields == 2 ? (form.in_bits == 4 ? 0x000F000Fu : 0x00030003u) : (1u << form.in_bits) - 1;
    for (int32_t i = 0; i < qmcu_word_row_count(form); ++i) {
        codes[i] = *rows->at[i];
        rows->at[i] += own ? rows->step[i] : step;
    }
    for (int32_t i = 0; i < 3; ++i) {
        uint32_t word = form.fields == 2 ? codes[i] | codes[i + form.stride] << 16 : codes[i];
        x[i] = form.in_bits == 8 ? word : word >> channel->in_bit & mask;
    }
}

/* sum + what column kx of the window makes of a column. With a stride of 1 compilers do well without being told. */
QMCU_INLINE uint32_t qmcu_word_taps(uint32_t sum, const uint32_t *x, const qmcu_word_channel *channel, int32_t kx, qmcu_word_depthwise_form form)
{
    for (int32_t ky = 0; ky < 3; ++ky) {
        if (form.stride == 1)
            sum += x[ky] * channel->weights[3 * ky + kx];
        else
            qmcu_multiply_add(&sum, x[ky], channel->weights[3 * ky + kx]);
    }
    return sum;
}

/* Requantizes a sum and stores the code; of codes that share a byte the first one clears it. */
QMCU_INLINE void qmcu_word_put(uint8_t *to, uint32_t sum, const qmcu_word_channel *channel, qmcu_word_depthwise_form form)
{
    int32_t shifted = (int32_t)(form.shifts ? sum << channel->pre_shift : sum);
    uint32_t code = qmcu_word_code(shifted, channel->multiplier, &channel->to, form.full, (1 << form.full) - 1);
    if (form.out_bits == 8)
        *to = (uint8_t)code;
    else if (channel->out_bit == 0)
        *to = (uint8_t)code;
    else
        *to = (uint8_t)(*to | code << channel->out_bit);
}

/* A completed sum of one row, or of two. */
QMCU_INLINE void qmcu_word_complete(
    uint8_t *to, uint8_t *second, uint32_t sum, const qmcu_word_channel *channel, int32_t two, qmcu_word_depthwise_form form)
{
    if (form.fields == 1) {
        qmcu_word_put(to, sum, channel, form);
        return;
    }

    qmcu_word_put(to, (sum & 0xFFFF) + (uint32_t)channel->bias, channel, form);
    if (two)
        qmcu_word_put(second, (sum >> 16) + (uint32_t)channel->bias, channel, form);
}

/* Columns of output one after the other. before, inside: columns of padding on the left, columns of the image that are read after them.
 * step: bytes from column to column in all rows; own: each row has its own. */
QMCU_INLINE void qmcu_word_walk(
    qmcu_word_rows rows, const qmcu_word_channel *channel, uint32_t padding, int32_t before, int32_t inside, uint8_t *to, int32_t second,
    int32_t out_step, int32_t columns, int32_t step, int own, int32_t two, qmcu_word_depthwise_form form)
{
    uint32_t x[3], pad[3] = {padding, padding, padding};
    uint8_t *end = to + columns * out_step;
    int32_t read = 0;
#define QMCU_NEXT_COLUMN \
    if (before > 0 || read == inside) { \
        --before; \
        x[0] = x[1] = x[2] = padding; \
    } else { \
        ++read; \
        qmcu_word_column(x, &rows, channel, step, own, form); \
    }
    QMCU_NEXT_COLUMN
    uint32_t first = qmcu_word_taps(channel->start, x, channel, 0, form), sum = first;
    if (form.stride == 1) {
        QMCU_NEXT_COLUMN
        sum = qmcu_word_taps(first, x, channel, 1, form);
        first = qmcu_word_taps(channel->start, x, channel, 0, form);
    }
#undef QMCU_NEXT_COLUMN

    int32_t left = inside - read, whole = left / form.stride < columns ? left / form.stride : columns;
    int odd = form.stride == 2 && left % 2 == 1;
    uint8_t *stop = to + whole * out_step;
    QMCU_ROLLED
    for (; to != stop; to += out_step) {
        qmcu_word_column(x, &rows, channel, step, own, form);
        if (form.stride == 1) {
            uint32_t done = qmcu_word_taps(sum, x, channel, 2, form);
            sum = qmcu_word_taps(first, x, channel, 1, form);
            first = qmcu_word_taps(channel->start, x, channel, 0, form);
            qmcu_word_complete(to, to + second, done, channel, two, form);
        } else {
            sum = qmcu_word_taps(sum, x, channel, 1, form);
            qmcu_word_column(x, &rows, channel, step, own, form);
            qmcu_word_complete(to, to + second, qmcu_word_taps(sum, x, channel, 2, form), channel, two, form);
            sum = qmcu_word_taps(channel->start, x, channel, 0, form);
        }
    }

    QMCU_ROLLED
    for (; to != end; to += out_step) {
        if (form.stride == 1) {
            qmcu_word_complete(to, to + second, qmcu_word_taps(sum, pad, channel, 2, form), channel, two, form);
            sum = qmcu_word_taps(first, pad, channel, 1, form);
            first = qmcu_word_taps(channel->start, pad, channel, 0, form);
        } else {
            x[0] = x[1] = x[2] = padding;
            if (odd)
                qmcu_word_column(x, &rows, channel, step, own, form);
            odd = 0;
            sum = qmcu_word_taps(sum, x, channel, 1, form);
            qmcu_word_complete(to, to + second, qmcu_word_taps(sum, pad, channel, 2, form), channel, two, form);
            sum = qmcu_word_taps(channel->start, pad, channel, 0, form);
        }
    }
}

QMCU_INLINE qmcu_word_channel qmcu_word_channel_of(const qmcu_word_depthwise *layer, int32_t c, qmcu_word_depthwise_form form)
{
    qmcu_word_channel channel;
    for (int32_t i = 0; i < 9; ++i)
        channel.weights[i] = (uint32_t)(int32_t)(int8_t)layer->weights[9 * c + i] << (form.fields == 1 ? layer->pre_shift : 0);
    channel.start = (uint32_t)layer->outputs_of[3 * c] << (form.fields == 1 ? layer->pre_shift : 0);
    channel.bias = layer->outputs_of[3 * c + 1];
    channel.multiplier = layer->outputs_of[3 * c + 2];
    channel.pre_shift = layer->pre_shift;
    channel.to = layer->to;
    channel.in_bit = form.in_bits == 8 ? 0 : c * form.in_bits & 7;
    channel.out_bit = form.out_bits == 8 ? 0 : c * form.out_bits & 7;
    return channel;
}

/* An axis of the image. */
typedef struct {
    int32_t size, pad, from, count; /* of the input; of the output what is computed */
    int32_t at_hand;                /* first index of the input that is at hand */
    int32_t in_step, out_step;      /* bytes from one to the next */
} qmcu_word_axis;

QMCU_INLINE qmcu_word_axis qmcu_word_rows_of(const qmcu_word_depthwise *layer, const qmcu_view *x, const qmcu_region *y)
{
    qmcu_word_axis axis = {layer->height, layer->pad_top, y->row, y->rows, x->row, x->pitch, y->pitch};
    return axis;
}

QMCU_INLINE qmcu_word_axis qmcu_word_columns_of(
    const qmcu_word_depthwise *layer, const qmcu_view *x, const qmcu_region *y, int32_t in_bits, int32_t out_bits)
{
    qmcu_word_axis axis = {
        layer->width, layer->pad_left, y->column, y->columns, x->column, qmcu_bytes(layer->channels, in_bits), qmcu_bytes(layer->channels, out_bits),
    };
    return axis;
}

/* The rows of input from `top` on, of which the first `needed` are; returns whether all are needed and lie inside the image.
 * offset: bytes from what is at hand to the first column that is read, and to the channel. */
QMCU_INLINE int qmcu_word_rows_at(
    qmcu_word_rows *rows, const uint8_t *codes, const uint8_t *padding, const qmcu_word_axis *across, int32_t top, int32_t offset, int32_t step,
    int32_t needed, int32_t count)
{
    for (int32_t i = 0; i < count; ++i) {
        int inside = i < needed && top + i >= 0 && top + i < across->size;
        rows->at[i] = inside ? codes + (top + i - across->at_hand) * across->in_step + offset : padding;
        rows->step[i] = inside ? step : 0;
    }
    return needed == count && top >= 0 && top + count <= across->size;
}

QMCU_INLINE void qmcu_word_depthwise_run(
    const qmcu_word_depthwise *layer, qmcu_view x, qmcu_region y, int32_t stride, int32_t fields, int32_t in_bits, int32_t out_bits,
    int32_t shifts, int32_t full)
{
    const qmcu_word_depthwise_form form = {stride, fields, in_bits, out_bits, shifts, full};
    qmcu_word_axis across = qmcu_word_rows_of(layer, &x, &y), along = qmcu_word_columns_of(layer, &x, &y, in_bits, out_bits);
    if (layer->on_side) {
        qmcu_word_axis rows = across;
        across = along;
        along = rows;
    }

    int32_t left = along.from * stride - along.pad, before = left < 0 ? -left : 0, height = qmcu_word_row_count(form);
    left += before;
    for (int32_t c = 0; c < layer->channels && along.count > 0; ++c) {
        const qmcu_word_channel channel = qmcu_word_channel_of(layer, c, form);
        uint32_t padding = (uint32_t)qmcu_code(layer->padding, in_bits, c) * (fields == 2 ? 0x00010001u : 1u);
        uint8_t *to = y.codes + (c * out_bits >> 3);
        int32_t byte = c * in_bits >> 3, offset = (left - along.at_hand) * along.in_step + byte;
        for (int32_t row = 0; row < across.count; row += fields, to += fields * across.out_step) {
            qmcu_word_rows rows;
            int32_t top = (across.from + row) * stride - across.pad, two = fields == 2 && row + 1 < across.count;
            int inside = qmcu_word_rows_at(
                &rows, x.codes, layer->padding + byte, &across, top, offset, along.in_step, two || fields == 1 ? height : 3, height);
            if (inside) {
                qmcu_word_walk(rows, &channel, padding, before, along.size - left, to, across.out_step, along.out_step, along.count, along.in_step,
                    0, fields == 2, form);
            } else {
                qmcu_word_walk(rows, &channel, padding, before, along.size - left, to, across.out_step, along.out_step, along.count, 0, 1, two, form);
            }
        }
    }
}

#endif
