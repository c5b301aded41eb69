/* Arithmetic of cores with Helium (Armv8.1-M, MVE): sixteen products of signed bytes an instruction, added up in a general register.
 *
 * A block is four outputs by one or two pixels. Windows lie one code a byte, codes of 8 bits less 128 (what that takes from the sums is in the
 * biases), so that one instruction multiplies sixteen of them with as many weights of an output. Weights of 4 and 2 bits stay packed:
 * bytes are digits of base 16 or 4, each digit another output's. The digits above, shifted out, leave 16 or 64 times the lower ones, and the
 * sums of whole bytes less the sums of lower digits are the sums of the upper ones.
 * Everything has a twin in portable C that does the same on the same data, which is what other compilers and cores get.
 */
#ifndef QMCU_MVE_H
#define QMCU_MVE_H

#include "qmcu.h"

#if defined(__GNUC__) && defined(__ARM_FEATURE_MVE) && defined(__thumb2__) && defined(__OPTIMIZE__) && !defined(QMCU_PORTABLE) && !defined(__ARM_BIG_ENDIAN)
#include <arm_mve.h>
#define QMCU_HAS_MVE 1
#else
#define QMCU_HAS_MVE 0
#endif

/* All outputs of one or two pixels. The order of the fields is known to the cores. */
typedef struct {
    const uint8_t *codes[2];    /* windows, padded to 16 */
    int32_t passes;             /* through four unrolled steps ... */
    uint32_t entry;             /* ... of which the first skips so many bytes of code */
    uint8_t *end;               /* of the first pixel's results */
    int32_t pre_shift;
    const uint8_t *weights;     /* per block four biases, the steps, four multipliers */
    uint8_t *y[2];              /* results, one a byte */
    int32_t addend, right_shift, min, max;  /* of the requantization; right_shift: minus the shift */
    int32_t steps, length;      /* codes of a window, in sixteens and as they are */
} qmcu_mve_block;

/* What is fixed when a block is specialised. */
typedef struct {
    int32_t weight_bits;        /* that weights really have: 8, 4 or 2 */
    int32_t shifts;             /* there is a shift before the requantization */
    int32_t whole;              /* the results may be written in fours */
} qmcu_mve_form;

/* Bytes of code of those of four unrolled steps that the first pass leaves out. */
#define QMCU_MVE_SKIPPED(steps, count) ((uint32_t)(-(steps) & 3) * ((count) == 2 ? 56u : 36u))

/* A 32-bit number among the weights. */
QMCU_INLINE int32_t qmcu_mve_number(const uint8_t *block, int32_t i)
{
    uint32_t number = 0;
    for (int32_t byte = 0; byte < 4; ++byte)
        number |= (uint32_t)block[4 * i + byte] << (8 * byte);

    return (int32_t)number;
}

/* Weight k of output j of a step. */
QMCU_INLINE int32_t qmcu_mve_weight(const uint8_t *step, int32_t bits, int32_t j, int32_t k)
{
    if (bits == 8)
        return (int8_t)step[16 * j + k];

    int32_t outputs = 8 / bits, base = 1 << bits, value = (int8_t)step[16 * (j / outputs) + k];
    for (int32_t digit = 0;; ++digit) {
        int32_t low = ((value & (base - 1)) ^ (base >> 1)) - (base >> 1);
        if (digit == j % outputs)
            return low;

        value = (value - low) / base;
    }
}

/* The block's initial sums hold the biases digit by digit; bias of output j. */
QMCU_INLINE int32_t qmcu_mve_bias(const uint8_t *block, int32_t bits, int32_t j)
{
    int32_t outputs = 8 / bits, above = 8 - bits;
    uint32_t whole = (uint32_t)qmcu_mve_number(block, j);
    if (bits < 8 && j % outputs > 0)
        whole -= (uint32_t)(qmcu_mve_number(block, j - 1) >> bits);

    return (int32_t)whole >> above;
}

/* The twin of all cores. */
QMCU_INLINE void qmcu_mve_portable(const qmcu_mve_block *block, int32_t count, qmcu_mve_form form)
{
    int32_t outputs = (int32_t)(block->end - block->y[0]), bits = form.weight_bits;
    const uint8_t *weights = block->weights;
    for (int32_t o = 0; o < outputs; o += 4) {
        const uint8_t *steps = weights + 16, *multipliers = steps + block->steps * 8 * bits;
        for (int32_t j = 0; j < 4 && o + j < outputs; ++j) {
            for (int32_t p = 0; p < count; ++p) {
                int32_t sum = qmcu_mve_bias(weights, bits, j);
                for (int32_t k = 0; k < block->length; ++k)
                    sum += qmcu_mve_weight(steps + k / 16 * 8 * bits, bits, j, k % 16) * (int8_t)block->codes[p][k];

                int32_t high = qmcu_mulhi((int32_t)((uint32_t)sum << block->pre_shift), qmcu_mve_number(multipliers, j));
                block->y[p][o + j] = (uint8_t)qmcu_clamp((high + block->addend) >> -block->right_shift, block->min, block->max);
            }
        }
        weights = multipliers + 16;
    }
}

#if QMCU_HAS_MVE
/* The sums of outputs 0 to 3 are in r0, r2, r4, r6, those of a second pixel in r8, r10, r12, lr: the instruction takes even registers only. r1 and r9: codes,
 * r3: weights, r5 and r7: results, r11: passes; on the stack the first six words of the block. */
#define QMCU_MVE_STEP_2_8 \
    "vldrb.8 q2, [r1], #16\n vldrb.8 q0, [r3], #16\n vmladava.s8 r0, q2, q0\n vldrb.8 q3, [r9], #16\n vmladava.s8 r8, q3, q0\n" \
    "vldrb.8 q1, [r3], #16\n vmladava.s8 r2, q2, q1\n vmladava.s8 r10, q3, q1\n vldrb.8 q0, [r3], #16\n vmladava.s8 r4, q2, q0\n" \
    "vmladava.s8 r12, q3, q0\n vldrb.8 q1, [r3], #16\n vmladava.s8 r6, q2, q1\n vmladava.s8 lr, q3, q1\n"
#define QMCU_MVE_STEP_2_4 \
    "vldrb.8 q2, [r1], #16\n vldrb.8 q0, [r3], #16\n vmladava.s8 r2, q2, q0\n vldrb.8 q3, [r9], #16\n vmladava.s8 r10, q3, q0\n" \
    "vshl.i8 q1, q0, #4\n vmladava.s8 r0, q2, q1\n vmladava.s8 r8, q3, q1\n vldrb.8 q0, [r3], #16\n vmladava.s8 r6, q2, q0\n" \
    "vmladava.s8 lr, q3, q0\n vshl.i8 q1, q0, #4\n vmladava.s8 r4, q2, q1\n vmladava.s8 r12, q3, q1\n"
#define QMCU_MVE_STEP_2_2 \
    "vldrb.8 q2, [r1], #16\n vldrb.8 q0, [r3], #16\n vmladava.s8 r6, q2, q0\n vldrb.8 q3, [r9], #16\n vmladava.s8 lr, q3, q0\n" \
    "vshl.i8 q1, q0, #2\n vmladava.s8 r4, q2, q1\n vmladava.s8 r12, q3, q1\n vshl.i8 q1, q0, #4\n vmladava.s8 r2, q2, q1\n" \
    "vmladava.s8 r10, q3, q1\n vshl.i8 q1, q0, #6\n vmladava.s8 r0, q2, q1\n vmladava.s8 r8, q3, q1\n"
#define QMCU_MVE_STEP_1_8 \
    "vldrb.8 q2, [r1], #16\n vldrb.8 q0, [r3], #16\n vmladava.s8 r0, q2, q0\n vldrb.8 q1, [r3], #16\n vmladava.s8 r2, q2, q1\n" \
    "vldrb.8 q0, [r3], #16\n vmladava.s8 r4, q2, q0\n vldrb.8 q1, [r3], #16\n vmladava.s8 r6, q2, q1\n"
#define QMCU_MVE_STEP_1_4 \
    "vldrb.8 q2, [r1], #16\n vldrb.8 q0, [r3], #16\n vmladava.s8 r2, q2, q0\n vshl.i8 q1, q0, #4\n vmladava.s8 r0, q2, q1\n" \
    "vldrb.8 q0, [r3], #16\n vmladava.s8 r6, q2, q0\n vshl.i8 q1, q0, #4\n vmladava.s8 r4, q2, q1\n"
#define QMCU_MVE_STEP_1_2 \
    "vldrb.8 q2, [r1], #16\n vldrb.8 q0, [r3], #16\n vmladava.s8 r6, q2, q0\n vshl.i8 q1, q0, #2\n vmladava.s8 r4, q2, q1\n" \
    "vshl.i8 q1, q0, #4\n vmladava.s8 r2, q2, q1\n vshl.i8 q1, q0, #6\n vmladava.s8 r0, q2, q1\n"


/* From sums of bytes to sums of digits. */
#define QMCU_MVE_DIGITS_1_8 ""
#define QMCU_MVE_DIGITS_2_8 ""
#define QMCU_MVE_DIGITS_1_4 "sub.w r2, r2, r0, asr #4\n sub.w r6, r6, r4, asr #4\n"
#define QMCU_MVE_DIGITS_2_4 QMCU_MVE_DIGITS_1_4 "sub.w r10, r10, r8, asr #4\n sub.w lr, lr, r12, asr #4\n"
#define QMCU_MVE_DIGITS_1_2 "sub.w r6, r6, r4, asr #2\n sub.w r4, r4, r2, asr #2\n sub.w r2, r2, r0, asr #2\n"
#define QMCU_MVE_DIGITS_2_2 QMCU_MVE_DIGITS_1_2 "sub.w lr, lr, r12, asr #2\n sub.w r12, r12, r10, asr #2\n sub.w r10, r10, r8, asr #2\n"
#define QMCU_MVE_DOWN_1_8 ""
#define QMCU_MVE_DOWN_2_8 ""
#define QMCU_MVE_DOWN_1_4 "vshr.s32 q0, q0, #4\n"
#define QMCU_MVE_DOWN_2_4 QMCU_MVE_DOWN_1_4 "vshr.s32 q1, q1, #4\n"
#define QMCU_MVE_DOWN_1_2 "vshr.s32 q0, q0, #6\n"
#define QMCU_MVE_DOWN_2_2 QMCU_MVE_DOWN_1_2 "vshr.s32 q1, q1, #6\n"
#define QMCU_MVE_UP_1_0 ""
#define QMCU_MVE_UP_2_0 ""
#define QMCU_MVE_UP_1_1 "ldr.w r0, [sp, #20]\n vshl.s32 q0, r0\n"
#define QMCU_MVE_UP_2_1 QMCU_MVE_UP_1_1 "vshl.s32 q1, r0\n"

/* Requantization of the vectors q0 and, of two pixels, q1. */
#define QMCU_MVE_CODES_1 \
    "vmulh.s32 q0, q0, q2\n vadd.i32 q0, q0, q4\n vshl.s32 q0, q0, q5\n vmax.s32 q0, q0, q6\n vmin.s32 q0, q0, q7\n"
#define QMCU_MVE_CODES_2 \
    "vmulh.s32 q0, q0, q2\n vmulh.s32 q1, q1, q2\n vadd.i32 q0, q0, q4\n vadd.i32 q1, q1, q4\n vshl.s32 q0, q0, q5\n vshl.s32 q1, q1, q5\n" \
    "vmax.s32 q0, q0, q6\n vmax.s32 q1, q1, q6\n vmin.s32 q0, q0, q7\n vmin.s32 q1, q1, q7\n"
#define QMCU_MVE_STORE_1_1 "ldr.w r0, [sp, #16]\n vstrb.32 q0, [r5], #4\n cmp r5, r0\n blo.w 1b\n"
#define QMCU_MVE_STORE_2_1 "ldr.w r0, [sp, #16]\n vstrb.32 q0, [r5], #4\n vstrb.32 q1, [r7], #4\n cmp r5, r0\n blo.w 1b\n"
#define QMCU_MVE_STORE_1_0 "ldr.w r0, [sp, #16]\n subs r0, r0, r5\n vctp.32 r0\n vpst\n vstrbt.32 q0, [r5], #4\n cmp r0, #4\n bhi.w 1b\n"
#define QMCU_MVE_STORE_2_0 \
    "ldr.w r0, [sp, #16]\n subs r0, r0, r5\n vctp.32 r0\n vpstt\n vstrbt.32 q0, [r5], #4\n vstrbt.32 q1, [r7], #4\n cmp r0, #4\n bhi.w 1b\n"

/* Biases into the sums, twice where there are two pixels. */
#define QMCU_MVE_BIASES_1 "ldmia.w r3!, {r0, r2, r4, r6}\n"
#define QMCU_MVE_BIASES_2 "ldmia.w r3, {r0, r2, r4, r6}\n ldmia.w r3!, {r8, r10, r12, lr}\n"
#define QMCU_MVE_VECTORS_1 "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n"
#define QMCU_MVE_VECTORS_2 QMCU_MVE_VECTORS_1 "vmov q1[2], q1[0], r8, r12\n vmov q1[3], q1[1], r10, lr\n"

#define QMCU_MVE_CORE(count, bits, shifts, whole) \
    static __attribute__((naked, noinline, unused)) void qmcu_mve_core_##count##_##bits##_##shifts##_##whole(const qmcu_mve_block *block __attribute__((unused))) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n vpush {d8-d15}\n ldmia.w r0!, {r1-r6}\n adr.w r7, 2f + 1\n add r4, r7\n push {r1-r6}\n" \
            "ldmia.w r0!, {r3, r5, r7}\n ldmia.w r0, {r1, r2, r4, r6}\n vdup.32 q4, r1\n vdup.32 q5, r2\n vdup.32 q6, r4\n vdup.32 q7, r6\n" \
            "1:" QMCU_MVE_BIASES_##count \
            "ldmia.w sp, {r1, r9, r11, pc}\n .balign 4\n 2:\n" \
            QMCU_MVE_STEP_##count##_##bits QMCU_MVE_STEP_##count##_##bits QMCU_MVE_STEP_##count##_##bits QMCU_MVE_STEP_##count##_##bits \
            "subs.w r11, r11, #1\n bne.w 2b\n" \
            QMCU_MVE_DIGITS_##count##_##bits QMCU_MVE_VECTORS_##count QMCU_MVE_DOWN_##count##_##bits \
            "vldrw.32 q2, [r3], #16\n" QMCU_MVE_UP_##count##_##shifts QMCU_MVE_CODES_##count QMCU_MVE_STORE_##count##_##whole \
            "add sp, #24\n vpop {d8-d15}\n pop {r4-r11, pc}\n"); \
    }

#define QMCU_MVE_CORES(count, bits) QMCU_MVE_CORE(count, bits, 0, 0) QMCU_MVE_CORE(count, bits, 0, 1) QMCU_MVE_CORE(count, bits, 1, 0) QMCU_MVE_CORE(count, bits, 1, 1)
QMCU_MVE_CORES(1, 8) QMCU_MVE_CORES(1, 4) QMCU_MVE_CORES(1, 2) QMCU_MVE_CORES(2, 8) QMCU_MVE_CORES(2, 4) QMCU_MVE_CORES(2, 2)

#define QMCU_MVE_CALL(count, bits) \
    if (form.shifts) \
        (form.whole ? qmcu_mve_core_##count##_##bits##_1_1 : qmcu_mve_core_##count##_##bits##_1_0)(block); \
    else \
        (form.whole ? qmcu_mve_core_##count##_##bits##_0_1 : qmcu_mve_core_##count##_##bits##_0_0)(block);
#endif

/* All outputs of `count` (1 or 2) pixels. */
QMCU_INLINE void qmcu_mve_outputs(const qmcu_mve_block *block, int32_t count, qmcu_mve_form form)
{
#if QMCU_HAS_MVE
    if (count == 1 && form.weight_bits == 8) {
        QMCU_MVE_CALL(1, 8)
    } else if (count == 1 && form.weight_bits == 4) {
        QMCU_MVE_CALL(1, 4)
    } else if (count == 1) {
        QMCU_MVE_CALL(1, 2)
    } else if (form.weight_bits == 8) {
        QMCU_MVE_CALL(2, 8)
    } else if (form.weight_bits == 4) {
        QMCU_MVE_CALL(2, 4)
    } else {
        QMCU_MVE_CALL(2, 2)
    }
#else
    qmcu_mve_portable(block, count, form);
#endif
}

#if QMCU_HAS_MVE
/* `count` codes of 8 bits, less 128; nothing is written beyond them. */
QMCU_INLINE void qmcu_mve_signed(const uint8_t *from, int32_t count, uint8_t *to)
{
    uint8x16_t sign = vdupq_n_u8(0x80);
    __asm__ volatile(
        "wlstp.8 lr, %[count], 2f\n"
        "1: vldrb.8 q0, [%[from]], #16\n veor q0, q0, %q[sign]\n vstrb.8 q0, [%[to]], #16\n letp lr, 1b\n"
        "2:\n"
        : [from] "+r"(from), [to] "+r"(to) : [count] "r"(count), [sign] "w"(sign) : "q0", "lr", "memory");
}

QMCU_INLINE uint8x16_t qmcu_mve_part(const uint8_t *from, int32_t bytes)
{
    return bytes >= 16 ? vldrbq_u8(from) : vldrbq_z_u8(from, vctp8q((uint32_t)bytes));
}

/* Packed codes one a byte; up to 63 bytes behind them are written, too. */
QMCU_SHARED __attribute__((unused)) void qmcu_mve_unpack(const uint8_t *from, int32_t bytes, uint8_t *to, int32_t bits)
{
    if (bits == 4) {
        for (; bytes > 0; bytes -= 16, from += 16, to += 32) {
            uint8x16_t packed = qmcu_mve_part(from, bytes);
            uint8x16x2_t two = {{vandq_u8(packed, vdupq_n_u8(15)), vshrq_n_u8(packed, 4)}};
            vst2q_u8(to, two);
        }
        return;
    }

    for (; bytes > 0; bytes -= 16, from += 16, to += 64) {
        uint8x16_t packed = qmcu_mve_part(from, bytes), mask = vdupq_n_u8(3);
        uint8x16x4_t four = {{
            vandq_u8(packed, mask), vandq_u8(vshrq_n_u8(packed, 2), mask), vandq_u8(vshrq_n_u8(packed, 4), mask), vshrq_n_u8(packed, 6)}};
        vst4q_u8(to, four);
    }
}

/* Codes, one a byte, packed into `bytes` bytes; up to 63 bytes behind the codes are read, too. The steps are literals: gcc 12 -O3 adds a register to the
 * address as it loads, which this load cannot do. */
QMCU_SHARED __attribute__((unused)) void qmcu_mve_pack_codes(const uint8_t *codes, int32_t bytes, uint8_t *to, int32_t bits)
{
    for (; bytes > 0; bytes -= 16, to += 16) {
        uint8x16_t packed;
        if (bits == 4) {
            uint8x16x2_t two = vld2q_u8(codes);
            packed = vsliq_n_u8(two.val[0], two.val[1], 4);
            codes += 32;
        } else {
            uint8x16x4_t four = vld4q_u8(codes);
            packed = vsliq_n_u8(vsliq_n_u8(four.val[0], four.val[1], 2), vsliq_n_u8(four.val[2], four.val[3], 2), 4);
            codes += 64;
        }
        vstrbq_p_u8(to, packed, vctp8q((uint32_t)(bytes < 16 ? bytes : 16)));
    }
}
#endif

/* The codes of `bytes` bytes one a byte, those of 8 bits less 128. Up to 63 bytes behind them are written, too. Returns where the next ones go. */
QMCU_INLINE uint8_t *qmcu_mve_spread(const uint8_t *from, int32_t bytes, uint8_t *to, int32_t bits)
{
    uint8_t *end = to + bytes * (8 / bits);
#if QMCU_HAS_MVE
    if (bits == 8)
        qmcu_mve_signed(from, bytes, to);
    else
        qmcu_mve_unpack(from, bytes, to, bits);
#else
    for (int32_t i = 0; i < bytes; ++i) {
        for (int32_t bit = 0; bit < 8; bit += bits)
            *to++ = (uint8_t)(bits == 8 ? from[i] ^ 0x80 : (from[i] >> bit) & ((1 << bits) - 1));
    }
#endif
    return end;
}

/* A line of `count` codes, one a byte, packed. Up to 63 bytes behind them are read, too, on cores with Helium. */
QMCU_INLINE void qmcu_mve_pack(const uint8_t *codes, int32_t count, uint8_t *to, int32_t bits)
{
#if QMCU_HAS_MVE
    qmcu_mve_pack_codes(codes, qmcu_bytes(count, bits), to, bits);
#else
    qmcu_writer writer = qmcu_write_line(to);
    for (int32_t i = 0; i < count; ++i)
        qmcu_write(&writer, bits, codes[i]);

    qmcu_end_line(&writer);
#endif
}

#endif
