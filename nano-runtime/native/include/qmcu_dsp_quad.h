/* Convolutions without groups of 8-bit codes, for cores with the DSP extension: some groups of four pixels at once. The codes under their
 * windows are widened once for all outputs, the weights of a block of outputs once for all these pixels.
 *
 * Weights of 8 bits: lanes of 16 bits, two products an instruction, two outputs a block.
 *
 * Weights of 4 bits, four outputs a block: four products a multiplication. A word of codes holds those of two pixels, a + b * 2^14, a word of weights those of two outputs, c + d * 2^28. Their product has four
 * fields of 14 bits: ac, bc, ad, bd. The compiler has proved from the weights that the fields, moved by offsets, stay within 0 .. 16383 over the
 * taps of a part, after which they are taken apart. Weights of 5 and 6 bits: the same with fields of 13 bits.
 *
 * The same under small codes: lanes of 16 bits, each of two outputs' weights, low + 4096 * high, so that an instruction makes four products. The
 * compiler has proved that the low field stays within -2048 .. 2047 over the steps of a part; then it is taken out. The high field has room for all.
 */
#ifndef QMCU_DSP_QUAD_H
#define QMCU_DSP_QUAD_H

#include "qmcu_dsp_conv.h"

typedef struct {
    qmcu_dsp_conv conv;         /* steps: taps in all; outputs_of: bias and multiplier of every output. With weights of 4 bits: per block of four outputs the number of parts; for each its taps (in bytes of code, beyond a multiple of 32; the passes of 32 more in the upper half) and 64-bit sums to
                                 * begin with, of outputs 0 and 1 and of 2 and 3, low words first; then biases of two outputs, their multipliers, and
                                 * those of the other two. The weights: per block and tap 16 bits, those of outputs 0 to 3, of which 1 and 3 are one
                                 * less where 0 and 2 are negative. Of 5 and 6 bits: the same, 8 bits each */
                                 /* Of lanes, per block: the number of parts; 4096 times the biases of outputs 1 and 3; bias of output 0, multipliers of 0 and 1; the
                                 * same of 2 and 3; for each part its steps (in bytes of code, beyond a multiple of 32; passes in the upper half).
                                 * The weights: per block and two taps four bytes, 0 and 1 of the first tap, 2 and 3, the same of the second */
    int32_t lane_shift;         /* weights of 8 bits: shift before the requantization, which weights and biases get; lanes: 12 less that shift */
    int32_t power;              /* weights of 4 bits: 2 to this shift, which the biases have */
    int32_t groups;             /* of four pixels, at once */
    int32_t widening;           /* of weights: of a block for some groups, ... */
} qmcu_dsp_quad;

/* Bytes of a tap of qmcu_core_quads, which has 32. */
#define QMCU_QUAD_STEP 24

/* Bytes of a step of qmcu_core_pairs_4x4, which has 32. */
#define QMCU_LANES_STEP 44

/* How products are made. */
#define QMCU_QUADS 0
#define QMCU_WIDE 1     /* weights of 8 bits */
#define QMCU_LANES 2    /* small codes */
#define QMCU_SIXES 3    /* weights of 5 or 6 bits */
#define QMCU_IS_QUADS(form) ((form) == QMCU_QUADS || (form) == QMCU_SIXES)

/* Bits of a field, of two, and of the third what its low word and what its high word holds. */
#define QMCU_FIELD_14 "14", "28", "4", "10"
#define QMCU_FIELD_13 "13", "26", "6", "7"

/* ... all before, or none: they lie ready, as lanes. */
#define QMCU_AT_ONCE 1
#define QMCU_READY 2

/* Most groups at once. */
#define QMCU_QUAD_GROUPS 64

/* What the core of a block of outputs of some groups of pixels takes. */
typedef struct {
    const int32_t *outputs_of;
    const uint32_t *weights, *codes;    /* widened */
    uint32_t end;                       /* of qmcu_core_quads; or of qmcu_core_pairs_4x4, where its steps begin that are left over, ... */
    int32_t addend, power;
    uint8_t *const *to;                 /* first pixel of each group */
    int32_t groups;                     /* of four pixels */
    int32_t pitch;                      /* bytes from pixel to pixel */
    int32_t offset;                     /* of the block in a pixel */
    int32_t passes;                     /* ... and 32 at a time after those ...; of lanes 12 less the shift before the requantization */
    uint32_t full;                      /* ... from here, the next of which is entered by a return */
} qmcu_dsp_quad_block;

#if QMCU_HAS_DSP
/* A part of more than 32 taps: what is over 32 first, then the core leaves to its own beginning as often as it takes (its address and 1: 768 bytes
 * before its end). */
/* Four outputs of four pixels: sums of outputs 0 and 1 of the first two pixels in r0 and r1, of the others in r2 and r3, of outputs 2 and 3 in r4 to r7. */
QMCU_CORE void qmcu_core_quads(void)
{
    __asm__ volatile(
        QMCU_CORE_ENTER ".rept 32\n"
        "ldmia.w r8!, {r10, r11}\n ldmia.w r9!, {r12, lr}\n"
        "smlal r0, r1, r10, r12\n smlal r2, r3, r10, lr\n smlal r4, r5, r11, r12\n smlal r6, r7, r11, lr\n"
        QMCU_CORE_LEAVE);
}

/* From the four sums in r0 to r3, or in the fields of low and high, to codes: those of the first pixel in the low half of the result, packed, those of
 * the second in the high half. Biases in r8 and r9, multipliers in r10 and r11, the power in r6, the addend in r7. */
#define QMCU_QUAD_TWO(a, b, bias, multiplier, sat, shift) \
    "mla " a ", " a ", r6, " bias "\n mla " b ", " b ", r6, " bias "\n" \
    "smmla " a ", " a ", " multiplier ", r7\n smmla " b ", " b ", " multiplier ", r7\n" \
    "usat " a ", #" sat ", " a ", asr #" shift "\n usat " b ", #" sat ", " b ", asr #" shift "\n" \
    "orr.w " a ", " a ", " b ", lsl #16\n"
#define QMCU_QUAD_FIELDS(low, high, bits, sat, shift, field, two, rest, top) \
    "lsr.w lr, " low ", #" two "\n bfi lr, " high ", #" rest ", #" top "\n asr.w " high ", " high ", #" top "\n" \
    QMCU_QUAD_TWO("lr", high, "r9", "r11", sat, shift) \
    "ubfx " high ", " low ", #" field ", #" field "\n ubfx " low ", " low ", #0, #" field "\n" QMCU_QUAD_TWO(low, high, "r8", "r10", sat, shift) \
    "orr.w " low ", " low ", lr, lsl #" bits "\n"
#define QMCU_QUAD_SUMS(bits, sat, shift) \
    "ldmia.w r12!, {r0-r3}\n" QMCU_QUAD_TWO("r0", "r1", "r8", "r10", sat, shift) QMCU_QUAD_TWO("r2", "r3", "r9", "r11", sat, shift) \
    "orr.w r0, r0, r2, lsl #" bits "\n"

/* Codes of outputs 0 and 1 of two pixels in a, of outputs 2 and 3 in c: to what is stored, of the second pixel in b. */
#define QMCU_QUAD_JOIN_8(a, b, c) "pkhtb " b ", " c ", " a ", asr #16\n pkhbt " a ", " a ", " c ", lsl #16\n"
#define QMCU_QUAD_JOIN_4(a, b, c) "orr.w " a ", " a ", " c ", lsl #8\n lsr.w " b ", " a ", #16\n"
#define QMCU_QUAD_JOIN_2(a, b, c) "orr.w " a ", " a ", " c ", lsl #4\n lsr.w " b ", " a ", #16\n"

/* Fields into the sums at r12, or to them. */
#define QMCU_QUAD_SPILL(low, high, field, two, rest, top) \
    "ubfx r8, " low ", #0, #" field "\n ubfx r9, " low ", #" field ", #" field "\n lsr.w r10, " low ", #" two "\n" \
    "bfi r10, " high ", #" rest ", #" top "\n asr.w r11, " high ", #" top "\n stmia.w r12!, {r8-r11}\n"
#define QMCU_QUAD_ADD(low, high, field, two, rest, top) \
    "ldmia.w r12, {r8-r11}\n ubfx lr, " low ", #0, #" field "\n add r8, lr\n ubfx lr, " low ", #" field ", #" field "\n add r9, lr\n" \
    "lsr.w lr, " low ", #" two "\n bfi lr, " high ", #" rest ", #" top "\n add r10, lr\n add.w r11, r11, " high ", asr #" top "\n" \
    "stmia.w r12!, {r8-r11}\n"

/* What the cores of a block begin with: from the stack the sums, weights, codes, where qmcu_core_quads or qmcu_core_pairs_4x4 is entered, or what does that,
 * and where it returns to. */
#define QMCU_BLOCK_ENTER "ldmia.w sp, {r0-r9, r12, lr}\n push {lr}\n mov pc, r12\n"

/* And end with: four pixels of the next group, from the stack at 60; back to 1 until it was the last. */
#define QMCU_BLOCK_STORE(store, frame) \
    "ldrd r12, r5, [sp, #60]\n ldrd r11, r6, [sp, #68]\n ldr.w lr, [r12], #4\n subs r5, r5, #1\n strd r12, r5, [sp, #60]\n add lr, r6\n" \
    store " r0, [lr]\n" store " r1, [lr, r11]\n add lr, r11\n" store " r2, [lr, r11]\n" store " r3, [lr, r11, lsl #1]\n" \
    "bne 1b\n add sp, #" frame "\n pop {r4-r11, pc}\n"

/* Four outputs of groups of four pixels. Stack: first sums, from 32 weights, codes, the core, its end; from 48 constants or the next part, addend, power,
 * place, groups, pitch, offset; from 76 what is put aside, from 84 the end of the core's steps, passes and where they begin or the block's constants; from
 * 96 sums of parts. */
#define QMCU_QUAD_CORE(name, number, bits, sat, shift, join, store, field, two, rest, top) \
    QMCU_CORE void qmcu_core_##name##_##bits##_##sat##_##number(const qmcu_dsp_quad_block *block QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n sub sp, #160\n ldmia r0!, {r1-r7}\n ldmia.w r0, {r8-r10}\n strd r2, r3, [sp, #32]\n strd r5, r6, [sp, #52]\n" \
            "strd r7, r8, [sp, #60]\n strd r9, r10, [sp, #68]\n str r4, [sp, #84]\n str r1, [sp, #92]\n ldr.w r11, [r1], #4\n adr.w r12, 4f\n" \
            "adr.w lr, 2f + 1\n cmp.w r11, #1\n bne 10f\n" \
            "ldmia.w r1!, {r3, r5-r8}\n str r1, [sp, #48]\n strd r5, r6, [sp]\n strd r5, r6, [sp, #8]\n strd r7, r8, [sp, #16]\n strd r7, r8, [sp, #24]\n" \
            "sub.w r12, r4, r3\n lsrs r3, r3, #16\n beq 10f\n add.w r12, r12, r3, lsl #16\n strd r3, r12, [sp, #88]\n adr.w r12, 9f\n" \
            "10: strd r12, lr, [sp, #40]\n" \
            "1: " QMCU_BLOCK_ENTER ".balign 4\n" \
            "2: str.w r9, [sp, #36]\n strd r6, r7, [sp, #76]\n ldr.w r12, [sp, #48]\n ldmia.w r12!, {r8-r11}\n ldrd r7, r6, [sp, #52]\n" \
            QMCU_QUAD_FIELDS("r0", "r1", #bits, #sat, shift, field, two, rest, top) QMCU_QUAD_FIELDS("r2", "r3", #bits, #sat, shift, field, two, rest, top) "ldmia.w r12, {r8-r11}\n" \
            QMCU_QUAD_FIELDS("r4", "r5", #bits, #sat, shift, field, two, rest, top) join("r0", "r1", "r4") "ldrd r4, r5, [sp, #76]\n" \
            QMCU_QUAD_FIELDS("r4", "r5", #bits, #sat, shift, field, two, rest, top) join("r2", "r3", "r4") \
            "5: " QMCU_BLOCK_STORE(store, "160") ".balign 4\n" \
            "4: add sp, #4\n ldr.w r12, [sp, #92]\n ldr.w r11, [r12], #4\n str.w r11, [sp, #80]\n" \
            "6: ldmia.w r12!, {r3-r7}\n str.w r12, [sp, #48]\n ldr.w r9, [sp, #36]\n ldr.w r12, [sp, #84]\n" \
            "sub.w r12, r12, r3\n adr.w lr, 3f + 1\n lsrs.w r10, r3, #16\n mov r0, r4\n mov r1, r5\n mov r2, r4\n mov r3, r5\n mov r4, r6\n" \
            "mov r5, r7\n push {lr}\n it ne\n addne.w r12, r12, r10, lsl #16\n bne 11f\n mov pc, r12\n .balign 4\n" \
            "3: str.w r9, [sp, #36]\n ldr.w r12, [sp, #92]\n ldr.w r12, [r12]\n str.w r8, [sp, #76]\n ldr.w r11, [sp, #80]\n cmp r11, r12\n" \
            "add.w r12, sp, #96\n bne 7f\n" \
            QMCU_QUAD_SPILL("r0", "r1", field, two, rest, top) QMCU_QUAD_SPILL("r2", "r3", field, two, rest, top) QMCU_QUAD_SPILL("r4", "r5", field, two, rest, top) QMCU_QUAD_SPILL("r6", "r7", field, two, rest, top) "b 8f\n" \
            "7:\n" QMCU_QUAD_ADD("r0", "r1", field, two, rest, top) QMCU_QUAD_ADD("r2", "r3", field, two, rest, top) QMCU_QUAD_ADD("r4", "r5", field, two, rest, top) QMCU_QUAD_ADD("r6", "r7", field, two, rest, top) \
            "8: ldr.w r12, [sp, #48]\n ldrd r8, r11, [sp, #76]\n subs.w r11, r11, #1\n str.w r11, [sp, #80]\n bne 6b\n" \
            "ldmia.w r12!, {r8-r11}\n mov r4, r12\n add.w r12, sp, #96\n ldrd r7, r6, [sp, #52]\n" \
            QMCU_QUAD_SUMS(#bits, #sat, shift) "str.w r0, [sp, #96]\n" QMCU_QUAD_SUMS(#bits, #sat, shift) "str.w r0, [sp, #100]\n ldmia.w r4, {r8-r11}\n" \
            QMCU_QUAD_SUMS(#bits, #sat, shift) "str.w r0, [sp, #104]\n" QMCU_QUAD_SUMS(#bits, #sat, shift) \
            "mov r5, r0\n ldrd r0, r2, [sp, #96]\n ldr.w r4, [sp, #104]\n" join("r0", "r1", "r4") join("r2", "r3", "r5") "b 5b\n .balign 4\n" \
            "9: ldrd r10, r12, [sp, #92]\n 11: ldr.w r11, [sp, #88]\n subw r11, r11, #767\n 14: push {r11}\n subs.w r10, r10, #1\n bne 14b\n mov pc, r12\n"); \
    }
/* Low fields out of the sums a and b: to the stack, or added to what is there. */
#define QMCU_LANES_TAKE(a, b, at) \
    "sbfx r10, " a ", #0, #12\n sbfx r11, " b ", #0, #12\n sub.w " a ", " a ", r10\n sub.w " b ", " b ", r11\n strd r10, r11, [sp, #" at "]\n"
#define QMCU_LANES_ADD(a, b, at) \
    "ldrd r12, lr, [sp, #" at "]\n sbfx r10, " a ", #0, #12\n sbfx r11, " b ", #0, #12\n sub.w " a ", " a ", r10\n sub.w " b ", " b ", r11\n" \
    "add r12, r10\n add lr, r11\n strd r12, lr, [sp, #" at "]\n"

/* The low sum in low, the high one in the upper bits of high: to two codes, packed. Power, shift, bias, multipliers and addend in r9 to r12 and lr. */
#define QMCU_LANES_TWO(low, high, bits, sat, shift) \
    "mla " low ", " low ", r9, r10\n asr.w " high ", " high ", r8\n smmla " low ", " low ", r11, lr\n smmla " high ", " high ", r12, lr\n" \
    "usat " low ", #" sat ", " low ", asr #" shift "\n usat " high ", #" sat ", " high ", asr #" shift "\n" \
    "orr.w " high ", " low ", " high ", lsl #" bits "\n"

/* Four outputs of groups of four pixels. Stack: first sums, from 32 weights, codes, the core, its end; power, shift, addend, place, groups, pitch, offset;
 * from 76 the end of the core's steps, constants of the block, next part or where passes begin, parts left, parts or passes; from 96 low sums, from 128 the
 * last four sums. */
#define QMCU_LANES_CORE(number, bits, twice, sat, shift, store) \
    QMCU_CORE void qmcu_core_lanes_##bits##_##sat##_##number(const qmcu_dsp_quad_block *block QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n sub sp, #144\n ldmia r0!, {r1-r7}\n ldmia.w r0, {r8-r11}\n strd r2, r3, [sp, #32]\n strd r6, r11, [sp, #48]\n" \
            "strd r5, r7, [sp, #56]\n strd r8, r9, [sp, #64]\n strd r10, r4, [sp, #72]\n ldmia.w r1!, {r0, r2, r6}\n str r1, [sp, #80]\n" \
            "str r0, [sp, #92]\n strd r2, r2, [sp]\n strd r2, r2, [sp, #8]\n strd r6, r6, [sp, #16]\n strd r6, r6, [sp, #24]\n" \
            "adr.w r12, 4f\n adr.w lr, 2f + 1\n cmp r0, #1\n bne 10f\n" \
            "ldr r3, [r1, #24]\n movs r0, #0\n str r0, [sp, #88]\n sub.w r12, r4, r3\n lsrs r3, r3, #16\n beq 10f\n add.w r12, r12, r3, lsl #16\n" \
            "str.w r12, [sp, #84]\n str r3, [sp, #92]\n adr.w r12, 9f\n" \
            "10: strd r12, lr, [sp, #40]\n" \
            "1: " QMCU_BLOCK_ENTER ".balign 4\n" \
            "2:\n" QMCU_LANES_TAKE("r0", "r1", "96") QMCU_LANES_TAKE("r2", "r3", "104") QMCU_LANES_TAKE("r4", "r5", "112") QMCU_LANES_TAKE("r6", "r7", "120") \
            "5: ldr.w r11, [sp, #88]\n subs.w r11, r11, #1\n bgt 6f\n str.w r9, [sp, #36]\n add.w r12, sp, #128\n stmia.w r12, {r4-r7}\n" \
            "ldrd r9, r8, [sp, #48]\n ldr.w lr, [sp, #56]\n add.w r12, sp, #96\n ldmia.w r12, {r4-r7}\n ldr.w r12, [sp, #80]\n" \
            "ldmia.w r12, {r10-r12}\n" QMCU_LANES_TWO("r4", "r0", #bits, #sat, shift) QMCU_LANES_TWO("r5", "r1", #bits, #sat, shift) \
            QMCU_LANES_TWO("r6", "r2", #bits, #sat, shift) QMCU_LANES_TWO("r7", "r3", #bits, #sat, shift) \
            "strd r0, r1, [sp, #96]\n strd r2, r3, [sp, #104]\n add.w r12, sp, #112\n ldmia.w r12, {r0-r7}\n ldr.w r12, [sp, #80]\n" \
            "ldrd r10, r11, [r12, #12]\n ldr.w r12, [r12, #20]\n" \
            QMCU_LANES_TWO("r0", "r4", #bits, #sat, shift) QMCU_LANES_TWO("r1", "r5", #bits, #sat, shift) \
            QMCU_LANES_TWO("r2", "r6", #bits, #sat, shift) QMCU_LANES_TWO("r3", "r7", #bits, #sat, shift) \
            "ldrd r0, r1, [sp, #96]\n ldrd r2, r3, [sp, #104]\n orr.w r0, r0, r4, lsl #" twice "\n orr.w r1, r1, r5, lsl #" twice "\n" \
            "orr.w r2, r2, r6, lsl #" twice "\n orr.w r3, r3, r7, lsl #" twice "\n" \
            QMCU_BLOCK_STORE(store, "144") ".balign 4\n" \
            "3:\n" QMCU_LANES_ADD("r0", "r1", "96") QMCU_LANES_ADD("r2", "r3", "104") QMCU_LANES_ADD("r4", "r5", "112") QMCU_LANES_ADD("r6", "r7", "120") \
            "b 5b\n" \
            "6: str.w r11, [sp, #88]\n ldr.w r12, [sp, #84]\n adr.w lr, 3b + 1\n b 7f\n .balign 4\n" \
            "4: add sp, #4\n ldr.w r11, [sp, #92]\n str.w r11, [sp, #88]\n ldr.w r12, [sp, #80]\n add.w r12, r12, #24\n adr.w lr, 2b + 1\n" \
            "7: ldr.w r10, [r12], #4\n str.w r12, [sp, #84]\n ldr.w r12, [sp, #76]\n sub.w r12, r12, r10\n push {lr}\n lsrs.w r11, r10, #16\n" \
            "bne 8f\n mov pc, r12\n" \
            "8: add.w r12, r12, r11, lsl #16\n b 11f\n .balign 4\n" \
            "9: ldr.w r12, [sp, #88]\n ldr.w r11, [sp, #96]\n" \
            "11: ldr.w r10, [sp, #80]\n subw r10, r10, #1407\n 12: push {r10}\n subs.w r11, r11, #1\n bne 12b\n mov pc, r12\n"); \
    }
/* Two outputs of groups of four pixels, lanes of 16 bits. Stack: first sums, from 32 weights, codes, the core, its end; multipliers, addend, place, groups,
 * pitch, offset; from 76 passes, where they begin, and what comes before. */
#define QMCU_WIDE_CORE(number, bits, sat, shift, store) \
    QMCU_CORE void qmcu_core_wide_##bits##_##sat##_##number(const qmcu_dsp_quad_block *block QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n sub sp, #88\n ldmia r0!, {r1-r7}\n ldmia.w r0, {r8-r12}\n strd r2, r3, [sp, #32]\n str r5, [sp, #56]\n" \
            "strd r7, r8, [sp, #60]\n strd r9, r10, [sp, #68]\n strd r11, r12, [sp, #76]\n str r4, [sp, #84]\n adr.w lr, 2f + 1\n cmp.w r11, #0\n" \
            "it ne\n adrne.w r4, 4f\n strd r4, lr, [sp, #40]\n" \
            "ldmia r1!, {r2-r5}\n strd r2, r2, [sp]\n strd r2, r2, [sp, #8]\n strd r4, r4, [sp, #16]\n strd r4, r4, [sp, #24]\n strd r3, r5, [sp, #48]\n" \
            "1: " QMCU_BLOCK_ENTER ".balign 4\n" \
            "2: str.w r9, [sp, #36]\n ldrd r10, r11, [sp, #48]\n ldr.w lr, [sp, #56]\n" \
            "smmla r0, r0, r10, lr\n smmla r1, r1, r10, lr\n smmla r2, r2, r10, lr\n smmla r3, r3, r10, lr\n" \
            "smmla r4, r4, r11, lr\n smmla r5, r5, r11, lr\n smmla r6, r6, r11, lr\n smmla r7, r7, r11, lr\n" \
            "usat r0, #" #sat ", r0, asr #" shift "\n usat r1, #" #sat ", r1, asr #" shift "\n usat r2, #" #sat ", r2, asr #" shift "\n" \
            "usat r3, #" #sat ", r3, asr #" shift "\n usat r4, #" #sat ", r4, asr #" shift "\n usat r5, #" #sat ", r5, asr #" shift "\n" \
            "usat r6, #" #sat ", r6, asr #" shift "\n usat r7, #" #sat ", r7, asr #" shift "\n" \
            "orr.w r0, r0, r4, lsl #" #bits "\n orr.w r1, r1, r5, lsl #" #bits "\n orr.w r2, r2, r6, lsl #" #bits "\n" \
            "orr.w r3, r3, r7, lsl #" #bits "\n" \
            QMCU_BLOCK_STORE(store, "88") ".balign 4\n" \
            "4: ldrd r10, r11, [sp, #80]\n ldr.w r12, [sp, #88]\n 5: push {r11}\n subs.w r10, r10, #1\n bne 5b\n mov pc, r12\n"); \
    }
/* With a field whose parts are spelled out. */
#define QMCU_QUAD_CORE_IN(...) QMCU_QUAD_CORE(__VA_ARGS__)
#define QMCU_QUAD_CORES_8(number, sat, shift) \
    QMCU_WIDE_CORE(number, 8, sat, shift, "strh.w") \
    QMCU_QUAD_CORE_IN(quad, number, 8, sat, shift, QMCU_QUAD_JOIN_8, "str.w", QMCU_FIELD_14) \
    QMCU_QUAD_CORE_IN(sixes, number, 8, sat, shift, QMCU_QUAD_JOIN_8, "str.w", QMCU_FIELD_13) \
    QMCU_LANES_CORE(number, 8, "16", sat, shift, "str.w")
#define QMCU_QUAD_CORES(number, shift) \
    QMCU_QUAD_CORES_8(number, 8, shift) QMCU_QUAD_CORES_8(number, 7, shift) QMCU_QUAD_CORES_8(number, 6, shift) QMCU_QUAD_CORES_8(number, 5, shift) \
    QMCU_WIDE_CORE(number, 4, 4, shift, "strb.w") QMCU_QUAD_CORE_IN(quad, number, 4, 4, shift, QMCU_QUAD_JOIN_4, "strh.w", QMCU_FIELD_14) \
    QMCU_QUAD_CORE_IN(sixes, number, 4, 4, shift, QMCU_QUAD_JOIN_4, "strh.w", QMCU_FIELD_13) \
    QMCU_LANES_CORE(number, 4, "8", 4, shift, "strh.w") \
    QMCU_QUAD_CORE_IN(quad, number, 2, 2, shift, QMCU_QUAD_JOIN_2, "strb.w", QMCU_FIELD_14)
QMCU_QUAD_CORES(1, "1") QMCU_QUAD_CORES(2, "2") QMCU_QUAD_CORES(3, "3") QMCU_QUAD_CORES(4, "4") QMCU_QUAD_CORES(5, "5") QMCU_QUAD_CORES(6, "6")
QMCU_QUAD_CORES(7, "7") QMCU_QUAD_CORES(8, "8") QMCU_QUAD_CORES(9, "9") QMCU_QUAD_CORES(10, "10") QMCU_QUAD_CORES(11, "11")
QMCU_QUAD_CORES(12, "12")

typedef void (*qmcu_dsp_quad_core)(const qmcu_dsp_quad_block *);
#define QMCU_QUAD_CASE(number) \
    case number: \
        switch (full) { \
        case 8: \
            return form == QMCU_WIDE ? qmcu_core_wide_8_8_##number : form == QMCU_LANES ? qmcu_core_lanes_8_8_##number \
                : form == QMCU_SIXES ? qmcu_core_sixes_8_8_##number : qmcu_core_quad_8_8_##number; \
        case 7: \
            return form == QMCU_WIDE ? qmcu_core_wide_8_7_##number : form == QMCU_LANES ? qmcu_core_lanes_8_7_##number \
                : form == QMCU_SIXES ? qmcu_core_sixes_8_7_##number : qmcu_core_quad_8_7_##number; \
        case 6: \
            return form == QMCU_WIDE ? qmcu_core_wide_8_6_##number : form == QMCU_LANES ? qmcu_core_lanes_8_6_##number \
                : form == QMCU_SIXES ? qmcu_core_sixes_8_6_##number : qmcu_core_quad_8_6_##number; \
        case 5: \
            return form == QMCU_WIDE ? qmcu_core_wide_8_5_##number : form == QMCU_LANES ? qmcu_core_lanes_8_5_##number \
                : form == QMCU_SIXES ? qmcu_core_sixes_8_5_##number : qmcu_core_quad_8_5_##number; \
        case 4: \
            return form == QMCU_WIDE ? qmcu_core_wide_4_4_##number : form == QMCU_LANES ? qmcu_core_lanes_4_4_##number \
                : form == QMCU_SIXES ? qmcu_core_sixes_4_4_##number : qmcu_core_quad_4_4_##number; \
        default: \
            return qmcu_core_quad_2_2_##number; \
        }
QMCU_INLINE qmcu_dsp_quad_core qmcu_dsp_quad_core_of(int32_t form, int32_t full, int32_t shift)
{
    switch (shift) {
    QMCU_QUAD_CASE(1) QMCU_QUAD_CASE(2) QMCU_QUAD_CASE(3) QMCU_QUAD_CASE(4) QMCU_QUAD_CASE(5) QMCU_QUAD_CASE(6)
    QMCU_QUAD_CASE(7) QMCU_QUAD_CASE(8) QMCU_QUAD_CASE(9) QMCU_QUAD_CASE(10) QMCU_QUAD_CASE(11) QMCU_QUAD_CASE(12)
    default:
        return 0;
    }
}
#endif

/* Four outputs of some groups of pixels, as the cores do it. */
QMCU_INLINE void qmcu_dsp_quad_portable(const qmcu_dsp_quad_block *block, int32_t field_bits, int32_t out_bits, int32_t full, int32_t shift)
{
    const uint32_t *codes = block->codes;
    for (int32_t group = 0; group < block->groups; ++group) {
        int32_t sums[4][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
        const uint32_t *weights = block->weights;
        const int32_t *of = block->outputs_of + 1;
        for (int32_t part = 0; part < block->outputs_of[0]; ++part, of += 5) {
            int32_t steps = (of[0] & 65535) / QMCU_QUAD_STEP + (of[0] >> 16) * 32;
            for (int32_t half = 0; half < 4; ++half) {
                const uint32_t *w = weights + half / 2, *c = codes + half % 2;
                uint64_t sum = (uint32_t)of[1 + half / 2 * 2] | (uint64_t)(uint32_t)of[2 + half / 2 * 2] << 32;
                for (int32_t step = 0; step < steps; ++step)
                    sum += (uint64_t)((int64_t)(int32_t)w[2 * step] * (int64_t)c[2 * step]);
                for (int32_t field = 0; field < 4; ++field)
                    sums[half / 2 * 2 + field / 2][half % 2 * 2 + field % 2] += (int32_t)(sum >> (field_bits * field) & ((1u << field_bits) - 1));
            }
            weights += 2 * steps;
            codes += 2 * steps;
        }

        for (int32_t p = 0; p < 4; ++p) {
            uint32_t packed = 0;
            for (int32_t o = 0; o < 4; ++o) {
                uint32_t sum = (uint32_t)sums[o][p] * (uint32_t)block->power + (uint32_t)of[o / 2 * 4 + o % 2];
                int32_t high = qmcu_mulhi((int32_t)sum, of[o / 2 * 4 + 2 + o % 2]) + block->addend;
                packed |= (uint32_t)qmcu_clamp(high >> shift, 0, (1 << full) - 1) << (o * out_bits);
            }
            for (int32_t i = 0; i < out_bits / 2; ++i)
                block->to[group][block->offset + p * block->pitch + i] = (uint8_t)(packed >> (8 * i));
        }
    }
}

/* Four outputs of some groups of pixels, weights in lanes, as the cores do it. */
QMCU_INLINE void qmcu_dsp_lanes_portable(const qmcu_dsp_quad_block *block, int32_t out_bits, int32_t full, int32_t shift)
{
    const uint32_t *codes = block->codes;
    const int32_t *of = block->outputs_of;
    for (int32_t group = 0; group < block->groups; ++group) {
        int32_t sums[2][4], lows[2][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}};
        const uint32_t *weights = block->weights;
        for (int32_t i = 0; i < 8; ++i)
            sums[i / 4][i % 4] = of[1 + i / 4];
        for (int32_t part = 0; part < of[0]; ++part) {
            int32_t steps = (of[9 + part] & 65535) / QMCU_LANES_STEP + (of[9 + part] >> 16) * 32;
            for (int32_t i = 0; i < 8; ++i) {
                int32_t sum = sums[i / 4][i % 4];
                for (int32_t step = 0; step < steps; ++step)
                    sum = qmcu_mac2(weights[2 * step + i / 4], codes[4 * step + i % 4], sum);
                int32_t low = (sum & 4095) - ((sum & 2048) << 1);
                lows[i / 4][i % 4] += low;
                sums[i / 4][i % 4] = sum - low;
            }
            weights += 2 * steps;
            codes += 4 * steps;
        }

        for (int32_t p = 0; p < 4; ++p) {
            uint32_t packed = 0;
            for (int32_t o = 0; o < 4; ++o) {
                const int32_t *of_two = of + 3 + o / 2 * 3;
                uint32_t low = (uint32_t)lows[o / 2][p] * (uint32_t)block->power + (uint32_t)of_two[0];
                int32_t sum = o % 2 == 0 ? (int32_t)low : sums[o / 2][p] >> block->passes;
                int32_t high = qmcu_mulhi(sum, of_two[1 + o % 2]) + block->addend;
                packed |= (uint32_t)qmcu_clamp(high >> shift, 0, (1 << full) - 1) << (o * out_bits);
            }
            for (int32_t i = 0; i < out_bits / 2; ++i)
                block->to[group][block->offset + p * block->pitch + i] = (uint8_t)(packed >> (8 * i));
        }
    }
}

/* Two outputs of some groups of pixels, as the cores do it. */
QMCU_INLINE void qmcu_dsp_wide_portable(const qmcu_dsp_quad_block *block, int32_t steps, int32_t out_bits, int32_t full, int32_t shift)
{
    const uint32_t *codes = block->codes;
    for (int32_t group = 0; group < block->groups; ++group, codes += 4 * steps) {
        for (int32_t p = 0; p < 4; ++p) {
            uint32_t packed = 0;
            for (int32_t o = 0; o < 2; ++o) {
                int32_t sum = block->outputs_of[2 * o];
                for (int32_t step = 0; step < steps; ++step)
                    sum = qmcu_mac2(block->weights[2 * step + o], codes[4 * step + p], sum);
                int32_t high = qmcu_mulhi(sum, block->outputs_of[2 * o + 1]) + block->addend;
                packed |= (uint32_t)qmcu_clamp(high >> shift, 0, (1 << full) - 1) << (o * out_bits);
            }
            for (int32_t i = 0; i < out_bits / 4; ++i)
                block->to[group][block->offset + p * block->pitch + i] = (uint8_t)(packed >> (8 * i));
        }
    }
}

/* Weights of a block of two outputs; lanes have room for the shift. */
QMCU_INLINE void qmcu_dsp_wide_widen(const uint8_t *from, int32_t taps, uint32_t *weights, int32_t shift)
{
    uint32_t keep = ~(((1u << shift) - 1) << 16);
    for (int32_t tap = 0; tap < taps; tap += 4, from += 8, weights += 4) {
        uint32_t first = qmcu_word(from), second = qmcu_word(from + 4);
        weights[0] = qmcu_signed_even_bytes(first) << shift & keep;
        weights[1] = qmcu_signed_odd_bytes(first) << shift & keep;
        weights[2] = qmcu_signed_even_bytes(second) << shift & keep;
        weights[3] = qmcu_signed_odd_bytes(second) << shift & keep;
    }
}

/* Widens whole words of codes, from `pixel` to `end`, of four pixels that are `step` bytes apart. */
typedef void (*qmcu_dsp_pack)(const uint8_t *pixel, int32_t step, const uint8_t *end, uint32_t *codes);

#if QMCU_HAS_DSP
/* r0: the codes of the first pixel; r1 to r3: one, two and three pixels; r12: where they go. */
#define QMCU_PACK_CORE(name, enter, body, leave) \
    QMCU_CORE void qmcu_core_pack_##name( \
        const uint8_t *pixel QMCU_UNUSED, int32_t step QMCU_UNUSED, const uint8_t *end QMCU_UNUSED, uint32_t *codes QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r2, r4-r11, lr}\n mov r12, r3\n" enter "lsl.w r2, r1, #1\n add.w r3, r1, r2\n" \
            "1: ldr.w r5, [r0, r1]\n ldr.w r6, [r0, r2]\n ldr.w r7, [r0, r3]\n ldr.w r4, [r0], #4\n" body leave \
            "bne 1b\n pop {r2, r4-r11, pc}\n"); \
    }

/* Bytes to lanes of 16 bits: those at 0 and 2 of each pixel, then those at 1 and 3. */
QMCU_PACK_CORE(
    bytes, "mov lr, r2\n",
    "uxtb16 r8, r4, ror #8\n uxtb16 r9, r5, ror #8\n uxtb16 r10, r6, ror #8\n uxtb16 r11, r7, ror #8\n uxtb16 r4, r4\n uxtb16 r5, r5\n"
    "uxtb16 r6, r6\n uxtb16 r7, r7\n stmia.w r12!, {r4-r11}\n",
    "cmp r0, lr\n")

/* Bytes of two pixels to a word. */
#define QMCU_PACK_TWO(to, other, bit, field) \
    "ubfx " to ", r4, #" bit ", #8\n lsr.w r5, r5, #8\n bfi " to ", r5, #" field ", #8\n" \
    "ubfx " other ", r6, #" bit ", #8\n lsr.w r7, r7, #8\n bfi " other ", r7, #" field ", #8\n"
#define QMCU_PACK_TWOS_CORE(name, field) \
    QMCU_PACK_CORE( \
        name, "mov lr, r2\n", \
        "ubfx r8, r4, #0, #8\n bfi r8, r5, #" field ", #8\n ubfx r9, r6, #0, #8\n bfi r9, r7, #" field ", #8\n" \
        QMCU_PACK_TWO("r10", "r11", "8", field) "stmia.w r12!, {r8-r11}\n" QMCU_PACK_TWO("r8", "r9", "16", field) \
        QMCU_PACK_TWO("r10", "r11", "24", field) "stmia.w r12!, {r8-r11}\n", \
        "cmp r0, lr\n")
QMCU_PACK_TWOS_CORE(twos, "14")
QMCU_PACK_TWOS_CORE(twos_13, "13")

/* Codes of 4 bits to lanes: the lowest of both halves of a word, then the next. */
#define QMCU_PACK_NIBBLES(bit) \
    "and.w r8, lr, r4, lsr #" bit "\n and.w r9, lr, r5, lsr #" bit "\n and.w r10, lr, r6, lsr #" bit "\n and.w r11, lr, r7, lsr #" bit "\n" \
    "stmia.w r12!, {r8-r11}\n"
QMCU_PACK_CORE(
    nibbles, "mov.w lr, #0x000F000F\n",
    "and.w r8, lr, r4\n and.w r9, lr, r5\n and.w r10, lr, r6\n and.w r11, lr, r7\n stmia.w r12!, {r8-r11}\n"
    QMCU_PACK_NIBBLES("4") QMCU_PACK_NIBBLES("8") QMCU_PACK_NIBBLES("12"),
    "ldr.w r8, [sp]\n cmp r0, r8\n")
#else
/* A code at a bit of both halves of a word, as lanes. */
QMCU_INLINE uint32_t qmcu_dsp_pack_lanes(uint32_t word, int32_t bit, uint32_t mask)
{
    return (word >> bit) & mask;
}

QMCU_CALLED void qmcu_core_pack_bytes(const uint8_t *pixel, int32_t step, const uint8_t *end, uint32_t *codes)
{
    for (; pixel != end; pixel += 4, codes += 8) {
        for (int32_t p = 0; p < 4; ++p) {
            codes[p] = qmcu_dsp_pack_lanes(qmcu_word(pixel + p * step), 0, 0x00FF00FFu);
            codes[4 + p] = qmcu_dsp_pack_lanes(qmcu_word(pixel + p * step), 8, 0x00FF00FFu);
        }
    }
}

QMCU_CALLED void qmcu_core_pack_nibbles(const uint8_t *pixel, int32_t step, const uint8_t *end, uint32_t *codes)
{
    for (; pixel != end; pixel += 4) {
        for (int32_t bit = 0; bit < 16; bit += 4, codes += 4) {
            for (int32_t p = 0; p < 4; ++p)
                codes[p] = qmcu_dsp_pack_lanes(qmcu_word(pixel + p * step), bit, 0x000F000Fu);
        }
    }
}

QMCU_INLINE void qmcu_dsp_pack_twos(const uint8_t *pixel, int32_t step, const uint8_t *end, uint32_t *codes, int32_t field)
{
    for (; pixel != end; ++pixel, codes += 2) {
        codes[0] = pixel[0] | (uint32_t)pixel[step] << field;
        codes[1] = pixel[2 * step] | (uint32_t)pixel[3 * step] << field;
    }
}

QMCU_CALLED void qmcu_core_pack_twos(const uint8_t *pixel, int32_t step, const uint8_t *end, uint32_t *codes)
{
    qmcu_dsp_pack_twos(pixel, step, end, codes, 14);
}

QMCU_CALLED void qmcu_core_pack_twos_13(const uint8_t *pixel, int32_t step, const uint8_t *end, uint32_t *codes)
{
    qmcu_dsp_pack_twos(pixel, step, end, codes, 13);
}
#endif

/* Codes of four pixels; returns where the next go. */
QMCU_CALLED uint32_t *qmcu_dsp_quad_pack(
    const uint8_t *pixel, int32_t step, int32_t bytes, uint32_t *codes, qmcu_dsp_pack pack, int32_t in_bits)
{
    int32_t whole = bytes & ~3;
    if (whole != 0)
        pack(pixel, step, pixel + whole, codes);

    codes += whole / 4 * (64 / in_bits);
    if (bytes == whole)
        return codes;

    uint32_t words[4];
    for (int32_t p = 0; p < 4; ++p)
        words[p] = qmcu_part_word(pixel + p * step + whole, bytes - whole);
    pack((const uint8_t *)words, 4, (const uint8_t *)(words + 1), codes);
    return codes + 64 / in_bits;
}

/* A word of weights from two nibbles. */
QMCU_INLINE uint32_t qmcu_dsp_quad_weight(uint32_t nibbles)
{
    uint32_t low = (uint32_t)((int32_t)(nibbles << 28) >> 28);
#if QMCU_HAS_DSP
    __asm__("bfi %0, %1, #28, #4" : "+r"(low) : "r"(nibbles >> 4));
    return low;
#else
    return (low & 0x0FFFFFFFu) | nibbles >> 4 << 28;
#endif
}

/* Weights of a block of four outputs. */
QMCU_INLINE void qmcu_dsp_quad_widen(const uint8_t *from, int32_t taps, uint32_t *weights)
{
    for (int32_t tap = 0; tap < taps; tap += 2, from += 4, weights += 4) {
        uint32_t word = qmcu_word(from);
        weights[0] = qmcu_dsp_quad_weight(word);
        weights[1] = qmcu_dsp_quad_weight(word >> 8);
        weights[2] = qmcu_dsp_quad_weight(word >> 16);
        weights[3] = qmcu_dsp_quad_weight(word >> 24);
    }
}

/* A word of weights from two bytes. */
QMCU_INLINE uint32_t qmcu_dsp_sixes_weight(uint32_t bytes)
{
    uint32_t low = (uint32_t)(int32_t)(int8_t)bytes;
#if QMCU_HAS_DSP
    __asm__("bfi %0, %1, #26, #6" : "+r"(low) : "r"(bytes >> 8));
    return low;
#else
    return (low & 0x03FFFFFFu) | bytes >> 8 << 26;
#endif
}

/* The same of 8 bits each. */
QMCU_INLINE void qmcu_dsp_sixes_widen(const uint8_t *from, int32_t taps, uint32_t *weights)
{
    for (int32_t tap = 0; tap < taps; ++tap, from += 4, weights += 2) {
        uint32_t word = qmcu_word(from);
        weights[0] = qmcu_dsp_sixes_weight(word);
        weights[1] = qmcu_dsp_sixes_weight(word >> 16);
    }
}

/* Weights of two taps of two outputs, nibbles of bytes 0 and 2, low ones 8 too large, as lanes. */
QMCU_INLINE uint32_t qmcu_dsp_lane_weights(uint32_t high, uint32_t low)
{
    uint32_t lanes = (high & 0xF000F000u) | (low & 0x000F000Fu);
#if QMCU_HAS_DSP
    __asm__("ssub16 %0, %0, %1" : "+r"(lanes) : "r"(0x00080008u));
    return lanes;
#else
    return ((lanes - 8) & 0xFFFFu) | ((lanes >> 16) - 8) << 16;
#endif
}

/* Weights of a block of four outputs, in lanes. */
QMCU_INLINE void qmcu_dsp_lanes_widen(const uint8_t *from, int32_t taps, uint32_t *weights)
{
    for (int32_t tap = 0; tap < taps; tap += 2, from += 4, weights += 2) {
        uint32_t word = qmcu_word(from);
        weights[0] = qmcu_dsp_lane_weights(word << 8, word);
        weights[1] = qmcu_dsp_lane_weights(word, word >> 8);
    }
}

#if QMCU_HAS_DSP
/* Four words from r0 on, as above; what is in r4 to r7 as lanes. */
#define QMCU_NINE_LOAD(load, a, b, c, d) load " " b ", [r0, r1]\n" load " " c ", [r0, r2]\n" load " " d ", [r0, r3]\n" load " " a ", [r0]"
#define QMCU_NINE_PUT \
    "uxtb16 r8, r4, ror #8\n uxtb16 r9, r5, ror #8\n uxtb16 r10, r6, ror #8\n uxtb16 r11, r7, ror #8\n" \
    "uxtb16 r4, r4\n uxtb16 r5, r5\n uxtb16 r6, r6\n uxtb16 r7, r7\n stmia.w r12!, {r4-r11}\n"
#define QMCU_NINE_WORD(bytes) QMCU_NINE_LOAD("ldr.w", "r4", "r5", "r6", "r7") ", #" bytes "\n" QMCU_NINE_PUT

/* Codes of groups of four pixels as lanes where three rows of a window have nine bytes each, as in the first layer of most networks. The stack has the
 * number of groups. */
QMCU_CORE void qmcu_core_pack_nine(
    const uint8_t *pixel QMCU_UNUSED, int32_t step QMCU_UNUSED, int32_t down QMCU_UNUSED, uint32_t *codes QMCU_UNUSED, int32_t groups QMCU_UNUSED)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n ldr.w r4, [sp, #36]\n mov r12, r3\n mov lr, r2\n lsl.w r2, r1, #1\n add.w r3, r1, r2\n"
        "1: push {r4}\n" QMCU_NINE_WORD("4") QMCU_NINE_WORD("4")
        QMCU_NINE_LOAD("ldrb.w", "r8", "r9", "r10", "r11") "\n add r0, lr\n sub.w r0, r0, #9\n"
        QMCU_NINE_LOAD("ldr.w", "r4", "r5", "r6", "r7") ", #4\n bfi r4, r8, #0, #8\n bfi r5, r9, #0, #8\n bfi r6, r10, #0, #8\n bfi r7, r11, #0, #8\n"
        QMCU_NINE_PUT QMCU_NINE_WORD("4")
        QMCU_NINE_LOAD("ldrh.w", "r8", "r9", "r10", "r11") "\n add r0, lr\n sub.w r0, r0, #7\n"
        QMCU_NINE_LOAD("ldr.w", "r4", "r5", "r6", "r7") ", #2\n pkhbt r4, r8, r4, lsl #16\n pkhbt r5, r9, r5, lsl #16\n"
        "pkhbt r6, r10, r6, lsl #16\n pkhbt r7, r11, r7, lsl #16\n"
        QMCU_NINE_PUT QMCU_NINE_WORD("3")
        QMCU_NINE_LOAD("ldr.w", "r4", "r5", "r6", "r7") "\n ubfx r8, r4, #16, #8\n ubfx r9, r5, #16, #8\n ubfx r10, r6, #16, #8\n ubfx r11, r7, #16, #8\n"
        "uxtb16 r4, r4, ror #8\n uxtb16 r5, r5, ror #8\n uxtb16 r6, r6, ror #8\n uxtb16 r7, r7, ror #8\n stmia.w r12!, {r4-r11}\n"
        "sub.w r0, r0, lr, lsl #1\n add.w r0, r0, r1, lsl #2\n sub.w r0, r0, #5\n pop {r4}\n subs r4, r4, #1\n bne.w 1b\n pop {r4-r11, pc}\n");
}
#else
/* A word of four taps as lanes of a pixel: two steps. */
QMCU_INLINE void qmcu_dsp_wide_put(uint32_t *codes, uint32_t word)
{
    codes[0] = qmcu_even_bytes(word);
    codes[4] = qmcu_odd_bytes(word);
}

QMCU_CALLED void qmcu_core_pack_nine(const uint8_t *pixel, int32_t step, int32_t down, uint32_t *codes, int32_t groups)
{
    for (int32_t p = 0; p < 4 * groups; ++p, pixel += step, codes += p % 4 == 0 ? 53 : 1) {
        const uint8_t *middle = pixel + down, *last = middle + down;
        qmcu_dsp_wide_put(codes, qmcu_word(pixel));
        qmcu_dsp_wide_put(codes + 8, qmcu_word(pixel + 4));
        qmcu_dsp_wide_put(codes + 16, (qmcu_word(middle - 1) & ~255u) | pixel[8]);
        qmcu_dsp_wide_put(codes + 24, qmcu_word(middle + 3));
        qmcu_dsp_wide_put(codes + 32, qmcu_low_halves(qmcu_word(middle + 5) >> 16, qmcu_word(last)));
        qmcu_dsp_wide_put(codes + 40, qmcu_word(last + 2));
        qmcu_dsp_wide_put(codes + 48, qmcu_word(last + 5) >> 8);
    }
}
#endif

/* Rows of a window that lies inside, one after the other. */
QMCU_CALLED void qmcu_dsp_quad_copy(const uint8_t *from, int32_t down, uint8_t *to, int32_t bytes, int32_t rows)
{
    for (int32_t ky = 0; ky < rows; ++ky, from += down, to += bytes) {
        int32_t i = 0;
        for (; i + 4 <= bytes; i += 4)
            qmcu_put_word(to + i, qmcu_word(from + i));
        for (; i < bytes; ++i)
            to[i] = from[i];
    }
}

/* Whether the window of one pixel lies inside the image and its rows are without holes. */
QMCU_INLINE int32_t qmcu_dsp_quad_is_inside(const qmcu_dsp_conv *layer, int32_t row, int32_t column)
{
    const qmcu_window *window = &layer->window;
    int32_t top = row * window->stride_y - window->pad_top, left = column * window->stride_x - window->pad_left;
    return top >= 0 && left >= 0 && window->dilation_x == 1 && top + (window->kernel_height - 1) * window->dilation_y < layer->height
        && left + window->kernel_width <= layer->width;
}

/* A window that lies in part outside: padding all over it, then what there is of the image. */
QMCU_CALLED void qmcu_dsp_quad_border(const qmcu_dsp_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *to)
{
    const qmcu_window *window = &layer->window;
    int32_t pixel_bytes = layer->pixel_bytes, row_bytes = window->kernel_width * pixel_bytes, dilation = window->dilation_x;
    int32_t bytes = (window->kernel_height * row_bytes + 3) & ~3, period = pixel_bytes;
    while (period < 4)
        period += pixel_bytes;
    for (int32_t i = 0, at = 0; i < bytes && i < period + 3; ++i) {
        to[i] = layer->padding[at];
        at = at + 1 == pixel_bytes ? 0 : at + 1;
    }
    for (int32_t i = (period + 3) & ~3; i < bytes; i += 4)
        qmcu_put_word(to + i, qmcu_word(to + i - period));

    int32_t top = row * window->stride_y - window->pad_top, left = column * window->stride_x - window->pad_left, first = 0;
    int32_t last = window->kernel_width;
    while (first < last && left + first * dilation < 0)
        ++first;
    while (first < last && left + (last - 1) * dilation >= layer->width)
        --last;

    int32_t together = dilation == 1 ? last - first : 1;
    for (int32_t ky = 0; ky < window->kernel_height; ++ky) {
        int32_t iy = top + ky * window->dilation_y;
        if (iy < 0 || iy >= layer->height)
            continue;

        const uint8_t *line = x->codes + (iy - x->row) * x->pitch + (left - x->column) * pixel_bytes;
        for (int32_t kx = first; kx < last; kx += together) {
            const uint8_t *from = line + kx * dilation * pixel_bytes;
            uint8_t *put = to + ky * row_bytes + kx * pixel_bytes, *end = put + together * pixel_bytes;
            for (; end - put >= 4; put += 4, from += 4)
                qmcu_put_word(put, qmcu_word(from));
            while (put < end)
                *put++ = *from++;
        }
    }
}

/* Bytes of a row under four windows, with room. */
#define QMCU_NINE_PITCH 36

/* What lies under four windows of 3x3 pixels of three bytes: padding, then what there is of the image. */
QMCU_CALLED void qmcu_dsp_quad_nine_border(
    const qmcu_dsp_conv *layer, const qmcu_view *x, int32_t top, int32_t left, int32_t columns, uint8_t *to)
{
    const uint8_t *padding = layer->padding;
    uint32_t first = padding[0] | (uint32_t)padding[1] << 8 | (uint32_t)padding[2] << 16 | (uint32_t)padding[0] << 24;
    uint32_t second = first >> 8 | (uint32_t)padding[1] << 24, third = second >> 8 | (uint32_t)padding[2] << 24;
    for (uint8_t *put = to; put < to + 3 * QMCU_NINE_PITCH; put += 12) {
        qmcu_put_word(put, first);
        qmcu_put_word(put + 4, second);
        qmcu_put_word(put + 8, third);
    }

    int32_t begin = left < 0 ? -left : 0, end = layer->width - left < columns ? layer->width - left : columns;
    for (int32_t ky = 0; ky < 3; ++ky, to += QMCU_NINE_PITCH) {
        int32_t iy = top + ky * layer->window.dilation_y;
        if (iy >= 0 && iy < layer->height && begin < end)
            qmcu_dsp_quad_copy(x->codes + (iy - x->row) * x->pitch + (left + begin - x->column) * 3, 0, to + 3 * begin, 3 * (end - begin), 1);
    }
}

/* Codes of as many groups of four pixels as lie inside side by side, from one on, or of one that does not; nine bytes are under each of three rows of the
 * window. 0 where four pixels do not lie in a row. */
QMCU_CALLED int32_t qmcu_dsp_quad_nines(
    const qmcu_dsp_conv *layer, const qmcu_view *x, const qmcu_region *y, int32_t row, int32_t column, int32_t most, uint32_t *codes, uint8_t *windows)
{
    const qmcu_window *window = &layer->window;
    int32_t last = y->column + y->columns - 1, stride = window->stride_x, pixel_bytes = layer->pixel_bytes;
    if (column + 3 > last)
        return 0;

    int32_t top = row * window->stride_y - window->pad_top, left = column * stride - window->pad_left;
    if (!qmcu_dsp_is_inside(layer, row, column)) {
        if (pixel_bytes != 3 || stride > 3 || window->dilation_x != 1)
            return 0;

        qmcu_dsp_quad_nine_border(layer, x, top, left, 3 * stride + 3, windows);
        qmcu_core_pack_nine(windows, 3 * stride, QMCU_NINE_PITCH, codes, 1);
        return 1;
    }

    int32_t right = (layer->width + window->pad_left - window->kernel_width) / stride, groups = ((right < last ? right : last) - column + 1) / 4;
    if (groups > most)
        groups = most;
    const uint8_t *from = x->codes + (top - x->row) * x->pitch + (left - x->column) * pixel_bytes;
    qmcu_core_pack_nine(from, stride * pixel_bytes, window->dilation_y * x->pitch, codes, groups);
    return groups;
}

typedef int32_t (*qmcu_dsp_nines)(
    const qmcu_dsp_conv *layer, const qmcu_view *x, const qmcu_region *y, int32_t row, int32_t column, int32_t most, uint32_t *codes, uint8_t *windows);

/* Codes under the windows of four pixels of a row of results (with raster: of the whole image), the first of which is at `first`, or of more groups. Returns
 * how many. */
QMCU_INLINE int32_t qmcu_dsp_quad_gather(
    const qmcu_dsp_quad *quad, const qmcu_view *x, const qmcu_region *y, int32_t row, int32_t first, int32_t most, uint32_t *codes, uint8_t *windows,
    int32_t raster, qmcu_dsp_pack pack, qmcu_dsp_nines nines)
{
    const qmcu_dsp_conv *layer = &quad->conv;
    const qmcu_window *window = &layer->window;
    int32_t line = y->row + (raster ? first / y->columns : row), at = y->column + (raster ? first % y->columns : first);
    int32_t groups = nines ? nines(layer, x, y, line, at, most, codes, windows) : 0;
    if (groups > 0)
        return groups;

    int32_t step = window->stride_x * layer->pixel_bytes, row_bytes = window->kernel_width * layer->pixel_bytes;
    int32_t pitch = (window->kernel_height * row_bytes + 3) / 4 * 4;
    int32_t inside = (!raster || at - y->column + 3 < y->columns) && qmcu_dsp_is_inside(layer, line, at);
    int32_t down = window->dilation_y * x->pitch;
    const uint8_t *from = x->codes + (line * window->stride_y - window->pad_top - x->row) * x->pitch
        + (at * window->stride_x - window->pad_left - x->column) * layer->pixel_bytes;
    if (inside && row_bytes % 4 == 0) {
        for (int32_t ky = 0; ky < window->kernel_height; ++ky, from += down)
            codes = qmcu_dsp_quad_pack(from, step, row_bytes, codes, pack, 8);
        return 1;
    }

    for (int32_t p = 0; p < 4; ++p) {
        uint8_t *to = windows + p * pitch;
        if (inside || qmcu_dsp_quad_is_inside(layer, line, at)) {
            const uint8_t *pixel = x->codes + (line * window->stride_y - window->pad_top - x->row) * x->pitch
                + (at * window->stride_x - window->pad_left - x->column) * layer->pixel_bytes;
            qmcu_dsp_quad_copy(pixel, down, to, row_bytes, window->kernel_height);
        } else {
            qmcu_dsp_quad_border(layer, x, line, at, to);
        }
        if (++at == y->column + y->columns && raster) {
            at = y->column;
            ++line;
        }
    }
    pack(windows, pitch, windows + pitch, codes);
    return 1;
}

#if QMCU_HAS_DSP
#define QMCU_QUAD_CORE_OF(form, full, shift) qmcu_dsp_quad_core_of(form, full, shift)
#define QMCU_QUAD_CALL(core, block, form, taps, out_bits) (core)(block)
#else
/* The shift and, above it, the bits of the result. */
typedef int32_t qmcu_dsp_quad_core;
#define QMCU_QUAD_CORE_OF(form, full, shift) ((shift) | (full) << 8)
#define QMCU_QUAD_CALL(core, block, form, taps, out_bits) \
    ((form) == QMCU_WIDE ? qmcu_dsp_wide_portable(block, (taps) / 2, out_bits, (core) >> 8, (core) & 255) \
        : (form) == QMCU_LANES ? qmcu_dsp_lanes_portable(block, out_bits, (core) >> 8, (core) & 255) \
        : qmcu_dsp_quad_portable(block, (form) == QMCU_SIXES ? 13 : 14, out_bits, (core) >> 8, (core) & 255))
#endif

/* The last block, where outputs are missing: group by group to a place of its own, and what there is of it from there. */
QMCU_INLINE void qmcu_dsp_quad_last(
    const qmcu_dsp_quad *layer, qmcu_dsp_quad_block *block, uint8_t *const *to, int32_t groups, int32_t form, int32_t out_bits,
    qmcu_dsp_quad_core core)
{
    uint8_t all[16];
    uint8_t *const at = all;
    int32_t block_bytes = form == QMCU_WIDE ? out_bits / 4 : out_bits / 2, left = qmcu_bytes(layer->conv.outputs, out_bits) - block->offset;
    int32_t offset = block->offset, pitch = block->pitch;
    block->to = &at;
    block->groups = 1;
    block->offset = 0;
    block->pitch = block_bytes;
    for (int32_t group = 0; group < groups; ++group) {
        QMCU_QUAD_CALL(core, block, form, layer->conv.steps, out_bits);
        block->codes += 2 * layer->conv.steps;
        for (int32_t p = 0; p < 4; ++p) {
            for (int32_t i = 0; i < left; ++i)
                to[group][offset + p * pitch + i] = all[p * block_bytes + i];
        }
    }
}

QMCU_INLINE void qmcu_dsp_quad_widen_block(const qmcu_dsp_quad *layer, const uint8_t *from, uint32_t *weights, int32_t form)
{
    if (form == QMCU_WIDE)
        qmcu_dsp_wide_widen(from, layer->conv.steps, weights, layer->lane_shift);
    else if (form == QMCU_LANES)
        qmcu_dsp_lanes_widen(from, layer->conv.steps, weights);
    else if (form == QMCU_SIXES)
        qmcu_dsp_sixes_widen(from, layer->conv.steps, weights);
    else
        qmcu_dsp_quad_widen(from, layer->conv.steps, weights);
}

/* All outputs of the groups whose codes are there. */
QMCU_INLINE void qmcu_dsp_quad_blocks(
    const qmcu_dsp_quad *layer, const uint32_t *codes, uint32_t *weights, uint8_t *const *to, int32_t groups, int32_t form, int32_t out_bits,
    qmcu_dsp_quad_core core)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    int32_t taps = conv->steps, out_bytes = qmcu_bytes(conv->outputs, out_bits), block_bytes = form == QMCU_WIDE ? out_bits / 4 : out_bits / 2;
    const uint8_t *from = conv->weights;
    qmcu_dsp_quad_block block;
    block.outputs_of = conv->outputs_of;
    block.codes = codes;
    block.weights = weights;
#if QMCU_HAS_DSP
    block.end = form == QMCU_WIDE ? QMCU_CORE_AT(qmcu_core_pairs_4x4, 32 * QMCU_LANES_STEP, ((taps / 2 - 1) % 32 + 1) * QMCU_LANES_STEP)
        : form == QMCU_LANES ? QMCU_CORE_AT(qmcu_core_pairs_4x4, 32 * QMCU_LANES_STEP, 0) : QMCU_CORE_AT(qmcu_core_quads, 32 * QMCU_QUAD_STEP, 0);
    block.full = QMCU_CORE_AT(qmcu_core_pairs_4x4, 0, 0) + 1;
#else
    block.end = block.full = 0;
#endif
    block.passes = form == QMCU_LANES ? layer->lane_shift : (taps / 2 - 1) / 32;
    block.addend = conv->addend;
    block.power = layer->power;
    block.to = to;
    block.groups = groups;
    block.pitch = out_bytes;
    for (block.offset = 0; block.offset < out_bytes; block.offset += block_bytes, from += form == QMCU_SIXES ? 4 * taps : 2 * taps) {
        if (layer->widening == 0)
            qmcu_dsp_quad_widen_block(layer, from, weights, form);
        if (block.offset + block_bytes > out_bytes) {
            qmcu_dsp_quad_last(layer, &block, to, groups, form, out_bits, core);
            return;
        }

        QMCU_QUAD_CALL(core, &block, form, taps, out_bits);
        if (layer->widening != 0)
            block.weights += QMCU_IS_QUADS(form) ? 2 * taps : taps;
        block.outputs_of += form == QMCU_WIDE ? 4 : form == QMCU_LANES ? 9 + block.outputs_of[0] : 5 * block.outputs_of[0] + 9;
    }
}

/* What all such layers share. */
QMCU_CALLED void qmcu_dsp_quad_by_core(
    const qmcu_dsp_quad *layer, const qmcu_view *x, const qmcu_region *y, uint32_t *codes, int32_t form, int32_t in_place, int32_t raster,
    int32_t in_bits, int32_t out_bits, qmcu_dsp_pack pack, qmcu_dsp_nines nines, qmcu_dsp_quad_core core)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    int32_t step = conv->window.stride_x * conv->pixel_bytes, words = 2 * conv->steps, out_bytes = qmcu_bytes(conv->outputs, out_bits), groups = 0;
    uint32_t *weights = codes + layer->groups * words, *end = weights + (QMCU_IS_QUADS(form) ? words : conv->steps);
    uint8_t *to[QMCU_QUAD_GROUPS];
    int32_t pixels = raster ? y->rows * y->columns : y->columns, rows = raster ? 1 : y->rows;
    if (layer->widening == QMCU_READY) {
        weights = (uint32_t *)(uintptr_t)conv->weights;
        end = codes + layer->groups * words;
    } else if (layer->widening == QMCU_AT_ONCE) {
        const uint8_t *from = conv->weights;
        end = weights;
        for (int32_t o = 0; o < conv->outputs; o += form == QMCU_WIDE ? 2 : 4, from += form == QMCU_SIXES ? 2 * words : words, end += QMCU_IS_QUADS(form) ? words : conv->steps)
            qmcu_dsp_quad_widen_block(layer, from, end, form);
    }

    for (int32_t row = 0; row < rows; ++row) {
        const uint8_t *line = x->codes + ((y->row + row) * conv->window.stride_y - x->row) * x->pitch
            + (y->column * conv->window.stride_x - x->column) * conv->pixel_bytes;
        uint8_t *to_line = y->codes + row * y->pitch;
        for (int32_t column = 0, many = 1; column < pixels; column += 4 * many) {
            int32_t first = column + 4 <= pixels ? column : pixels - 4;
            uint32_t *put = codes + groups * words;
            many = 1;
            if (in_place)
                qmcu_dsp_quad_pack(line + first * step, step, conv->pixel_bytes, put, pack, in_bits);
            else
                many = qmcu_dsp_quad_gather(layer, x, y, row, first, layer->groups - groups, put, (uint8_t *)end, raster, pack, nines);
            for (int32_t group = 0; group < many; ++group)
                to[groups++] = to_line + (first + 4 * group) * out_bytes;
            if (groups == layer->groups) {
                qmcu_dsp_quad_blocks(layer, codes, weights, to, groups, form, out_bits, core);
                groups = 0;
            }
        }
    }

    if (groups > 0)
        qmcu_dsp_quad_blocks(layer, codes, weights, to, groups, form, out_bits, core);
}

/* Rows of at least four pixels, four at a time; at the end of a row pixels are computed twice. Scratch: `groups` times two words per tap; once
 * more, or all weights widened; the windows of four pixels, each on a word. form: how products are made; full: bits of the result;
 * nines: whether nine bytes are under each of three rows of a window. */
QMCU_INLINE void qmcu_dsp_quad_run(
    const qmcu_dsp_quad *layer, qmcu_view x, qmcu_region y, uint32_t *scratch, int32_t form, int32_t in_place, int32_t raster, int32_t in_bits,
    int32_t out_bits, int32_t full, int32_t shift, int32_t nines)
{
    qmcu_dsp_pack pack = in_bits == 4 ? qmcu_core_pack_nibbles : form == QMCU_QUADS ? qmcu_core_pack_twos
        : form == QMCU_SIXES ? qmcu_core_pack_twos_13 : qmcu_core_pack_bytes;
    qmcu_dsp_quad_by_core(
        layer, &x, &y, scratch, form, in_place, raster, in_bits, out_bits, pack, nines ? qmcu_dsp_quad_nines : 0, QMCU_QUAD_CORE_OF(form, full, shift));
}

#endif
