/* Convolutions without groups, for cores without SIMD: four outputs by some pixels at once, one to four pixels a word.
 *
 * The codes under the windows of a block of pixels are spread once: step by step (a step is a tap and a channel), for each word the
 * codes of 1, 2 or 4 pixels in fields of 32, 16 or 8 bits. Every product of such a word and a weight is that many products. A field
 * that starts with its offset stays in range over the steps of a part: the compiler has proved it from the weights. After a part
 * fields are taken apart. The image is one row of pixels; where fewer are left than a block has, the last one is computed again.
 *
 * Three pixels may share two words, with fields of 21 bits: a + (b << 21) and c + (b << 10). The first yields a and the low 11 bits of b;
 * with those taken from the second, it yields c and the high bits of b.
 */
#ifndef QMCU_WORD_CONV_H
#define QMCU_WORD_CONV_H

#include "qmcu_word.h"

typedef struct {
    int32_t height, width;      /* of the input */
    int32_t pixel_bytes;        /* of the input */
    int32_t outputs;
    qmcu_window window;
    const uint8_t *weights;     /* [block of outputs][step][output] */
    const int32_t *outputs_of;  /* per block: offsets of each part (with one field: none), then biases, then multipliers */
    const uint8_t *padding;     /* a pixel of padding, packed */
    int32_t steps, last_steps;  /* of a part, of the last part; multiples of four */
    int32_t parts;
    int32_t pre_shift;          /* of sums, before the multiplication */
    qmcu_word_rounding to;
} qmcu_word_conv;

/* What is fixed when a kernel is specialised. */
typedef struct {
    int32_t in_place;           /* windows of one pixel, all read where they are: on words, unless read row by row */
    int32_t words, fields;      /* words of a step; pixels of a word: 1, 2 or 4; 3: of two words */
    int32_t split;              /* more than one part */
    int32_t weight_form;        /* -8: signed bytes; 8, 4, 2: so many bits, 128, 8 or 2 more than the weight */
    int32_t in_bits, out_bits;
    int32_t shifts;             /* sums have a shift before the multiplication */
    int32_t from_zero;          /* 0 is the least code */
    int32_t whole;              /* the outputs are a multiple of the block */
} qmcu_word_form;

/* Words whose fields belong together, how many of those a step has, and pixels of a block. */
QMCU_INLINE int32_t qmcu_word_group(qmcu_word_form form)
{
    return form.fields == 3 ? 2 : 1;
}

QMCU_INLINE int32_t qmcu_word_groups(qmcu_word_form form)
{
    return form.words / qmcu_word_group(form);
}

QMCU_INLINE int32_t qmcu_word_pixels(qmcu_word_form form)
{
    return qmcu_word_groups(form) * form.fields;
}

/* Whether windows are read row by row where they lie: codes of 8 bits, several pixels a word. */
QMCU_INLINE int32_t qmcu_word_reads_rows(qmcu_word_form form)
{
    return form.in_bits == 8 && form.fields > 1;
}

/* Bits of a weight that shares its byte with others; else 0. */
QMCU_INLINE int32_t qmcu_word_packed_bits(int32_t weight_form)
{
    return weight_form == 4 || weight_form == 2 ? weight_form : 0;
}

/* Different multiples that the sums of four outputs have of what weights that are too large make too much of. */
QMCU_INLINE int32_t qmcu_word_levels(int32_t weight_form)
{
    return weight_form == -8 ? 0 : weight_form == 4 ? 2 : weight_form == 2 ? 4 : 1;
}

/* Whether what weights that are too large make too much of is summed while windows are spread. */
QMCU_INLINE int32_t qmcu_word_sums_rows(qmcu_word_form form)
{
    return qmcu_word_reads_rows(form) && !form.split && qmcu_word_levels(form.weight_form) > 0;
}

/* From the sums of the words of a part: what weights that are too large make too much of, [level][word], the last level that of a weight alone. */
QMCU_INLINE void qmcu_word_excess_of(const uint32_t *sums, uint32_t *excess, qmcu_word_form form)
{
    uint32_t times = form.weight_form == 8 ? 128 : form.weight_form == 4 ? 8 : 2;
    for (int32_t level = qmcu_word_levels(form.weight_form) - 1; level >= 0; --level) {
        for (int32_t i = 0; i < form.words; ++i)
            excess[level * form.words + i] = sums[i] * times;
        times = (times << qmcu_word_packed_bits(form.weight_form)) + (form.weight_form == 4 ? 8 : 2);
    }
}

/* Bytes under the window of one pixel, one after the other. */
QMCU_INLINE void qmcu_word_gather(const qmcu_word_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint8_t *to)
{
    const qmcu_window *window = &layer->window;
    int32_t left = column * window->stride_x - window->pad_left, top = row * window->stride_y - window->pad_top;
    int within = left >= 0 && left + window->kernel_width <= layer->width && window->dilation_x == 1;
    for (int32_t ky = 0; ky < window->kernel_height; ++ky) {
        int32_t iy = top + ky * window->dilation_y;
        const uint8_t *line = x->codes + (iy - x->row) * x->pitch;
        if (within && iy >= 0 && iy < layer->height) {
            int32_t bytes = window->kernel_width * layer->pixel_bytes;
            qmcu_copy_bytes(to, line + (left - x->column) * layer->pixel_bytes, bytes);
            to += bytes;
            continue;
        }

        for (int32_t kx = 0; kx < window->kernel_width; ++kx, to += layer->pixel_bytes) {
            int32_t ix = left + kx * window->dilation_x;
            int inside = iy >= 0 && iy < layer->height && ix >= 0 && ix < layer->width;
            qmcu_copy_bytes(to, inside ? line + (ix - x->column) * layer->pixel_bytes : layer->padding, layer->pixel_bytes);
        }
    }
}

/* Four bytes of each pixel of a block as steps: four of 8 bits, eight of 4, sixteen of 2. */
QMCU_INLINE uint32_t *qmcu_word_spread_four(const uint32_t *pixels, uint32_t *steps, qmcu_word_form form)
{
    if (form.fields == 1) {
        for (int32_t i = 0; i < form.words; ++i)
            steps[i] = pixels[i];
        return steps + form.words;
    }

    if (form.fields == 2) {
        uint32_t mask = form.in_bits == 8 ? 0x00FF00FFu : form.in_bits == 4 ? 0x000F000Fu : 0x00030003u;
        for (int32_t i = 0; i < form.words; ++i) {
            uint32_t a = pixels[2 * i], b = pixels[2 * i + 1];
            uint32_t low = (a & 0xFFFF) | b << 16, high = a >> 16 | (b & 0xFFFF0000u);
            uint32_t *to = steps + i;
            for (int32_t turn = 0; turn < 16; turn += form.in_bits, to += form.words)
                *to = low >> turn & mask;
            for (int32_t turn = 0; turn < 16; turn += form.in_bits, to += form.words)
                *to = high >> turn & mask;
        }
        return steps + form.words * (32 / form.in_bits);
    }

    uint32_t mask = form.in_bits == 4 ? 0x0F0F0F0Fu : 0x03030303u;
    for (int32_t i = 0; i < form.words; ++i) {
        const uint32_t *p = pixels + 4 * i;
        uint32_t *to = steps + i;
        for (int32_t byte = 0; byte < 32; byte += 8) {
            uint32_t four = (p[0] >> byte & 255) | (p[1] >> byte & 255) << 8 | (p[2] >> byte & 255) << 16 | p[3] >> byte << 24;
            for (int32_t turn = 0; turn < 8; turn += form.in_bits, to += form.words)
                *to = four >> turn & mask;
        }
    }
    return steps + form.words * (32 / form.in_bits);
}

/* Words of a block of pixels as steps. */
QMCU_INLINE void qmcu_word_spread(const uint8_t *const *codes, int32_t words, uint32_t *steps, qmcu_word_form form)
{
    uint32_t pixels[8];
    QMCU_ROLLED
    for (int32_t i = 0; i < words; ++i) {
        for (int32_t p = 0; p < qmcu_word_pixels(form); ++p)
            pixels[p] = qmcu_aligned_word(codes[p] + 4 * i);
        steps = qmcu_word_spread_four(pixels, steps, form);
    }
}

/* The bytes of a block of pixels at an index as a step. */
QMCU_INLINE uint32_t *qmcu_word_spread_step(const uint8_t *const *codes, int32_t i, uint32_t *steps, qmcu_word_form form)
{
    for (int32_t g = 0; g < qmcu_word_groups(form); ++g) {
        if (form.fields == 2) {
            steps[g] = codes[2 * g][i] | (uint32_t)codes[2 * g + 1][i] << 16;
            continue;
        }

        uint32_t shared = codes[3 * g + 1][i];
        steps[2 * g] = codes[3 * g][i] | shared << 21;
        steps[2 * g + 1] = codes[3 * g + 2][i] + (shared << 10);
    }
    return steps + form.words;
}

/* The same, and adds the words of the step to sums. */
QMCU_INLINE uint32_t *qmcu_word_sum_step(const uint8_t *const *codes, int32_t i, uint32_t *steps, uint32_t *sums, qmcu_word_form form)
{
    uint32_t *next = qmcu_word_spread_step(codes, i, steps, form);
    for (int32_t word = 0; word < form.words && qmcu_word_sums_rows(form); ++word)
        sums[word] += steps[word];
    return next;
}

/* The windows of a block of pixels, whose rows lie a number of bytes apart, as steps. */
QMCU_INLINE void qmcu_word_spread_rows(
    const uint8_t *const *codes, const int32_t *row_steps, int32_t rows, int32_t row_bytes, uint32_t *steps, uint32_t *excess, qmcu_word_form form)
{
    uint32_t sums[4] = {0, 0, 0, 0};
    const uint8_t *at[8];
    for (int32_t p = 0; p < qmcu_word_pixels(form); ++p)
        at[p] = codes[p];

    QMCU_ROLLED
    for (int32_t row = 0; row < rows; ++row) {
        int32_t i = 0;
        QMCU_ROLLED
        for (; i + 4 <= row_bytes; i += 4) {
            for (int32_t j = 0; j < 4; ++j)
                steps = qmcu_word_sum_step(at, j, steps, sums, form);
            for (int32_t p = 0; p < qmcu_word_pixels(form); ++p)
                at[p] += 4;
        }
        QMCU_ROLLED
        for (; i < row_bytes; ++i) {
            steps = qmcu_word_sum_step(at, 0, steps, sums, form);
            for (int32_t p = 0; p < qmcu_word_pixels(form); ++p)
                ++at[p];
        }
        for (int32_t p = 0; p < qmcu_word_pixels(form); ++p)
            at[p] += row_steps[p] - row_bytes;
    }
    if (qmcu_word_sums_rows(form))
        qmcu_word_excess_of(sums, excess, form);
}

/* Of all steps of a part. */
QMCU_INLINE void qmcu_word_excess(const uint32_t *steps, int32_t count, uint32_t *excess, qmcu_word_form form)
{
    uint32_t sums[4] = {0, 0, 0, 0};
    QMCU_ROLLED
    for (int32_t step = 0; step < count; step += 4, steps += form.fields == 1 ? form.words : 4 * form.words) {
        for (int32_t i = 0; i < form.words; ++i) {
            if (form.fields == 1)
                sums[i] += (steps[i] & 255) + (steps[i] >> 8 & 255) + (steps[i] >> 16 & 255) + (steps[i] >> 24);
            else
                sums[i] += steps[i] + steps[form.words + i] + steps[2 * form.words + i] + steps[3 * form.words + i];
        }
    }
    qmcu_word_excess_of(sums, excess, form);
}

/* Weight j of a step; of weights that share a byte also those behind it, with which it is taken as one number. */
QMCU_INLINE uint32_t qmcu_word_weight(const uint8_t *weights, int32_t j, int32_t weight_form)
{
    if (weight_form == -8)
        return (uint32_t)(int32_t)(int8_t)weights[j];
    if (weight_form == 8)
        return weights[j];

    return weight_form == 4 ? (uint32_t)weights[j / 2] >> (j % 2 * 4) : (uint32_t)weights[0] >> (2 * j);
}

/* Bytes of the weights of a step of four outputs. */
QMCU_INLINE int32_t qmcu_word_step_bytes(int32_t weight_form)
{
    return weight_form == 4 ? 2 : weight_form == 2 ? 1 : 4;
}

/* Four steps of four outputs: sums are [output][word]. */
QMCU_INLINE void qmcu_word_four_steps(uint32_t *sums, const uint32_t *steps, const uint8_t *weights, qmcu_word_form form)
{
    for (int32_t step = 0; step < 4; ++step) {
        uint32_t x[4];
        for (int32_t i = 0; i < form.words; ++i)
            x[i] = form.fields == 1 ? ((const uint8_t *)(steps + i))[step] : steps[step * form.words + i];
        for (int32_t j = 0; j < 4; ++j) {
            uint32_t weight = qmcu_word_weight(weights, j, form.weight_form);
            for (int32_t i = 0; i < form.words; ++i)
                qmcu_multiply_add(&sums[j * form.words + i], x[i], weight);
        }
        weights += qmcu_word_step_bytes(form.weight_form);
    }
}

/* All steps of a part; returns the weights behind them. */
QMCU_INLINE const uint8_t *qmcu_word_part(uint32_t *sums, const uint32_t *steps, const uint8_t *weights, int32_t count, qmcu_word_form form)
{
    uint32_t s[16];
    int32_t step_words = form.fields == 1 ? form.words : 4 * form.words, step_bytes = 4 * qmcu_word_step_bytes(form.weight_form);
    int32_t bits = qmcu_word_packed_bits(form.weight_form);
    for (int32_t i = 0; i < 4 * form.words; ++i)
        s[i] = sums[i];
    const uint8_t *end = weights + count / 4 * step_bytes;
    for (; weights != end; weights += step_bytes, steps += step_words)
        qmcu_word_four_steps(s, steps, weights, form);
    for (int32_t i = 0; i < 4 * form.words; ++i) {
        int shares = bits != 0 && (i / form.words + 1) % (8 / bits) != 0;
        sums[i] = shares ? s[i] - (s[i + form.words] << bits) : s[i];
    }
    return weights;
}

/* Four codes of a pixel; what is beyond the last output is left out. */
QMCU_INLINE void qmcu_word_store(uint8_t *to, const uint32_t *codes, int32_t left, qmcu_word_form form)
{
    if (form.out_bits == 8) {
        for (int32_t j = 0; j < 4; ++j) {
            if (form.whole || j < left)
                to[j] = (uint8_t)codes[j];
        }
    } else if (form.out_bits == 4) {
        to[0] = (uint8_t)(codes[0] | codes[1] << 4);
        if (form.whole || left > 2)
            to[1] = (uint8_t)(codes[2] | codes[3] << 4);
    } else {
        to[0] = (uint8_t)(codes[0] | codes[1] << 2 | codes[2] << 4 | codes[3] << 6);
    }
}

/* The fields of a group. */
QMCU_INLINE void qmcu_word_fields(const uint32_t *group, uint32_t *fields, qmcu_word_form form)
{
    if (form.fields == 3) {
        uint32_t second = group[1] - (group[0] >> 21 << 10);
        fields[0] = group[0] & 0x1FFFFF;
        fields[1] = group[0] >> 21 | second >> 21 << 11;
        fields[2] = second & 0x1FFFFF;
        return;
    }

    for (int32_t f = 0; f < form.fields; ++f)
        fields[f] = qmcu_field(group[0], f, form.fields);
}

/* The fields of group i of an output from its sums, which after parts are taken apart already. */
QMCU_INLINE void qmcu_word_values(const uint32_t *sums, int32_t i, uint32_t *fields, qmcu_word_form form)
{
    if (!form.split) {
        qmcu_word_fields(sums + i * qmcu_word_group(form), fields, form);
        return;
    }
    for (int32_t f = 0; f < form.fields; ++f)
        fields[f] = sums[i * form.fields + f];
}

/* Four outputs of a block of pixels from their sums, [output][word] or, after parts, [output][pixel]. */
QMCU_INLINE void qmcu_word_finish(
    const qmcu_word_conv *layer, const uint32_t *sums, const int32_t *of, uint8_t *const *y, int32_t o, qmcu_word_form form)
{
    const qmcu_word_rounding rounding = layer->to;
    int32_t pre_shift = form.shifts ? layer->pre_shift : 0, left = layer->outputs - o, to = o * form.out_bits / 8;
    int32_t columns = form.split ? qmcu_word_pixels(form) : form.words;
    int32_t bias[4] = {of[0], of[1], of[2], of[3]}, multipliers[4] = {of[4], of[5], of[6], of[7]};
    QMCU_ROLLED
    for (int32_t i = 0; i < qmcu_word_groups(form); ++i) {
        uint32_t fields[4][4];
        for (int32_t j = 0; j < 4; ++j)
            qmcu_word_values(sums + j * columns, i, fields[j], form);
        for (int32_t f = 0; f < form.fields; ++f) {
            uint32_t codes[4];
            for (int32_t j = 0; j < 4; ++j) {
                uint32_t sum = form.fields == 1 ? fields[j][f] : fields[j][f] + (uint32_t)bias[j];
                codes[j] = qmcu_word_code((int32_t)(sum << pre_shift), multipliers[j], &rounding, form.from_zero, rounding.max);
            }
            uint8_t *at = *y++ + to;
#if defined(__GNUC__)
            if (form.out_bits == 8)
                __asm__("" : "+r"(at)); /* else each byte gets an index of its own */
#endif
            qmcu_word_store(at, codes, left, form);
        }
    }
}

/* The same where every code is a byte and steps have few words, since registers are few: output by output. */
QMCU_INLINE void qmcu_word_finish_bytes(
    const qmcu_word_conv *layer, const uint32_t *sums, const int32_t *of, uint8_t *const *y, int32_t o, qmcu_word_form form)
{
    const qmcu_word_rounding rounding = layer->to;
    int32_t pre_shift = form.shifts ? layer->pre_shift : 0, count = form.whole || layer->outputs - o > 4 ? 4 : layer->outputs - o;
    uint8_t *to[8];
    for (int32_t p = 0; p < qmcu_word_pixels(form); ++p)
        to[p] = y[p] + o;

    QMCU_ROLLED
    for (const int32_t *end = of + count; of != end; ++of, sums += form.split ? qmcu_word_pixels(form) : form.words) {
        int32_t bias = form.fields == 1 ? 0 : of[0], multiplier = of[4];
        for (int32_t i = 0; i < qmcu_word_groups(form); ++i) {
            uint32_t fields[4];
            qmcu_word_values(sums, i, fields, form);
            for (int32_t f = 0; f < form.fields; ++f) {
                int32_t shifted = (int32_t)((fields[f] + (uint32_t)bias) << pre_shift);
                *to[i * form.fields + f]++ = (uint8_t)qmcu_word_code(shifted, multiplier, &rounding, form.from_zero, rounding.max);
            }
        }
    }
}

/* What a word starts with for the offset of its fields, which for one, two and four is given in all of them. */
QMCU_INLINE uint32_t qmcu_word_start(uint32_t offset, int32_t word, qmcu_word_form form)
{
    return form.fields != 3 ? offset : offset + (offset << (word % 2 == 0 ? 21 : 10));
}

/* Adds the fields of all sums of a part, [output][word], to the sums of pixels, [output][pixel]. */
QMCU_INLINE void qmcu_word_collect(const uint32_t *sums, uint32_t *apart, int32_t is_first, qmcu_word_form form)
{
    QMCU_ROLLED
    for (int32_t j = 0; j < 4; ++j, sums += form.words, apart += qmcu_word_pixels(form)) {
        for (int32_t i = 0; i < qmcu_word_groups(form); ++i) {
            uint32_t fields[4];
            qmcu_word_fields(sums + i * qmcu_word_group(form), fields, form);
            for (int32_t f = 0; f < form.fields; ++f)
                apart[i * form.fields + f] = is_first ? fields[f] : apart[i * form.fields + f] + fields[f];
        }
    }
}

/* All outputs of a block of pixels whose steps are at hand. excess: that of each part, or room for it. */
QMCU_INLINE void qmcu_word_outputs(
    const qmcu_word_conv *layer, const uint32_t *steps, uint32_t *excess, uint8_t *const *y, qmcu_word_form form)
{
    const uint8_t *weights = layer->weights;
    const int32_t *of = layer->outputs_of;
    int32_t parts = form.split ? layer->parts : 1;
    const uint32_t *from = steps;
    int32_t levels = qmcu_word_levels(form.weight_form);
    for (int32_t part = 0; part < parts && levels > 0 && !qmcu_word_sums_rows(form); ++part, from += layer->steps * form.words) {
        int32_t count = form.split && part == parts - 1 ? layer->last_steps : layer->steps;
        qmcu_word_excess(from, count, excess + part * levels * form.words, form);
    }

    for (int32_t o = 0; o < layer->outputs; o += 4, of += 8) {
        uint32_t sums[16], apart[32];
        from = steps;
        for (int32_t part = 0; part < parts; ++part, of += form.fields == 1 ? 0 : 4) {
            int32_t count = form.split && part == parts - 1 ? layer->last_steps : layer->steps;
            const uint32_t *less = excess + part * levels * form.words;
            for (int32_t i = 0; i < 4 * form.words; ++i) {
                uint32_t start = qmcu_word_start((uint32_t)of[i / form.words], i, form);
                sums[i] = levels == 0 ? start : start - less[i / form.words % levels * form.words + i % form.words];
            }
            weights = qmcu_word_part(sums, from, weights, count, form);
            from += form.fields == 1 ? count / 4 * form.words : count * form.words;
            if (form.split)
                qmcu_word_collect(sums, apart, part == 0, form);
        }
        if (form.out_bits == 8 && form.words < 4)
            qmcu_word_finish_bytes(layer, form.split ? apart : sums, of, y, o, form);
        else
            qmcu_word_finish(layer, form.split ? apart : sums, of, y, o, form);
    }
}

/* Where the window of a pixel is: in the image if it lies inside, else gathered. row_step: bytes from row to row. */
QMCU_INLINE const uint8_t *qmcu_word_window(
    const qmcu_word_conv *layer, const qmcu_view *x, int32_t row, int32_t column, uint32_t *scratch, int32_t *row_step, qmcu_word_form form)
{
    const qmcu_window *window = &layer->window;
    int32_t top = row * window->stride_y - window->pad_top, left = column * window->stride_x - window->pad_left;
    int32_t bottom = top + (window->kernel_height - 1) * window->dilation_y, right = left + window->kernel_width;
    if (form.in_place
        || (qmcu_word_reads_rows(form) && top >= 0 && left >= 0 && bottom < layer->height && right <= layer->width && window->dilation_x == 1)) {
        *row_step = window->dilation_y * x->pitch;
        return x->codes + (top - x->row) * x->pitch + (left - x->column) * layer->pixel_bytes;
    }

    qmcu_word_gather(layer, x, row, column, (uint8_t *)scratch);
    *row_step = window->kernel_width * layer->pixel_bytes;
    return (const uint8_t *)scratch;
}

/* Zeros behind the last byte of windows that are no whole words: their weights are zero, too. */
QMCU_INLINE void qmcu_word_fill(uint32_t *scratch, uint32_t *steps, int32_t bytes, qmcu_word_form form)
{
    int32_t words = (bytes + 3) / 4;
    for (int32_t p = 0; p < qmcu_word_pixels(form) && !qmcu_word_reads_rows(form) && !form.in_place && words > 0; ++p)
        scratch[(p + 1) * words - 1] = 0;
    for (int32_t i = bytes * form.words; i < 4 * words * form.words && qmcu_word_reads_rows(form); ++i)
        steps[i] = 0;
}

/* Scratch: the windows of a block, each rounded up to words (none where they are read in place), then the steps, then up to eight words for each part. */
QMCU_INLINE void qmcu_word_conv_run(
    const qmcu_word_conv *layer, qmcu_view x, qmcu_region y, uint32_t *scratch, int32_t in_place, int32_t words, int32_t fields, int32_t split,
    int32_t weight_form, int32_t in_bits, int32_t out_bits, int32_t shifts, int32_t from_zero, int32_t whole)
{
    const qmcu_word_form form = {in_place, words, fields, split, weight_form, in_bits, out_bits, shifts, from_zero, whole};
    int32_t pixels = qmcu_word_pixels(form), row_bytes = layer->window.kernel_width * layer->pixel_bytes;
    int32_t bytes = layer->window.kernel_height * row_bytes, window_words = (bytes + 3) / 4;
    int32_t out_bytes = qmcu_bytes(layer->outputs, out_bits);
    uint32_t *steps = scratch + (in_place ? 0 : pixels * window_words);
    uint32_t *excess = steps + window_words * words * (fields == 1 ? 1 : 32 / in_bits);
    int32_t row = 0, column = 0, left = y.rows * y.columns;
    qmcu_word_fill(scratch, steps, bytes, form);
    for (; left > 0; left -= pixels) {
        const uint8_t *codes[8];
        uint8_t *to[8];
        int32_t row_steps[8];
        QMCU_ROLLED
        for (int32_t p = 0; p < pixels; ++p) {
            to[p] = y.codes + row * y.pitch + column * out_bytes;
            codes[p] = qmcu_word_window(layer, &x, y.row + row, y.column + column, scratch + p * window_words, &row_steps[p], form);
            if (p + 1 < left && ++column == y.columns) {
                column = 0;
                ++row;
            }
        }

        if (qmcu_word_reads_rows(form))
            qmcu_word_spread_rows(codes, row_steps, layer->window.kernel_height, row_bytes, steps, excess, form);
        else
            qmcu_word_spread(codes, window_words, steps, form);
        qmcu_word_outputs(layer, steps, excess, to, form);
    }
}

#endif
