/* Convolutions without groups, for cores with the DSP extension: four pixels (or one) by two, four or eight outputs at once.
 *
 * The codes under the windows of four pixels are widened once into 16-bit lanes, word by word: of a word of packed codes first those
 * whose bits are lowest in both halves, then the next. Weights lie in the order in which that makes taps pass: see qmcu_dsp.h.
 * Where codes and weights are narrow, two outputs share a lane, low + 4096 * high; the compiler has proved from the weights that the
 * low field, moved by an offset, stays within 0 .. 4095 over the steps of a part, after which the fields are taken apart.
 * Such sums are small: where it has proved that a product of 32 bits requantizes them as well (`thin`), bias and zero point are part of
 * what is added to it.
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
    const int32_t *outputs_of;  /* per block: offsets of the low fields of every part, then bias (thin: addend) and multiplier of every output */
    const uint8_t *padding;     /* a pixel of padding, packed */
    int32_t steps;              /* pairs of taps of a part */
    int32_t parts;
    int32_t addend, min, max;
} qmcu_dsp_conv;

/* What is fixed when a kernel is specialised. */
typedef struct {
    int32_t in_place;           /* windows of one pixel, read where they are */
    int32_t row_bytes;          /* bytes of a row of the window where they are few and fixed; -1: whole words; 0: any number */
    int32_t narrow;             /* 0: weights of 8 bits; 4: two 16-bit lanes a word; 2: 16 weights a word */
    int32_t in_bits, out_bits;
    int32_t lane_shift;         /* shift before the requantization that lanes (and biases) have already, or ... */
    int32_t sum_shift;          /* ... that sums get */
    int32_t shift, full;        /* of the requantization; full: where all codes of so many bits are allowed, and no others; else 0 */
    int32_t whole;              /* the outputs are a multiple of the block */
    int32_t few;                /* a part has at most 32 steps */
    int32_t quads;              /* rows have at least four pixels */
    int32_t raster;             /* the whole image is one row of results */
    int32_t thin;               /* requantization by products of 32 bits: in one part, full and whole, quads, results of 4 or 2 bits */
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
QMCU_INLINE uint32_t *qmcu_dsp_widen_words(const uint32_t *words, uint32_t *lanes, int32_t count, int32_t bits, int32_t shift)
{
    uint32_t mask = (bits == 8 ? 0x00FF00FFu : bits == 4 ? 0x000F000Fu : 0x00030003u) << shift;
    for (int32_t turn = 0; turn < 16; turn += bits, lanes += count) {
        for (int32_t p = 0; p < count; ++p) {
            if (bits == 8 && shift == 0 && turn == 8)
                lanes[p] = qmcu_odd_bytes(words[p]);
            else
                lanes[p] = (turn >= shift ? words[p] >> (turn - shift) : words[p] << (shift - turn)) & mask;
        }
    }
    return lanes;
}

/* Codes of `count` pixels as lanes; returns where the next lanes go. */
QMCU_INLINE uint32_t *qmcu_dsp_widen(const uint8_t *const *codes, int32_t bytes, uint32_t *lanes, int32_t count, int32_t bits, int32_t shift)
{
    uint32_t words[4];
    int32_t i = 0;
    for (; i + 4 <= bytes; i += 4) {
        for (int32_t p = 0; p < count; ++p)
            words[p] = qmcu_word(codes[p] + i);
        lanes = qmcu_dsp_widen_words(words, lanes, count, bits, shift);
    }

    if (i < bytes) {
        for (int32_t p = 0; p < count; ++p)
            words[p] = qmcu_part_word(codes[p] + i, bytes - i);
        lanes = qmcu_dsp_widen_words(words, lanes, count, bits, shift);
    }
    return lanes;
}

/* Minus the codes of each pixel, in both fields: what weights that are one too large make too much. steps: even. */
QMCU_INLINE void qmcu_dsp_excess(const uint32_t *lanes, int32_t steps, int32_t *excess, int32_t count)
{
    int32_t sums[4] = {0, 0, 0, 0};
    for (const uint32_t *end = lanes + count * steps; lanes != end; lanes += 2 * count) {
        for (int32_t p = 0; p < count; ++p)
            sums[p] = qmcu_mac2(lanes[count + p], 0x00010001u, qmcu_mac2(lanes[p], 0x00010001u, sums[p]));
    }

    for (int32_t p = 0; p < count; ++p)
        excess[p] = -4097 * sums[p];
}

/* From a sum to a code. */
QMCU_INLINE uint32_t qmcu_dsp_code(const qmcu_dsp_conv *layer, int32_t sum, int32_t multiplier, int32_t addend, qmcu_dsp_form form)
{
    int32_t high = qmcu_mulhi_add((int32_t)((uint32_t)sum << form.sum_shift), multiplier, addend);
    return (uint32_t)qmcu_saturate(high, form.shift, form.full, layer->min, layer->max);
}

/* Stores a block of `count` codes, packed in a word, that begins with output o; what is beyond the last output is left out. */
QMCU_INLINE void qmcu_dsp_store(uint8_t *pixel, int32_t o, int32_t outputs, uint32_t block, int32_t count, qmcu_dsp_form form)
{
    uint8_t *to = pixel + o * form.out_bits / 8;
    int32_t bits = count * form.out_bits;
    if (bits < 8) {
        if (o * form.out_bits % 8 == 0)
            *to = (uint8_t)block;
        else
            *to = (uint8_t)(*to | block << (o * form.out_bits % 8));
    } else if (bits == 8) {
        *to = (uint8_t)block;
    } else if (form.whole && bits == 16) {
        qmcu_put_half(to, block);
    } else if (form.whole && bits == 32) {
        qmcu_put_word(to, block);
    } else {
        int32_t left = qmcu_bytes(outputs - o, form.out_bits);
        for (int32_t i = 0; i < bits / 8; ++i) {
            if (i == 0 || i < left)
                to[i] = (uint8_t)(block >> (8 * i));
        }
    }
}

#if QMCU_HAS_DSP
/* What the core of all outputs of four neighbouring pixels takes: all but the weights lie on its stack, with two words more. */
typedef struct {
    const int32_t *outputs_of;
    const uint32_t *lanes;
    uint32_t entry, full_entry; /* of qmcu_core_2x4: where the steps begin that are left over, and where 32 of them do */
    int32_t passes;             /* of 32 steps, after those */
    int32_t addend;
    uint8_t *to;
    int32_t pitch;              /* bytes from pixel to pixel */
    const uint8_t *end;         /* of the first pixel */
    const uint32_t *weights;
} qmcu_dsp_pairs;

/* Enters qmcu_core_2x4 at r12, as if it had been called. */
#define QMCU_PAIRS_ENTER(label) "adr.w lr, " label "f + 1\n push {lr}\n mov pc, r12\n .balign 4\n " label ":\n"

/* Two outputs after the other: biases into eight sums, the steps, requantization, a half word to each pixel. */
#define QMCU_PAIRS_CORE(number, shift, bits) \
    QMCU_CORE void qmcu_core_all_pairs_##number##_##bits(const qmcu_dsp_pairs *pairs QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n ldmia r0!, {r1-r7}\n ldmia.w r0, {r8-r10}\n sub sp, #12\n push {r8, r9}\n push {r1-r7}\n mov r8, r10\n" \
            "1: ldr.w r12, [sp]\n ldmia.w r12!, {r0, r1, r4, r5}\n str.w r12, [sp]\n strd r1, r5, [sp, #36]\n" \
            "mov r1, r0\n mov r2, r0\n mov r3, r0\n mov r5, r4\n mov r6, r4\n mov r7, r4\n" \
            "ldrd r9, r12, [sp, #4]\n" QMCU_PAIRS_ENTER("5") \
            "ldr.w r11, [sp, #16]\n cmp.w r11, #0\n bne 7f\n" \
            "6: ldrd r10, r11, [sp, #36]\n ldr.w lr, [sp, #20]\n" \
            "smmla r0, r0, r10, lr\n smmla r1, r1, r10, lr\n smmla r2, r2, r10, lr\n smmla r3, r3, r10, lr\n" \
            "smmla r4, r4, r11, lr\n smmla r5, r5, r11, lr\n smmla r6, r6, r11, lr\n smmla r7, r7, r11, lr\n" \
            "usat r0, #" #bits ", r0, asr #" shift "\n usat r1, #" #bits ", r1, asr #" shift "\n usat r2, #" #bits ", r2, asr #" shift "\n" \
            "usat r3, #" #bits ", r3, asr #" shift "\n usat r4, #" #bits ", r4, asr #" shift "\n usat r5, #" #bits ", r5, asr #" shift "\n" \
            "usat r6, #" #bits ", r6, asr #" shift "\n usat r7, #" #bits ", r7, asr #" shift "\n ldrd r10, r11, [sp, #24]\n" \
            "orr.w r0, r0, r4, lsl #8\n orr.w r1, r1, r5, lsl #8\n orr.w r2, r2, r6, lsl #8\n orr.w r3, r3, r7, lsl #8\n" \
            "strh.w r0, [r10]\n strh.w r1, [r10, r11]\n strh.w r2, [r10, r11, lsl #1]\n add.w r12, r10, r11, lsl #1\n" \
            "strh.w r3, [r12, r11]\n add.w r10, r10, #2\n str.w r10, [sp, #24]\n ldr.w r12, [sp, #32]\n cmp r10, r12\n bne 1b\n" \
            "add sp, #48\n pop {r4-r11, pc}\n" \
            "7: str.w r11, [sp, #44]\n 8: ldr.w r12, [sp, #12]\n" QMCU_PAIRS_ENTER("9") \
            "ldr.w r11, [sp, #44]\n subs.w r11, r11, #1\n beq 6b\n str.w r11, [sp, #44]\n b 8b\n"); \
    }
#define QMCU_PAIRS_CORES(number, shift) QMCU_PAIRS_CORE(number, shift, 8) QMCU_PAIRS_CORE(number, shift, 7) QMCU_PAIRS_CORE(number, shift, 6) QMCU_PAIRS_CORE(number, shift, 5)
QMCU_PAIRS_CORES(1, "1") QMCU_PAIRS_CORES(2, "2") QMCU_PAIRS_CORES(3, "3") QMCU_PAIRS_CORES(4, "4") QMCU_PAIRS_CORES(5, "5") QMCU_PAIRS_CORES(6, "6")
QMCU_PAIRS_CORES(7, "7") QMCU_PAIRS_CORES(8, "8") QMCU_PAIRS_CORES(9, "9") QMCU_PAIRS_CORES(10, "10") QMCU_PAIRS_CORES(11, "11")
QMCU_PAIRS_CORES(12, "12")

#define QMCU_PAIRS_CASE(number) \
    case number: \
        (full == 8 ? qmcu_core_all_pairs_##number##_8 : full == 7 ? qmcu_core_all_pairs_##number##_7 \
            : full == 6 ? qmcu_core_all_pairs_##number##_6 : qmcu_core_all_pairs_##number##_5)(&pairs); \
        break;
QMCU_INLINE void qmcu_dsp_all_pairs(const qmcu_dsp_conv *layer, const uint32_t *lanes, uint8_t *to, int32_t out_bytes, int32_t shift, int32_t full)
{
    int32_t rest = (layer->steps - 1) % 32 + 1;
    qmcu_dsp_pairs pairs;
    pairs.outputs_of = layer->outputs_of;
    pairs.lanes = lanes;
    pairs.entry = QMCU_CORE_AT(qmcu_core_2x4, 32 * 52, rest * 52);
    pairs.full_entry = QMCU_CORE_AT(qmcu_core_2x4, 0, 0);
    pairs.passes = (layer->steps - 1) / 32;
    pairs.addend = layer->addend;
    pairs.to = to;
    pairs.pitch = out_bytes;
    pairs.end = to + layer->outputs;
    pairs.weights = (const uint32_t *)(const void *)layer->weights;
    switch (shift) {
    QMCU_PAIRS_CASE(1) QMCU_PAIRS_CASE(2) QMCU_PAIRS_CASE(3) QMCU_PAIRS_CASE(4) QMCU_PAIRS_CASE(5) QMCU_PAIRS_CASE(6)
    QMCU_PAIRS_CASE(7) QMCU_PAIRS_CASE(8) QMCU_PAIRS_CASE(9) QMCU_PAIRS_CASE(10) QMCU_PAIRS_CASE(11) QMCU_PAIRS_CASE(12)
    default:
        break;
    }
}
#endif

/* Whether qmcu_dsp_all_pairs can do it: literals only. */
QMCU_INLINE int32_t qmcu_dsp_has_all_pairs(qmcu_dsp_form form)
{
    return QMCU_HAS_DSP && form.narrow == 0 && form.out_bits == 8 && form.full >= 5 && form.whole && form.sum_shift == 0 && form.quads
        && form.shift >= 1 && form.shift <= 12;
}

/* All outputs of four pixels, weights of 8 bits. */
QMCU_INLINE void qmcu_dsp_wide_4(const qmcu_dsp_conv *layer, const uint32_t *lanes, uint8_t *const *y, qmcu_dsp_form form)
{
    const uint32_t *weights = (const uint32_t *)(const void *)layer->weights;
    const int32_t *of = layer->outputs_of;
    int32_t addend = layer->addend;
    int32_t outputs = layer->outputs, steps = layer->steps;
    for (int32_t o = 0; o < outputs; o += 2, of += 4) {
        int32_t sums[8] = {of[0], of[0], of[0], of[0], of[2], of[2], of[2], of[2]};
        weights = qmcu_block_2x4(sums, weights, lanes, steps, form.few);
        int32_t first = of[1], second = of[3];
        for (int32_t p = 0; p < 4; ++p) {
            uint32_t a = qmcu_dsp_code(layer, sums[p], first, addend, form), b = qmcu_dsp_code(layer, sums[4 + p], second, addend, form);
            qmcu_dsp_store(y[p], o, outputs, a | b << form.out_bits, 2, form);
        }
    }
}

/* Two codes from the two fields of a sum, packed. */
QMCU_INLINE uint32_t qmcu_dsp_pair(const qmcu_dsp_conv *layer, int32_t low, int32_t high, const int32_t *of, qmcu_dsp_form form)
{
    if (form.thin) {
        int32_t first = (int32_t)((uint32_t)low * (uint32_t)of[1] + (uint32_t)of[0]);
        int32_t second = (int32_t)((uint32_t)high * (uint32_t)of[3] + (uint32_t)of[2]);
        return (uint32_t)qmcu_saturate(first, form.shift, form.out_bits, 0, 0)
            | (uint32_t)qmcu_saturate(second, form.shift, form.out_bits, 0, 0) << form.out_bits;
    }
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
    qmcu_dsp_store(pixel, o, layer->outputs, first | second << (2 * form.out_bits), 4, form);
}

#if QMCU_HAS_DSP
/* What the core of all outputs of four neighbouring pixels takes where requantization is thin: all but the weights lie on its stack. */
typedef struct {
    int32_t excess[4];          /* of every pixel: what all its sums begin with */
    const int32_t *outputs_of;
    const uint32_t *lanes;
    uint32_t entry, full_entry; /* where the steps begin that are left over, and where 32 of them do */
    int32_t passes;             /* of 32 steps, after those */
    uint8_t *to;
    int32_t pitch;              /* bytes from pixel to pixel */
    const uint8_t *end;         /* of the first pixel */
    uint32_t mask;
    int32_t left;               /* its own: passes */
    const uint32_t *weights;
} qmcu_dsp_thin;

/* The codes of both fields of a sum, with addends in r9 and r11 and multipliers in r10 and lr. */
#define QMCU_THIN_SUM(sum, bits) \
    "ubfx r12, " sum ", #0, #12\n asr.w " sum ", " sum ", #12\n mla r12, r12, r10, r9\n mla " sum ", " sum ", lr, r11\n" \
    "usat r12, #" bits ", r12, asr #24\n usat " sum ", #" bits ", " sum ", asr #24\n orr.w " sum ", r12, " sum ", lsl #" bits "\n"
#define QMCU_THIN_SUMS(a, b, c, d, bits) \
    "ldr.w r12, [sp, #16]\n ldmia.w r12!, {r9-r11, lr}\n str.w r12, [sp, #16]\n" \
    QMCU_THIN_SUM(a, bits) QMCU_THIN_SUM(b, bits) QMCU_THIN_SUM(c, bits) QMCU_THIN_SUM(d, bits)

/* Four outputs after the other; r10 is for cores that mask. */
#define QMCU_THIN_CORE(name, bits, two_codes, store, bytes) \
    QMCU_CORE void qmcu_core_thin_##name(const qmcu_dsp_thin *thin QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n add.w r0, r0, #28\n ldmia.w r0, {r1-r8}\n push {r1-r7}\n ldmdb.w r0, {r1-r7}\n push {r1-r7}\n" \
            "1: ldr.w r12, [sp, #16]\n ldrd r10, r11, [r12], #8\n str.w r12, [sp, #16]\n ldmia.w sp, {r0-r3}\n" \
            "add.w r4, r0, r11\n add.w r5, r1, r11\n add.w r6, r2, r11\n add.w r7, r3, r11\n add r0, r10\n add r1, r10\n add r2, r10\n" \
            "add r3, r10\n ldr.w r10, [sp, #48]\n ldrd r9, r12, [sp, #20]\n" QMCU_PAIRS_ENTER("5") \
            "ldr.w r11, [sp, #32]\n cmp.w r11, #0\n bne 7f\n" \
            "6: " QMCU_THIN_SUMS("r0", "r1", "r2", "r3", bits) QMCU_THIN_SUMS("r4", "r5", "r6", "r7", bits) \
            "ldrd r10, r11, [sp, #36]\n orr.w r0, r0, r4, lsl #" two_codes "\n orr.w r1, r1, r5, lsl #" two_codes "\n" \
            "orr.w r2, r2, r6, lsl #" two_codes "\n orr.w r3, r3, r7, lsl #" two_codes "\n add.w r12, r10, r11, lsl #1\n" \
            store " r0, [r10]\n " store " r1, [r10, r11]\n " store " r2, [r12]\n " store " r3, [r12, r11]\n" \
            "add.w r10, r10, #" bytes "\n str.w r10, [sp, #36]\n ldr.w r12, [sp, #44]\n cmp r10, r12\n bne 1b\n" \
            "add sp, #56\n pop {r4-r11, pc}\n" \
            "7: str.w r11, [sp, #52]\n 8: ldr.w r12, [sp, #28]\n" QMCU_PAIRS_ENTER("9") \
            "ldr.w r11, [sp, #52]\n subs.w r11, r11, #1\n beq 6b\n str.w r11, [sp, #52]\n b 8b\n"); \
    }
QMCU_THIN_CORE(4, "4", "8", "strh.w", "2") QMCU_THIN_CORE(2, "2", "4", "strb.w", "1")

QMCU_INLINE void qmcu_dsp_all_thin(
    const qmcu_dsp_conv *layer, const uint32_t *lanes, const int32_t *excess, uint8_t *to, int32_t out_bytes, int32_t narrow, int32_t out_bits)
{
    int32_t rest = (layer->steps - 1) % 32 + 1;
    qmcu_dsp_thin thin;
    for (int32_t p = 0; p < 4; ++p)
        thin.excess[p] = excess[p];
    thin.outputs_of = layer->outputs_of;
    thin.lanes = lanes;
    thin.entry = narrow == 2 ? QMCU_CORE_AT(qmcu_core_crumbs_4x4, 32 * 60, rest * 60) : QMCU_CORE_AT(qmcu_core_pairs_4x4, 32 * 44, rest * 44);
    thin.full_entry = narrow == 2 ? QMCU_CORE_AT(qmcu_core_crumbs_4x4, 0, 0) : QMCU_CORE_AT(qmcu_core_pairs_4x4, 0, 0);
    thin.passes = (layer->steps - 1) / 32;
    thin.to = to;
    thin.pitch = out_bytes;
    thin.end = to + out_bytes;
    thin.mask = QMCU_CRUMB_MASK;
    thin.left = 0;
    thin.weights = (const uint32_t *)(const void *)layer->weights;
    if (out_bits == 4)
        qmcu_core_thin_4(&thin);
    else
        qmcu_core_thin_2(&thin);
}
#endif

/* All outputs of four pixels, two outputs in a lane, all steps in one part. */
QMCU_INLINE void qmcu_dsp_narrow_4(const qmcu_dsp_conv *layer, const uint32_t *lanes, uint8_t *const *y, qmcu_dsp_form form)
{
    const uint32_t *weights = (const uint32_t *)(const void *)layer->weights;
    const int32_t *of = layer->outputs_of;
    int32_t excess[4] = {0, 0, 0, 0};
    if (form.narrow == 2)
        qmcu_dsp_excess(lanes, layer->steps, excess, 4);

    int32_t outputs = layer->outputs, steps = layer->steps;
#if QMCU_HAS_DSP
    if (form.thin) {
        qmcu_dsp_all_thin(layer, lanes, excess, y[0], qmcu_bytes(outputs, form.out_bits), form.narrow, form.out_bits);
        return;
    }
#endif
    for (int32_t o = 0; o < outputs; o += 4, of += 10) {
        int32_t sums[8] = {
            of[0] + excess[0], of[0] + excess[1], of[0] + excess[2], of[0] + excess[3],
            of[1] + excess[0], of[1] + excess[1], of[1] + excess[2], of[1] + excess[3],
        };
        if (form.narrow == 2) {
            weights = qmcu_block_crumbs_4x4(sums, weights, lanes, steps, form.few);
        } else {
            weights = qmcu_block_pairs_4x4(sums, weights, lanes, steps, form.few);
        }

        uint32_t pixels[4];
        for (int32_t p = 0; p < 4; ++p)
            pixels[p] = qmcu_dsp_pair(layer, qmcu_dsp_low(sums[p]), qmcu_dsp_high(sums[p]), of + 2, form);
        for (int32_t p = 0; p < 4; ++p) {
            uint32_t second = qmcu_dsp_pair(layer, qmcu_dsp_low(sums[4 + p]), qmcu_dsp_high(sums[4 + p]), of + 6, form);
            qmcu_dsp_store_four(layer, y[p], o, pixels[p], second, form);
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
                weights = qmcu_block_crumbs_4x4(sums, weights, from, layer->steps, form.few);
            } else {
                weights = qmcu_block_pairs_4x4(sums, weights, from, layer->steps, form.few);
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

/* Whether the windows of four pixels of a row, of which column is the first, lie inside the image and their rows are without holes. */
QMCU_INLINE int32_t qmcu_dsp_is_inside(const qmcu_dsp_conv *layer, int32_t row, int32_t column)
{
    const qmcu_window *window = &layer->window;
    int32_t top = row * window->stride_y - window->pad_top, left = column * window->stride_x - window->pad_left;
    return top >= 0 && left >= 0 && window->dilation_x == 1 && top + (window->kernel_height - 1) * window->dilation_y < layer->height
        && left + 3 * window->stride_x + window->kernel_width <= layer->width;
}

/* Lanes of four pixels whose windows lie inside. */
QMCU_INLINE void qmcu_dsp_widen_inside(
    const qmcu_dsp_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint32_t *lanes, uint8_t *windows, int32_t window_pitch,
    qmcu_dsp_form form)
{
    const qmcu_window *window = &layer->window;
    int32_t step = window->stride_x * layer->pixel_bytes, down = window->dilation_y * x->pitch, height = window->kernel_height;
    int32_t bytes = form.row_bytes > 0 ? form.row_bytes : window->kernel_width * layer->pixel_bytes;
    const uint8_t *from = x->codes + (row * window->stride_y - window->pad_top - x->row) * x->pitch
        + (column * window->stride_x - window->pad_left - x->column) * layer->pixel_bytes;
    if (form.row_bytes < 0 || (form.row_bytes > 0 && form.row_bytes % 4 == 0)) {
        for (int32_t ky = 0; ky < height; ++ky, from += down) {
            const uint8_t *const codes[4] = {from, from + step, from + 2 * step, from + 3 * step};
            lanes = qmcu_dsp_widen(codes, bytes, lanes, 4, form.in_bits, form.lane_shift);
        }
        return;
    }

    for (int32_t p = 0; p < 4; ++p, from += step) {
        const uint8_t *line = from;
        uint8_t *to = windows + p * window_pitch;
        for (int32_t ky = 0; ky < height; ++ky, line += down, to += bytes) {
            if (form.row_bytes > 0) {
                memcpy(to, line, (size_t)form.row_bytes);
                continue;
            }
            int32_t i = 0;
            for (; i + 4 <= bytes; i += 4)
                qmcu_put_word(to + i, qmcu_word(line + i));
            for (; i < bytes; ++i)
                to[i] = line[i];
        }
    }

    const uint8_t *const codes[4] = {windows, windows + window_pitch, windows + 2 * window_pitch, windows + 3 * window_pitch};
    qmcu_dsp_widen(codes, window_pitch, lanes, 4, form.in_bits, form.lane_shift);
}

/* Four pixels at once; in a row of fewer, or at its end, pixels are computed twice. Lanes: 4 words per step, then the windows of four pixels,
 * each on a word. split: in parts. */
QMCU_INLINE void qmcu_dsp_conv_run(
    const qmcu_dsp_conv *layer, qmcu_view x, qmcu_region y, uint32_t *restrict lanes, int32_t split, int32_t in_place, int32_t row_bytes,
    int32_t narrow, int32_t in_bits, int32_t out_bits, int32_t lane_shift, int32_t sum_shift, int32_t shift, int32_t full, int32_t whole,
    int32_t few, int32_t quads, int32_t raster, int32_t thin)
{
    const qmcu_dsp_form form = {
        in_place, row_bytes, narrow, in_bits, out_bits, lane_shift, sum_shift, shift, full, whole, few, quads, raster, thin,
    };
    int32_t window_bytes = qmcu_dsp_window_bytes(layer, form), window_pitch = (window_bytes + 3) / 4 * 4;
    int32_t out_bytes = qmcu_bytes(layer->outputs, out_bits);
    uint8_t *windows = (uint8_t *)(lanes + 4 * layer->steps * layer->parts);
    int32_t pixels = raster ? y.rows * y.columns : y.columns, rows = raster ? 1 : y.rows, last = pixels - 1;
    for (int32_t i = (window_bytes + 3) / 4 * (64 / in_bits); i < 4 * layer->steps * layer->parts; ++i)
        lanes[i] = 0;

    for (int32_t row = 0; row < rows; ++row) {
        for (int32_t column = 0; column < pixels; column += 4) {
            int32_t first = column + 3 <= last ? column : last >= 3 ? last - 3 : 0;
            int32_t line = y.row + (raster ? first / y.columns : row), at = y.column + (raster ? first % y.columns : first);
            uint8_t *to[4];
            for (int32_t p = 0; p < 4; ++p)
                to[p] = y.codes + row * y.pitch + (quads || first + p <= last ? first + p : last) * out_bytes;

            int32_t side_by_side = quads && !in_place && (!raster || at - y.column + 3 < y.columns);
            if (side_by_side && qmcu_dsp_is_inside(layer, line, at)) {
                qmcu_dsp_widen_inside(layer, &x, line, at, lanes, windows, window_pitch, form);
            } else {
                const uint8_t *codes[4];
                for (int32_t p = 0; p < 4; ++p) {
                    codes[p] = qmcu_dsp_codes(layer, &x, line, at, windows + p * window_pitch, form);
                    at += quads || first + p < last;
                    if (raster && at == y.column + y.columns) {
                        at = y.column;
                        line += first + p < last;
                    }
                }
                qmcu_dsp_widen(codes, in_place ? window_bytes : window_pitch, lanes, 4, in_bits, lane_shift);
            }

#if QMCU_HAS_DSP
            if (qmcu_dsp_has_all_pairs(form)) {
                qmcu_dsp_all_pairs(layer, lanes, to[0], out_bytes, shift, full);
                continue;
            }
#endif
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
    int32_t in_bits, int32_t out_bits, int32_t lane_shift, int32_t sum_shift, int32_t shift, int32_t full, int32_t whole,
    int32_t few, int32_t quads, int32_t raster)
{
    const qmcu_dsp_form form = {
        in_place, row_bytes, narrow, in_bits, out_bits, lane_shift, sum_shift, shift, full, whole, few, quads, raster, 0,
    };
    int32_t window_bytes = qmcu_dsp_window_bytes(layer, form), out_bytes = qmcu_bytes(layer->outputs, out_bits);
    int32_t block = narrow == 0 ? 4 : 8, steps = layer->steps, excess_of_all = 0;
    uint8_t *windows = (uint8_t *)(lanes + layer->steps * layer->parts);
    for (int32_t i = (window_bytes + 3) / 4 * (16 / in_bits); i < layer->steps * layer->parts; ++i)
        lanes[i] = 0;

    for (int32_t pixel = 0; pixel < y.rows * y.columns; ++pixel) {
        int32_t row = pixel / y.columns, column = pixel % y.columns;
        const uint8_t *codes = qmcu_dsp_codes(layer, &x, y.row + row, y.column + column, windows, form);
        uint8_t *to = y.codes + row * y.pitch + column * out_bytes;
        const uint32_t *weights = (const uint32_t *)(const void *)layer->weights;
        const int32_t *of = layer->outputs_of;
        qmcu_dsp_widen(&codes, window_bytes, lanes, 1, in_bits, lane_shift);
        if (narrow == 2 && layer->parts == 1)
            qmcu_dsp_excess(lanes, layer->steps, &excess_of_all, 1);

        for (int32_t o = 0; o < layer->outputs; o += block) {
            int32_t sums[8] = {0, 0, 0, 0, 0, 0, 0, 0}, low[4] = {0, 0, 0, 0}, high[4] = {0, 0, 0, 0};
            if (narrow == 0) {
                sums[0] = of[0], sums[1] = of[2], sums[2] = of[4], sums[3] = of[6];
                weights = qmcu_block_4x1(sums, weights, lanes, steps, form.few);
                uint32_t packed = 0;
                for (int32_t j = 0; j < 4; ++j)
                    packed |= qmcu_dsp_code(layer, sums[j], of[2 * j + 1], layer->addend, form) << (j * out_bits);
                qmcu_dsp_store(to, o, layer->outputs, packed, 4, form);
                of += 8;
                continue;
            }

            for (int32_t part = 0; part < layer->parts; ++part, of += 4) {
                const uint32_t *from = lanes + part * layer->steps;
                int32_t excess = excess_of_all;
                if (narrow == 2 && layer->parts > 1)
                    qmcu_dsp_excess(from, layer->steps, &excess, 1);
                for (int32_t j = 0; j < 4; ++j)
                    sums[j] = of[j] + excess;
                if (narrow == 2) {
                    weights = qmcu_block_crumbs_8x1(sums, weights, from, layer->steps, form.few);
                } else {
                    weights = qmcu_block_pairs_8x1(sums, weights, from, layer->steps, form.few);
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
