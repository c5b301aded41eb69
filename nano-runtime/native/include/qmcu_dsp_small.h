/* Convolutions without groups in little code, for cores with the DSP extension: one function for all layers, to which shapes, bits and shifts arrive
 * at run time. Two outputs of four pixels at once, or of one pixel; weights take 8, 4 or 2 bits.
 *
 * Of four pixels, weights of 8 and 2 bits are lanes of 16 bits, as in qmcu_dsp_conv.h: two products an instruction. Weights of 4 bits make four: a word of
 * codes holds those of two pixels, p + q * 2^14, a word of weights those of two outputs, a + 8 + b * 2^28. Less 8 * (p + q * 2^14), their product has
 * four fields of 14 bits: ap, aq, bp, bq. The compiler has proved from the weights that the sum of a field stays within -8192 .. 8191 over the taps of a
 * part, after which the fields are taken apart. What all products of a part have too much is the same for all outputs.
 */
#ifndef QMCU_DSP_SMALL_H
#define QMCU_DSP_SMALL_H

#include "qmcu_dsp_conv.h"

typedef struct {
    qmcu_dsp_conv conv;         /* outputs_of: bias and multiplier of every output. Weights: per two outputs, words A B A B of two taps; of fewer
                                 * than 8 bits, 8 / bits such words lie in one, the first in the highest bits of each byte. Of 4 bits for four pixels: per two
                                 * outputs and four taps a word that begins with a + 8 of the first tap and, turned right by 8 bits for each tap before,
                                 * with that of the next, and ends with its b; steps: taps of a part, a multiple of four */
    int32_t in_place;           /* windows of one pixel, read where they are */
    int32_t raster;             /* the whole image is one row of results */
    int32_t in_bits, out_bits;
    int32_t lane_shift;         /* that codes get: with that of the weights it is the shift before the requantization, which biases have, ... */
    int32_t sum_shift;          /* ... less what sums get */
    int32_t shift;              /* of the requantization */
} qmcu_dsp_small_conv;

/* How codes are made from sums. */
typedef struct {
    int32_t addend, shift, sum_shift;
    uint32_t min, max;          /* four times */
} qmcu_dsp_small_range;

QMCU_INLINE qmcu_dsp_small_range qmcu_dsp_small_range_of(const qmcu_dsp_small_conv *layer)
{
    qmcu_dsp_small_range range;
    range.addend = layer->conv.addend;
    range.shift = layer->shift;
    range.sum_shift = layer->sum_shift;
    range.min = (uint32_t)layer->conv.min * 0x01010101u;
    range.max = (uint32_t)layer->conv.max * 0x01010101u;
    return range;
}

/* A sum as a byte. */
QMCU_INLINE uint32_t qmcu_dsp_small_code(int32_t sum, int32_t multiplier, const qmcu_dsp_small_range *range)
{
    int32_t high = qmcu_mulhi_add((int32_t)((uint32_t)sum << range->sum_shift), multiplier, range->addend) >> range->shift;
#if QMCU_HAS_DSP
    uint32_t code;
    __asm__("usat %0, #8, %1" : "=r"(code) : "r"(high));
    return code;
#else
    return (uint32_t)qmcu_clamp(high, 0, 255);
#endif
}

/* Four bytes, each within its range. */
QMCU_INLINE uint32_t qmcu_dsp_small_clamp(uint32_t bytes, const qmcu_dsp_small_range *range)
{
#if QMCU_HAS_DSP
    uint32_t over;
    __asm__("uqsub8 %0, %0, %1\n uqadd8 %0, %0, %1" : "+r"(bytes) : "r"(range->min));
    __asm__("uqsub8 %0, %1, %2" : "=r"(over) : "r"(bytes), "r"(range->max));
    return bytes - over;
#else
    uint32_t clamped = 0;
    for (int32_t i = 0; i < 32; i += 8) {
        int32_t code = qmcu_clamp((int32_t)(bytes >> i & 255), (int32_t)(range->min & 255), (int32_t)(range->max & 255));
        clamped |= (uint32_t)code << i;
    }
    return clamped;
#endif
}

/* What makes the sums of fields of 14 bits positive. */
#define QMCU_SMALL_FIELDS (8192ull * (1 + (1ull << 14) + (1ull << 28) + (1ull << 42)))

/* What a core takes for all outputs of four pixels. */
typedef struct {
    const int32_t *outputs_of;
    const uint32_t *lanes, *lanes_end;
    uint32_t entry, core;       /* of the products: see qmcu_dsp_small_core */
    int32_t addend, shift;
    uint8_t *to;
    int32_t pitch;              /* bytes from pixel to pixel */
    const uint8_t *end;         /* of the first pixel */
    uint32_t bounded;           /* not all codes of 8 bits are allowed, but from ... */
    uint32_t min, max;          /* four times */
    int32_t multipliers[2];
    int32_t sum_shift;          /* weights of 4 bits: 2 to it */
    uint32_t inner;             /* core, where `core` shifts its sums */
    int32_t part_bytes;         /* of lanes of a part, and ... */
    const uint32_t *part_end;   /* ... the end of the first one */
    const uint32_t *weights;
} qmcu_dsp_small_bytes;

#if QMCU_HAS_DSP
/* One step of qmcu_core_2x4 after its weights are loaded: 48 bytes. */
#define QMCU_SMALL_STEP \
    "ldmia.w r9!, {r10, r11}\n sxtb16 lr, r12\n sxtb16 r12, r12, ror #8\n" \
    "smlad r0, lr, r10, r0\n smlad r4, r12, r10, r4\n smlad r1, lr, r11, r1\n smlad r5, r12, r11, r5\n" \
    "ldmia.w r9!, {r10, r11}\n" \
    "smlad r2, lr, r10, r2\n smlad r6, r12, r10, r6\n smlad r3, lr, r11, r3\n smlad r7, r12, r11, r7\n"

/* Units of steps, round after round until the lanes end at r10; entered at r11, biases in r0 and r4. */
#define QMCU_SMALL_CORE(bits, units, unit) \
    QMCU_CORE void qmcu_core_small_##bits(void) \
    { \
        __asm__ volatile( \
            "push {r10, lr}\n mov r1, r0\n mov r2, r0\n mov r3, r0\n mov r5, r4\n mov r6, r4\n mov r7, r4\n mov pc, r11\n" \
            "1:\n .rept " #units "\n" unit ".endr\n ldr.w r12, [sp]\n cmp r9, r12\n bne.w 1b\n pop {r10, pc}\n"); \
    }
QMCU_SMALL_CORE(8, 8, "ldr.w r12, [r8], #4\n" QMCU_SMALL_STEP)
QMCU_SMALL_CORE(2, 2,
    "ldr.w r12, [r8]\n and.w r12, r12, #0xC0C0C0C0\n" QMCU_SMALL_STEP
    "ldr.w r12, [r8]\n lsl.w r12, r12, #2\n and.w r12, r12, #0xC0C0C0C0\n" QMCU_SMALL_STEP
    "ldr.w r12, [r8]\n lsl.w r12, r12, #4\n and.w r12, r12, #0xC0C0C0C0\n" QMCU_SMALL_STEP
    "ldr.w r12, [r8], #4\n lsl.w r12, r12, #6\n and.w r12, r12, #0xC0C0C0C0\n" QMCU_SMALL_STEP)

/* Two taps of two outputs and four pixels, weights in r12 at these turns; the sums of the first two pixels are r0 and r1. */
#define QMCU_SMALL_TWO_TAPS(first, second) \
    "ldmia.w r9!, {r4-r7}\n and.w r10, r11, r12" first "\n smlal r0, r1, r10, r4\n smlal r2, r3, r10, r5\n" \
    "and.w r10, r11, r12" second "\n smlal r0, r1, r10, r6\n smlal r2, r3, r10, r7\n"

/* The same as those cores for weights of 4 bits: part after part, which begins with first sums; all fields but those of the last part, then their sums, lie
 * on the stack. They are shifted, too. Stack: eight sums, from 32 biases, from 44 what qmcu_core_small_bytes has there. */
QMCU_CORE void qmcu_core_small_4(void)
{
    __asm__ volatile(
        "push {r0, r4, lr}\n sub sp, #32\n"
        "1: movw r11, #15\n movt r11, #0xF000\n ldmia.w r9!, {r0-r3}\n ldr.w lr, [sp, #112]\n add lr, r9\n ldr.w pc, [sp, #56]\n"
        "2:\n .rept 4\n ldr.w r12, [r8], #4\n" QMCU_SMALL_TWO_TAPS("", ", ror #8") QMCU_SMALL_TWO_TAPS(", ror #16", ", ror #24") ".endr\n"
        "cmp r9, lr\n bne.w 2b\n"
        "lsrs r4, r0, #28\n bfi r4, r1, #4, #10\n lsrs r5, r1, #10\n ubfx r1, r0, #14, #14\n ubfx r0, r0, #0, #14\n"
        "lsrs r6, r2, #28\n bfi r6, r3, #4, #10\n lsrs r7, r3, #10\n ubfx r3, r2, #14, #14\n ubfx r2, r2, #0, #14\n"
        "ldr.w r11, [sp, #116]\n cmp r9, r11\n beq 3f\n"
        "ldrd r10, r11, [sp]\n add r0, r10\n add r1, r11\n ldrd r10, r11, [sp, #8]\n add r2, r10\n add r3, r11\n"
        "ldrd r10, r11, [sp, #16]\n add r4, r10\n add r5, r11\n ldrd r10, r11, [sp, #24]\n add r6, r10\n add r7, r11\n"
        "3: ldr.w r12, [sp, #52]\n cmp r9, r12\n beq 4f\n stmia.w sp, {r0-r7}\n b 1b\n"
        "4: ldrd r10, r11, [sp, #32]\n ldr.w r12, [sp, #104]\n"
        "mla r0, r0, r12, r10\n mla r1, r1, r12, r10\n mla r2, r2, r12, r10\n mla r3, r3, r12, r10\n"
        "mla r4, r4, r12, r11\n mla r5, r5, r12, r11\n mla r6, r6, r12, r11\n mla r7, r7, r12, r11\n add sp, #40\n pop {pc}\n");
}

/* A core whose sums are shifted. */
QMCU_CORE void qmcu_core_small_shifted(void)
{
    __asm__ volatile(
        "push {r12, lr}\n ldr.w r12, [sp, #72]\n blx r12\n ldr.w r12, [sp, #68]\n"
        "lsl.w r0, r0, r12\n lsl.w r1, r1, r12\n lsl.w r2, r2, r12\n lsl.w r3, r3, r12\n"
        "lsl.w r4, r4, r12\n lsl.w r5, r5, r12\n lsl.w r6, r6, r12\n lsl.w r7, r7, r12\n pop {r12, pc}\n");
}

/* All outputs of four pixels as bytes, two outputs after the other: a core with their biases, requantization, a half word to each pixel. */
QMCU_CORE void qmcu_core_small_bytes(const qmcu_dsp_small_bytes *bytes QMCU_UNUSED)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n add.w r9, r0, #40\n ldmia.w r9, {r1-r8, r10, r11}\n push {r1-r8, r10, r11}\n ldmia.w r0, {r0-r9}\n push {r0-r9}\n"
        "ldr.w r8, [sp, #76]\n"
        "1: ldr.w r12, [sp]\n ldmia.w r12!, {r0, r1, r4, r5}\n str.w r12, [sp]\n strd r1, r5, [sp, #52]\n"
        "ldrd r9, r10, [sp, #4]\n ldrd r11, r12, [sp, #12]\n blx r12\n"
        "ldrd r10, r11, [sp, #52]\n ldrd r9, r12, [sp, #20]\n"
        "smmla r0, r0, r10, r9\n smmla r1, r1, r10, r9\n smmla r2, r2, r10, r9\n smmla r3, r3, r10, r9\n"
        "smmla r4, r4, r11, r9\n smmla r5, r5, r11, r9\n smmla r6, r6, r11, r9\n smmla r7, r7, r11, r9\n"
        "asrs r0, r12\n asrs r1, r12\n asrs r2, r12\n asrs r3, r12\n asrs r4, r12\n asrs r5, r12\n asrs r6, r12\n asrs r7, r12\n"
        "usat r0, #8, r0\n usat r1, #8, r1\n usat r2, #8, r2\n usat r3, #8, r3\n"
        "usat r4, #8, r4\n usat r5, #8, r5\n usat r6, #8, r6\n usat r7, #8, r7\n ldrd r10, r11, [sp, #28]\n"
        "orr.w r0, r0, r4, lsl #8\n orr.w r1, r1, r5, lsl #8\n orr.w r2, r2, r6, lsl #8\n orr.w r3, r3, r7, lsl #8\n"
        "ldrd r12, r4, [sp, #36]\n cbz r4, 2f\n"
        "ldrd r4, r5, [sp, #44]\n pkhbt r0, r0, r1, lsl #16\n pkhbt r2, r2, r3, lsl #16\n uqsub8 r0, r0, r4\n uqsub8 r2, r2, r4\n"
        "uqadd8 r0, r0, r4\n uqadd8 r2, r2, r4\n uqsub8 r6, r0, r5\n uqsub8 r7, r2, r5\n subs r0, r0, r6\n subs r2, r2, r7\n"
        "lsrs r1, r0, #16\n lsrs r3, r2, #16\n"
        "2: strh.w r0, [r10]\n strh.w r1, [r10, r11]\n strh.w r2, [r10, r11, lsl #1]\n add.w r4, r10, r11, lsl #1\n"
        "strh.w r3, [r4, r11]\n add.w r10, r10, #2\n str.w r10, [sp, #28]\n cmp r10, r12\n bne.w 1b\n"
        "add sp, #80\n pop {r4-r11, pc}\n");
}

/* Where a core is entered, whose first unit lies `head` bytes behind its beginning, so that all rounds of `units` but the first are whole. */
QMCU_INLINE uint32_t qmcu_dsp_small_entry(uint32_t core, int32_t head, int32_t unit, int32_t units, int32_t count)
{
    return core + (uint32_t)(head + (units - 1 - (count - 1) % units) * unit);
}

QMCU_INLINE void qmcu_dsp_small_enter(qmcu_dsp_small_bytes *bytes, int32_t steps, int32_t weight_bits)
{
    uint32_t core = weight_bits == 8 ? (uint32_t)qmcu_core_small_8 : weight_bits == 4 ? (uint32_t)qmcu_core_small_4 : (uint32_t)qmcu_core_small_2;
    bytes->entry = weight_bits == 8 ? qmcu_dsp_small_entry(core, 18, 52, 8, steps)
        : weight_bits == 4 ? qmcu_dsp_small_entry(core, 26, 60, 4, steps / 4) : qmcu_dsp_small_entry(core, 18, 236, 2, steps / 4);
    bytes->core = weight_bits != 4 && bytes->sum_shift != 0 ? (uint32_t)qmcu_core_small_shifted : core;
    bytes->inner = core;
}

#define QMCU_SMALL_BYTES(bytes) qmcu_core_small_bytes(bytes)
#else
QMCU_INLINE void qmcu_dsp_small_enter(qmcu_dsp_small_bytes *bytes, int32_t steps, int32_t weight_bits)
{
    bytes->entry = (uint32_t)steps;
    bytes->core = (uint32_t)weight_bits;
}

/* Weights of 8 or 2 bits, as the cores do it: sums[0..3] of the first output, [4..7] of the second. Returns the weights that follow. */
QMCU_INLINE const uint32_t *qmcu_dsp_small_lanes(
    int32_t *sums, const uint32_t *weights, const uint32_t *lanes, const uint32_t *end, int32_t bits)
{
    uint32_t mask = bits == 8 ? 0xFFFFFFFFu : 0xC0C0C0C0u;
    for (int32_t step = 0; lanes != end; lanes += 4) {
        uint32_t word = *weights << step * bits % 8 & mask, a = qmcu_signed_even_bytes(word), b = qmcu_signed_odd_bytes(word);
        for (int32_t p = 0; p < 4; ++p) {
            sums[p] = qmcu_mac2(a, lanes[p], sums[p]);
            sums[4 + p] = qmcu_mac2(b, lanes[p], sums[4 + p]);
        }
        weights += ++step * bits % 8 == 0;
    }
    return weights;
}

/* Weights of 4 bits. */
QMCU_INLINE const uint32_t *qmcu_dsp_small_fields(
    int32_t *sums, const uint32_t *weights, const uint32_t *lanes, const uint32_t *end, int32_t steps)
{
    while (lanes != end) {
        uint64_t two[2] = {lanes[0] | (uint64_t)lanes[1] << 32, lanes[2] | (uint64_t)lanes[3] << 32};
        lanes += 4;
        for (int32_t step = 0; step < steps; ++step, lanes += 2) {
            uint32_t turn = (uint32_t)step % 4 * 8, word = (*weights >> turn | (turn == 0 ? 0 : *weights << (32 - turn))) & 0xF000000Fu;
            two[0] += (uint64_t)((int64_t)(int32_t)word * (int64_t)lanes[0]);
            two[1] += (uint64_t)((int64_t)(int32_t)word * (int64_t)lanes[1]);
            weights += turn == 24;
        }
        for (int32_t i = 0; i < 8; ++i)
            sums[i] += (int32_t)(two[i / 2 % 2] >> (i / 4 * 28 + i % 2 * 14) & 16383);
    }
    return weights;
}

QMCU_CALLED void qmcu_dsp_small_portable(const qmcu_dsp_small_bytes *bytes)
{
    const qmcu_dsp_small_range range = {bytes->addend, bytes->shift, 0, bytes->min, bytes->max};
    uint32_t power = bytes->core == 4 ? (uint32_t)bytes->sum_shift : 1u << bytes->sum_shift, of_bias = bytes->core == 4 ? 1 : power;
    const uint32_t *weights = bytes->weights;
    const int32_t *of = bytes->outputs_of;
    for (int32_t o = 0; bytes->to + o != bytes->end; o += 2, of += 4) {
        int32_t sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
        weights = bytes->core == 4 ? qmcu_dsp_small_fields(sums, weights, bytes->lanes, bytes->lanes_end, (int32_t)bytes->entry)
            : qmcu_dsp_small_lanes(sums, weights, bytes->lanes, bytes->lanes_end, (int32_t)bytes->core);
        for (int32_t p = 0; p < 4; ++p) {
            int32_t a = (int32_t)((uint32_t)sums[p] * power + (uint32_t)of[0] * of_bias);
            int32_t b = (int32_t)((uint32_t)sums[4 + p] * power + (uint32_t)of[2] * of_bias);
            uint32_t two = qmcu_dsp_small_code(a, of[1], &range) | qmcu_dsp_small_code(b, of[3], &range) << 8;
            qmcu_put_half(bytes->to + p * bytes->pitch + o, qmcu_dsp_small_clamp(two, &range));
        }
    }
}

#define QMCU_SMALL_BYTES(bytes) qmcu_dsp_small_portable(bytes)
#endif

/* 8-bit codes of four pixels as lanes, whole words of them. */
QMCU_CALLED void qmcu_dsp_small_widen_bytes(const uint8_t *const *codes, int32_t bytes, uint32_t *lanes, int32_t shift)
{
    const uint8_t *a = codes[0], *b = codes[1], *c = codes[2], *d = codes[3];
    for (int32_t i = 0; i < bytes; i += 4, lanes += 8) {
        uint32_t words[4] = {qmcu_word(a + i), qmcu_word(b + i), qmcu_word(c + i), qmcu_word(d + i)};
        for (int32_t p = 0; p < 4; ++p) {
            lanes[p] = qmcu_even_bytes(words[p]) << shift;
            lanes[4 + p] = qmcu_odd_bytes(words[p]) << shift;
        }
    }
}

/* Codes of `count` pixels as lanes, whole words of them. */
QMCU_CALLED void qmcu_dsp_small_widen(
    const uint8_t *const *codes, int32_t bytes, uint32_t *lanes, int32_t count, int32_t bits, int32_t shift)
{
    uint32_t mask = bits == 8 ? 0x00FF00FFu : bits == 4 ? 0x000F000Fu : 0x00030003u;
    for (int32_t p = 0; p < count; ++p) {
        const uint8_t *from = codes[p];
        uint32_t *to = lanes + p;
        for (const uint8_t *end = from + bytes; from < end; from += 4) {
            uint32_t word = qmcu_word(from);
            for (int32_t turn = 0; turn < 16; turn += bits, to += count)
                *to = (word >> turn & mask) << shift;
        }
    }
}

/* Codes of four pixels as lanes. */
QMCU_CALLED void qmcu_dsp_small_widen_four(const qmcu_dsp_small_conv *layer, const uint8_t *const *codes, int32_t bytes, uint32_t *lanes)
{
    if (layer->in_bits == 8)
        qmcu_dsp_small_widen_bytes(codes, bytes, lanes, layer->lane_shift);
    else
        qmcu_dsp_small_widen(codes, bytes, lanes, 4, layer->in_bits, layer->lane_shift);
}

/* Codes of four pixels, of which two shall share a word. */
typedef struct {
    const uint8_t *codes[4];
    int32_t turn;               /* bit of the next code in each byte of the next words */
    uint32_t sums[2];           /* of the words that were made, of both pairs of pixels */
    uint32_t *lanes;            /* where the next go, ... */
    const uint32_t *end;        /* ... up to here */
    uint32_t mask;              /* of a code in each byte */
    int32_t bits;
} qmcu_dsp_small_pairs;

#if QMCU_HAS_DSP
/* The codes of a tap, lowest in r4 at a bit and in r5, and in r6 at that bit and r7. */
#define QMCU_SMALL_PAIR(bit) \
    "ubfx r10, r4, #" bit ", #8\n bfi r10, r5, #14, #8\n ubfx r11, r6, #" bit ", #8\n bfi r11, r7, #14, #8\n add r8, r10\n add r9, r11\n" \
    "strd r10, r11, [r12], #8\n"

/* Stack: end, mask, bits. */
QMCU_CORE void qmcu_core_small_pairs(qmcu_dsp_small_pairs *pairs QMCU_UNUSED)
{
    __asm__ volatile(
        "push {r0, r4-r11, lr}\n add.w r12, r0, #32\n ldmia.w r12, {r4-r6}\n push {r4-r6}\n ldr.w lr, [r0, #16]\n ldrd r8, r9, [r0, #20]\n"
        "ldr.w r12, [r0, #28]\n ldmia.w r0, {r0-r3}\n"
        "1: ldr.w r10, [sp, #8]\n cmp.w r10, #8\n bne 3f\n ldr.w r4, [r0], #4\n ldr.w r5, [r1], #4\n ldr.w r6, [r2], #4\n ldr.w r7, [r3], #4\n"
        "2:\n" QMCU_SMALL_PAIR("0") "lsrs r5, r5, #8\n lsrs r7, r7, #8\n" QMCU_SMALL_PAIR("8") "lsrs r5, r5, #8\n lsrs r7, r7, #8\n"
        QMCU_SMALL_PAIR("16") "lsrs r5, r5, #8\n lsrs r7, r7, #8\n" QMCU_SMALL_PAIR("24")
        "ldr.w r10, [sp]\n cmp r12, r10\n bne 1b\n"
        "pop {r4-r7}\n stmia r7!, {r0-r3}\n str.w lr, [r7]\n strd r8, r9, [r7, #4]\n str.w r12, [r7, #12]\n pop {r4-r11, pc}\n"
        "3: ldr r4, [r0]\n ldr r5, [r1]\n ldr r6, [r2]\n ldr r7, [r3]\n ldr.w r11, [sp, #4]\n"
        "lsr.w r4, r4, lr\n lsr.w r5, r5, lr\n lsr.w r6, r6, lr\n lsr.w r7, r7, lr\n"
        "and.w r4, r4, r11\n and.w r5, r5, r11\n and.w r6, r6, r11\n and.w r7, r7, r11\n"
        "add lr, r10\n ands.w lr, lr, #7\n bne 2b\n adds r0, #4\n adds r1, #4\n adds r2, #4\n adds r3, #4\n b 2b\n");
}
#else
QMCU_CALLED void qmcu_core_small_pairs(qmcu_dsp_small_pairs *pairs)
{
    for (; pairs->lanes != pairs->end; pairs->turn = (pairs->turn + pairs->bits) % 8) {
        uint32_t words[4];
        for (int32_t p = 0; p < 4; ++p) {
            words[p] = qmcu_word(pairs->codes[p]) >> pairs->turn & pairs->mask;
            pairs->codes[p] += pairs->turn + pairs->bits == 8 ? 4 : 0;
        }
        for (int32_t tap = 0; tap < 32; tap += 8, pairs->lanes += 2) {
            for (int32_t i = 0; i < 2; ++i) {
                pairs->lanes[i] = (words[2 * i] >> tap & 255) | (words[2 * i + 1] >> tap & 255) << 14;
                pairs->sums[i] += pairs->lanes[i];
            }
        }
    }
}
#endif

/* First sums of a part. */
QMCU_INLINE void qmcu_dsp_small_begin(uint32_t *part, uint32_t codes)
{
    uint64_t sums = QMCU_SMALL_FIELDS - (uint64_t)codes * 8;
    part[0] = (uint32_t)sums;
    part[1] = (uint32_t)(sums >> 32);
}

/* Codes of four pixels, two in a word, whole words of them, for weights of 4 bits: per part first sums, then two words a tap. Of a word of codes those
 * that are lowest in its bytes come first. */
QMCU_CALLED void qmcu_dsp_small_widen_pairs(const qmcu_dsp_small_conv *layer, const uint8_t *const *codes, int32_t bytes, uint32_t *lanes)
{
    int32_t of_part = 2 * layer->conv.steps, left = (bytes + 3) / 4 * (64 / layer->in_bits);
    qmcu_dsp_small_pairs pairs;
    for (int32_t p = 0; p < 4; ++p)
        pairs.codes[p] = codes[p];
    pairs.turn = 0;
    pairs.mask = layer->in_bits == 4 ? 0x0F0F0F0Fu : layer->in_bits == 2 ? 0x03030303u : 0xFFFFFFFFu;
    pairs.bits = layer->in_bits;
    for (; left > 0; left -= of_part, lanes += 4 + of_part) {
        pairs.sums[0] = pairs.sums[1] = 0;
        pairs.lanes = lanes + 4;
        pairs.end = pairs.lanes + (left < of_part ? left : of_part);
        qmcu_core_small_pairs(&pairs);
        qmcu_dsp_small_begin(lanes, pairs.sums[0]);
        qmcu_dsp_small_begin(lanes + 2, pairs.sums[1]);
    }
}

/* Bytes under the window of a pixel, one after the other. */
QMCU_CALLED void qmcu_dsp_small_gather(const qmcu_dsp_conv *conv, const qmcu_view *x, int32_t row, int32_t column, uint8_t *to)
{
    qmcu_dsp_gather(conv, x, row, column, to, 0);
}

/* Codes, a byte each, as codes of so many bits. */
QMCU_CALLED void qmcu_dsp_small_pack(const uint8_t *bytes, uint8_t *to, int32_t count, int32_t bits)
{
    uint32_t packed = 0;
    for (int32_t i = 0, bit = 0; i < count; ++i, ++bytes) {
        packed |= (uint32_t)*bytes << bit;
        *to = (uint8_t)packed;
        bit += bits;
        if (bit == 8) {
            ++to;
            packed = 0;
            bit = 0;
        }
    }
}

/* Where the codes of four pixels of a row lie, which are read in place; only `more` of them follow the first. */
QMCU_INLINE void qmcu_dsp_small_find(
    const qmcu_dsp_small_conv *layer, const qmcu_view *x, int32_t row, int32_t column, int32_t more, const uint8_t **codes)
{
    const qmcu_window *window = &layer->conv.window;
    int32_t step = window->stride_x * layer->conv.pixel_bytes;
    const uint8_t *at = x->codes + (row * window->stride_y - x->row) * x->pitch + column * step - x->column * layer->conv.pixel_bytes;
    codes[0] = at;
    codes[1] = at += more > 0 ? step : 0;
    codes[2] = at += more > 1 ? step : 0;
    codes[3] = at + (more > 2 ? step : 0);
}

/* Codes under the windows of four pixels of a row, or of the whole image, of which `first` is the first. */
QMCU_CALLED void qmcu_dsp_small_gather_four(
    const qmcu_dsp_small_conv *layer, const qmcu_view *x, const qmcu_region *y, int32_t row, int32_t first, uint8_t *windows, const uint8_t **codes)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    int32_t pitch = (conv->window.kernel_height * conv->window.kernel_width * conv->pixel_bytes + 3) / 4 * 4;
    int32_t line = y->row + (layer->raster ? first / y->columns : row), at = y->column + (layer->raster ? first % y->columns : first);
    int32_t last_line = y->row + y->rows - 1, last = y->column + y->columns - 1;
    for (const uint8_t **end = codes + 4; codes != end; ++codes, windows += pitch) {
        *codes = windows;
        qmcu_dsp_small_gather(conv, x, line, at, windows);
        if (at < last) {
            ++at;
        } else if (layer->raster && line < last_line) {
            ++line;
            at = y->column;
        }
    }
}

/* How codes of four pixels are widened, and words that take them. */
typedef struct {
    void (*widen)(const qmcu_dsp_small_conv *, const uint8_t *const *, int32_t, uint32_t *);
    int32_t words;
} qmcu_dsp_small_form;

/* What is the same for all pixels of a layer. */
QMCU_INLINE void qmcu_dsp_small_prepare(const qmcu_dsp_conv *conv, const qmcu_dsp_small_range *range, int32_t pitch, qmcu_dsp_small_bytes *bytes)
{
    bytes->outputs_of = conv->outputs_of;
    bytes->addend = range->addend;
    bytes->shift = range->shift;
    bytes->pitch = pitch;
    bytes->bounded = range->min != 0 || range->max != 0xFFFFFFFFu;
    bytes->min = range->min;
    bytes->max = range->max;
    bytes->weights = (const uint32_t *)(const void *)conv->weights;
}

/* What all layers share. */
QMCU_CALLED void qmcu_dsp_small_conv_by_core(
    const qmcu_dsp_small_conv *layer, const qmcu_view *x, const qmcu_region *y, qmcu_dsp_small_form form, qmcu_dsp_small_bytes *bytes, uint32_t *lanes)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    const qmcu_dsp_small_range range = qmcu_dsp_small_range_of(layer);
    int32_t window_bytes = conv->window.kernel_height * conv->window.kernel_width * conv->pixel_bytes, pitch = (window_bytes + 3) / 4 * 4;
    int32_t out_bytes = qmcu_bytes(conv->outputs, layer->out_bits), even = (conv->outputs + 1) / 2 * 2;
    int32_t pixels = layer->raster ? y->rows * y->columns : y->columns, rows = layer->raster ? 1 : y->rows, last = pixels - 1;
    int32_t direct = pixels >= 4 && layer->out_bits == 8 && conv->outputs == even;
    uint8_t *apart = (uint8_t *)(lanes + form.words), *windows = apart + (direct ? 0 : 4 * even);
    bytes->lanes = lanes;
    bytes->lanes_end = lanes + form.words;
    qmcu_dsp_small_prepare(conv, &range, even, bytes);
    const uint8_t *codes[4];
    qmcu_dsp_small_find(layer, x, y->row + rows - 1, y->column + last, 0, codes);
    const uint8_t *end = codes[0] + window_bytes;
    for (int32_t i = 0; i < form.words; ++i)
        lanes[i] = 0;

    for (int32_t row = 0; row < rows; ++row) {
        for (int32_t column = 0; column < pixels; column += 4) {
            int32_t first = column + 3 <= last ? column : last >= 3 ? last - 3 : 0;
            if (layer->in_place)
                qmcu_dsp_small_find(layer, x, y->row + row, y->column + first, last - first, codes);
            else
                qmcu_dsp_small_gather_four(layer, x, y, row, first, windows, codes);
            if (layer->in_place && codes[3] + pitch > end) {
                for (int32_t p = 0; p < 4; ++p)
                    codes[p] = (const uint8_t *)memcpy(windows + p * pitch, codes[p], (size_t)window_bytes);
            }

            form.widen(layer, codes, window_bytes, lanes);
            uint8_t *to = y->codes + row * y->pitch + first * out_bytes;
            bytes->to = direct ? to : apart;
            bytes->end = bytes->to + even;
            QMCU_SMALL_BYTES(bytes);
            for (int32_t p = 0; !direct && p < 4 && first + p <= last; ++p)
                qmcu_dsp_small_pack(apart + p * even, to + p * out_bytes, conv->outputs, layer->out_bits);
        }
    }
}

/* Rows of any number of pixels, four at a time; at the end of a row pixels are computed twice. Scratch: 4 words per step, with weights of 4 bits 2 per tap and
 * 4 per part; four pixels of results as bytes, unless rows have four pixels and those an even number of results of 8 bits; the windows of four pixels, each on
 * a word, unless they are in_place and whole words: of the last pixels no more is read than there is. */
QMCU_INLINE void qmcu_dsp_small_conv_run(const qmcu_dsp_small_conv *layer, qmcu_view x, qmcu_region y, uint32_t *lanes, int32_t weight_bits)
{
    int32_t steps = layer->conv.steps;
    qmcu_dsp_small_form form;
    qmcu_dsp_small_bytes bytes;
    form.widen = weight_bits == 4 ? qmcu_dsp_small_widen_pairs : qmcu_dsp_small_widen_four;
    form.words = weight_bits == 4 ? layer->conv.parts * (4 + 2 * steps) : 4 * steps;
    bytes.sum_shift = weight_bits == 4 ? 1 << layer->sum_shift : layer->sum_shift;
    bytes.part_bytes = 8 * steps;
    bytes.part_end = lanes + 4 + 2 * steps;
    qmcu_dsp_small_enter(&bytes, steps, weight_bits);
    qmcu_dsp_small_conv_by_core(layer, &x, &y, form, &bytes, lanes);
}

/* Two codes of a pixel: outputs o and o + 1. */
QMCU_INLINE void qmcu_dsp_small_store(uint8_t *pixel, int32_t o, int32_t outputs, uint32_t codes, int32_t bits)
{
    uint8_t *to = pixel + (o * bits >> 3);
    if (bits == 8) {
        to[0] = (uint8_t)codes;
        if (o + 1 < outputs)
            to[1] = (uint8_t)(codes >> 8);
        return;
    }

    uint32_t bit = (uint32_t)(o * bits) & 7, both = (codes | codes >> (8 - bits)) & ((1u << 2 * bits) - 1);
    *to = (uint8_t)(bit == 0 ? both : *to | both << bit);
}

/* Two outputs of one pixel; steps: a multiple of four. Returns the weights that follow. */
QMCU_INLINE const uint32_t *qmcu_dsp_small_two(
    int32_t *first, int32_t *second, const uint32_t *weights, const uint32_t *lanes, int32_t steps, int32_t bits)
{
    uint32_t mask = bits == 4 ? 0xF0F0F0F0u : 0xC0C0C0C0u;
    int32_t a = *first, b = *second;
    for (const uint32_t *end = lanes + steps; lanes != end; lanes += 4, weights += bits / 2) {
        for (int32_t step = 0; step < 4; ++step) {
            uint32_t word = bits == 8 ? weights[step] : weights[step * bits / 8] << step * bits % 8 & mask;
            a = qmcu_mac2(qmcu_signed_even_bytes(word), lanes[step], a);
            b = qmcu_mac2(qmcu_signed_odd_bytes(word), lanes[step], b);
        }
    }
    *first = a;
    *second = b;
    return weights;
}

/* One pixel after the other. Scratch: a word per step; a window, on a word, where it is not in_place or no whole words. */
QMCU_INLINE void qmcu_dsp_small_dense_run(const qmcu_dsp_small_conv *layer, qmcu_view x, qmcu_region y, uint32_t *lanes, int32_t weight_bits)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    int32_t bytes = conv->window.kernel_height * conv->window.kernel_width * conv->pixel_bytes, pixels = y.rows * y.columns;
    int32_t out_bytes = qmcu_bytes(conv->outputs, layer->out_bits);
    const qmcu_dsp_small_range range = qmcu_dsp_small_range_of(layer);
    for (int32_t i = (bytes + 3) / 4 * 16 / layer->in_bits; i < conv->steps; ++i)
        lanes[i] = 0;

    for (int32_t pixel = 0; pixel < pixels; ++pixel) {
        int32_t row = pixel / y.columns, column = pixel % y.columns, line = y.row + row, at = y.column + column;
        const uint8_t *codes = (const uint8_t *)(lanes + conv->steps);
        if (layer->in_place && bytes % 4 == 0)
            codes = x.codes + (line * conv->window.stride_y - x.row) * x.pitch + (at * conv->window.stride_x - x.column) * conv->pixel_bytes;
        else
            qmcu_dsp_small_gather(conv, &x, line, at, (uint8_t *)(lanes + conv->steps));
        qmcu_dsp_small_widen(&codes, bytes, lanes, 1, layer->in_bits, layer->lane_shift);
        const uint32_t *weights = (const uint32_t *)(const void *)conv->weights;
        const int32_t *of = conv->outputs_of;
        for (int32_t o = 0; o < conv->outputs; o += 2, of += 4) {
            int32_t first = of[0], second = of[2];
            weights = qmcu_dsp_small_two(&first, &second, weights, lanes, conv->steps, weight_bits);
            uint32_t two = qmcu_dsp_small_code(first, of[1], &range)
                | qmcu_dsp_small_code(second, of[3], &range) << 8;
            two = qmcu_dsp_small_clamp(two, &range);
            qmcu_dsp_small_store(y.codes + row * y.pitch + column * out_bytes, o, conv->outputs, two, layer->out_bits);
        }
    }
}

#endif
