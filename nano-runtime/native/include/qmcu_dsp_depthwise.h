/* Depthwise convolution 3x3 with a stride of 1 or 2, for cores with the DSP extension.
 *
 * One channel after the other: a strip of rows of it is spread with its padding into a plane of bytes, over which pairs of columns run
 * down. A word of a row holds four pixels; its even and its odd bytes are lanes that serve both outputs of a pair (stride 1).
 */
#ifndef QMCU_DSP_DEPTHWISE_H
#define QMCU_DSP_DEPTHWISE_H

#include "qmcu_dsp.h"

typedef struct {
    int32_t height, width, channels;    /* of the input */
    int32_t pad_top, pad_left;
    int32_t strip;                      /* most output rows at once */
    const uint8_t *weights;             /* per channel 12 bytes, by tap: 0 3 2 5, 6 1 8 4, 7 and zeros */
    const int32_t *outputs_of;          /* per channel: bias, multiplier */
    const uint8_t *padding;             /* codes of one pixel of padding, one a byte */
    int32_t addend, min, max;
} qmcu_dsp_depthwise;

/* A channel as the inner loop wants it: pairs of outer taps of each row, centres of rows 0 and 1, centre of row 2. */
typedef struct {
    uint32_t outer0, outer1, outer2, centre01, centre2;
    int32_t bias, multiplier, addend;
    int32_t sum_shift;                  /* what is left of the shift before the requantization */
    int32_t min, max;
    int32_t bit;                        /* of the code in its byte of the result */
} qmcu_dsp_channel;

/* Lanes that are shifted; what they hold fits. */
QMCU_INLINE uint32_t qmcu_dsp_shifted(uint32_t lanes, int32_t shift)
{
    return (uint32_t)(uint16_t)(lanes << shift) | (lanes >> 16 << (16 + shift));
}

/* lane_shift: the shift before the requantization, which weights and bias get instead. */
QMCU_INLINE qmcu_dsp_channel qmcu_dsp_channel_of(const qmcu_dsp_depthwise *layer, int32_t c, int32_t out_bits, int32_t lane_shift, int32_t sum_shift)
{
    const uint8_t *weights = layer->weights + 12 * c;
    uint32_t first = qmcu_word(weights), second = qmcu_word(weights + 4);
    qmcu_dsp_channel channel;
    channel.outer0 = qmcu_dsp_shifted(qmcu_signed_even_bytes(first), lane_shift);
    channel.outer1 = qmcu_dsp_shifted(qmcu_signed_odd_bytes(first), lane_shift);
    channel.outer2 = qmcu_dsp_shifted(qmcu_signed_even_bytes(second), lane_shift);
    channel.centre01 = qmcu_dsp_shifted(qmcu_signed_odd_bytes(second), lane_shift);
    channel.centre2 = (uint32_t)(int32_t)(int8_t)weights[8] << lane_shift;
    channel.bias = layer->outputs_of[2 * c];
    channel.multiplier = layer->outputs_of[2 * c + 1];
    channel.addend = layer->addend;
    channel.sum_shift = sum_shift;
    channel.min = layer->min;
    channel.max = layer->max;
    channel.bit = c * out_bits & 7;
    return channel;
}

/* Four channels of a pixel as bytes; `codes` is where they begin. */
QMCU_INLINE uint32_t qmcu_dsp_four(const uint8_t *codes, int32_t bits)
{
    uint32_t word;
    if (bits == 8)
        return qmcu_word(codes);

    if (bits == 4) {
        word = (uint32_t)codes[0] | (uint32_t)codes[1] << 16;
        return (word | word << 4) & 0x0F0F0F0Fu;
    }

    word = (uint32_t)codes[0] | (uint32_t)codes[0] << 12;
    return (word | word << 6) & 0x03030303u;
}

/* Four channels of a row into their planes. */
QMCU_INLINE void qmcu_dsp_spread_four(const uint8_t *from, int32_t pixel_bytes, uint8_t *to, int32_t plane_bytes, int32_t count, int32_t bits)
{
    for (; count >= 4; count -= 4, to += 4, from += 4 * pixel_bytes) {
        uint32_t a = qmcu_dsp_four(from, bits), b = qmcu_dsp_four(from + pixel_bytes, bits);
        uint32_t c = qmcu_dsp_four(from + 2 * pixel_bytes, bits), d = qmcu_dsp_four(from + 3 * pixel_bytes, bits);
        uint32_t even_low = qmcu_even_bytes(a) | qmcu_even_bytes(b) << 8, even_high = qmcu_even_bytes(c) | qmcu_even_bytes(d) << 8;
        uint32_t odd_low = qmcu_odd_bytes(a) | qmcu_odd_bytes(b) << 8, odd_high = qmcu_odd_bytes(c) | qmcu_odd_bytes(d) << 8;
        qmcu_put_word(to, qmcu_low_halves(even_low, even_high));
        qmcu_put_word(to + plane_bytes, qmcu_low_halves(odd_low, odd_high));
        qmcu_put_word(to + 2 * plane_bytes, qmcu_high_halves(even_low, even_high));
        qmcu_put_word(to + 3 * plane_bytes, qmcu_high_halves(odd_low, odd_high));
    }

    for (; count > 0; --count, ++to, from += pixel_bytes) {
        uint32_t word = qmcu_dsp_four(from, bits);
        to[0] = (uint8_t)word;
        to[plane_bytes] = (uint8_t)(word >> 8);
        to[2 * plane_bytes] = (uint8_t)(word >> 16);
        to[3 * plane_bytes] = (uint8_t)(word >> 24);
    }
}

/* Codes of one channel of a row, one a byte. */
QMCU_INLINE void qmcu_dsp_spread_one(const uint8_t *from, int32_t pixel_bytes, int32_t bit, uint8_t *to, int32_t count, int32_t bits)
{
    for (; count > 0; --count, ++to, from += pixel_bytes)
        *to = (uint8_t)((*from >> bit) & ((1 << bits) - 1));
}

/* What a plane holds of the image. */
typedef struct {
    int32_t pitch, rows;            /* of the plane */
    int32_t first, last;            /* rows of the plane inside the image: first .. last - 1 */
    int32_t left, inside;           /* columns of padding before, columns inside */
    const uint8_t *codes;           /* channel 0 of the first pixel inside */
} qmcu_dsp_inside;

/* Padding around the inside of the planes of channels c .. c + count - 1. */
QMCU_INLINE void qmcu_dsp_frame(const qmcu_dsp_depthwise *layer, const qmcu_dsp_inside *in, int32_t c, int32_t count, uint8_t *plane)
{
    for (int32_t i = 0; i < count; ++i) {
        int32_t code = layer->padding[c + i];
        for (int32_t row = 0; row < in->rows; ++row, plane += in->pitch) {
            int32_t within = row >= in->first && row < in->last, end = within ? in->left : in->pitch;
            for (int32_t x = 0; x < end; ++x)
                plane[x] = (uint8_t)code;
            for (int32_t x = within ? in->left + in->inside : in->pitch; x < in->pitch; ++x)
                plane[x] = (uint8_t)code;
        }
    }
}

/* Channels c .. c + count - 1 (4, or 1 to 3) into planes one after the other. */
QMCU_INLINE void qmcu_dsp_planes(
    const qmcu_dsp_depthwise *layer, const qmcu_dsp_inside *in, int32_t pitch, int32_t c, int32_t count, uint8_t *plane, int32_t bits)
{
    int32_t pixel_bytes = qmcu_bytes(layer->channels, bits), plane_bytes = in->pitch * in->rows;
    for (int32_t row = in->first; row < in->last; ++row) {
        const uint8_t *from = in->codes + (row - in->first) * pitch;
        uint8_t *to = plane + row * in->pitch + in->left;
        if (count == 4) {
            qmcu_dsp_spread_four(from + (c * bits >> 3), pixel_bytes, to, plane_bytes, in->inside, bits);
            continue;
        }

        for (int32_t i = c; i < c + count; ++i, to += plane_bytes)
            qmcu_dsp_spread_one(from + (i * bits >> 3), pixel_bytes, i * bits & 7, to, in->inside, bits);
    }
}

/* The part of the image under `rows` rows from `top` on and `pitch` columns from `left` on. */
QMCU_INLINE qmcu_dsp_inside qmcu_dsp_inside_of(
    const qmcu_dsp_depthwise *layer, const qmcu_view *x, int32_t top, int32_t rows, int32_t left, int32_t pitch, int32_t bits)
{
    qmcu_dsp_inside in;
    in.pitch = pitch;
    in.rows = rows;
    in.first = top < 0 ? -top : 0;
    in.last = layer->height - top < rows ? layer->height - top : rows;
    in.left = left >= 0 ? 0 : -left < pitch ? -left : pitch;
    in.inside = (layer->width - left < pitch ? layer->width - left : pitch) - in.left;
    if (in.inside < 0)
        in.inside = 0;
    in.codes = x->codes + (top + in.first - x->row) * x->pitch + (left + in.left - x->column) * qmcu_bytes(layer->channels, bits);
    return in;
}

/* Whether all channels have the padding of the first. */
QMCU_INLINE int32_t qmcu_dsp_one_padding(const qmcu_dsp_depthwise *layer)
{
    for (int32_t c = 1; c < layer->channels; ++c) {
        if (layer->padding[c] != layer->padding[0])
            return 0;
    }
    return 1;
}

/* Requantizes a sum and stores the code; of codes that share a byte the first one clears it. */
QMCU_INLINE void qmcu_dsp_put(uint8_t *to, int32_t sum, const qmcu_dsp_channel *channel, int32_t out_bits, int32_t shift, int32_t full)
{
    int32_t high = qmcu_mulhi_add((int32_t)((uint32_t)sum << channel->sum_shift), channel->multiplier, channel->addend);
    int32_t code = qmcu_saturate(high, shift, out_bits, full, channel->min, channel->max);
    if (out_bits == 8)
        *to = (uint8_t)code;
    else
        *to = (uint8_t)(channel->bit == 0 ? code : (*to | code << channel->bit));
}

/* Finishes the sums A of a row, goes on with B, starts C. */
#define QMCU_DSP_ROW(a0, a1, b0, b1, c0, c1) \
    do { \
        uint32_t word = qmcu_word(from), even = qmcu_even_bytes(word), odd = qmcu_odd_bytes(word); \
        a0 = qmcu_mac_bb(odd, channel->centre2, qmcu_mac2(even, channel->outer2, a0)); \
        a1 = qmcu_mac_tb(even, channel->centre2, qmcu_mac2(odd, channel->outer2, a1)); \
        from += pitch; \
        qmcu_dsp_put(to, a0, channel, out_bits, shift, full); \
        qmcu_dsp_put(to + out_bytes, a1, channel, out_bits, shift, full); \
        to += out_pitch; \
        b0 = qmcu_mac_bt(odd, channel->centre01, qmcu_mac2(even, channel->outer1, b0)); \
        b1 = qmcu_mac_tt(even, channel->centre01, qmcu_mac2(odd, channel->outer1, b1)); \
        c0 = qmcu_mac_bb(odd, channel->centre01, qmcu_mac2(even, channel->outer0, channel->bias)); \
        c1 = qmcu_mac_tb(even, channel->centre01, qmcu_mac2(odd, channel->outer0, channel->bias)); \
    } while (0)

/* Two columns of all rows of a strip, stride 1. */
QMCU_INLINE void qmcu_dsp_columns_1(
    const qmcu_dsp_channel *channel, const uint8_t *from, int32_t pitch, uint8_t *to, int32_t out_pitch, int32_t out_bytes, int32_t rows,
    int32_t out_bits, int32_t shift, int32_t full)
{
    uint32_t word = qmcu_word(from), even = qmcu_even_bytes(word), odd = qmcu_odd_bytes(word);
    int32_t u0 = qmcu_mac_bb(odd, channel->centre01, qmcu_mac2(even, channel->outer0, channel->bias));
    int32_t u1 = qmcu_mac_tb(even, channel->centre01, qmcu_mac2(odd, channel->outer0, channel->bias));
    int32_t v0, v1, w0, w1;
    from += pitch;
    word = qmcu_word(from), even = qmcu_even_bytes(word), odd = qmcu_odd_bytes(word);
    u0 = qmcu_mac_bt(odd, channel->centre01, qmcu_mac2(even, channel->outer1, u0));
    u1 = qmcu_mac_tt(even, channel->centre01, qmcu_mac2(odd, channel->outer1, u1));
    v0 = qmcu_mac_bb(odd, channel->centre01, qmcu_mac2(even, channel->outer0, channel->bias));
    v1 = qmcu_mac_tb(even, channel->centre01, qmcu_mac2(odd, channel->outer0, channel->bias));
    from += pitch;
    for (; rows >= 3; rows -= 3) {
        QMCU_DSP_ROW(u0, u1, v0, v1, w0, w1);
        QMCU_DSP_ROW(v0, v1, w0, w1, u0, u1);
        QMCU_DSP_ROW(w0, w1, u0, u1, v0, v1);
    }

    if (rows > 0)
        QMCU_DSP_ROW(u0, u1, v0, v1, w0, w1);
    if (rows > 1)
        QMCU_DSP_ROW(v0, v1, w0, w1, u0, u1);
}

/* One column of all rows of a strip, stride 2. */
QMCU_INLINE void qmcu_dsp_columns_2(
    const qmcu_dsp_channel *channel, const uint8_t *from, int32_t pitch, uint8_t *to, int32_t out_pitch, int32_t rows, int32_t out_bits,
    int32_t shift, int32_t full)
{
    uint32_t word = qmcu_word(from);
    int32_t sum = qmcu_mac_bb(qmcu_odd_bytes(word), channel->centre01, qmcu_mac2(qmcu_even_bytes(word), channel->outer0, channel->bias));
    for (; rows > 0; --rows, from += 2 * pitch, to += out_pitch) {
        word = qmcu_word(from + pitch);
        sum = qmcu_mac_bt(qmcu_odd_bytes(word), channel->centre01, qmcu_mac2(qmcu_even_bytes(word), channel->outer1, sum));
        word = qmcu_word(from + 2 * pitch);
        uint32_t even = qmcu_even_bytes(word), odd = qmcu_odd_bytes(word);
        qmcu_dsp_put(to, qmcu_mac_bb(odd, channel->centre2, qmcu_mac2(even, channel->outer2, sum)), channel, out_bits, shift, full);
        sum = qmcu_mac_bb(odd, channel->centre01, qmcu_mac2(even, channel->outer0, channel->bias));
    }
}

#if QMCU_HAS_DSP
/* What the core of two columns takes: the first six lie on its stack, the others in registers. */
typedef struct {
    uint32_t outer1;
    int32_t bias, addend;
    uint32_t steps_of_result;   /* from the first column to the second, and from there to the next row's first: low and high half */
    const uint8_t *end;         /* of the last row that is read */
    int32_t rows;
    uint32_t outer0, outer2, centre01;
    uint32_t centre2;           /* low half; in the high half the bytes from row to row of the plane */
    int32_t multiplier;
    const uint8_t *from;
    uint8_t *to;
} qmcu_dsp_columns;

/* A row of the plane: its lanes into r11 and r12. */
#define QMCU_COLUMNS_LOAD "ldr.w r12, [r9]\n uxtb16 r11, r12\n uxtb16 r12, r12, ror #8\n add.w r9, r9, r7, lsr #16\n"

/* It starts the sums a and b, or goes on with them, or completes them. */
#define QMCU_COLUMNS_START(a, b) \
    "ldr.w lr, [sp, #4]\n smlad " b ", r12, r4, lr\n smlad " a ", r11, r4, lr\n smlabb " a ", r12, r6, " a "\n" \
    "smlatb " b ", r11, r6, " b "\n"
#define QMCU_COLUMNS_GO_ON(a, b) \
    "ldr.w lr, [sp]\n smlad " a ", r11, lr, " a "\n smlad " b ", r12, lr, " b "\n smlabt " a ", r12, r6, " a "\n" \
    "smlatt " b ", r11, r6, " b "\n"
#define QMCU_COLUMNS_AS_IS(sum) ""
#define QMCU_COLUMNS_DOUBLE(sum) "lsl.w " sum ", " sum ", #1\n"
#define QMCU_COLUMNS_COMPLETE(a, b, shift, before) \
    "smlad " a ", r11, r5, " a "\n smlad " b ", r12, r5, " b "\n smlabb " a ", r12, r7, " a "\n smlatb " b ", r11, r7, " b "\n" \
    before(a) before(b) "ldr.w lr, [sp, #8]\n smmla " a ", " a ", r8, lr\n smmla " b ", " b ", r8, lr\n ldr.w lr, [sp, #12]\n" \
    "usat " a ", #8, " a ", asr #" shift "\n usat " b ", #8, " b ", asr #" shift "\n" \
    "strb.w " a ", [r10]\n uxtah r10, r10, lr\n strb.w " b ", [r10]\n uxtah r10, r10, lr, ror #16\n"
#define QMCU_COLUMNS_ROW(a, b, c, d, shift, before) \
    QMCU_COLUMNS_LOAD QMCU_COLUMNS_GO_ON(c, d) QMCU_COLUMNS_COMPLETE(a, b, shift, before) QMCU_COLUMNS_START(a, b)
#define QMCU_COLUMNS_TWO_ROWS(shift, before) \
    QMCU_COLUMNS_ROW("r0", "r1", "r2", "r3", shift, before) QMCU_COLUMNS_ROW("r2", "r3", "r0", "r1", shift, before)

/* Two columns of a strip: sums of one row in r0 and r1, of the next in r2 and r3, in turns. */
#define QMCU_COLUMNS_CORE(number, shift, before) \
    QMCU_CORE void qmcu_core_columns_##number(const qmcu_dsp_columns *columns) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n ldmia r0!, {r1-r6}\n push {r1-r6}\n ldmia.w r0, {r4-r10}\n" \
            QMCU_COLUMNS_LOAD QMCU_COLUMNS_START("r0", "r1") QMCU_COLUMNS_LOAD QMCU_COLUMNS_GO_ON("r0", "r1") \
            QMCU_COLUMNS_START("r2", "r3") \
            "ldr.w lr, [sp, #20]\n lsls lr, lr, #31\n beq 2f\n" \
            QMCU_COLUMNS_ROW("r0", "r1", "r2", "r3", shift, before) \
            "mov r11, r0\n mov r0, r2\n mov r2, r11\n mov r11, r1\n mov r1, r3\n mov r3, r11\n" \
            "2: ldr.w lr, [sp, #20]\n lsls lr, lr, #30\n bpl 4f\n" QMCU_COLUMNS_TWO_ROWS(shift, before) \
            "4: ldr.w lr, [sp, #16]\n cmp r9, lr\n beq 3f\n" \
            "1:\n" QMCU_COLUMNS_TWO_ROWS(shift, before) QMCU_COLUMNS_TWO_ROWS(shift, before) \
            "ldr.w lr, [sp, #16]\n cmp r9, lr\n bne 1b\n" \
            "3: add sp, #24\n pop {r4-r11, pc}\n"); \
    }
#define QMCU_COLUMNS_CORES(number, shift) \
    QMCU_COLUMNS_CORE(number, shift, QMCU_COLUMNS_AS_IS) QMCU_COLUMNS_CORE(number##_double, shift, QMCU_COLUMNS_DOUBLE)
QMCU_COLUMNS_CORES(1, "1") QMCU_COLUMNS_CORES(2, "2") QMCU_COLUMNS_CORES(3, "3")
QMCU_COLUMNS_CORES(4, "4") QMCU_COLUMNS_CORES(5, "5") QMCU_COLUMNS_CORES(6, "6")
QMCU_COLUMNS_CORES(7, "7") QMCU_COLUMNS_CORES(8, "8") QMCU_COLUMNS_CORES(9, "9")
QMCU_COLUMNS_CORES(10, "10") QMCU_COLUMNS_CORES(11, "11") QMCU_COLUMNS_CORES(12, "12")

/* Whether there is a core for a kernel, and a call of it; shifts are literals. */
#define QMCU_HAS_COLUMNS(out_bits, sum_shift, shift, full) \
    ((out_bits) == 8 && (full) && (sum_shift) <= 1 && (shift) >= 1 && (shift) <= 12)
#define QMCU_COLUMNS_CASE(number) \
    case number: \
        if (sum_shift == 0) \
            qmcu_core_columns_##number(columns); \
        else \
            qmcu_core_columns_##number##_double(columns); \
        break;
QMCU_INLINE void qmcu_dsp_call_columns(const qmcu_dsp_columns *columns, int32_t sum_shift, int32_t shift)
{
    switch (shift) {
    QMCU_COLUMNS_CASE(1) QMCU_COLUMNS_CASE(2) QMCU_COLUMNS_CASE(3) QMCU_COLUMNS_CASE(4)
    QMCU_COLUMNS_CASE(5) QMCU_COLUMNS_CASE(6) QMCU_COLUMNS_CASE(7) QMCU_COLUMNS_CASE(8)
    QMCU_COLUMNS_CASE(9) QMCU_COLUMNS_CASE(10) QMCU_COLUMNS_CASE(11) QMCU_COLUMNS_CASE(12)
    default:
        break;
    }
}

/* All columns of a channel. */
QMCU_INLINE void qmcu_dsp_all_columns(
    const qmcu_dsp_channel *channel, const uint8_t *plane, int32_t pitch, uint8_t *to, int32_t out_pitch, int32_t out_bytes, int32_t rows,
    int32_t width, int32_t shift)
{
    qmcu_dsp_columns columns;
    columns.outer1 = channel->outer1;
    columns.bias = channel->bias;
    columns.addend = channel->addend;
    columns.steps_of_result = (uint32_t)out_bytes | (uint32_t)(out_pitch - out_bytes) << 16;
    columns.rows = rows;
    columns.outer0 = channel->outer0;
    columns.outer2 = channel->outer2;
    columns.centre01 = channel->centre01;
    columns.centre2 = (channel->centre2 & 0xFFFFu) | (uint32_t)pitch << 16;
    columns.multiplier = channel->multiplier;
    columns.from = plane;
    columns.to = to;
    columns.end = plane + (rows + 2) * pitch;
    for (int32_t column = width; column > 0; column -= 2) {
        qmcu_dsp_call_columns(&columns, channel->sum_shift, shift);
        int32_t on = column == 3 ? 1 : 2;
        columns.from += on;
        columns.end += on;
        columns.to += on * out_bytes;
    }
}
#endif

/* With a stride of 1 at least two columns, of which the last is computed twice if they are odd. Scratch: four planes of
 * (strip - 1) * stride + 3 rows of (columns - 1) * stride + 3 bytes, and 4 bytes more. */
QMCU_INLINE void qmcu_dsp_depthwise_run(
    const qmcu_dsp_depthwise *layer, qmcu_view x, qmcu_region y, uint8_t *planes, int32_t stride, int32_t in_bits, int32_t out_bits,
    int32_t lane_shift, int32_t sum_shift, int32_t shift, int32_t full)
{
    int32_t out_bytes = qmcu_bytes(layer->channels, out_bits), pitch = (y.columns - 1) * stride + 3;
    int32_t framed_once = qmcu_dsp_one_padding(layer);
    for (int32_t row = 0; row < y.rows; row += layer->strip) {
        int32_t rows = y.rows - row < layer->strip ? y.rows - row : layer->strip;
        const qmcu_dsp_inside in = qmcu_dsp_inside_of(
            layer, &x, (y.row + row) * stride - layer->pad_top, (rows - 1) * stride + 3, y.column * stride - layer->pad_left, pitch, in_bits);
        for (int32_t c = 0; c < layer->channels; ++c) {
            if (c % 4 == 0) {
                int32_t count = layer->channels - c < 4 ? layer->channels - c : 4;
                if (c == 0 || !framed_once)
                    qmcu_dsp_frame(layer, &in, c, count, planes);
                qmcu_dsp_planes(layer, &in, x.pitch, c, count, planes, in_bits);
            }

            const qmcu_dsp_channel channel = qmcu_dsp_channel_of(layer, c, out_bits, lane_shift, sum_shift);
            const uint8_t *plane = planes + c % 4 * (in.pitch * in.rows);
            uint8_t *to = y.codes + row * y.pitch + (c * out_bits >> 3);
#if QMCU_HAS_DSP
            if (stride == 1 && QMCU_HAS_COLUMNS(out_bits, sum_shift, shift, full)) {
                qmcu_dsp_all_columns(&channel, plane, pitch, to, y.pitch, out_bytes, rows, y.columns, shift);
                continue;
            }
#endif
            for (int32_t column = 0; column < y.columns; column += 3 - stride) {
                int32_t first = stride == 1 && column + 1 == y.columns ? column - 1 : column;
                const uint8_t *from = plane + first * stride;
                if (stride == 1)
                    qmcu_dsp_columns_1(&channel, from, pitch, to + first * out_bytes, y.pitch, out_bytes, rows, out_bits, shift, full);
                else
                    qmcu_dsp_columns_2(&channel, from, pitch, to + first * out_bytes, y.pitch, rows, out_bits, shift, full);
            }
        }
    }
}

#endif
