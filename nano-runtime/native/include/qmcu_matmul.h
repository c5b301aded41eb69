/* Product of two matrices of activations, A[batch, m, k] by B[batch, k, n]:
 * y = requantize(sum over k of (a - a_zero) * (b - b_zero)). An operand that is shared serves every batch.
 */
#ifndef QMCU_MATMUL_H
#define QMCU_MATMUL_H

#include "qmcu.h"

typedef struct {
    int32_t batch, m, k, n;
    int32_t a_shared, b_shared;
    int32_t a_line, b_line, y_line;     /* codes of a line of each tensor */
    int32_t a_zero, b_zero;
    qmcu_requantization to;
} qmcu_matmul;

QMCU_INLINE void qmcu_matmul_run(
    const qmcu_matmul *layer, const uint8_t *a, const uint8_t *b, uint8_t *y, int32_t a_bits, int32_t b_bits, int32_t y_bits)
{
    int32_t iy = 0;
    for (int32_t batch = 0; batch < layer->batch; ++batch) {
        for (int32_t m = 0; m < layer->m; ++m) {
            int32_t row = ((layer->a_shared ? 0 : batch * layer->m) + m) * layer->k;
            for (int32_t n = 0; n < layer->n; ++n, ++iy) {
                int32_t column = (layer->b_shared ? 0 : batch * layer->k * layer->n) + n;
                int32_t sum = 0;
                for (int32_t k = 0; k < layer->k; ++k) {
                    sum += (qmcu_get(a, a_bits, layer->a_line, row + k) - layer->a_zero)
                        * (qmcu_get(b, b_bits, layer->b_line, column + k * layer->n) - layer->b_zero);
                }

                qmcu_set(y, y_bits, layer->y_line, iy, qmcu_requantize(&layer->to, sum, 0));
            }
        }
    }
}

#endif
