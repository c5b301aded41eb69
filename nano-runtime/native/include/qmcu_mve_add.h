/* Sums of whole tensors of 8-bit codes for cores with Helium. */
#ifndef QMCU_MVE_ADD_H
#define QMCU_MVE_ADD_H

#include "qmcu_elementwise.h"
#include "qmcu_mve.h"

QMCU_INLINE void qmcu_mve_add_run(const qmcu_add *layer, const uint8_t *a, const uint8_t *b, uint8_t *y, int32_t count)
{
#if QMCU_HAS_MVE
    int32x4_t multiplier = vdupq_n_s32(layer->multiplier_a), min = vdupq_n_s32(layer->min), max = vdupq_n_s32(layer->max);
    __asm__ volatile(
        "wlstp.32 lr, %[count], 2f\n"
        "1: vldrb.u32 q0, [%[a]], #4\n vldrb.u32 q1, [%[b]], #4\n vmlas.s32 q0, %q[multiplier_a], %[addend]\n vmla.s32 q0, q1, %[multiplier_b]\n"
        "vshl.s32 q0, %[shift]\n vmax.s32 q0, q0, %q[min]\n vmin.s32 q0, q0, %q[max]\n vstrb.32 q0, [%[y]], #4\n letp lr, 1b\n"
        "2:\n"
        : [a] "+&l"(a), [b] "+&l"(b), [y] "+&l"(y)
        : [count] "r"(count), [multiplier_a] "w"(multiplier), [multiplier_b] "r"(layer->multiplier_b), [addend] "r"(layer->addend),
          [shift] "r"(-layer->shift), [min] "w"(min), [max] "w"(max)
        : "q0", "q1", "lr", "memory");
#else
    qmcu_add_run(layer, a, 0, 1, b, 0, 1, y, 0, count, 8, 8, 8);
#endif
}

#endif
