/* Depthwise convolutions 3x3, for cores without SIMD: strips of rows of output, one or two rows at once, column by column. Images may be taken
 * on their side: what is called a row below is a column there.
 *
 * The codes under a strip are spread first, a byte each, with the padding: for the channels that a word holds, column by column, so that a
 * channel finds all rows of a column at fixed distances. Results take the places of codes that are no longer needed, and are packed in the end.
 *
 * Where codes or weights are narrow, several sums share a word, in fields that start with an offset: the compiler has proved from the weights
 * that they stay in range. With stride 1 two rows of output have fields of 16 bits, or three columns have fields of 10: a column then takes
 * three products for all nine of its taps, one for each row, as the weights of a row share a word, and fields move on from column to column.
 * With stride 2 the results to the left and to the right of a column do that in fields of 16 bits.
 */
#ifndef QMCU_WORD_DEPTHWISE_H
#define QMCU_WORD_DEPTHWISE_H

#include "qmcu_word.h"

typedef struct {
    int32_t height, width, channels;
    int32_t pad_top, pad_left;
    int32_t on_side;            /* 1: rows are columns, and weights lie so */
    int32_t chunk;              /* columns of output that are computed at once, at most */
    const uint8_t *weights;     /* nine signed bytes per channel, row by row; with fields of 10 bits none */
    const int32_t *weight_rows; /* with fields of 10 bits: per channel and row, the last weight lowest; else none */
    const int32_t *outputs_of;  /* per channel: what sums start with, what completes them, multiplier */
    const uint8_t *padding;     /* a pixel of padding, packed */
    int32_t pre_shift;          /* before the multiplication: of weights and biases where a word is one sum, else of sums */
    qmcu_word_rounding to;
} qmcu_word_depthwise;

/* What is fixed when a kernel is specialised. */
typedef struct {
    int32_t stride;
    int32_t rows;               /* of output that are computed together: 1 or 2 */
    int32_t fields;             /* sums of a word: 1, 2, or with stride 1 also 3 */
    int32_t in_bits, out_bits;
    int32_t in_words, out_words; /* pixels are whole words on words */
    int32_t thin;               /* the product of sum and multiplier has 32 bits, with so many of a fraction; 0: it has 64 */
    int32_t shifts;             /* sums have a shift before the multiplication */
    int32_t full;               /* where all codes of so many bits are allowed, and no others; else 0 */
} qmcu_word_depthwise_form;

/* A channel of a strip. */
typedef struct {
    uint32_t weights[9];
    uint32_t start;
    int32_t bias, multiplier, pre_shift;
    qmcu_word_rounding to;
} qmcu_word_channel;

/* An axis of the image. */
typedef struct {
    int32_t size, pad, from, count; /* of the input; of the output what is computed */
    int32_t at_hand;                /* first index of the input that is at hand */
    int32_t in_step, out_step;      /* bytes from one to the next */
} qmcu_word_axis;

/* Rows or columns of input under some of output. */
QMCU_INLINE int32_t qmcu_word_extent(int32_t results, int32_t stride)
{
    return (results - 1) * stride + 3;
}

/* Channels whose codes share a word of the input: a spread pixel has as many bytes. */
QMCU_INLINE int32_t qmcu_word_lanes(qmcu_word_depthwise_form form)
{
    return 32 / form.in_bits;
}

/* Rows of output in a strip. */
QMCU_INLINE int32_t qmcu_word_strip(qmcu_word_depthwise_form form)
{
    return 8 / form.stride;
}

/* Bytes from column to column of what is spread. */
QMCU_INLINE int32_t qmcu_word_column_bytes(qmcu_word_depthwise_form form)
{
    return qmcu_word_extent(qmcu_word_strip(form), form.stride) * qmcu_word_lanes(form);
}

/* Which byte of a spread pixel a channel has. */
QMCU_INLINE int32_t qmcu_word_place(int32_t channel, qmcu_word_depthwise_form form)
{
    int32_t words = 8 / form.in_bits;
    return channel % words * 4 + channel / words;
}

/* Bits between the fields of a word. */
QMCU_INLINE int32_t qmcu_word_spacing(qmcu_word_depthwise_form form)
{
    return form.fields == 3 ? 10 : 16;
}

/* Words of sums that a column completes; with stride 1 two fields are two rows. */
QMCU_INLINE int32_t qmcu_word_sums(qmcu_word_depthwise_form form)
{
    return form.stride == 1 && form.fields == 2 ? form.rows / 2 : form.rows;
}

/* Whether fields are columns, and move on. */
QMCU_INLINE int qmcu_word_moves(qmcu_word_depthwise_form form)
{
    return form.fields == 3 || (form.fields == 2 && form.stride == 2);
}

QMCU_INLINE uint32_t qmcu_word_of_bytes(const uint8_t *bytes, int32_t count)
{
    if (count == 4)
        return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;

    uint32_t word = 0;
    QMCU_ROLLED
    for (int32_t i = count - 1; i >= 0; --i)
        word = word << 8 | bytes[i];
    return word;
}

QMCU_INLINE void qmcu_word_set_pixel(uint32_t *to, uint32_t word, qmcu_word_depthwise_form form)
{
    const uint32_t mask = form.in_bits == 8 ? 0xFFFFFFFF : form.in_bits == 4 ? 0x0F0F0F0F : 0x03030303;
    for (int32_t i = 0; i < 8 / form.in_bits; ++i)
        to[i] = word >> (i * form.in_bits) & mask;
}

/* `count` columns of a row, all of one word of codes; returns where the next one goes. */
QMCU_INLINE uint32_t *qmcu_word_repeat(uint32_t *to, uint32_t word, int32_t count, qmcu_word_depthwise_form form)
{
    const int32_t next = qmcu_word_column_bytes(form) / 4;
    QMCU_ROLLED
    for (; count > 0; --count, to += next)
        qmcu_word_set_pixel(to, word, form);
    return to;
}

/* The codes under `columns` columns of a strip, from row `top` and column `left` of the input on. bytes: of a pixel, at most four. */
QMCU_INLINE void qmcu_word_spread_strip(
    uint8_t *cells, const uint8_t *codes, const qmcu_word_axis *across, const qmcu_word_axis *along, const uint8_t *padding, int32_t bytes,
    int32_t top, int32_t rows, int32_t left, int32_t columns, qmcu_word_depthwise_form form)
{
    const int32_t next = qmcu_word_column_bytes(form) / 4, words = qmcu_word_lanes(form) / 4, step = along->in_step;
    const uint32_t pad = qmcu_word_of_bytes(padding, bytes);
    int32_t before = left < 0 ? -left : 0, right = left + columns < along->size ? left + columns : along->size;
    int32_t inside = right - left - before;
    uint32_t *row = (uint32_t *)(void *)cells;
    QMCU_ROLLED
    for (int32_t i = top; i < top + rows; ++i, row += words) {
        if (i < 0 || i >= across->size || inside <= 0) {
            qmcu_word_repeat(row, pad, columns, form);
            continue;
        }

        const uint8_t *from = codes + (i - across->at_hand) * across->in_step + (left + before - along->at_hand) * step;
        uint32_t *to = qmcu_word_repeat(row, pad, before, form), *end = to + inside * next;
        QMCU_ROLLED
        for (; to != end; to += next, from += step)
            qmcu_word_set_pixel(to, form.in_words ? qmcu_aligned_word(from) : qmcu_word_of_bytes(from, bytes), form);
        qmcu_word_repeat(to, pad, columns - before - inside, form);
    }
}

/* The results of one row of a strip, packed. channels: of them that count. */
QMCU_INLINE void qmcu_word_pack_row(
    uint8_t *to, int32_t step, const uint8_t *cells, int32_t columns, int32_t channels, qmcu_word_depthwise_form form)
{
    const int32_t bytes = qmcu_bytes(channels, form.out_bits);
    const int32_t next = form.stride * qmcu_word_column_bytes(form);
    const uint8_t *end = cells + columns * next;
    QMCU_ROLLED
    for (; cells != end; cells += next, to += step) {
        if (form.in_bits == form.out_bits) {
            const uint32_t *words = (const uint32_t *)(const void *)cells;
            uint32_t word = words[0];
            for (int32_t i = 1; i < 8 / form.in_bits; ++i)
                word |= words[i] << (i * form.in_bits);
            if (form.out_words) {
                qmcu_set_aligned_word(to, word);
                continue;
            }
            QMCU_ROLLED
            for (int32_t i = 0; i < bytes; ++i, word >>= 8)
                to[i] = (uint8_t)word;
        } else {
            for (int32_t i = 0; i < qmcu_word_lanes(form) * form.out_bits / 8; ++i) {
                uint32_t byte = 0;
                for (int32_t code = 0; code < 8 / form.out_bits; ++code)
                    byte |= (uint32_t)cells[qmcu_word_place(i * 8 / form.out_bits + code, form)] << (code * form.out_bits);
                if (i < bytes)
                    to[i] = (uint8_t)byte;
            }
        }
    }
}

/* The words that a column's products are made of: the codes of rows that are computed together, or those of two rows. */
QMCU_INLINE void qmcu_word_column(uint32_t *x, const uint8_t *column, qmcu_word_depthwise_form form)
{
    const int32_t count = qmcu_word_extent(form.rows, form.stride), apart = form.rows / 2, lanes = qmcu_word_lanes(form);
    for (int32_t i = 0; i < count; ++i)
        x[i] = column[i * lanes];
    if (form.fields == 2 && form.stride == 1) {
        for (int32_t i = 0; i < count - apart; ++i)
            x[i] |= x[i + apart] << 16;
    }
}

/* Compilers for RISC-V do well with a stride of 1 without being told what to multiply when, those for Xtensa run out of registers. */
#if defined(__XTENSA__)
#define QMCU_WORD_ORDERED(form) 1
#else
#define QMCU_WORD_ORDERED(form) ((form).stride == 2)
#endif

/* Adds the products of a column with three weights. */
QMCU_INLINE void qmcu_word_taps(uint32_t *sums, const uint32_t *x, const uint32_t *weights, qmcu_word_depthwise_form form)
{
    const int32_t count = qmcu_word_sums(form);
    for (int32_t ky = 0; ky < 3 && QMCU_WORD_ORDERED(form); ++ky) {
        for (int32_t i = 0; i < count; ++i)
            qmcu_multiply_add(&sums[i], x[ky + i * form.stride], weights[ky]);
    }
    for (int32_t i = 0; i < count && !QMCU_WORD_ORDERED(form); ++i)
        sums[i] += x[i] * weights[0] + x[i + 1] * weights[1] + x[i + 2] * weights[2];
}

/* From a sum to its code. */
QMCU_INLINE void qmcu_word_put(uint8_t *to, uint32_t sum, const qmcu_word_channel *channel, qmcu_word_depthwise_form form)
{
    int32_t most = (1 << form.full) - 1;
    if (form.thin > 0) {
        int32_t product = (int32_t)(sum * (uint32_t)channel->multiplier + (uint32_t)channel->bias);
        *to = (uint8_t)qmcu_word_clamped(product >> form.thin, &channel->to, form.full, most);
        return;
    }

    sum += form.fields == 1 ? 0 : (uint32_t)channel->bias;
    *to = (uint8_t)qmcu_word_code((int32_t)(form.shifts ? sum << channel->pre_shift : sum), channel->multiplier, &channel->to, form.full, most);
}

/* The codes of a column of results. */
QMCU_INLINE void qmcu_word_complete(uint8_t *to, const uint32_t *sums, const qmcu_word_channel *channel, qmcu_word_depthwise_form form)
{
    const int32_t lanes = qmcu_word_lanes(form), count = qmcu_word_sums(form);
    const uint32_t mask = form.fields == 1 ? 0xFFFFFFFF : (1u << qmcu_word_spacing(form)) - 1;
    for (int32_t i = 0; i < count; ++i)
        qmcu_word_put(to + i * form.stride * lanes, sums[i] & mask, channel, form);
    if (form.fields == 2 && form.stride == 1) {
        for (int32_t i = 0; i < count; ++i)
            qmcu_word_put(to + (count + i) * lanes, sums[i] >> 16, channel, form);
    }
}

QMCU_INLINE void qmcu_word_begin(uint32_t *sums, const qmcu_word_channel *channel, qmcu_word_depthwise_form form)
{
    for (int32_t i = 0; i < qmcu_word_sums(form); ++i)
        sums[i] = channel->start;
}

QMCU_INLINE void qmcu_word_copy(uint32_t *to, const uint32_t *sums, qmcu_word_depthwise_form form)
{
    for (int32_t i = 0; i < qmcu_word_sums(form); ++i)
        to[i] = sums[i];
}

/* On to the next field; the highest one begins. */
QMCU_INLINE void qmcu_word_move(uint32_t *sums, uint32_t start, qmcu_word_depthwise_form form)
{
    for (int32_t i = 0; i < qmcu_word_sums(form); ++i)
        sums[i] = (sums[i] >> qmcu_word_spacing(form)) + start;
}

/* One channel of rows of a strip, whose fields are columns; at: its byte in the first column. The lowest field is the next to be complete. */
QMCU_INLINE void qmcu_word_walk_moving(uint8_t *at, const uint8_t *end, const qmcu_word_channel *channel, qmcu_word_depthwise_form form)
{
    const int32_t step = qmcu_word_column_bytes(form), count = qmcu_word_sums(form), spacing = qmcu_word_spacing(form);
    const uint32_t start = channel->start << (spacing * (form.fields - 1));
    uint32_t x[5], sums[2];
    qmcu_word_column(x, at, form);
    for (int32_t i = 0; i < count; ++i)
        sums[i] = form.fields == 3 ? start | channel->start << spacing | channel->start : start | channel->start;
    qmcu_word_taps(sums, x, channel->weights, form);
    if (form.stride == 1) {
        qmcu_word_column(x, at + step, form);
        qmcu_word_move(sums, start, form);
        qmcu_word_taps(sums, x, channel->weights, form);
    }

    QMCU_ROLLED
    for (; at != end; at += form.stride * step) {
        if (form.stride == 2) {
            qmcu_word_column(x, at + step, form);
            qmcu_word_taps(sums, x, channel->weights + 3, form);
        }
        qmcu_word_column(x, at + 2 * step, form);
        qmcu_word_move(sums, start, form);
        qmcu_word_taps(sums, x, channel->weights, form);
        qmcu_word_complete(at, sums, channel, form);
    }
}

/* The same where every column is a sum of its own, which it keeps until it is complete. */
QMCU_INLINE void qmcu_word_walk_standing(uint8_t *at, const uint8_t *end, const qmcu_word_channel *channel, qmcu_word_depthwise_form form)
{
    const int32_t step = qmcu_word_column_bytes(form);
    const uint32_t *weights = channel->weights;
    uint32_t x[5], done[2], sums[2], next[2];
    qmcu_word_column(x, at, form);
    qmcu_word_begin(sums, channel, form);
    qmcu_word_taps(sums, x, weights, form);
    if (form.stride == 1) {
        qmcu_word_column(x, at + step, form);
        qmcu_word_taps(sums, x, weights + 3, form);
        qmcu_word_begin(next, channel, form);
        qmcu_word_taps(next, x, weights, form);
    }

    QMCU_ROLLED
    for (; at != end; at += form.stride * step) {
        if (form.stride == 2) {
            qmcu_word_column(x, at + step, form);
            qmcu_word_taps(sums, x, weights + 3, form);
        }
        qmcu_word_column(x, at + 2 * step, form);
        qmcu_word_taps(sums, x, weights + 6, form);
        qmcu_word_copy(done, sums, form);
        if (form.stride == 1) {
            qmcu_word_copy(sums, next, form);
            qmcu_word_taps(sums, x, weights + 3, form);
            qmcu_word_begin(next, channel, form);
            qmcu_word_taps(next, x, weights, form);
        } else {
            qmcu_word_begin(sums, channel, form);
            qmcu_word_taps(sums, x, weights, form);
        }
        qmcu_word_complete(at, done, channel, form);
    }
}

QMCU_INLINE qmcu_word_channel qmcu_word_channel_of(const qmcu_word_depthwise *layer, int32_t c, qmcu_word_depthwise_form form)
{
    qmcu_word_channel channel;
    const int32_t shift = form.fields == 1 ? layer->pre_shift : 0;
    for (int32_t i = 0; i < 9 && form.fields != 3; ++i)
        channel.weights[i] = (uint32_t)(int32_t)(int8_t)layer->weights[9 * c + i] << shift;
    for (int32_t i = 0; i < 3 && form.fields == 3; ++i)
        channel.weights[i] = (uint32_t)layer->weight_rows[3 * c + i];
    if (qmcu_word_moves(form) && form.stride == 2) {
        for (int32_t i = 0; i < 3; ++i) {
            channel.weights[i] = (channel.weights[i] << 16) + channel.weights[i + 6];
            channel.weights[i + 3] <<= 16;
        }
    }
    channel.start = (uint32_t)layer->outputs_of[3 * c] << shift;
    if (form.fields == 2 && !qmcu_word_moves(form))
        channel.start |= channel.start << 16;
    channel.bias = layer->outputs_of[3 * c + 1];
    channel.multiplier = layer->outputs_of[3 * c + 2];
    channel.pre_shift = layer->pre_shift;
    channel.to = layer->to;
    return channel;
}

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

/* The channels from `first` on that share a word, of a strip that is spread. */
QMCU_INLINE void qmcu_word_walk(
    const qmcu_word_depthwise *layer, uint8_t *cells, int32_t first, int32_t channels, int32_t rows, int32_t columns, qmcu_word_depthwise_form form)
{
    const int32_t length = columns * form.stride * qmcu_word_column_bytes(form);
    QMCU_ROLLED
    for (int32_t c = 0; c < channels; ++c) {
        const qmcu_word_channel channel = qmcu_word_channel_of(layer, first + c, form);
        uint8_t *at = cells + qmcu_word_place(c, form);
        QMCU_ROLLED
        for (int32_t row = 0; row < rows; row += form.rows, at += form.rows * form.stride * qmcu_word_lanes(form)) {
            if (qmcu_word_moves(form))
                qmcu_word_walk_moving(at, at + length, &channel, form);
            else
                qmcu_word_walk_standing(at, at + length, &channel, form);
        }
    }
}

QMCU_INLINE void qmcu_word_depthwise_run(
    const qmcu_word_depthwise *layer, qmcu_view x, qmcu_region y, uint32_t *scratch, int32_t stride, int32_t rows, int32_t fields, int32_t in_bits,
    int32_t out_bits, int32_t in_words, int32_t out_words, int32_t thin, int32_t shifts, int32_t full)
{
    const qmcu_word_depthwise_form form = {stride, rows, fields, in_bits, out_bits, in_words, out_words, thin, shifts, full};
    qmcu_word_axis across = qmcu_word_rows_of(layer, &x, &y), along = qmcu_word_columns_of(layer, &x, &y, in_bits, out_bits);
    if (layer->on_side) {
        qmcu_word_axis other = across;
        across = along;
        along = other;
    }

    uint8_t *cells = (uint8_t *)scratch;
    const int32_t lanes = qmcu_word_lanes(form), strip = qmcu_word_strip(form);
    QMCU_ROLLED
    for (int32_t c = 0; c < layer->channels; c += lanes) {
        int32_t channels = layer->channels - c < lanes ? layer->channels - c : lanes, byte = c * in_bits >> 3;
        QMCU_ROLLED
        for (int32_t column = 0; column < along.count; column += layer->chunk) {
            int32_t columns = along.count - column < layer->chunk ? along.count - column : layer->chunk;
            uint8_t *to = y.codes + column * along.out_step + (c * out_bits >> 3);
            QMCU_ROLLED
            for (int32_t row = 0; row < across.count; row += strip) {
                int32_t count = across.count - row < strip ? across.count - row : strip;
                qmcu_word_spread_strip(
                    cells, x.codes + byte, &across, &along, layer->padding + byte, qmcu_bytes(channels, in_bits),
                    (across.from + row) * stride - across.pad, qmcu_word_extent(count, stride), (along.from + column) * stride - along.pad,
                    qmcu_word_extent(columns, stride), form);
                qmcu_word_walk(layer, cells, c, channels, count, columns, form);
                QMCU_ROLLED
                for (int32_t i = 0; i < count; ++i, to += across.out_step)
                    qmcu_word_pack_row(to, along.out_step, cells + i * stride * lanes, columns, channels, form);
            }
        }
    }
}

#endif
