/* What kernels for cores without SIMD share (RISC-V, Xtensa): several codes in fields of one word, so that one multiplication serves them all.
 *
 * Words are computed with modulo 2^32, so that fields may overflow on the way: only where they are taken apart must each have its true
 * value, which the compiler has proved from the weights.
 */
#ifndef QMCU_WORD_H
#define QMCU_WORD_H

#include "qmcu.h"

#if defined(__GNUC__)
typedef uint32_t __attribute__((may_alias)) qmcu_aligned;
#endif

/* Before a loop whose body is long: its passes are not copied. */
#if defined(__GNUC__) && !defined(__clang__)
#define QMCU_ROLLED _Pragma("GCC unroll 1")
#else
#define QMCU_ROLLED
#endif

/* sum += x * weight. Compilers reorder such sums until they run out of registers, so that the cores are told what to do, in this order. */
QMCU_INLINE void qmcu_multiply_add(uint32_t *sum, uint32_t x, uint32_t weight)
{
#if defined(__GNUC__) && defined(__riscv_mul) && !defined(QMCU_PORTABLE)
    uint32_t product, total = *sum;
    __asm__ volatile("mul %1, %2, %3\n\tadd %0, %0, %1" : "+r"(total), "=r"(product) : "r"(x), "r"(weight));
    *sum = total;
#elif defined(__GNUC__) && defined(__XTENSA__) && !defined(QMCU_PORTABLE)
    uint32_t product, total = *sum;
    __asm__ volatile("mull %1, %2, %3\n\tadd %0, %0, %1" : "+r"(total), "=r"(product) : "r"(x), "r"(weight));
    *sum = total;
#else
    *sum += x * weight;
#endif
}

/* Four bytes on a word, the first lowest. */
QMCU_INLINE uint32_t qmcu_aligned_word(const uint8_t *bytes)
{
#if defined(__GNUC__) && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return *(const qmcu_aligned *)(const void *)bytes;
#else
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
#endif
}

QMCU_INLINE void qmcu_set_aligned_word(uint8_t *bytes, uint32_t word)
{
#if defined(__GNUC__) && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    *(qmcu_aligned *)(void *)bytes = word;
#else
    for (int32_t i = 0; i < 4; ++i, word >>= 8)
        bytes[i] = (uint8_t)word;
#endif
}

/* Copies bytes, word by word where both ends allow it. */
QMCU_INLINE void qmcu_copy_bytes(uint8_t *to, const uint8_t *from, int32_t count)
{
#if defined(__GNUC__)
    if ((((uintptr_t)to | (uintptr_t)from | (uintptr_t)count) & 3) == 0) {
        qmcu_aligned *words = (qmcu_aligned *)(void *)to;
        const qmcu_aligned *source = (const qmcu_aligned *)(const void *)from, *end = source + (count >> 2);
        for (; end - source >= 4; source += 4, words += 4) {
            uint32_t a = source[0], b = source[1], c = source[2], d = source[3];
            words[0] = a;
            words[1] = b;
            words[2] = c;
            words[3] = d;
        }
        while (source < end)
            *words++ = *source++;
        return;
    }
#endif
    QMCU_ROLLED
    for (const uint8_t *end = from + count; from < end;)
        *to++ = *from++;
}

/* From sums to codes; the shift before the multiplication is the caller's. */
typedef struct {
    int32_t addend, shift, min, max;
} qmcu_word_rounding;

/* from_zero: whether 0 is the least code; most: the largest one then. */
QMCU_INLINE uint32_t qmcu_word_clamped(int32_t value, const qmcu_word_rounding *to, int32_t from_zero, int32_t most)
{
    if (!from_zero)
        return (uint32_t)qmcu_clamp(value, to->min, to->max);
    if ((uint32_t)value > (uint32_t)most)
        value = value < 0 ? 0 : most;
#if defined(__GNUC__)
    __asm__("" : "+r"(value)); /* else it is cut to a byte once more */
#endif
    return (uint32_t)value;
}

QMCU_INLINE uint32_t qmcu_word_code(int32_t sum, int32_t multiplier, const qmcu_word_rounding *to, int32_t from_zero, int32_t most)
{
    return qmcu_word_clamped((qmcu_mulhi(sum, multiplier) + to->addend) >> to->shift, to, from_zero, most);
}

/* Field f of a word of 1, 2 or 4. */
QMCU_INLINE uint32_t qmcu_field(uint32_t word, int32_t f, int32_t fields)
{
    if (fields == 1)
        return word;
    if (fields == 2)
        return f == 0 ? word & 0xFFFF : word >> 16;

    return f == 3 ? word >> 24 : word >> (8 * f) & 255;
}

#endif
