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
    return (lanes << shift) & ~(((1u << shift) - 1) << 16);
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

/* What a plane holds of the image. */
typedef struct {
    int32_t pitch, rows;            /* of the plane */
    int32_t first, last;            /* rows of the plane inside the image: first .. last - 1 */
    int32_t left, inside;           /* columns of padding before, columns inside */
    const uint8_t *codes;           /* channel 0 of the first pixel inside */
} qmcu_dsp_inside;

/* Four channels of four pixels into their planes, which lie `apart` bytes apart. */
QMCU_INLINE void qmcu_dsp_transpose(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint8_t *to, int32_t apart)
{
    uint32_t low = qmcu_low_halves(a, c), next_low = qmcu_low_halves(b, d);
    uint32_t high = qmcu_high_halves(a, c), next_high = qmcu_high_halves(b, d);
    uint32_t low_swap = (low >> 8 ^ next_low) & 0x00FF00FFu, high_swap = (high >> 8 ^ next_high) & 0x00FF00FFu;
    qmcu_put_word(to, low ^ low_swap << 8);
    qmcu_put_word(to + apart, next_low ^ low_swap);
    qmcu_put_word(to + 2 * apart, high ^ high_swap << 8);
    qmcu_put_word(to + 3 * apart, next_high ^ high_swap);
}

/* As many channels as a word holds into their planes: of a byte of a pixel the code with the lowest bits first. */
QMCU_INLINE void qmcu_dsp_spread_word(
    const qmcu_dsp_inside *in, const uint8_t *from, int32_t row_bytes, int32_t pixel_bytes, uint8_t *planes, int32_t bits)
{
    int32_t plane_bytes = in->pitch * in->rows, apart = plane_bytes * (8 / bits);
    uint32_t mask = bits == 8 ? 0xFFFFFFFFu : bits == 4 ? 0x0F0F0F0Fu : 0x03030303u;
    uint8_t *line = planes + in->first * in->pitch + in->left;
    for (int32_t row = in->first; row < in->last; ++row, from += row_bytes, line += in->pitch) {
        const uint8_t *pixel = from;
        uint8_t *to = line;
        int32_t count = in->inside;
        for (; count >= 4; count -= 4, to += 4, pixel += 4 * pixel_bytes) {
            uint32_t a = qmcu_word(pixel), b = qmcu_word(pixel + pixel_bytes), c = qmcu_word(pixel + 2 * pixel_bytes);
            uint32_t d = qmcu_word(pixel + 3 * pixel_bytes);
            for (int32_t i = 0; i < 8; i += bits)
                qmcu_dsp_transpose(a >> i & mask, b >> i & mask, c >> i & mask, d >> i & mask, to + i / bits * plane_bytes, apart);
        }

        for (; count > 0; --count, ++to, pixel += pixel_bytes) {
            uint32_t word = qmcu_word(pixel);
            for (int32_t i = 0; i < 8; i += bits) {
                for (int32_t j = 0; j < 4; ++j)
                    to[i / bits * plane_bytes + j * apart] = (uint8_t)((word >> i & mask) >> (8 * j));
            }
        }
    }
}

QMCU_CALLED void qmcu_dsp_spread_8(const qmcu_dsp_inside *in, const uint8_t *from, int32_t row_bytes, int32_t pixel_bytes, uint8_t *planes)
{
    qmcu_dsp_spread_word(in, from, row_bytes, pixel_bytes, planes, 8);
}

QMCU_CALLED void qmcu_dsp_spread_4(const qmcu_dsp_inside *in, const uint8_t *from, int32_t row_bytes, int32_t pixel_bytes, uint8_t *planes)
{
    qmcu_dsp_spread_word(in, from, row_bytes, pixel_bytes, planes, 4);
}

QMCU_CALLED void qmcu_dsp_spread_2(const qmcu_dsp_inside *in, const uint8_t *from, int32_t row_bytes, int32_t pixel_bytes, uint8_t *planes)
{
    qmcu_dsp_spread_word(in, from, row_bytes, pixel_bytes, planes, 2);
}

/* Codes of one channel of a row, one a byte. */
QMCU_INLINE void qmcu_dsp_spread_one(const uint8_t *from, int32_t pixel_bytes, int32_t bit, uint8_t *to, int32_t count, int32_t bits)
{
    for (; count > 0; --count, ++to, from += pixel_bytes)
        *to = (uint8_t)((*from >> bit) & ((1 << bits) - 1));
}

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

/* Channels c .. c + count - 1 into planes one after the other. */
QMCU_INLINE void qmcu_dsp_planes(
    const qmcu_dsp_depthwise *layer, const qmcu_dsp_inside *in, int32_t pitch, int32_t c, int32_t count, uint8_t *planes, int32_t bits)
{
    int32_t pixel_bytes = qmcu_bytes(layer->channels, bits);
    if (count == 32 / bits) {
        const uint8_t *from = in->codes + (c * bits >> 3);
        if (bits == 8)
            qmcu_dsp_spread_8(in, from, pitch, pixel_bytes, planes);
        else if (bits == 4)
            qmcu_dsp_spread_4(in, from, pitch, pixel_bytes, planes);
        else
            qmcu_dsp_spread_2(in, from, pitch, pixel_bytes, planes);
        return;
    }

    for (int32_t row = in->first; row < in->last; ++row) {
        const uint8_t *from = in->codes + (row - in->first) * pitch;
        uint8_t *to = planes + row * in->pitch + in->left;
        for (int32_t i = c; i < c + count; ++i, to += in->pitch * in->rows)
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
        uint32_t row = qmcu_word(from), row_even = qmcu_even_bytes(row), row_odd = qmcu_odd_bytes(row); \
        a0 = qmcu_mac_bb(row_odd, channel->centre2, qmcu_mac2(row_even, channel->outer2, a0)); \
        a1 = qmcu_mac_tb(row_even, channel->centre2, qmcu_mac2(row_odd, channel->outer2, a1)); \
        from += pitch; \
        qmcu_dsp_put(to, a0, channel, out_bits, shift, full); \
        qmcu_dsp_put(to + out_bytes, a1, channel, out_bits, shift, full); \
        to += out_pitch; \
        b0 = qmcu_mac_bt(row_odd, channel->centre01, qmcu_mac2(row_even, channel->outer1, b0)); \
        b1 = qmcu_mac_tt(row_even, channel->centre01, qmcu_mac2(row_odd, channel->outer1, b1)); \
        c0 = qmcu_mac_bb(row_odd, channel->centre01, qmcu_mac2(row_even, channel->outer0, channel->bias)); \
        c1 = qmcu_mac_tb(row_even, channel->centre01, qmcu_mac2(row_odd, channel->outer0, channel->bias)); \
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
/* What the cores of all columns of a channel take: the first eleven lie on their stack, the others in registers. */
typedef struct {
    uint32_t outer1;
    int32_t bias, addend;
    uint32_t steps_of_result;   /* stride 1: from the first column to the second, and from there to the next row's first: low and high half */
    const uint8_t *end;         /* of the last row that is read */
    int32_t rows;
    int32_t turns;              /* pairs of columns, or with a stride of 2 columns */
    const uint8_t *from;
    uint8_t *to;
    int32_t back, back_of_result; /* stride 1: bytes that the last pair begins earlier if columns are odd; stride 2: nothing, bytes from row to row */
    uint32_t outer0, outer2, centre01;
    uint32_t centre2;           /* low half; in the high half the bytes from row to row of the plane */
    int32_t multiplier;
} qmcu_dsp_columns;

/* A row of the plane: its lanes into r11 and r12. */
#define QMCU_COLUMNS_LOAD "ldr.w r12, [r9]\n uxtb16 r11, r12\n uxtb16 r12, r12, ror #8\n add.w r9, r9, r7, lsr #16\n"
#define QMCU_COLUMNS_ENTER \
    "push {r4-r11, lr}\n ldmia r0!, {r1-r11}\n sub sp, #44\n stmia.w sp, {r1-r11}\n ldmia.w r0, {r4-r8}\n ldrd r9, r10, [sp, #28]\n"

/* It starts the sums a and b, or goes on with them, or completes them. */
#define QMCU_COLUMNS_START(a, b) \
    "ldr.w lr, [sp, #4]\n smlad " b ", r12, r4, lr\n smlad " a ", r11, r4, lr\n smlabb " a ", r12, r6, " a "\n" \
    "smlatb " b ", r11, r6, " b "\n"
#define QMCU_COLUMNS_GO_ON(a, b) \
    "ldr.w lr, [sp]\n smlad " a ", r11, lr, " a "\n smlad " b ", r12, lr, " b "\n smlabt " a ", r12, r6, " a "\n" \
    "smlatt " b ", r11, r6, " b "\n"
#define QMCU_COLUMNS_AS_IS(sum) ""
#define QMCU_COLUMNS_DOUBLE(sum) "lsl.w " sum ", " sum ", #1\n"

/* Stores the codes a and b: as the first of their bytes, or into what those before them left. */
#define QMCU_COLUMNS_FIRST(a, b, position) \
    "ldr.w lr, [sp, #12]\n strb.w " a ", [r10]\n uxtah r10, r10, lr\n strb.w " b ", [r10]\n uxtah r10, r10, lr, ror #16\n"
#define QMCU_COLUMNS_LATER(a, b, position) \
    "ldrb.w lr, [r10]\n orr.w " a ", lr, " a ", lsl #" position "\n ldr.w lr, [sp, #12]\n strb.w " a ", [r10]\n uxtah r10, r10, lr\n" \
    "ldrb.w " a ", [r10]\n orr.w " b ", " a ", " b ", lsl #" position "\n strb.w " b ", [r10]\n uxtah r10, r10, lr, ror #16\n"
#define QMCU_COLUMNS_COMPLETE(a, b, bits, shift, before, put, position) \
    "smlad " a ", r11, r5, " a "\n smlad " b ", r12, r5, " b "\n smlabb " a ", r12, r7, " a "\n smlatb " b ", r11, r7, " b "\n" \
    before(a) before(b) "ldr.w lr, [sp, #8]\n smmla " a ", " a ", r8, lr\n smmla " b ", " b ", r8, lr\n" \
    "usat " a ", #" bits ", " a ", asr #" shift "\n usat " b ", #" bits ", " b ", asr #" shift "\n" put(a, b, position)
#define QMCU_COLUMNS_ROW(a, b, c, d, bits, shift, before, put, position) \
    QMCU_COLUMNS_LOAD QMCU_COLUMNS_GO_ON(c, d) QMCU_COLUMNS_COMPLETE(a, b, bits, shift, before, put, position) QMCU_COLUMNS_START(a, b)
#define QMCU_COLUMNS_TWO_ROWS(...) QMCU_COLUMNS_ROW("r0", "r1", "r2", "r3", __VA_ARGS__) QMCU_COLUMNS_ROW("r2", "r3", "r0", "r1", __VA_ARGS__)

/* Pairs of columns, stride 1: sums of one row in r0 and r1, of the next in r2 and r3, in turns. */
#define QMCU_COLUMNS_CORE_1(name, ...) \
    QMCU_CORE void qmcu_core_columns_1_##name(const qmcu_dsp_columns *columns QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            QMCU_COLUMNS_ENTER \
            "5:\n" QMCU_COLUMNS_LOAD QMCU_COLUMNS_START("r0", "r1") QMCU_COLUMNS_LOAD QMCU_COLUMNS_GO_ON("r0", "r1") \
            QMCU_COLUMNS_START("r2", "r3") \
            "ldr.w lr, [sp, #20]\n lsls lr, lr, #31\n beq 2f\n" \
            QMCU_COLUMNS_ROW("r0", "r1", "r2", "r3", __VA_ARGS__) \
            "mov r11, r0\n mov r0, r2\n mov r2, r11\n mov r11, r1\n mov r1, r3\n mov r3, r11\n" \
            "2: ldr.w lr, [sp, #20]\n lsls lr, lr, #30\n bpl 4f\n" QMCU_COLUMNS_TWO_ROWS(__VA_ARGS__) \
            "4: ldr.w lr, [sp, #16]\n cmp r9, lr\n beq 3f\n" \
            "1:\n" QMCU_COLUMNS_TWO_ROWS(__VA_ARGS__) QMCU_COLUMNS_TWO_ROWS(__VA_ARGS__) \
            "ldr.w lr, [sp, #16]\n cmp r9, lr\n bne 1b\n" \
            "3: ldr.w lr, [sp, #24]\n subs.w lr, lr, #1\n beq 6f\n str.w lr, [sp, #24]\n" \
            "ldrd r9, r10, [sp, #28]\n ldrd r11, r12, [sp, #12]\n uxth r11, r11\n add.w r9, r9, #2\n add.w r12, r12, #2\n" \
            "add.w r10, r10, r11, lsl #1\n cmp.w lr, #1\n bne 7f\n" \
            "ldrd r11, lr, [sp, #36]\n sub.w r9, r9, r11\n sub.w r12, r12, r11\n sub.w r10, r10, lr\n" \
            "7: strd r9, r10, [sp, #28]\n str.w r12, [sp, #16]\n b 5b\n" \
            "6: add sp, #44\n pop {r4-r11, pc}\n"); \
    }

/* Single columns, stride 2: the sum in r0, the bias in r1, the addend in r2, the outer taps of the middle row in r3. */
#define QMCU_COLUMN_FIRST(position) ""
#define QMCU_COLUMN_LATER(position) "ldrb.w r11, [r10]\n orr.w lr, r11, lr, lsl #" position "\n"
#define QMCU_COLUMNS_CORE_2(name, bits, shift, before, put, position) \
    QMCU_CORE void qmcu_core_columns_2_##name(const qmcu_dsp_columns *columns QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            QMCU_COLUMNS_ENTER "ldrd r3, r1, [sp]\n ldr.w r2, [sp, #8]\n" \
            "5:\n" QMCU_COLUMNS_LOAD "smlad r0, r11, r4, r1\n smlabb r0, r12, r6, r0\n" \
            "1:\n" QMCU_COLUMNS_LOAD "smlad r0, r11, r3, r0\n smlabt r0, r12, r6, r0\n" \
            QMCU_COLUMNS_LOAD "smlad lr, r11, r5, r0\n smlabb lr, r12, r7, lr\n smlad r0, r11, r4, r1\n smlabb r0, r12, r6, r0\n" \
            before("lr") "smmla lr, lr, r8, r2\n usat lr, #" bits ", lr, asr #" shift "\n" put(position) \
            "strb.w lr, [r10]\n ldr.w lr, [sp, #40]\n add r10, lr\n ldr.w lr, [sp, #16]\n cmp r9, lr\n bne 1b\n" \
            "ldr.w r12, [sp, #24]\n subs.w r12, r12, #1\n beq 6f\n str.w r12, [sp, #24]\n" \
            "ldrd r9, r10, [sp, #28]\n ldr.w r11, [sp, #12]\n add.w r9, r9, #2\n add.w lr, lr, #2\n add r10, r11\n" \
            "strd r9, r10, [sp, #28]\n str.w lr, [sp, #16]\n b 5b\n" \
            "6: add sp, #44\n pop {r4-r11, pc}\n"); \
    }
#define QMCU_COLUMNS_CORES(number, shift) \
    QMCU_COLUMNS_CORE_1(8_0_##number, "8", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(8_0_##number##_double, "8", shift, QMCU_COLUMNS_DOUBLE, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(4_0_##number, "4", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(4_4_##number, "4", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "4") \
    QMCU_COLUMNS_CORE_1(2_0_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(2_2_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "2") \
    QMCU_COLUMNS_CORE_1(2_4_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "4") \
    QMCU_COLUMNS_CORE_1(2_6_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "6") \
    QMCU_COLUMNS_CORE_2(8_0_##number, "8", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMN_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(8_0_##number##_double, "8", shift, QMCU_COLUMNS_DOUBLE, QMCU_COLUMN_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(4_0_##number, "4", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMN_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(4_4_##number, "4", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMN_LATER, "4") \
    QMCU_COLUMNS_CORE_2(2_0_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMN_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(2_2_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMN_LATER, "2") \
    QMCU_COLUMNS_CORE_2(2_4_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMN_LATER, "4") \
    QMCU_COLUMNS_CORE_2(2_6_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMN_LATER, "6")
QMCU_COLUMNS_CORES(1, "1") QMCU_COLUMNS_CORES(2, "2") QMCU_COLUMNS_CORES(3, "3")
QMCU_COLUMNS_CORES(4, "4") QMCU_COLUMNS_CORES(5, "5") QMCU_COLUMNS_CORES(6, "6")
QMCU_COLUMNS_CORES(7, "7") QMCU_COLUMNS_CORES(8, "8") QMCU_COLUMNS_CORES(9, "9")
QMCU_COLUMNS_CORES(10, "10") QMCU_COLUMNS_CORES(11, "11") QMCU_COLUMNS_CORES(12, "12")

/* Whether there are cores for a kernel, and the one for the codes that begin at a bit of their byte; all are literals. */
#define QMCU_HAS_COLUMNS(out_bits, sum_shift, shift, full) \
    ((full) && (sum_shift) <= ((out_bits) == 8 ? 1 : 0) && (shift) >= 1 && (shift) <= 12)
typedef void (*qmcu_dsp_columns_core)(const qmcu_dsp_columns *);
#define QMCU_COLUMNS_OF(name) (stride == 1 ? qmcu_core_columns_1_##name : qmcu_core_columns_2_##name)
#define QMCU_COLUMNS_CASE(number) \
    case number: \
        if (out_bits == 8) \
            return sum_shift == 0 ? QMCU_COLUMNS_OF(8_0_##number) : QMCU_COLUMNS_OF(8_0_##number##_double); \
        if (out_bits == 4) \
            return bit == 0 ? QMCU_COLUMNS_OF(4_0_##number) : QMCU_COLUMNS_OF(4_4_##number); \
        return bit == 0 ? QMCU_COLUMNS_OF(2_0_##number) : bit == 2 ? QMCU_COLUMNS_OF(2_2_##number) \
            : bit == 4 ? QMCU_COLUMNS_OF(2_4_##number) : QMCU_COLUMNS_OF(2_6_##number);
QMCU_INLINE qmcu_dsp_columns_core qmcu_dsp_columns_of(int32_t stride, int32_t out_bits, int32_t bit, int32_t sum_shift, int32_t shift)
{
    switch (shift) {
    QMCU_COLUMNS_CASE(1) QMCU_COLUMNS_CASE(2) QMCU_COLUMNS_CASE(3) QMCU_COLUMNS_CASE(4)
    QMCU_COLUMNS_CASE(5) QMCU_COLUMNS_CASE(6) QMCU_COLUMNS_CASE(7) QMCU_COLUMNS_CASE(8)
    QMCU_COLUMNS_CASE(9) QMCU_COLUMNS_CASE(10) QMCU_COLUMNS_CASE(11) QMCU_COLUMNS_CASE(12)
    default:
        return 0;
    }
}

/* The region by cores: one for every position of a code in its byte. What all such layers share. */
QMCU_CALLED void qmcu_dsp_depthwise_by_cores(
    const qmcu_dsp_depthwise *layer, const qmcu_view *x, const qmcu_region *y, uint8_t *planes, int32_t stride, int32_t in_bits,
    int32_t out_bits, int32_t lane_shift, const qmcu_dsp_columns_core *cores)
{
    int32_t out_bytes = qmcu_bytes(layer->channels, out_bits), pitch = (y->columns - 1) * stride + 3, group = 32 / in_bits;
    int32_t framed_once = qmcu_dsp_one_padding(layer);
    qmcu_dsp_columns columns;
    columns.addend = layer->addend;
    columns.steps_of_result = stride == 1 ? (uint32_t)out_bytes | (uint32_t)(y->pitch - out_bytes) << 16 : (uint32_t)out_bytes;
    columns.turns = stride == 1 ? (y->columns + 1) / 2 : y->columns;
    columns.back = y->columns % 2;
    columns.back_of_result = stride == 1 ? y->columns % 2 * out_bytes : y->pitch;
    for (int32_t row = 0; row < y->rows; row += layer->strip) {
        int32_t rows = y->rows - row < layer->strip ? y->rows - row : layer->strip;
        const qmcu_dsp_inside in = qmcu_dsp_inside_of(
            layer, x, (y->row + row) * stride - layer->pad_top, (rows - 1) * stride + 3, y->column * stride - layer->pad_left, pitch, in_bits);
        columns.rows = rows;
        for (int32_t c = 0; c < layer->channels; ++c) {
            if (c % group == 0) {
                int32_t count = layer->channels - c < group ? layer->channels - c : group;
                if (c == 0 || !framed_once)
                    qmcu_dsp_frame(layer, &in, c, count, planes);
                qmcu_dsp_planes(layer, &in, x->pitch, c, count, planes, in_bits);
                columns.from = planes;
            }

            const qmcu_dsp_channel channel = qmcu_dsp_channel_of(layer, c, out_bits, lane_shift, 0);
            columns.outer1 = channel.outer1;
            columns.bias = channel.bias;
            columns.end = columns.from + (rows * stride + (stride == 1 ? 2 : 1)) * pitch;
            columns.to = y->codes + row * y->pitch + (c * out_bits >> 3);
            columns.outer0 = channel.outer0;
            columns.outer2 = channel.outer2;
            columns.centre01 = channel.centre01;
            columns.centre2 = (channel.centre2 & 0xFFFFu) | (uint32_t)pitch << 16;
            columns.multiplier = channel.multiplier;
            cores[channel.bit](&columns);
            columns.from += in.pitch * in.rows;
        }
    }
}
#endif

/* With a stride of 1 at least two columns, of which the last is computed twice if they are odd. Scratch: 32 / in_bits planes of
 * (strip - 1) * stride + 3 rows of (columns - 1) * stride + 3 bytes, and 4 bytes more. */
QMCU_INLINE void qmcu_dsp_depthwise_run(
    const qmcu_dsp_depthwise *layer, qmcu_view x, qmcu_region y, uint8_t *planes, int32_t stride, int32_t in_bits, int32_t out_bits,
    int32_t lane_shift, int32_t sum_shift, int32_t shift, int32_t full)
{
#if QMCU_HAS_DSP
    if (QMCU_HAS_COLUMNS(out_bits, sum_shift, shift, full)) {
        qmcu_dsp_columns_core cores[8];
        for (int32_t bit = 0; bit < 8; bit += out_bits)
            cores[bit] = qmcu_dsp_columns_of(stride, out_bits, bit, sum_shift, shift);
        qmcu_dsp_depthwise_by_cores(layer, &x, &y, planes, stride, in_bits, out_bits, lane_shift, cores);
        return;
    }
#endif
    int32_t out_bytes = qmcu_bytes(layer->channels, out_bits), pitch = (y.columns - 1) * stride + 3, group = 32 / in_bits;
    int32_t framed_once = qmcu_dsp_one_padding(layer);
    for (int32_t row = 0; row < y.rows; row += layer->strip) {
        int32_t rows = y.rows - row < layer->strip ? y.rows - row : layer->strip;
        const qmcu_dsp_inside in = qmcu_dsp_inside_of(
            layer, &x, (y.row + row) * stride - layer->pad_top, (rows - 1) * stride + 3, y.column * stride - layer->pad_left, pitch, in_bits);
        for (int32_t c = 0; c < layer->channels; ++c) {
            if (c % group == 0) {
                int32_t count = layer->channels - c < group ? layer->channels - c : group;
                if (c == 0 || !framed_once)
                    qmcu_dsp_frame(layer, &in, c, count, planes);
                qmcu_dsp_planes(layer, &in, x.pitch, c, count, planes, in_bits);
            }

            const qmcu_dsp_channel channel = qmcu_dsp_channel_of(layer, c, out_bits, lane_shift, sum_shift);
            const uint8_t *plane = planes + c % group * (in.pitch * in.rows);
            uint8_t *to = y.codes + row * y.pitch + (c * out_bits >> 3);
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
