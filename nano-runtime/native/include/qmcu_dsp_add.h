/* Sums of two tensors of 8-bit codes and one shape, for cores with the DSP extension: four elements at a time. */
#ifndef QMCU_DSP_ADD_H
#define QMCU_DSP_ADD_H

#include "qmcu_dsp.h"
#include "qmcu_elementwise.h"

/* `count` elements, all codes allowed; shift is a literal. Four are read before they are written. */
QMCU_INLINE void qmcu_dsp_add_run(const qmcu_add *layer, const uint8_t *a, const uint8_t *b, uint8_t *y, int32_t count, int32_t shift)
{
    const int32_t by_a = layer->multiplier_a, by_b = layer->multiplier_b, addend = layer->addend;
    const uint8_t *end = y + (count & ~3);
    for (; y != end; a += 4, b += 4, y += 4) {
        uint32_t four = qmcu_word(a), others = qmcu_word(b), packed = 0;
        for (int32_t i = 0; i < 32; i += 8) {
            int32_t sum = (int32_t)(four >> i & 255) * by_a + (int32_t)(others >> i & 255) * by_b + addend;
            packed |= (uint32_t)qmcu_saturate(sum, shift, 8, 0, 255) << i;
        }
        qmcu_put_word(y, packed);
    }

    for (count &= 3; count > 0; --count)
        *y++ = (uint8_t)qmcu_saturate(*a++ * by_a + *b++ * by_b + addend, shift, 8, 0, 255);
}

#endif
