/* Depthwise convolution 3x3 with a stride of 1 or 2, for cores with the DSP extension.
 *
 * Four channels at a time: a strip of rows and a tile of columns of them are spread with their padding into planes of 16-bit codes, over
 * which pairs of columns run down. A word of a plane holds two pixels as lanes.
 */
#ifndef QMCU_DSP_DEPTHWISE_H
#define QMCU_DSP_DEPTHWISE_H

#include "qmcu_dsp.h"

/* Bytes of a row of a plane, and the pixels that it holds. The cores know them. */
#define QMCU_PLANE_PITCH 72
#define QMCU_PLANE_COLUMNS 36

typedef struct {
    int32_t height, width, channels;    /* of the input */
    int32_t pad_top, pad_left;
    int32_t strip;                      /* most output rows at once */
    const uint8_t *weights;             /* per channel three words, of taps 0 1 1 2, 3 4 4 5, 6 7 7 8 */
    const int32_t *outputs_of;          /* per channel: bias, multiplier */
    const uint8_t *padding;             /* codes of one pixel of padding, one a byte */
    int32_t addend, min, max;
    int32_t lane_shift;                 /* shift before the requantization, which weights and bias get instead */
} qmcu_dsp_depthwise;

/* What the cores take of a channel and its plane; lanes of a row of taps are the first two and the last two. */
typedef struct {
    int32_t bias[4];                    /* four times the same */
    uint32_t first0, last0, first2, last2;
    int32_t multiplier, addend;
    int32_t to_next, to_below;          /* bytes from the result of the first column to that of the second, and to the next row's */
    const uint8_t *end;                 /* of the first column: where pairs of rows (stride 2: rows) end that are not the last */
    int32_t odd_rows;                   /* stride 1: 1 or 0 */
    int32_t back, back_of_result;       /* from the end of a pair of columns to the beginning of the next */
    const uint8_t *stop;                /* where the last whole pair of columns ends */
    int32_t odd_columns;                /* one column is left then: 1 or 0 */
    uint32_t first1, last1;
    const uint8_t *from;
    uint8_t *to;
    int32_t to_other;                   /* two columns in a lane: from the result of the first to that of the other */
    int32_t to_before;                  /* and from the codes that a channel keeps to those that the one before it kept */
    uint8_t *kept;                      /* codes of the channels before that share a half word */
} qmcu_dsp_columns;

/* Lanes that are shifted; what they hold fits. */
QMCU_INLINE uint32_t qmcu_dsp_shifted(uint32_t lanes, int32_t shift)
{
    return (lanes << shift) & ~(((1u << shift) - 1) << 16);
}

QMCU_INLINE void qmcu_dsp_lanes_of(const uint8_t *weights, int32_t lane_shift, qmcu_dsp_columns *columns)
{
    uint32_t row0 = qmcu_word(weights), row1 = qmcu_word(weights + 4), row2 = qmcu_word(weights + 8);
    columns->first0 = qmcu_dsp_shifted(qmcu_signed_even_bytes(row0), lane_shift);
    columns->last0 = qmcu_dsp_shifted(qmcu_signed_odd_bytes(row0), lane_shift);
    columns->first1 = qmcu_dsp_shifted(qmcu_signed_even_bytes(row1), lane_shift);
    columns->last1 = qmcu_dsp_shifted(qmcu_signed_odd_bytes(row1), lane_shift);
    columns->first2 = qmcu_dsp_shifted(qmcu_signed_even_bytes(row2), lane_shift);
    columns->last2 = qmcu_dsp_shifted(qmcu_signed_odd_bytes(row2), lane_shift);
}

/* What a plane holds of the image. */
typedef struct {
    int32_t columns, rows;          /* of the plane */
    int32_t first, last;            /* rows of the plane inside the image: first .. last - 1 */
    int32_t left, inside;           /* columns of padding before, columns inside */
    const uint8_t *codes;           /* channel 0 of the first pixel inside */
} qmcu_dsp_inside;

/* Four channels on their way into planes. */
typedef struct {
    uint8_t *to[4];                     /* of the first pixel */
    const uint8_t *from;
    int32_t to_step, from_step;         /* from the end of a row to the next one */
    uint8_t *end;                       /* of the first plane: where to[0] is after all rows */
    int32_t count, pixel_bytes;         /* pixels of a row */
} qmcu_dsp_spread;

#if QMCU_HAS_DSP
/* r0 to r3: the planes; r4: the pixel; r5, r6, r7: one, two, three pixels; lr: how many are left. Four pixels at a time, then single ones. */
#define QMCU_SPREAD_CORE(bits, mask, load, pairs, channels) \
    QMCU_CORE void qmcu_core_spread_##bits(const qmcu_dsp_spread *spread QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r0, r4-r11, lr}\n mov r8, r0\n ldr r5, [r0, #36]\n lsl.w r6, r5, #1\n add.w r7, r5, r6\n mov.w r12, #" mask "\n" \
            "ldmia.w r8, {r0-r4}\n" \
            "1: ldr.w lr, [r8, #32]\n subs.w lr, lr, #4\n blt 3f\n" \
            "2: " load " r8, [r4]\n " load " r9, [r4, r5]\n " load " r10, [r4, r6]\n " load " r11, [r4, r7]\n add.w r4, r4, r5, lsl #2\n" \
            pairs \
            "subs.w lr, lr, #4\n bge 2b\n" \
            "3: adds.w lr, lr, #4\n beq 5f\n" \
            "4: " load " r8, [r4]\n add r4, r5\n" channels "subs.w lr, lr, #1\n bne 4b\n" \
            "5: ldr.w r8, [sp]\n ldrd r9, r10, [r8, #20]\n ldr.w r11, [r8, #28]\n add r0, r9\n add r1, r9\n add r2, r9\n add r3, r9\n" \
            "add r4, r10\n cmp r0, r11\n bne 1b\n" \
            "pop {r0, r4-r11, pc}\n"); \
    }
#define QMCU_SPREAD_BYTES(word, lanes, to, other) \
    "uxtb16 " lanes ", " word "\n str.w " lanes ", [" to "], #4\n uxtb16 " word ", " word ", ror #8\n str.w " word ", [" other "], #4\n"
#define QMCU_SPREAD_FIELD(shift, to) "and.w r9, r12, r8, lsr #" shift "\n str.w r9, [" to "], #4\n"
#define QMCU_SPREAD_OTHER(shift, to) "and.w r9, r12, r10, lsr #" shift "\n str.w r9, [" to "], #4\n"
#define QMCU_SPREAD_FIELDS(one, two, three) \
    "orr.w r8, r8, r9, lsl #16\n orr.w r10, r10, r11, lsl #16\n and.w r9, r12, r8\n str.w r9, [r0], #4\n and.w r9, r12, r10\n" \
    "str.w r9, [r0], #4\n" QMCU_SPREAD_FIELD(one, "r1") QMCU_SPREAD_OTHER(one, "r1") QMCU_SPREAD_FIELD(two, "r2") \
    QMCU_SPREAD_OTHER(two, "r2") QMCU_SPREAD_FIELD(three, "r3") QMCU_SPREAD_OTHER(three, "r3")
#define QMCU_SPREAD_CHANNEL(shift, bits, to) "ubfx r9, r8, #" shift ", #" bits "\n strh.w r9, [" to "], #2\n"
QMCU_SPREAD_CORE(
    8, "0", "ldr.w",
    "pkhbt r12, r8, r9, lsl #16\n pkhtb r9, r9, r8, asr #16\n pkhbt r8, r10, r11, lsl #16\n pkhtb r11, r11, r10, asr #16\n"
    QMCU_SPREAD_BYTES("r12", "r10", "r0", "r1") QMCU_SPREAD_BYTES("r9", "r10", "r2", "r3") QMCU_SPREAD_BYTES("r8", "r10", "r0", "r1")
    QMCU_SPREAD_BYTES("r11", "r10", "r2", "r3"),
    QMCU_SPREAD_CHANNEL("0", "8", "r0") QMCU_SPREAD_CHANNEL("8", "8", "r1") QMCU_SPREAD_CHANNEL("16", "8", "r2")
    QMCU_SPREAD_CHANNEL("24", "8", "r3"))
QMCU_SPREAD_CORE(
    4, "0x000F000F", "ldrh.w", QMCU_SPREAD_FIELDS("4", "8", "12"),
    QMCU_SPREAD_CHANNEL("0", "4", "r0") QMCU_SPREAD_CHANNEL("4", "4", "r1") QMCU_SPREAD_CHANNEL("8", "4", "r2")
    QMCU_SPREAD_CHANNEL("12", "4", "r3"))
QMCU_SPREAD_CORE(
    2, "0x00030003", "ldrb.w", QMCU_SPREAD_FIELDS("2", "4", "6"),
    QMCU_SPREAD_CHANNEL("0", "2", "r0") QMCU_SPREAD_CHANNEL("2", "2", "r1") QMCU_SPREAD_CHANNEL("4", "2", "r2")
    QMCU_SPREAD_CHANNEL("6", "2", "r3"))
#endif

/* Four channels into their planes. */
QMCU_INLINE void qmcu_dsp_spread_four(
    const qmcu_dsp_inside *in, const uint8_t *from, int32_t row_bytes, int32_t pixel_bytes, uint8_t *planes, int32_t bits)
{
    int32_t plane_bytes = in->rows * QMCU_PLANE_PITCH, rows = in->last - in->first;
    qmcu_dsp_spread spread;
    if (rows <= 0 || in->inside <= 0)
        return;

    spread.to[0] = planes + in->first * QMCU_PLANE_PITCH + 2 * in->left;
    for (int32_t i = 1; i < 4; ++i)
        spread.to[i] = spread.to[i - 1] + plane_bytes;
    spread.from = from;
    spread.to_step = QMCU_PLANE_PITCH - 2 * in->inside;
    spread.from_step = row_bytes - in->inside * pixel_bytes;
    spread.end = spread.to[0] + rows * QMCU_PLANE_PITCH;
    spread.count = in->inside;
    spread.pixel_bytes = pixel_bytes;
#if QMCU_HAS_DSP
    if (bits == 8)
        qmcu_core_spread_8(&spread);
    else if (bits == 4)
        qmcu_core_spread_4(&spread);
    else
        qmcu_core_spread_2(&spread);
#else
    for (; spread.to[0] != spread.end; spread.from += spread.from_step) {
        for (int32_t x = 0; x < spread.count; ++x, spread.from += pixel_bytes) {
            for (int32_t i = 0; i < 4; ++i, spread.to[i - 1] += 2)
                qmcu_put_half(spread.to[i], (uint32_t)qmcu_code(spread.from, bits, i));
        }
        for (int32_t i = 0; i < 4; ++i)
            spread.to[i] += spread.to_step;
    }
#endif
}

/* One code in some columns of rows first .. last - 1 of a plane. */
QMCU_CALLED void qmcu_dsp_fill(uint8_t *plane, int32_t first, int32_t last, int32_t column, int32_t columns, uint32_t code)
{
    for (; column < columns; ++column) {
        uint8_t *to = plane + first * QMCU_PLANE_PITCH + 2 * column, *end = plane + last * QMCU_PLANE_PITCH + 2 * column;
        for (; to < end; to += QMCU_PLANE_PITCH)
            qmcu_put_half(to, code);
    }
}

/* One code in the first columns, an even number, of whole rows. */
QMCU_CALLED void qmcu_dsp_fill_rows(uint8_t *plane, int32_t first, int32_t last, int32_t columns, uint32_t code)
{
    for (int32_t row = first; row < last; ++row) {
        uint8_t *to = plane + row * QMCU_PLANE_PITCH, *end = to + 2 * columns;
        for (; to < end; to += 4)
            qmcu_put_word(to, code << 16 | code);
    }
}

/* Padding around the inside of the planes of channels c .. c + count - 1, in the first columns of them. */
QMCU_INLINE void qmcu_dsp_frame(
    const qmcu_dsp_depthwise *layer, const qmcu_dsp_inside *in, int32_t c, int32_t count, uint8_t *plane, int32_t columns)
{
    for (int32_t i = 0; i < count; ++i, plane += in->rows * QMCU_PLANE_PITCH) {
        uint32_t code = layer->padding[c + i];
        qmcu_dsp_fill_rows(plane, 0, in->first, (columns + 1) & ~1, code);
        qmcu_dsp_fill(plane, in->first, in->last, 0, in->left, code);
        qmcu_dsp_fill(plane, in->first, in->last, in->left + in->inside, columns, code);
        qmcu_dsp_fill_rows(plane, in->last, in->rows, (columns + 1) & ~1, code);
    }
}

/* Channels c .. c + count - 1 into planes one after the other. */
QMCU_INLINE void qmcu_dsp_planes(
    const qmcu_dsp_depthwise *layer, const qmcu_dsp_inside *in, int32_t pitch, int32_t c, int32_t count, uint8_t *planes, int32_t bits)
{
    int32_t pixel_bytes = qmcu_bytes(layer->channels, bits);
    if (count == 4) {
        qmcu_dsp_spread_four(in, in->codes + (c * bits >> 3), pitch, pixel_bytes, planes, bits);
        return;
    }

    for (int32_t i = c; i < c + count; ++i, planes += in->rows * QMCU_PLANE_PITCH) {
        const uint8_t *line = in->codes + (i * bits >> 3);
        int32_t bit = i * bits & 7;
        for (int32_t row = in->first; row < in->last; ++row, line += pitch) {
            const uint8_t *from = line;
            uint8_t *to = planes + row * QMCU_PLANE_PITCH + 2 * in->left;
            for (int32_t x = 0; x < in->inside; ++x, from += pixel_bytes, to += 2)
                qmcu_put_half(to, (uint32_t)(*from >> bit) & ((1u << bits) - 1));
        }
    }
}

/* The part of the image under some rows from `top` on and columns from `left` on. */
QMCU_INLINE qmcu_dsp_inside qmcu_dsp_inside_of(
    const qmcu_dsp_depthwise *layer, const qmcu_view *x, int32_t top, int32_t rows, int32_t left, int32_t columns, int32_t bits)
{
    qmcu_dsp_inside in;
    in.columns = columns;
    in.rows = rows;
    in.first = qmcu_clamp(-top, 0, rows);
    in.last = qmcu_clamp(layer->height - top, in.first, rows);
    in.left = left >= 0 ? 0 : -left < columns ? -left : columns;
    in.inside = (layer->width - left < columns ? layer->width - left : columns) - in.left;
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

/* Most output columns that a row of a plane has room for. */
QMCU_INLINE int32_t qmcu_dsp_tile_columns(int32_t stride)
{
    return (QMCU_PLANE_COLUMNS - 3) / stride + 1;
}

/* The high half of a product, rounded. */
QMCU_INLINE int32_t qmcu_mulhi_rounded(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + 0x80000000LL) >> 32);
}

/* The columns of a plane as portable C; shift: 0 where products are rounded. */
QMCU_INLINE void qmcu_dsp_columns_portable(
    const qmcu_dsp_depthwise *layer, const qmcu_dsp_columns *channel, int32_t rows, int32_t columns, int32_t bit, int32_t stride,
    int32_t sum_shift, int32_t shift, int32_t full)
{
    for (int32_t row = 0; row < rows; ++row) {
        const uint8_t *from = channel->from + row * stride * QMCU_PLANE_PITCH;
        uint8_t *to = channel->to + row * channel->to_below;
        for (int32_t column = 0; column < columns; ++column, from += 2 * stride, to += channel->to_next) {
            const uint8_t *below = from + QMCU_PLANE_PITCH, *last = below + QMCU_PLANE_PITCH;
            int32_t sum = qmcu_mac_bt(qmcu_half(from + 4), channel->last0, qmcu_mac2(qmcu_word(from), channel->first0, channel->bias[0]));
            sum = qmcu_mac_bt(qmcu_half(below + 4), channel->last1, qmcu_mac2(qmcu_word(below), channel->first1, sum));
            sum = qmcu_mac_bt(qmcu_half(last + 4), channel->last2, qmcu_mac2(qmcu_word(last), channel->first2, sum));
            int32_t high = shift > 0 ? qmcu_mulhi_add((int32_t)((uint32_t)sum << sum_shift), channel->multiplier, channel->addend)
                : qmcu_mulhi_rounded(sum, channel->multiplier) + channel->addend;
            int32_t code = qmcu_saturate(high, shift, full, layer->min, layer->max);
            *to = (uint8_t)(bit == 0 ? code : (*to | code << bit));
        }
    }
}

#if QMCU_HAS_DSP
/* The cores keep a copy of qmcu_dsp_columns on their stack. r9: the plane, r10: the result, r12 and lr: whatever. */
#define QMCU_COLUMNS_ENTER \
    "push {r4-r11, lr}\n add.w r0, r0, #44\n ldmia.w r0, {r1-r11}\n push {r1-r11}\n ldmdb.w r0, {r1-r11}\n push {r1-r11}\n" \
    "ldrd r9, r10, [sp, #80]\n"

/* What follows a pair of columns: the next one, at 5, until the last; a single one is done twice in the same place. */
#define QMCU_COLUMNS_NEXT(step, frame) \
    "ldrd r12, lr, [sp, #56]\n add r9, r12\n add r10, lr\n ldr.w r12, [sp, #64]\n cmp r9, r12\n bne 5b\n" \
    "ldr.w lr, [sp, #68]\n cmp.w lr, #0\n beq 6f\n mov.w lr, #0\n str.w lr, [sp, #68]\n str.w lr, [sp, #40]\n" \
    "add.w r12, r12, #" step "\n str.w r12, [sp, #64]\n b 5b\n 6: add sp, #" frame "\n pop {r4-r11, pc}\n"

/* Four products and two of the lanes x and y of a row and of taps: onto sums of two neighbouring columns. */
#define QMCU_COLUMNS_TAPS(a, b, x, y, first, last) \
    "smlad " a ", " x ", " first ", " a "\n smlatb " b ", " x ", " first ", " b "\n" \
    "smlabt " a ", " y ", " last ", " a "\n smlad " b ", " y ", " last ", " b "\n"
#define QMCU_COLUMNS_AS_IS(sum) ""
#define QMCU_COLUMNS_DOUBLE(sum) "lsl.w " sum ", " sum ", #1\n"
#define QMCU_COLUMNS_QUANTIZE(a, b, bits, shift, before) \
    before(a) before(b) "smmla " a ", " a ", r12, lr\n smmla " b ", " b ", r12, lr\n" \
    "usat " a ", #" bits ", " a ", asr #" shift "\n usat " b ", #" bits ", " b ", asr #" shift "\n"

/* Stores the codes a and b of a row, b first: as the first of their bytes, or among others. */
#define QMCU_COLUMNS_FIRST(a, b, bits, position) "strb.w " b ", [r10, r12]\n strb.w " a ", [r10]\n add r10, lr\n"
#define QMCU_COLUMNS_AMONG(code, at, bits, position) \
    "ldrb.w lr, " at "\n bfi lr, " code ", #" position ", #" bits "\n strb.w lr, " at "\n"
#define QMCU_COLUMNS_LATER(a, b, bits, position) \
    QMCU_COLUMNS_AMONG(b, "[r10, r12]", bits, position) QMCU_COLUMNS_AMONG(a, "[r10]", bits, position) "ldr.w lr, [sp, #44]\n add r10, lr\n"
#define QMCU_COLUMNS_RESULT(a, b, bits, shift, before) "ldrd r12, lr, [sp, #32]\n" QMCU_COLUMNS_QUANTIZE(a, b, bits, shift, before)
#define QMCU_COLUMNS_LOAD "ldrd r4, r5, [r9], #72\n ldrd r6, r7, [r9], #72\n"

/* Completes the sums of two rows, r0 and r1, r2 and r3, with two rows of the plane. */
#define QMCU_COLUMNS_TWO_ROWS(bits, shift, before, put, position) \
    QMCU_COLUMNS_LOAD "ldrd r12, lr, [sp, #24]\n" QMCU_COLUMNS_TAPS("r0", "r1", "r4", "r5", "r12", "lr") \
    QMCU_COLUMNS_TAPS("r2", "r3", "r4", "r5", "r8", "r11") QMCU_COLUMNS_TAPS("r2", "r3", "r6", "r7", "r12", "lr") \
    QMCU_COLUMNS_RESULT("r0", "r1", bits, shift, before) QMCU_COLUMNS_QUANTIZE("r2", "r3", bits, shift, before) \
    "ldrd r12, lr, [sp, #40]\n" put("r0", "r1", bits, position) put("r2", "r3", bits, position)

/* Stride 1: two rows at a time, the last two or the last one apart. */
#define QMCU_COLUMNS_CORE_1(name, bits, shift, before, put, position) \
    QMCU_CORE void qmcu_core_columns_1_##name(const qmcu_dsp_columns *columns QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            QMCU_COLUMNS_ENTER "ldrd r8, r11, [sp, #72]\n" \
            "5: " QMCU_COLUMNS_LOAD "b 2f\n" \
            "1: " QMCU_COLUMNS_TWO_ROWS(bits, shift, before, put, position) \
            "2: ldmia.w sp, {r0-r3, r12, lr}\n" QMCU_COLUMNS_TAPS("r0", "r1", "r4", "r5", "r12", "lr") \
            QMCU_COLUMNS_TAPS("r0", "r1", "r6", "r7", "r8", "r11") QMCU_COLUMNS_TAPS("r2", "r3", "r6", "r7", "r12", "lr") \
            "ldr.w r12, [sp, #48]\n cmp r9, r12\n blo 1b\n ldr r4, [sp, #52]\n cbz r4, 4f\n" \
            "ldrd r4, r5, [r9], #72\n ldrd r12, lr, [sp, #24]\n" QMCU_COLUMNS_TAPS("r0", "r1", "r4", "r5", "r12", "lr") \
            QMCU_COLUMNS_RESULT("r0", "r1", bits, shift, before) "ldrd r12, lr, [sp, #40]\n" put("r0", "r1", bits, position) "b 3f\n" \
            "4: " QMCU_COLUMNS_TWO_ROWS(bits, shift, before, put, position) \
            "3: " QMCU_COLUMNS_NEXT("4", "88")); \
    }

/* Stride 2: three words of a row serve two columns. The third taps of the first two rows lie in r8. */
#define QMCU_COLUMNS_LOAD_2 "ldmia.w r9, {r4-r6}\n add.w r9, r9, #72\n"
#define QMCU_COLUMNS_TAPS_2(first, last, lanes) \
    "smlad r0, r4, " first ", r0\n smlad r1, r5, " first ", r1\n smla" lanes " r0, r5, " last ", r0\n smla" lanes " r1, r6, " last ", r1\n"
#define QMCU_COLUMNS_CORE_2(name, bits, shift, before, put, position) \
    QMCU_CORE void qmcu_core_columns_2_##name(const qmcu_dsp_columns *columns QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            QMCU_COLUMNS_ENTER "ldrd r2, lr, [sp, #16]\n ldrd r3, r12, [sp, #72]\n ldrd r7, r11, [sp, #24]\n pkhtb r8, r12, lr, asr #16\n" \
            "5: " QMCU_COLUMNS_LOAD_2 "b 2f\n" \
            "1: " QMCU_COLUMNS_LOAD_2 QMCU_COLUMNS_TAPS_2("r3", "r8", "bt") QMCU_COLUMNS_LOAD_2 QMCU_COLUMNS_TAPS_2("r7", "r11", "bt") \
            QMCU_COLUMNS_RESULT("r0", "r1", bits, shift, before) "ldrd r12, lr, [sp, #40]\n" put("r0", "r1", bits, position) \
            "2: ldrd r0, r1, [sp]\n" QMCU_COLUMNS_TAPS_2("r2", "r8", "bb") \
            "ldr.w r12, [sp, #48]\n cmp r9, r12\n blo 1b\n" QMCU_COLUMNS_NEXT("8", "88")); \
    }
/* Two columns in a lane: first those of the low fields of the sums r0 to r3, then those of the high ones, as bytes of r8 and r0. */
#define QMCU_PAIRED_CODE(bits, code, to) "mla " code ", " code ", r12, lr\n usat " to ", #" bits ", " code ", asr #24\n"
#define QMCU_PAIRED_LOW(bits, sum, shift) \
    "ubfx r11, " sum ", #0, #11\n" QMCU_PAIRED_CODE(bits, "r11", "r11") "orr.w r8, r8, r11, lsl #" shift "\n"
#define QMCU_PAIRED_HIGH(bits, sum, shift) \
    "asr.w " sum ", " sum ", #11\n" QMCU_PAIRED_CODE(bits, sum, sum) "orr.w r0, r0, " sum ", lsl #" shift "\n"
#define QMCU_PAIRED_CODES(bits) \
    "ldrd r12, lr, [sp, #32]\n ubfx r8, r0, #0, #11\n" QMCU_PAIRED_CODE(bits, "r8", "r8") \
    QMCU_PAIRED_LOW(bits, "r1", "8") QMCU_PAIRED_LOW(bits, "r2", "16") QMCU_PAIRED_LOW(bits, "r3", "24") \
    "asr.w r0, r0, #11\n" QMCU_PAIRED_CODE(bits, "r0", "r0") \
    QMCU_PAIRED_HIGH(bits, "r1", "8") QMCU_PAIRED_HIGH(bits, "r2", "16") QMCU_PAIRED_HIGH(bits, "r3", "24")

/* They are kept in the plane, where it is not read any more, until the last channel of a byte stores them with its own. */
#define QMCU_PAIRED_KEEP "str.w r8, [r9, #-144]\n str.w r0, [r9, #-72]\n"
#define QMCU_PAIRED_FIRST(position) QMCU_PAIRED_KEEP
#define QMCU_PAIRED_WITH(position) \
    "ldr.w r12, [sp, #92]\n ldr.w r11, [r9, r12]\n add.w r12, r12, #72\n ldr.w r12, [r9, r12]\n" \
    "orr.w r8, r11, r8, lsl #" position "\n orr.w r0, r12, r0, lsl #" position "\n"
#define QMCU_PAIRED_MIDDLE(position) QMCU_PAIRED_WITH(position) QMCU_PAIRED_KEEP
#define QMCU_PAIRED_STORE(word, shift, at) "lsr.w r1, " word ", #" shift "\n strb.w r1, " at "\n"
#define QMCU_PAIRED_LAST(position) \
    QMCU_PAIRED_WITH(position) "ldrd r11, r12, [sp, #40]\n ldr.w lr, [sp, #88]\n add r10, r12\n add lr, r10\n" \
    QMCU_PAIRED_STORE("r8", "24", "[r10, r11]") QMCU_PAIRED_STORE("r8", "16", "[r10]") \
    QMCU_PAIRED_STORE("r0", "24", "[lr, r11]") QMCU_PAIRED_STORE("r0", "16", "[lr]") "sub.w r10, r10, r12\n sub.w lr, lr, r12\n" \
    QMCU_PAIRED_STORE("r8", "8", "[r10, r11]") "strb.w r8, [r10]\n" QMCU_PAIRED_STORE("r0", "8", "[lr, r11]") "strb.w r0, [lr]\n" \
    "add.w r10, r10, r12, lsl #1\n"

/* Stride 1, rows even. */
#define QMCU_PAIRED_CORE(name, bits, put, position) \
    QMCU_CORE void qmcu_core_paired_##name(const qmcu_dsp_columns *columns QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n ldrd r2, r3, [r0, #88]\n push {r2, r3}\n add.w r0, r0, #44\n ldmia.w r0, {r1-r11}\n push {r1-r11}\n" \
            "ldmdb.w r0, {r1-r11}\n push {r1-r11}\n ldrd r9, r10, [sp, #80]\n" \
            "5: " QMCU_COLUMNS_LOAD \
            "2: ldmia.w sp, {r0-r3, r12, lr}\n ldrd r8, r11, [sp, #72]\n" QMCU_COLUMNS_TAPS("r0", "r1", "r4", "r5", "r12", "lr") \
            QMCU_COLUMNS_TAPS("r0", "r1", "r6", "r7", "r8", "r11") QMCU_COLUMNS_TAPS("r2", "r3", "r6", "r7", "r12", "lr") \
            QMCU_COLUMNS_LOAD "ldrd r12, lr, [sp, #24]\n" QMCU_COLUMNS_TAPS("r0", "r1", "r4", "r5", "r12", "lr") \
            QMCU_COLUMNS_TAPS("r2", "r3", "r4", "r5", "r8", "r11") QMCU_COLUMNS_TAPS("r2", "r3", "r6", "r7", "r12", "lr") \
            QMCU_PAIRED_CODES(bits) put(position) "ldr.w r12, [sp, #48]\n cmp r9, r12\n blo 2b\n" \
            QMCU_COLUMNS_NEXT("4", "96")); \
    }
QMCU_PAIRED_CORE(4_0, "4", QMCU_PAIRED_FIRST, "0") QMCU_PAIRED_CORE(4_4, "4", QMCU_PAIRED_LAST, "4")
QMCU_PAIRED_CORE(2_0, "2", QMCU_PAIRED_FIRST, "0") QMCU_PAIRED_CORE(2_2, "2", QMCU_PAIRED_MIDDLE, "2")
QMCU_PAIRED_CORE(2_4, "2", QMCU_PAIRED_MIDDLE, "4") QMCU_PAIRED_CORE(2_6, "2", QMCU_PAIRED_LAST, "6")

/* Codes of 4 bits of four channels, from sums r0 to r3: the codes of two columns in the halves of r0, those of the next row in r2. Either the product
 * is rounded and no shift is left, or there is one. */
#define QMCU_KEPT_ROUNDED(shift) \
    "smmlar r0, r0, r12, lr\n smmlar r1, r1, r12, lr\n smmlar r2, r2, r12, lr\n smmlar r3, r3, r12, lr\n" \
    "pkhbt r0, r0, r1, lsl #16\n pkhbt r2, r2, r3, lsl #16\n usat16 r0, #4, r0\n usat16 r2, #4, r2\n"
#define QMCU_KEPT_SHIFTED(shift) \
    QMCU_COLUMNS_QUANTIZE("r0", "r1", "4", shift, QMCU_COLUMNS_AS_IS) QMCU_COLUMNS_QUANTIZE("r2", "r3", "4", shift, QMCU_COLUMNS_AS_IS) \
    "orr.w r0, r0, r1, lsl #16\n orr.w r2, r2, r3, lsl #16\n"

/* The first three channels keep what they have, the last one stores it with its own. */
#define QMCU_KEPT_FIRST(position, rows) "strd r0, r2, [r10], #8\n"
#define QMCU_KEPT_MIDDLE(position, rows) \
    "ldrd r1, r3, [r10]\n orr.w r0, r1, r0, lsl #" position "\n orr.w r2, r3, r2, lsl #" position "\n strd r0, r2, [r10], #8\n"
#define QMCU_KEPT_STORE(word, half) "lsr.w " half ", " word ", #16\n strh.w " half ", [r10, r12]\n strh.w " word ", [r10]\n add r10, lr\n"
#define QMCU_KEPT_STORE_1
#define QMCU_KEPT_STORE_2 QMCU_KEPT_STORE("r2", "r3")
#define QMCU_KEPT_LAST(position, rows) \
    "ldr.w lr, [sp, #88]\n ldrd r1, r3, [lr], #8\n str.w lr, [sp, #88]\n orr.w r0, r1, r0, lsl #12\n orr.w r2, r3, r2, lsl #12\n" \
    "ldrd r12, lr, [sp, #40]\n" QMCU_KEPT_STORE("r0", "r1") QMCU_KEPT_STORE_##rows

#define QMCU_KEPT_TWO_ROWS(shift, quantize, put, position) \
    QMCU_COLUMNS_LOAD "ldrd r12, lr, [sp, #24]\n" QMCU_COLUMNS_TAPS("r0", "r1", "r4", "r5", "r12", "lr") \
    QMCU_COLUMNS_TAPS("r2", "r3", "r4", "r5", "r8", "r11") QMCU_COLUMNS_TAPS("r2", "r3", "r6", "r7", "r12", "lr") \
    "ldrd r12, lr, [sp, #32]\n" quantize(shift) put(position, 2)

/* Stride 1, as in QMCU_COLUMNS_CORE_1. */
#define QMCU_KEPT_CORE(name, shift, quantize, put, position) \
    QMCU_CORE void qmcu_core_kept_##name(const qmcu_dsp_columns *columns QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n ldr r2, [r0, #96]\n push {r2, r3}\n add.w r0, r0, #44\n ldmia.w r0, {r1-r11}\n push {r1-r11}\n" \
            "ldmdb.w r0, {r1-r11}\n push {r1-r11}\n ldrd r9, r10, [sp, #80]\n ldrd r8, r11, [sp, #72]\n" \
            "5: " QMCU_COLUMNS_LOAD "b 2f\n" \
            "1: " QMCU_KEPT_TWO_ROWS(shift, quantize, put, position) \
            "2: ldmia.w sp, {r0-r3, r12, lr}\n" QMCU_COLUMNS_TAPS("r0", "r1", "r4", "r5", "r12", "lr") \
            QMCU_COLUMNS_TAPS("r0", "r1", "r6", "r7", "r8", "r11") QMCU_COLUMNS_TAPS("r2", "r3", "r6", "r7", "r12", "lr") \
            "ldr.w r12, [sp, #48]\n cmp r9, r12\n blo 1b\n ldr r4, [sp, #52]\n cbz r4, 4f\n" \
            "ldrd r4, r5, [r9], #72\n ldrd r12, lr, [sp, #24]\n" QMCU_COLUMNS_TAPS("r0", "r1", "r4", "r5", "r12", "lr") \
            "ldrd r12, lr, [sp, #32]\n" quantize(shift) put(position, 1) "b 3f\n" \
            "4: " QMCU_KEPT_TWO_ROWS(shift, quantize, put, position) \
            "3: " QMCU_COLUMNS_NEXT("4", "96")); \
    }
#define QMCU_KEPT_CORES(number, shift, quantize) \
    QMCU_KEPT_CORE(0_##number, shift, quantize, QMCU_KEPT_FIRST, "0") QMCU_KEPT_CORE(4_##number, shift, quantize, QMCU_KEPT_MIDDLE, "4") \
    QMCU_KEPT_CORE(8_##number, shift, quantize, QMCU_KEPT_MIDDLE, "8") QMCU_KEPT_CORE(12_##number, shift, quantize, QMCU_KEPT_LAST, "12")
QMCU_KEPT_CORES(rounded, "0", QMCU_KEPT_ROUNDED) QMCU_KEPT_CORES(1, "1", QMCU_KEPT_SHIFTED) QMCU_KEPT_CORES(2, "2", QMCU_KEPT_SHIFTED)
QMCU_KEPT_CORES(3, "3", QMCU_KEPT_SHIFTED) QMCU_KEPT_CORES(4, "4", QMCU_KEPT_SHIFTED) QMCU_KEPT_CORES(5, "5", QMCU_KEPT_SHIFTED)
QMCU_KEPT_CORES(6, "6", QMCU_KEPT_SHIFTED) QMCU_KEPT_CORES(7, "7", QMCU_KEPT_SHIFTED) QMCU_KEPT_CORES(8, "8", QMCU_KEPT_SHIFTED)
QMCU_KEPT_CORES(9, "9", QMCU_KEPT_SHIFTED) QMCU_KEPT_CORES(10, "10", QMCU_KEPT_SHIFTED) QMCU_KEPT_CORES(11, "11", QMCU_KEPT_SHIFTED)
QMCU_KEPT_CORES(12, "12", QMCU_KEPT_SHIFTED)

/* Two lanes of r0 and, r1 bytes after, those of the other columns, in r2 turns of two words, in r3 rows. */
QMCU_CORE void qmcu_core_pair(uint8_t *plane QMCU_UNUSED, int32_t distance QMCU_UNUSED, int32_t turns QMCU_UNUSED, int32_t rows QMCU_UNUSED)
{
    __asm__ volatile(
        "push {r4-r8, lr}\n rsb.w r8, r2, #9\n lsl.w r8, r8, #3\n add.w r12, r0, r1\n"
        "1: mov lr, r2\n"
        "2: ldrd r4, r5, [r0]\n ldrd r6, r7, [r12], #8\n orr.w r4, r4, r6, lsl #11\n orr.w r5, r5, r7, lsl #11\n strd r4, r5, [r0], #8\n"
        "subs.w lr, lr, #1\n bne 2b\n"
        "add r0, r8\n add r12, r8\n subs r3, r3, #1\n bne 1b\n pop {r4-r8, pc}\n");
}

#define QMCU_COLUMNS_CORES_OF_SMALL(number, bits, shift) \
    QMCU_COLUMNS_CORE_1(bits##_0_##number, #bits, shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(bits##_0_##number##_double, #bits, shift, QMCU_COLUMNS_DOUBLE, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(bits##_0_##number, #bits, shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(bits##_0_##number##_double, #bits, shift, QMCU_COLUMNS_DOUBLE, QMCU_COLUMNS_FIRST, "0")
#define QMCU_COLUMNS_CORES(number, shift) \
    QMCU_COLUMNS_CORES_OF_SMALL(number, 7, shift) QMCU_COLUMNS_CORES_OF_SMALL(number, 6, shift) QMCU_COLUMNS_CORES_OF_SMALL(number, 5, shift) \
    QMCU_COLUMNS_CORE_1(8_0_##number, "8", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(8_0_##number##_double, "8", shift, QMCU_COLUMNS_DOUBLE, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(4_0_##number, "4", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(4_4_##number, "4", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "4") \
    QMCU_COLUMNS_CORE_1(2_0_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_1(2_2_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "2") \
    QMCU_COLUMNS_CORE_1(2_4_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "4") \
    QMCU_COLUMNS_CORE_1(2_6_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "6") \
    QMCU_COLUMNS_CORE_2(8_0_##number, "8", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(8_0_##number##_double, "8", shift, QMCU_COLUMNS_DOUBLE, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(4_0_##number, "4", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(4_4_##number, "4", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "4") \
    QMCU_COLUMNS_CORE_2(2_0_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_FIRST, "0") \
    QMCU_COLUMNS_CORE_2(2_2_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "2") \
    QMCU_COLUMNS_CORE_2(2_4_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "4") \
    QMCU_COLUMNS_CORE_2(2_6_##number, "2", shift, QMCU_COLUMNS_AS_IS, QMCU_COLUMNS_LATER, "6")
QMCU_COLUMNS_CORES(1, "1") QMCU_COLUMNS_CORES(2, "2") QMCU_COLUMNS_CORES(3, "3")
QMCU_COLUMNS_CORES(4, "4") QMCU_COLUMNS_CORES(5, "5") QMCU_COLUMNS_CORES(6, "6")
QMCU_COLUMNS_CORES(7, "7") QMCU_COLUMNS_CORES(8, "8") QMCU_COLUMNS_CORES(9, "9")
QMCU_COLUMNS_CORES(10, "10") QMCU_COLUMNS_CORES(11, "11") QMCU_COLUMNS_CORES(12, "12")

/* Whether there are cores for a kernel, and the one for the codes that begin at a bit of their byte; all are literals. */
#define QMCU_HAS_COLUMNS(out_bits, sum_shift, shift, full) \
    (((full) == (out_bits) || ((out_bits) == 8 && (full) >= 5)) && (sum_shift) <= ((out_bits) == 8 ? 1 : 0) && (shift) >= 1 && (shift) <= 12)
typedef void (*qmcu_dsp_columns_core)(const qmcu_dsp_columns *);
#define QMCU_COLUMNS_OF(name) (stride == 1 ? qmcu_core_columns_1_##name : qmcu_core_columns_2_##name)
#define QMCU_COLUMNS_OF_BYTES(number, bits) \
    (sum_shift == 0 ? QMCU_COLUMNS_OF(bits##_0_##number) : QMCU_COLUMNS_OF(bits##_0_##number##_double))
#define QMCU_COLUMNS_CASE(number) \
    case number: \
        if (full > 4) \
            return full == 8 ? QMCU_COLUMNS_OF_BYTES(number, 8) : full == 7 ? QMCU_COLUMNS_OF_BYTES(number, 7) \
                : full == 6 ? QMCU_COLUMNS_OF_BYTES(number, 6) : QMCU_COLUMNS_OF_BYTES(number, 5); \
        if (full == 4) \
            return bit == 0 ? QMCU_COLUMNS_OF(4_0_##number) : QMCU_COLUMNS_OF(4_4_##number); \
        return bit == 0 ? QMCU_COLUMNS_OF(2_0_##number) : bit == 2 ? QMCU_COLUMNS_OF(2_2_##number) \
            : bit == 4 ? QMCU_COLUMNS_OF(2_4_##number) : QMCU_COLUMNS_OF(2_6_##number);
QMCU_INLINE qmcu_dsp_columns_core qmcu_dsp_columns_of(int32_t stride, int32_t full, int32_t bit, int32_t sum_shift, int32_t shift)
{
    switch (shift) {
    QMCU_COLUMNS_CASE(1) QMCU_COLUMNS_CASE(2) QMCU_COLUMNS_CASE(3) QMCU_COLUMNS_CASE(4)
    QMCU_COLUMNS_CASE(5) QMCU_COLUMNS_CASE(6) QMCU_COLUMNS_CASE(7) QMCU_COLUMNS_CASE(8)
    QMCU_COLUMNS_CASE(9) QMCU_COLUMNS_CASE(10) QMCU_COLUMNS_CASE(11) QMCU_COLUMNS_CASE(12)
    default:
        return 0;
    }
}

#endif

/* Everything of a channel that is the same for all channels of a tile of a strip. */
QMCU_INLINE void qmcu_dsp_columns_fill(
    qmcu_dsp_columns *all, int32_t rows, int32_t columns, int32_t stride, int32_t to_next, int32_t to_below, const uint8_t *plane)
{
    int32_t pairs = columns > 1 ? columns / 2 : 1, read = stride == 1 ? rows + 2 : 2 * rows + 1;
    int32_t before_last = stride == 1 ? 2 + (rows - 1) / 2 * 2 : read;
    all->to_next = columns > 1 ? to_next : 0;
    all->to_below = to_below;
    all->end = plane + before_last * QMCU_PLANE_PITCH;
    all->odd_rows = rows & 1;
    all->back = 4 * stride - read * QMCU_PLANE_PITCH;
    all->back_of_result = 2 * to_next - rows * to_below;
    all->stop = plane + 4 * stride * pairs;
    all->odd_columns = columns > 1 ? columns & 1 : 0;
}

#if !QMCU_HAS_DSP
typedef void (*qmcu_dsp_columns_core)(const qmcu_dsp_columns *);
#endif

/* The region, by cores, one for every position of a code in its byte (with kept: in its half word), or without. kept: where channels keep codes. */
QMCU_INLINE void qmcu_dsp_depthwise_all(
    const qmcu_dsp_depthwise *layer, const qmcu_view *x, const qmcu_region *y, uint8_t *planes, uint8_t *kept, int32_t stride, int32_t in_bits,
    int32_t out_bits, int32_t sum_shift, int32_t shift, int32_t full, const qmcu_dsp_columns_core *cores)
{
    int32_t out_bytes = qmcu_bytes(layer->channels, out_bits), framed_once = qmcu_dsp_one_padding(layer), lane_shift = layer->lane_shift;
    int32_t most = qmcu_dsp_tile_columns(stride), tiles = (y->columns + most - 1) / most, tile = (y->columns + tiles - 1) / tiles;
    qmcu_dsp_columns all;
    memset(&all, 0, sizeof all); /* gcc does not see that the first channel fills it */
    all.addend = layer->addend;
    for (int32_t row = 0; row < y->rows; row += layer->strip) {
        int32_t rows = y->rows - row < layer->strip ? y->rows - row : layer->strip;
        for (int32_t column = 0; column < y->columns; column += tile) {
            int32_t columns = y->columns - column < tile ? y->columns - column : tile;
            const qmcu_dsp_inside in = qmcu_dsp_inside_of(
                layer, x, (y->row + row) * stride - layer->pad_top, (rows - 1) * stride + 3,
                (y->column + column) * stride - layer->pad_left, (columns - 1) * stride + 3, in_bits);
            int32_t plane_bytes = in.rows * QMCU_PLANE_PITCH;
            uint8_t *to = y->codes + row * y->pitch + column * out_bytes;
            for (int32_t c = 0; c < layer->channels; ++c) {
                if (c % 4 == 0) {
                    int32_t count = layer->channels - c < 4 ? layer->channels - c : 4;
                    if (c == 0 || !framed_once)
                        qmcu_dsp_frame(layer, &in, c, count, planes, in.columns);
                    qmcu_dsp_planes(layer, &in, x->pitch, c, count, planes, in_bits);
                    qmcu_dsp_columns_fill(&all, rows, columns, stride, out_bytes, y->pitch, planes);
                    all.from = planes;
                }

                qmcu_dsp_lanes_of(layer->weights + 12 * c, lane_shift, &all);
                all.bias[0] = all.bias[1] = all.bias[2] = all.bias[3] = layer->outputs_of[2 * c];
                all.multiplier = layer->outputs_of[2 * c + 1];
                all.to = to + (c * out_bits >> 3);
                if (cores && kept) {
                    all.kept = kept;
                    all.to = c % 4 == 3 ? to + (c >> 2) * 2 : kept;
                    all.back_of_result = c % 4 == 3 ? 2 * out_bytes - rows * y->pitch : 0;
                    cores[c % 4](&all);
                } else if (cores) {
                    cores[c * out_bits & 7](&all);
                } else {
                    qmcu_dsp_columns_portable(
                        layer, &all, rows, columns, c * out_bits & 7, stride, sum_shift, shift, full);
                }
                all.from += plane_bytes;
                all.end += plane_bytes;
                all.stop += plane_bytes;
            }
        }
    }
}

#if QMCU_HAS_DSP
/* What all layers with cores share. */
QMCU_CALLED void qmcu_dsp_depthwise_by_cores(
    const qmcu_dsp_depthwise *layer, const qmcu_view *x, const qmcu_region *y, uint8_t *planes, int32_t stride, int32_t in_bits,
    int32_t out_bits, const qmcu_dsp_columns_core *cores)
{
    qmcu_dsp_depthwise_all(layer, x, y, planes, 0, stride, in_bits, out_bits, 0, 1, 1, cores);
}

/* The same with kept codes, which lie behind the planes. */
QMCU_CALLED void qmcu_dsp_depthwise_by_kept_cores(
    const qmcu_dsp_depthwise *layer, const qmcu_view *x, const qmcu_region *y, uint8_t *planes, int32_t in_bits, const qmcu_dsp_columns_core *cores)
{
    uint8_t *kept = planes + 4 * QMCU_PLANE_PITCH * (layer->strip + 2);
    qmcu_dsp_depthwise_all(layer, x, y, planes, kept, 1, in_bits, 4, 0, 1, 1, cores);
}
#endif

/* Scratch: four planes of (strip - 1) * stride + 3 rows. */
QMCU_INLINE void qmcu_dsp_depthwise_run(
    const qmcu_dsp_depthwise *layer, qmcu_view x, qmcu_region y, uint8_t *planes, int32_t stride, int32_t in_bits, int32_t out_bits,
    int32_t sum_shift, int32_t shift, int32_t full)
{
#if QMCU_HAS_DSP
    if (QMCU_HAS_COLUMNS(out_bits, sum_shift, shift, full)) {
        qmcu_dsp_columns_core cores[8];
        for (int32_t bit = 0; bit < 8; bit += out_bits)
            cores[bit] = qmcu_dsp_columns_of(stride, full, bit, sum_shift, shift);
        qmcu_dsp_depthwise_by_cores(layer, &x, &y, planes, stride, in_bits, out_bits, cores);
        return;
    }
#endif
    qmcu_dsp_depthwise_all(layer, &x, &y, planes, 0, stride, in_bits, out_bits, sum_shift, shift, full, 0);
}

#if QMCU_HAS_DSP
#define QMCU_KEPT_CASE(shift, name) \
    case shift: \
        cores[0] = qmcu_core_kept_0_##name; \
        cores[1] = qmcu_core_kept_4_##name; \
        cores[2] = qmcu_core_kept_8_##name; \
        cores[3] = qmcu_core_kept_12_##name; \
        break;
#endif

/* Stride 1, results of 4 bits, all codes allowed, channels a multiple of 4: the codes of four channels are stored together. shift: 1 to 12, or 0 where
 * multipliers and the addend are those of rounded products. Scratch: four planes of strip + 2 rows, and a word for each two columns of every row of a strip
 * and tile, of an even number. */
QMCU_INLINE void qmcu_dsp_depthwise_kept_run(
    const qmcu_dsp_depthwise *layer, qmcu_view x, qmcu_region y, uint8_t *planes, int32_t in_bits, int32_t shift)
{
#if QMCU_HAS_DSP
    qmcu_dsp_columns_core cores[4];
    switch (shift) {
    QMCU_KEPT_CASE(1, 1) QMCU_KEPT_CASE(2, 2) QMCU_KEPT_CASE(3, 3) QMCU_KEPT_CASE(4, 4) QMCU_KEPT_CASE(5, 5) QMCU_KEPT_CASE(6, 6)
    QMCU_KEPT_CASE(7, 7) QMCU_KEPT_CASE(8, 8) QMCU_KEPT_CASE(9, 9) QMCU_KEPT_CASE(10, 10) QMCU_KEPT_CASE(11, 11) QMCU_KEPT_CASE(12, 12)
    default:
    QMCU_KEPT_CASE(0, rounded)
    }
    qmcu_dsp_depthwise_by_kept_cores(layer, &x, &y, planes, in_bits, cores);
#else
    qmcu_dsp_depthwise_all(layer, &x, &y, planes, 0, 1, in_bits, 4, 0, shift, 4, 0);
#endif
}

/* Two columns of two halves of a tile in every lane of the planes: low + high * 2048, `distance` columns apart. A turn: four lanes. */
QMCU_INLINE void qmcu_dsp_pair_columns(const qmcu_dsp_inside *in, int32_t distance, int32_t turns, int32_t columns, uint8_t *planes)
{
#if QMCU_HAS_DSP
    (void)columns;
    qmcu_core_pair(planes, 2 * distance, turns, 4 * in->rows);
#else
    (void)turns;
    for (int32_t row = 0; row < 4 * in->rows; ++row, planes += QMCU_PLANE_PITCH) {
        for (int32_t x = 0; x < columns + 2; ++x)
            qmcu_put_half(planes + 2 * x, qmcu_half(planes + 2 * x) | qmcu_half(planes + 2 * (x + distance)) << 11);
    }
#endif
}

/* The code of a field of a sum. */
QMCU_INLINE uint32_t qmcu_dsp_thin_code(int32_t sum, const qmcu_dsp_columns *channel, int32_t out_bits)
{
    int32_t scaled = (int32_t)((uint32_t)sum * (uint32_t)channel->multiplier + (uint32_t)channel->addend);
    return (uint32_t)qmcu_saturate(scaled, 24, out_bits, 0, 0);
}

/* The columns of a plane of pairs as portable C. */
QMCU_INLINE void qmcu_dsp_paired_portable(const qmcu_dsp_columns *channel, int32_t rows, int32_t columns, int32_t bit, int32_t out_bits)
{
    for (int32_t row = 0; row < rows; ++row) {
        const uint8_t *from = channel->from + row * QMCU_PLANE_PITCH;
        uint8_t *to = channel->to + row * channel->to_below;
        for (int32_t column = 0; column < columns; ++column, from += 2, to += channel->to_next) {
            const uint8_t *below = from + QMCU_PLANE_PITCH, *last = below + QMCU_PLANE_PITCH;
            int32_t sum = qmcu_mac_bt(qmcu_half(from + 4), channel->last0, qmcu_mac2(qmcu_word(from), channel->first0, channel->bias[0]));
            sum = qmcu_mac_bt(qmcu_half(below + 4), channel->last1, qmcu_mac2(qmcu_word(below), channel->first1, sum));
            sum = qmcu_mac_bt(qmcu_half(last + 4), channel->last2, qmcu_mac2(qmcu_word(last), channel->first2, sum));
            uint32_t low = qmcu_dsp_thin_code(sum & 2047, channel, out_bits), high = qmcu_dsp_thin_code(sum >> 11, channel, out_bits);
            uint8_t *other = to + channel->to_other;
            *to = (uint8_t)(bit == 0 ? low : (*to | low << bit));
            *other = (uint8_t)(bit == 0 ? high : (*other | high << bit));
        }
    }
}

/* One channel; beyond the last one of a byte: codes of zero. */
QMCU_INLINE void qmcu_dsp_paired_channel(
    const qmcu_dsp_depthwise *layer, int32_t c, qmcu_dsp_columns *all, int32_t rows, int32_t columns, int32_t out_bits)
{
    if (c < layer->channels) {
        const int32_t *of = layer->outputs_of + 3 * c;
        qmcu_dsp_lanes_of(layer->weights + 12 * c, 0, all);
        all->bias[0] = all->bias[1] = all->bias[2] = all->bias[3] = of[0];
        all->multiplier = of[1];
        all->addend = of[2];
    } else {
        all->multiplier = all->addend = 0;
    }
#if QMCU_HAS_DSP
    int32_t bit = c * out_bits & 7;
    (void)rows;
    (void)columns;
    if (out_bits == 4)
        (bit == 0 ? qmcu_core_paired_4_0 : qmcu_core_paired_4_4)(all);
    else
        (bit == 0 ? qmcu_core_paired_2_0 : bit == 2 ? qmcu_core_paired_2_2 : bit == 4 ? qmcu_core_paired_2_4 : qmcu_core_paired_2_6)(all);
#else
    if (c < layer->channels)
        qmcu_dsp_paired_portable(all, rows, columns, c * out_bits & 7, out_bits);
#endif
}

/* Stride 1, codes of 4 or 2 bits whose sums leave room for two in a word. outputs_of: per channel what a sum begins with, multiplier, addend: the
 * requantization has products of 32 bits, as in qmcu_dsp_conv.h. Scratch: four planes of strip + 2 rows; strip is even. Of an odd number of rows
 * one is computed twice, and a single row with one that is not there. */
QMCU_INLINE void qmcu_dsp_depthwise_paired_run(
    const qmcu_dsp_depthwise *layer, qmcu_view x, qmcu_region y, uint8_t *planes, int32_t in_bits, int32_t out_bits)
{
    int32_t out_bytes = qmcu_bytes(layer->channels, out_bits), in_byte = 8 / out_bits;
    int32_t most = qmcu_dsp_tile_columns(1), tiles = (y.columns + most - 1) / most, tile = (y.columns + tiles - 1) / tiles, rows = 0;
    int32_t one_padding = qmcu_dsp_one_padding(layer);
    qmcu_dsp_columns all;
    memset(&all, 0, sizeof all); /* as above */
    for (int32_t row = 0; row < y.rows; row += rows) {
        rows = y.rows - row < layer->strip ? y.rows - row : layer->strip;
        if (rows == 1 && row > 0) {
            --row;
            rows = 2;
        } else if (rows > 1) {
            rows &= ~1;
        }

        for (int32_t column = 0; column < y.columns; column += tile) {
            int32_t columns = y.columns - column < tile ? y.columns - column : tile, distance = columns / 4 * 2;
            int32_t turns = (columns - distance + 5) / 4, changed = 4 * turns < columns + 2 ? 4 * turns : columns + 2;
            qmcu_dsp_inside in = qmcu_dsp_inside_of(
                layer, &x, y.row + row - layer->pad_top, rows + 2, y.column + column - layer->pad_left, columns + 2, in_bits);
            in.rows = (rows + 3) & ~1;
            uint8_t *to = y.codes + row * y.pitch + column * out_bytes;
            for (int32_t c = 0; c < layer->channels; c += 4) {
                int32_t count = layer->channels - c < 4 ? layer->channels - c : 4, filled = (count + in_byte - 1) & -in_byte;
                qmcu_dsp_frame(layer, &in, c, count, planes, c == 0 || !one_padding ? columns + 2 : changed);
                qmcu_dsp_planes(layer, &in, x.pitch, c, count, planes, in_bits);
                qmcu_dsp_pair_columns(&in, distance, turns, columns - distance, planes);
                qmcu_dsp_columns_fill(&all, in.rows - 2, columns - distance, 1, out_bytes, rows == 1 ? 0 : y.pitch, planes);
                all.end = planes + in.rows * QMCU_PLANE_PITCH;
                all.from = planes;
                all.to_other = distance * out_bytes;
                all.to_before = -(in.rows + 2) * QMCU_PLANE_PITCH;
                for (int32_t i = 0; i < filled; ++i) {
                    all.to = to + ((c + i) * out_bits >> 3);
                    qmcu_dsp_paired_channel(layer, c + i, &all, rows, columns - distance, out_bits);
                    all.from += in.rows * QMCU_PLANE_PITCH;
                    all.end += in.rows * QMCU_PLANE_PITCH;
                    all.stop += in.rows * QMCU_PLANE_PITCH;
                }
            }
        }
    }
}

#endif
