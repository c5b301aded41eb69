/* Convolutions with a single pixel of output (fully connected layers), for cores without SIMD: a word of weights by one code at a time.
 *
 * Weights of 4 bits serve 8 outputs, those of 2 bits 16: a word of them is taken apart into words of 2 or 4 fields, each another output's,
 * and a product with a code is that many products. A field that starts with its offset stays in range over the steps of a part.
 * Weights of 8 bits are multiplied one by one, 8 outputs at a time.
 */
#ifndef QMCU_WORD_DENSE_H
#define QMCU_WORD_DENSE_H

#include "qmcu_word_conv.h"

/* What is fixed when a kernel is specialised. */
typedef struct {
    int32_t outputs;            /* of a block */
    int32_t fields;             /* outputs of a word: 1, 2 or 4 */
    int32_t split;              /* more than one part */
    int32_t weight_form;        /* as in qmcu_word_form */
    int32_t out_bits, shifts, from_zero;
} qmcu_word_dense_form;

/* Words of outputs of a block. */
QMCU_INLINE int32_t qmcu_word_dense_words(qmcu_word_dense_form form)
{
    return form.outputs / form.fields;
}

/* One step: output j of the block is in field j / words of word j % words. */
QMCU_INLINE void qmcu_word_dense_step(uint32_t *sums, uint32_t x, const uint8_t *weights, qmcu_word_dense_form form)
{
    int32_t words = qmcu_word_dense_words(form);
    if (form.fields == 1) {
        for (int32_t j = 0; j < words; ++j)
            qmcu_multiply_add(&sums[j], x, qmcu_word_weight(weights, j, form.weight_form));
        return;
    }

    uint32_t packed = qmcu_aligned_word(weights);
    uint32_t mask = form.weight_form == 4 ? 0x000F000Fu : form.fields == 2 ? 0x00030003u : 0x03030303u;
    for (int32_t j = 0; j < words; ++j)
        qmcu_multiply_add(&sums[j], x, packed >> (j * form.weight_form) & mask);
}

/* All steps of a part; returns the weights behind them. */
QMCU_INLINE const uint8_t *qmcu_word_dense_part(
    uint32_t *sums, const uint8_t *codes, const uint8_t *weights, int32_t count, qmcu_word_dense_form form)
{
    uint32_t s[8];
    int32_t words = qmcu_word_dense_words(form), step_bytes = form.fields == 1 ? 8 : 4;
    for (int32_t j = 0; j < words; ++j)
        s[j] = sums[j];
    for (const uint8_t *end = codes + count; codes != end; codes += 4, weights += 4 * step_bytes) {
        for (int32_t step = 0; step < 4; ++step)
            qmcu_word_dense_step(s, codes[step], weights + step * step_bytes, form);
    }
    for (int32_t j = 0; j < words; ++j)
        sums[j] = s[j];
    return weights;
}

/* What weights that are too large make too much of, in every field. */
QMCU_INLINE uint32_t qmcu_word_dense_excess(const uint8_t *codes, int32_t count, qmcu_word_dense_form form)
{
    if (form.weight_form == -8)
        return 0;

    uint32_t sum = 0;
    for (const uint8_t *end = codes + count; codes != end; ++codes)
        sum += *codes;
    return sum * (form.weight_form == 8 ? 128 : form.weight_form == 4 ? 8u * 0x00010001u : form.fields == 2 ? 2u * 0x00010001u : 2u * 0x01010101u);
}

/* All outputs from codes, one a byte, as many as steps. */
QMCU_INLINE void qmcu_word_dense_outputs(const qmcu_word_conv *layer, const uint8_t *codes, uint8_t *y, qmcu_word_dense_form form)
{
    const uint8_t *weights = layer->weights;
    const int32_t *of = layer->outputs_of;
    int32_t words = qmcu_word_dense_words(form);
    uint32_t excess = form.split ? 0 : qmcu_word_dense_excess(codes, layer->steps, form);
    qmcu_writer writer = qmcu_write_line(y);
    for (int32_t o = 0; o < layer->outputs; o += form.outputs) {
        uint32_t sums[8], apart[16];
        const uint8_t *from = codes;
        for (int32_t part = 0; part < (form.split ? layer->parts : 1); ++part) {
            int32_t count = form.split && part == layer->parts - 1 ? layer->last_steps : layer->steps;
            if (form.split)
                excess = qmcu_word_dense_excess(from, count, form);
            for (int32_t j = 0; j < words; ++j)
                sums[j] = (uint32_t)of[j] - excess;
            weights = qmcu_word_dense_part(sums, from, weights, count, form);
            from += count;
            of += words;
            for (int32_t j = 0; j < form.outputs; ++j) {
                uint32_t field = qmcu_field(sums[j % words], j / words, form.fields);
                apart[j] = part == 0 ? field : apart[j] + field;
            }
        }

        if (form.fields == 1)
            of -= words;
        int32_t left = layer->outputs - o < form.outputs ? layer->outputs - o : form.outputs;
        QMCU_ROLLED
        for (int32_t j = 0; j < left; ++j) {
            uint32_t sum = form.fields == 1 ? apart[j] : apart[j] + (uint32_t)of[j];
            int32_t shifted = (int32_t)(sum << (form.shifts ? layer->pre_shift : 0));
            uint32_t code = qmcu_word_code(shifted, of[form.outputs + j], &layer->to, form.from_zero, layer->to.max);
            qmcu_write(&writer, form.out_bits, (int32_t)code);
        }
        of += 2 * form.outputs;
    }
    qmcu_end_line(&writer);
}

/* Scratch: the window, rounded up to words, then its codes one a byte, as many as a window of whole words has. */
QMCU_INLINE void qmcu_word_dense_run(
    const qmcu_word_conv *layer, qmcu_view x, qmcu_region y, uint32_t *scratch, int32_t outputs, int32_t fields, int32_t split,
    int32_t weight_form, int32_t in_bits, int32_t out_bits, int32_t shifts, int32_t from_zero)
{
    const qmcu_word_dense_form form = {outputs, fields, split, weight_form, out_bits, shifts, from_zero};
    int32_t words = (layer->window.kernel_height * layer->window.kernel_width * layer->pixel_bytes + 3) / 4;
    uint8_t *codes = (uint8_t *)scratch;
    if (words > 0)
        scratch[words - 1] = 0;
    qmcu_word_gather(layer, &x, y.row, y.column, codes);
    if (in_bits < 8) {
        const uint8_t *packed = codes;
        codes += 4 * words;
        for (int32_t i = 0; i < 32 / in_bits * words; ++i)
            codes[i] = (uint8_t)qmcu_code(packed, in_bits, i);
    }
    qmcu_word_dense_outputs(layer, codes, y.codes, form);
}

#endif
