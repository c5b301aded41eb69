/* Softmax and LogSoftmax along the middle axis of x as [outer, length, inner]; the result has 8 bits. With top the largest code of a line:
 *
 * e(x) = exponentials[top - x]; sum = e(x) over the line; y = min(255, (e(x) * 256 + sum / 2) / sum)
 *
 * LogSoftmax: with sum = 2^e * (1 + f) and t the first 8 bits of f, L = (e - exponent_bits) * octave + logarithms[t], and
 * y = clamp(zero - ((step * (top - x) + L + half) >> shift), 0, 255). In place where x has 8 bits.
 */
#ifndef QMCU_SOFTMAX_H
#define QMCU_SOFTMAX_H

#include "qmcu.h"

typedef struct {
    int32_t outer, length, inner, x_line;
    const int32_t *exponentials;        /* one per code, falling */
    const int32_t *logarithms;          /* of LogSoftmax, 256 */
    int32_t exponent_bits, octave, step, shift, zero;
} qmcu_softmax;

QMCU_INLINE int32_t qmcu_softmax_logarithm(const qmcu_softmax *layer, int32_t below, int32_t sum)
{
    int32_t highest = 0;
    while (sum >> (highest + 1) != 0)
        ++highest;

    int32_t after = (highest >= 8 ? sum >> (highest - 8) : sum << (8 - highest)) & 255;
    int32_t logarithm = (highest - layer->exponent_bits) * layer->octave + layer->logarithms[after];
    int32_t fall = (layer->step * below + logarithm + (1 << (layer->shift - 1))) >> layer->shift;
    return qmcu_clamp(layer->zero - fall, 0, 255);
}

QMCU_INLINE void qmcu_softmax_run(const qmcu_softmax *layer, const uint8_t *x, uint8_t *y, int32_t is_log, int32_t x_bits)
{
    for (int32_t outer = 0; outer < layer->outer; ++outer) {
        for (int32_t inner = 0; inner < layer->inner; ++inner) {
            int32_t first = outer * layer->length * layer->inner + inner, end = first + layer->length * layer->inner;
            int32_t top = 0, sum = 0;
            for (int32_t i = first; i < end; i += layer->inner) {
                int32_t code = qmcu_get(x, x_bits, layer->x_line, i);
                top = code > top ? code : top;
            }

            for (int32_t i = first; i < end; i += layer->inner)
                sum += layer->exponentials[top - qmcu_get(x, x_bits, layer->x_line, i)];

            for (int32_t i = first; i < end; i += layer->inner) {
                int32_t below = top - qmcu_get(x, x_bits, layer->x_line, i);
                int32_t share = is_log
                    ? qmcu_softmax_logarithm(layer, below, sum)
                    : (layer->exponentials[below] * 256 + sum / 2) / sum;
                y[i] = (uint8_t)(share > 255 ? 255 : share);
            }
        }
    }
}

#endif
