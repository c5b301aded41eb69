/* Arithmetic of cores with the DSP extension (Armv7E-M, Armv8-M): two 16-bit lanes in a word, two products an instruction.
 *
 * Everything has a twin in portable C that does the same on the same data, which is what other compilers and cores get. The unrolled
 * cores are functions of their own, which all kernels share; they are entered where as many steps
 * are left as there are. They have a calling convention of their own: sums in r0 to r7, weights in r8, lanes in r9.
 */
#ifndef QMCU_DSP_H
#define QMCU_DSP_H

#include "qmcu.h"

#if defined(__GNUC__) && defined(__ARM_FEATURE_DSP) && defined(__thumb2__) && defined(__OPTIMIZE__) && !defined(QMCU_PORTABLE)
#define QMCU_HAS_DSP 1
#else
#define QMCU_HAS_DSP 0
#endif

#if defined(__GNUC__)
typedef struct __attribute__((packed, may_alias)) { uint32_t value; } qmcu_unaligned;
typedef struct __attribute__((packed, may_alias)) { uint16_t value; } qmcu_unaligned_half;
#define QMCU_CORE static __attribute__((naked, noinline, unused, aligned(4)))
#define QMCU_UNUSED __attribute__((unused))
#define QMCU_CALLED QMCU_SHARED QMCU_UNUSED
#else
#define QMCU_CALLED static inline
#endif

/* Four bytes anywhere, the first lowest. */
QMCU_INLINE uint32_t qmcu_word(const uint8_t *bytes)
{
#if defined(__GNUC__)
    return ((const qmcu_unaligned *)(const void *)bytes)->value;
#else
    uint32_t word;
    memcpy(&word, bytes, 4);
    return word;
#endif
}

/* Two bytes anywhere, the first lowest. */
QMCU_INLINE uint32_t qmcu_half(const uint8_t *bytes)
{
#if QMCU_HAS_DSP
    return ((const qmcu_unaligned_half *)(const void *)bytes)->value;
#else
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
#endif
}

/* Two or four bytes to anywhere, the lowest first. */
QMCU_INLINE void qmcu_put_half(uint8_t *to, uint32_t half)
{
#if QMCU_HAS_DSP
    ((qmcu_unaligned_half *)(void *)to)->value = (uint16_t)half;
#else
    to[0] = (uint8_t)half;
    to[1] = (uint8_t)(half >> 8);
#endif
}

QMCU_INLINE void qmcu_put_word(uint8_t *to, uint32_t word)
{
#if QMCU_HAS_DSP
    ((qmcu_unaligned *)(void *)to)->value = word;
#else
    qmcu_put_half(to, word);
    qmcu_put_half(to + 2, word >> 16);
#endif
}

/* The first bytes of a word, zeros after them. */
QMCU_INLINE uint32_t qmcu_part_word(const uint8_t *bytes, int32_t count)
{
    uint32_t word = 0;
    for (int32_t i = 0; i < count; ++i)
        word |= (uint32_t)bytes[i] << (8 * i);

    return word;
}

/* Bytes 0 and 2 as lanes. */
QMCU_INLINE uint32_t qmcu_even_bytes(uint32_t word)
{
#if QMCU_HAS_DSP
    uint32_t lanes;
    __asm__("uxtb16 %0, %1" : "=r"(lanes) : "r"(word));
    return lanes;
#else
    return word & 0x00FF00FFu;
#endif
}

/* Bytes 1 and 3 as lanes. */
QMCU_INLINE uint32_t qmcu_odd_bytes(uint32_t word)
{
#if QMCU_HAS_DSP
    uint32_t lanes;
    __asm__("uxtb16 %0, %1, ror #8" : "=r"(lanes) : "r"(word));
    return lanes;
#else
    return (word >> 8) & 0x00FF00FFu;
#endif
}

/* Bytes 0 and 2, or 1 and 3, as signed lanes. */
QMCU_INLINE uint32_t qmcu_signed_even_bytes(uint32_t word)
{
#if QMCU_HAS_DSP
    uint32_t lanes;
    __asm__("sxtb16 %0, %1" : "=r"(lanes) : "r"(word));
    return lanes;
#else
    return ((word & 0x00FF00FFu) ^ 0x00800080u) - 0x00800080u + ((word & 0x80u) << 9);
#endif
}

QMCU_INLINE uint32_t qmcu_signed_odd_bytes(uint32_t word)
{
#if QMCU_HAS_DSP
    uint32_t lanes;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(lanes) : "r"(word));
    return lanes;
#else
    return qmcu_signed_even_bytes(word >> 8);
#endif
}

/* The low halves of two words, or the high ones, those of the first word low. */
QMCU_INLINE uint32_t qmcu_low_halves(uint32_t a, uint32_t b)
{
#if QMCU_HAS_DSP
    uint32_t halves;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(halves) : "r"(a), "r"(b));
    return halves;
#else
    return (a & 0xFFFFu) | b << 16;
#endif
}

QMCU_INLINE uint32_t qmcu_high_halves(uint32_t a, uint32_t b)
{
#if QMCU_HAS_DSP
    uint32_t halves;
    __asm__("pkhtb %0, %2, %1, asr #16" : "=r"(halves) : "r"(a), "r"(b));
    return halves;
#else
    return a >> 16 | (b & 0xFFFF0000u);
#endif
}

QMCU_INLINE int32_t qmcu_low(uint32_t lanes)
{
    return (int16_t)(uint16_t)lanes;
}

QMCU_INLINE int32_t qmcu_high(uint32_t lanes)
{
    return (int16_t)(uint16_t)(lanes >> 16);
}

/* sum + both products. */
QMCU_INLINE int32_t qmcu_mac2(uint32_t a, uint32_t b, int32_t sum)
{
#if QMCU_HAS_DSP
    int32_t result;
    __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
#else
    uint32_t products = (uint32_t)(qmcu_low(a) * qmcu_low(b)) + (uint32_t)(qmcu_high(a) * qmcu_high(b));
    return (int32_t)((uint32_t)sum + products);
#endif
}

/* sum + the product of one lane of each; the names say which: b the low, t the high one. */
#if QMCU_HAS_DSP
#define QMCU_MAC1(lanes, portable_a, portable_b) \
    QMCU_INLINE int32_t qmcu_mac_##lanes(uint32_t a, uint32_t b, int32_t sum) \
    { \
        int32_t result; \
        __asm__("smla" #lanes " %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum)); \
        return result; \
    }
#else
#define QMCU_MAC1(lanes, portable_a, portable_b) \
    QMCU_INLINE int32_t qmcu_mac_##lanes(uint32_t a, uint32_t b, int32_t sum) { return sum + portable_a(a) * portable_b(b); }
#endif
QMCU_MAC1(bb, qmcu_low, qmcu_low)
QMCU_MAC1(bt, qmcu_low, qmcu_high)
QMCU_MAC1(tb, qmcu_high, qmcu_low)
QMCU_MAC1(tt, qmcu_high, qmcu_high)

/* clamp((mulhi(sum, multiplier) + addend) >> shift), to all codes of `bits` bits. shift is a literal. */
QMCU_INLINE int32_t qmcu_mulhi_add(int32_t sum, int32_t multiplier, int32_t addend)
{
#if QMCU_HAS_DSP
    int32_t high;
    __asm__("smmla %0, %1, %2, %3" : "=r"(high) : "r"(sum), "r"(multiplier), "r"(addend));
    return high;
#else
    return qmcu_mulhi(sum, multiplier) + addend;
#endif
}

#if QMCU_HAS_DSP
#define QMCU_SATURATE(bits) \
    case bits: \
        if (shift == 0) \
            __asm__("usat %0, #" #bits ", %1" : "=r"(code) : "r"(high)); \
        else \
            __asm__("usat %0, #" #bits ", %1, asr %2" : "=r"(code) : "r"(high), "I"(shift == 0 ? 1 : shift)); \
        return code;
#endif

/* The shifted number as a code; shift and full are literals, full: where every code of so many bits is allowed, and no other; else 0. */
QMCU_INLINE int32_t qmcu_saturate(int32_t high, int32_t shift, int32_t full, int32_t min, int32_t max)
{
#if QMCU_HAS_DSP
    int32_t code;
    switch (full) {
    QMCU_SATURATE(8)
    QMCU_SATURATE(7)
    QMCU_SATURATE(6)
    QMCU_SATURATE(5)
    QMCU_SATURATE(4)
    default:
        break;
    QMCU_SATURATE(2)
    }
#endif
    high >>= shift;
    return full ? qmcu_clamp(high, 0, (1 << full) - 1) : qmcu_clamp(high, min, max);
}

#define QMCU_CRUMB_MASK 0x30033003u

#if QMCU_HAS_DSP
/* An unrolled core begins with these two instructions of two bytes; r12 is where its steps are entered. */
#define QMCU_CORE_ENTER "push {lr}\n mov pc, r12\n"
#define QMCU_CORE_LEAVE ".endr\n pop {pc}\n"

/* Two outputs of four pixels; a word of weights is A B A B of two taps. 16 products of 8 bits. */
QMCU_CORE void qmcu_core_2x4(void)
{
    __asm__ volatile(
        QMCU_CORE_ENTER ".rept 32\n"
        "ldr.w r12, [r8], #4\n ldmia.w r9!, {r10, r11}\n sxtb16 lr, r12\n sxtb16 r12, r12, ror #8\n"
        "smlad r0, lr, r10, r0\n smlad r4, r12, r10, r4\n smlad r1, lr, r11, r1\n smlad r5, r12, r11, r5\n"
        "ldmia.w r9!, {r10, r11}\n"
        "smlad r2, lr, r10, r2\n smlad r6, r12, r10, r6\n smlad r3, lr, r11, r3\n smlad r7, r12, r11, r7\n"
        QMCU_CORE_LEAVE);
}

/* Four outputs of four pixels, two of them in a lane: low + high * 4096. Two words of weights, two lanes each. 32 products. */
QMCU_CORE void qmcu_core_pairs_4x4(void)
{
    __asm__ volatile(
        QMCU_CORE_ENTER ".rept 32\n"
        "ldmia.w r8!, {r12, lr}\n ldmia.w r9!, {r10, r11}\n"
        "smlad r0, r12, r10, r0\n smlad r4, lr, r10, r4\n smlad r1, r12, r11, r1\n smlad r5, lr, r11, r5\n"
        "ldmia.w r9!, {r10, r11}\n"
        "smlad r2, r12, r10, r2\n smlad r6, lr, r10, r6\n smlad r3, r12, r11, r3\n smlad r7, lr, r11, r7\n"
        QMCU_CORE_LEAVE);
}

/* The same, 16 weights of 2 bits a word; r10 is the mask. 64 products. */
#define QMCU_CRUMB_PIXEL(a, b) "ldr.w r11, [r9], #4\n smlad " a ", lr, r11, " a "\n smlad " b ", r12, r11, " b "\n"
#define QMCU_CRUMB_PIXELS \
    QMCU_CRUMB_PIXEL("r0", "r4") QMCU_CRUMB_PIXEL("r1", "r5") QMCU_CRUMB_PIXEL("r2", "r6") QMCU_CRUMB_PIXEL("r3", "r7")
QMCU_CORE void qmcu_core_crumbs_4x4(void)
{
    __asm__ volatile(
        QMCU_CORE_ENTER ".rept 16\n"
        "ldr.w r12, [r8]\n and.w lr, r10, r12\n and.w r12, r10, r12, ror #2\n" QMCU_CRUMB_PIXELS
        "ldr.w r12, [r8], #4\n and.w lr, r10, r12, ror #8\n and.w r12, r10, r12, ror #10\n" QMCU_CRUMB_PIXELS
        QMCU_CORE_LEAVE);
}

/* Four outputs of one pixel, four taps: as in 2x4, the outputs A and B of two taps, C and D, A and B of the next two, C and D. 16 products.
 * Round after round until the lanes end at r10. */
QMCU_CORE void qmcu_core_4x1(void)
{
    __asm__ volatile(
        "push {r10, lr}\n mov pc, r12\n 1:\n .rept 32\n"
        "ldmia.w r8!, {r4-r7}\n ldmia.w r9!, {r10, r11}\n"
        "sxtb16 r12, r4\n sxtb16 lr, r4, ror #8\n smlad r0, r12, r10, r0\n smlad r1, lr, r10, r1\n"
        "sxtb16 r12, r5\n sxtb16 lr, r5, ror #8\n smlad r2, r12, r10, r2\n smlad r3, lr, r10, r3\n"
        "sxtb16 r12, r6\n sxtb16 lr, r6, ror #8\n smlad r0, r12, r11, r0\n smlad r1, lr, r11, r1\n"
        "sxtb16 r12, r7\n sxtb16 lr, r7, ror #8\n smlad r2, r12, r11, r2\n smlad r3, lr, r11, r3\n"
        ".endr\n ldr.w r12, [sp]\n cmp r9, r12\n bne.w 1b\n pop {r10, pc}\n");
}

/* Eight outputs of one pixel, two in a lane. 16 products. */
QMCU_CORE void qmcu_core_pairs_8x1(void)
{
    __asm__ volatile(
        QMCU_CORE_ENTER ".rept 32\n"
        "ldmia.w r8!, {r4-r7}\n ldr.w r10, [r9], #4\n"
        "smlad r0, r4, r10, r0\n smlad r1, r5, r10, r1\n smlad r2, r6, r10, r2\n smlad r3, r7, r10, r3\n"
        QMCU_CORE_LEAVE);
}

/* The same, 16 weights of 2 bits a word; r10 is the mask. 16 products. */
QMCU_CORE void qmcu_core_crumbs_8x1(void)
{
    __asm__ volatile(
        QMCU_CORE_ENTER ".rept 32\n"
        "ldr.w r12, [r8], #4\n ldr.w r11, [r9], #4\n and.w r4, r10, r12\n and.w r5, r10, r12, ror #2\n and.w r6, r10, r12, ror #8\n"
        "and.w r7, r10, r12, ror #10\n"
        "smlad r0, r4, r11, r0\n smlad r1, r5, r11, r1\n smlad r2, r6, r11, r2\n smlad r3, r7, r11, r3\n"
        QMCU_CORE_LEAVE);
}

/* Where a core has `bytes` bytes of steps before its end; `most`: of all its steps. */
#define QMCU_CORE_AT(core, most, bytes) (((uint32_t)(core) & ~1u) + 4u + (uint32_t)((most) - (bytes)))

/* Runs a core from somewhere on, with eight sums or four, with the mask of crumbs in r10 or without. */
#define QMCU_CALL_CORE(core, sums, weights, lanes, entry) \
    do { \
        register int32_t t0 __asm__("r0") = (sums)[0]; \
        register int32_t t1 __asm__("r1") = (sums)[1]; \
        register int32_t t2 __asm__("r2") = (sums)[2]; \
        register int32_t t3 __asm__("r3") = (sums)[3]; \
        register int32_t t4 __asm__("r4") = (sums)[4]; \
        register int32_t t5 __asm__("r5") = (sums)[5]; \
        register int32_t t6 __asm__("r6") = (sums)[6]; \
        register int32_t t7 __asm__("r7") = (sums)[7]; \
        register const uint32_t *w8 __asm__("r8") = (weights); \
        register const uint32_t *l9 __asm__("r9") = (lanes); \
        register uint32_t e12 __asm__("r12") = (entry); \
        __asm__ volatile("bl %c[called]" \
            : "+r"(t0), "+r"(t1), "+r"(t2), "+r"(t3), "+r"(t4), "+r"(t5), "+r"(t6), "+r"(t7), "+r"(w8), "+r"(l9), "+r"(e12) \
            : [called] "i"(core) : "r10", "r11", "lr", "cc", "memory"); \
        (sums)[0] = t0; (sums)[1] = t1; (sums)[2] = t2; (sums)[3] = t3; \
        (sums)[4] = t4; (sums)[5] = t5; (sums)[6] = t6; (sums)[7] = t7; \
        (weights) = w8; (lanes) = l9; \
    } while (0)

#define QMCU_CALL_CORE_MASK(core, sums, weights, lanes, entry) \
    do { \
        register int32_t t0 __asm__("r0") = (sums)[0]; \
        register int32_t t1 __asm__("r1") = (sums)[1]; \
        register int32_t t2 __asm__("r2") = (sums)[2]; \
        register int32_t t3 __asm__("r3") = (sums)[3]; \
        register int32_t t4 __asm__("r4") = (sums)[4]; \
        register int32_t t5 __asm__("r5") = (sums)[5]; \
        register int32_t t6 __asm__("r6") = (sums)[6]; \
        register int32_t t7 __asm__("r7") = (sums)[7]; \
        register const uint32_t *w8 __asm__("r8") = (weights); \
        register const uint32_t *l9 __asm__("r9") = (lanes); \
        register uint32_t m10 __asm__("r10") = QMCU_CRUMB_MASK; \
        register uint32_t e12 __asm__("r12") = (entry); \
        __asm__ volatile("bl %c[called]" \
            : "+r"(t0), "+r"(t1), "+r"(t2), "+r"(t3), "+r"(t4), "+r"(t5), "+r"(t6), "+r"(t7), "+r"(w8), "+r"(l9), "+r"(e12), "+r"(m10) \
            : [called] "i"(core) : "r11", "lr", "cc", "memory"); \
        (sums)[0] = t0; (sums)[1] = t1; (sums)[2] = t2; (sums)[3] = t3; \
        (sums)[4] = t4; (sums)[5] = t5; (sums)[6] = t6; (sums)[7] = t7; \
        (weights) = w8; (lanes) = l9; \
    } while (0)

#define QMCU_CALL_CORE_4(core, sums, weights, lanes, entry) \
    do { \
        register int32_t t0 __asm__("r0") = (sums)[0]; \
        register int32_t t1 __asm__("r1") = (sums)[1]; \
        register int32_t t2 __asm__("r2") = (sums)[2]; \
        register int32_t t3 __asm__("r3") = (sums)[3]; \
        register const uint32_t *w8 __asm__("r8") = (weights); \
        register const uint32_t *l9 __asm__("r9") = (lanes); \
        register uint32_t e12 __asm__("r12") = (entry); \
        __asm__ volatile("bl %c[called]" \
            : "+r"(t0), "+r"(t1), "+r"(t2), "+r"(t3), "+r"(w8), "+r"(l9), "+r"(e12) \
            : [called] "i"(core) : "r4", "r5", "r6", "r7", "r10", "r11", "lr", "cc", "memory"); \
        (sums)[0] = t0; (sums)[1] = t1; (sums)[2] = t2; (sums)[3] = t3; \
        (weights) = w8; (lanes) = l9; \
    } while (0)

/* The same with the mask of crumbs, or where the lanes end, in r10. */
#define QMCU_CALL_CORE_4_WITH(core, sums, weights, lanes, entry, value) \
    do { \
        register int32_t t0 __asm__("r0") = (sums)[0]; \
        register int32_t t1 __asm__("r1") = (sums)[1]; \
        register int32_t t2 __asm__("r2") = (sums)[2]; \
        register int32_t t3 __asm__("r3") = (sums)[3]; \
        register const uint32_t *w8 __asm__("r8") = (weights); \
        register const uint32_t *l9 __asm__("r9") = (lanes); \
        register uint32_t m10 __asm__("r10") = (value); \
        register uint32_t e12 __asm__("r12") = (entry); \
        __asm__ volatile("bl %c[called]" \
            : "+r"(t0), "+r"(t1), "+r"(t2), "+r"(t3), "+r"(w8), "+r"(l9), "+r"(e12), "+r"(m10) \
            : [called] "i"(core) : "r4", "r5", "r6", "r7", "r11", "lr", "cc", "memory"); \
        (sums)[0] = t0; (sums)[1] = t1; (sums)[2] = t2; (sums)[3] = t3; \
        (weights) = w8; (lanes) = l9; \
    } while (0)
#endif

/* These return the weights that follow; few, a literal: at most 32 steps. Two outputs of four pixels: sums[0..3] of the first, [4..7] of the second. steps: pairs of taps. */
QMCU_INLINE const uint32_t *qmcu_block_2x4(int32_t *sums, const uint32_t *weights, const uint32_t *lanes, int32_t steps, int32_t few)
{
#if QMCU_HAS_DSP
    int32_t bytes = steps * 52;
    for (; !few && bytes > 32 * 52; bytes -= 32 * 52)
        QMCU_CALL_CORE(qmcu_core_2x4, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_2x4, 0, 0));
    QMCU_CALL_CORE(qmcu_core_2x4, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_2x4, 32 * 52, bytes));
#else
    (void)few;
    for (; steps > 0; --steps, ++weights, lanes += 4) {
        uint32_t a = qmcu_signed_even_bytes(*weights), b = qmcu_signed_odd_bytes(*weights);
        for (int32_t p = 0; p < 4; ++p) {
            sums[p] = qmcu_mac2(a, lanes[p], sums[p]);
            sums[4 + p] = qmcu_mac2(b, lanes[p], sums[4 + p]);
        }
    }
#endif
    return weights;
}

/* Four outputs of four pixels, low + 4096 * high: sums[0..3] of the first two, [4..7] of the others. */
QMCU_INLINE const uint32_t *qmcu_block_pairs_4x4(int32_t *sums, const uint32_t *weights, const uint32_t *lanes, int32_t steps, int32_t few)
{
#if QMCU_HAS_DSP
    int32_t bytes = steps * 44;
    for (; !few && bytes > 32 * 44; bytes -= 32 * 44)
        QMCU_CALL_CORE(qmcu_core_pairs_4x4, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_pairs_4x4, 0, 0));
    QMCU_CALL_CORE(qmcu_core_pairs_4x4, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_pairs_4x4, 32 * 44, bytes));
#else
    (void)few;
    for (; steps > 0; --steps, weights += 2, lanes += 4) {
        for (int32_t p = 0; p < 4; ++p) {
            sums[p] = qmcu_mac2(weights[0], lanes[p], sums[p]);
            sums[4 + p] = qmcu_mac2(weights[1], lanes[p], sums[4 + p]);
        }
    }
#endif
    return weights;
}

#if !QMCU_HAS_DSP
QMCU_INLINE uint32_t qmcu_crumbs(uint32_t word, int32_t turn)
{
    return (turn == 0 ? word : (word >> turn | word << (32 - turn))) & QMCU_CRUMB_MASK;
}
#endif

/* The same with weights of 2 bits, each one more than it is; steps: even. */
QMCU_INLINE const uint32_t *qmcu_block_crumbs_4x4(int32_t *sums, const uint32_t *weights, const uint32_t *lanes, int32_t steps, int32_t few)
{
#if QMCU_HAS_DSP
    int32_t bytes = steps * 60;
    for (; !few && bytes > 32 * 60; bytes -= 32 * 60)
        QMCU_CALL_CORE_MASK(qmcu_core_crumbs_4x4, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_crumbs_4x4, 0, 0));
    QMCU_CALL_CORE_MASK(qmcu_core_crumbs_4x4, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_crumbs_4x4, 32 * 60, bytes));
#else
    (void)few;
    for (int32_t step = 0; step < steps; ++step, weights += step % 2 == 0, lanes += 4) {
        uint32_t a = qmcu_crumbs(*weights, step % 2 * 8), b = qmcu_crumbs(*weights, step % 2 * 8 + 2);
        for (int32_t p = 0; p < 4; ++p) {
            sums[p] = qmcu_mac2(a, lanes[p], sums[p]);
            sums[4 + p] = qmcu_mac2(b, lanes[p], sums[4 + p]);
        }
    }
#endif
    return weights;
}

/* Four outputs of one pixel; steps: even. sums[4..7] are lost. */
QMCU_INLINE const uint32_t *qmcu_block_4x1(int32_t *sums, const uint32_t *weights, const uint32_t *lanes, int32_t steps, int32_t few)
{
#if QMCU_HAS_DSP
    (void)few;
    uint32_t missing = (0u - (uint32_t)steps / 2u) % 32u;
    QMCU_CALL_CORE_4_WITH(
        qmcu_core_4x1, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_4x1, 0, 0) + 2u + 72u * missing, (uint32_t)(uintptr_t)(lanes + steps));
#else
    (void)few;
    for (; steps > 0; --steps, weights += 2, ++lanes) {
        for (int32_t pair = 0; pair < 2; ++pair) {
            sums[2 * pair] = qmcu_mac2(qmcu_signed_even_bytes(weights[pair]), *lanes, sums[2 * pair]);
            sums[2 * pair + 1] = qmcu_mac2(qmcu_signed_odd_bytes(weights[pair]), *lanes, sums[2 * pair + 1]);
        }
    }
#endif
    return weights;
}

/* Eight outputs of one pixel, two in each of sums[0..3]; sums[4..7] are lost. */
QMCU_INLINE const uint32_t *qmcu_block_pairs_8x1(int32_t *sums, const uint32_t *weights, const uint32_t *lanes, int32_t steps, int32_t few)
{
#if QMCU_HAS_DSP
    int32_t bytes = steps * 24;
    for (; !few && bytes > 32 * 24; bytes -= 32 * 24)
        QMCU_CALL_CORE_4(qmcu_core_pairs_8x1, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_pairs_8x1, 0, 0));
    QMCU_CALL_CORE_4(qmcu_core_pairs_8x1, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_pairs_8x1, 32 * 24, bytes));
#else
    (void)few;
    for (; steps > 0; --steps, weights += 4, ++lanes) {
        for (int32_t pair = 0; pair < 4; ++pair)
            sums[pair] = qmcu_mac2(weights[pair], *lanes, sums[pair]);
    }
#endif
    return weights;
}

/* The same with weights of 2 bits, each one more than it is. */
QMCU_INLINE const uint32_t *qmcu_block_crumbs_8x1(int32_t *sums, const uint32_t *weights, const uint32_t *lanes, int32_t steps, int32_t few)
{
#if QMCU_HAS_DSP
    int32_t bytes = steps * 40;
    for (; !few && bytes > 32 * 40; bytes -= 32 * 40)
        QMCU_CALL_CORE_4_WITH(qmcu_core_crumbs_8x1, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_crumbs_8x1, 0, 0), QMCU_CRUMB_MASK);
    QMCU_CALL_CORE_4_WITH(
        qmcu_core_crumbs_8x1, sums, weights, lanes, QMCU_CORE_AT(qmcu_core_crumbs_8x1, 32 * 40, bytes), QMCU_CRUMB_MASK);
#else
    (void)few;
    static const uint8_t turns[4] = {0, 2, 8, 10};
    for (; steps > 0; --steps, ++weights, ++lanes) {
        for (int32_t pair = 0; pair < 4; ++pair)
            sums[pair] = qmcu_mac2(qmcu_crumbs(*weights, turns[pair]), *lanes, sums[pair]);
    }
#endif
    return weights;
}

#endif
