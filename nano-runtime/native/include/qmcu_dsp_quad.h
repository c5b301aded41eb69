/* Convolutions without groups of 8-bit codes with 4-bit weights, for cores with the DSP extension: four products a multiplication.
 *
 * A word of codes holds those of two pixels, a + b * 2^14, a word of weights those of two outputs, c + d * 2^28. Their product has four
 * fields of 14 bits: ac, bc, ad, bd. The compiler has proved from the weights that the fields, moved by offsets, stay within 0 .. 16383 over the
 * taps of a part, after which they are taken apart. Weights are stored in 4 bits and widened once for many pixels.
 */
#ifndef QMCU_DSP_QUAD_H
#define QMCU_DSP_QUAD_H

#include "qmcu_dsp_conv.h"

typedef struct {
    qmcu_dsp_conv conv;         /* steps: taps in all; outputs_of: per block of four outputs the number of parts; for each its taps and 64-bit sums to
                                 * begin with, of outputs 0 and 1 and of 2 and 3, low words first; then biases of two outputs, their multipliers, and
                                 * those of the other two. The weights: per block and tap 16 bits, those of outputs 0 to 3, of which 1 and 3 are one
                                 * less where 0 and 2 are negative */
    int32_t power;              /* 2 to the shift before the requantization, which the biases have */
    int32_t groups;             /* of four pixels, at once */
} qmcu_dsp_quad;

/* Bytes of a tap of qmcu_core_quads, which has 32: the most of a part. */
#define QMCU_QUAD_STEP 24

/* Most groups at once. */
#define QMCU_QUAD_GROUPS 64

/* What the core of four outputs of some groups of pixels takes. */
typedef struct {
    const int32_t *outputs_of;
    const uint32_t *codes, *weights;    /* two words per tap */
    uint32_t end;                       /* of qmcu_core_quads */
    int32_t addend, power;
    uint8_t *const *to;                 /* first pixel of each group */
    int32_t groups;                     /* of four pixels */
    int32_t pitch;                      /* bytes from pixel to pixel */
    int32_t offset;                     /* of the block in a pixel */
} qmcu_dsp_quad_block;

#if QMCU_HAS_DSP
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
#define QMCU_QUAD_TWO(a, b, bias, multiplier, bits, shift) \
    "mla " a ", " a ", r6, " bias "\n mla " b ", " b ", r6, " bias "\n" \
    "smmla " a ", " a ", " multiplier ", r7\n smmla " b ", " b ", " multiplier ", r7\n" \
    "usat " a ", #" bits ", " a ", asr #" shift "\n usat " b ", #" bits ", " b ", asr #" shift "\n" \
    "orr.w " a ", " a ", " b ", lsl #16\n"
#define QMCU_QUAD_FIELDS(low, high, bits, shift) \
    "lsr.w lr, " low ", #28\n bfi lr, " high ", #4, #10\n asr.w " high ", " high ", #10\n" QMCU_QUAD_TWO("lr", high, "r9", "r11", bits, shift) \
    "ubfx " high ", " low ", #14, #14\n ubfx " low ", " low ", #0, #14\n" QMCU_QUAD_TWO(low, high, "r8", "r10", bits, shift) \
    "orr.w " low ", " low ", lr, lsl #" bits "\n"
#define QMCU_QUAD_SUMS(bits, shift) \
    "ldmia.w r12!, {r0-r3}\n" QMCU_QUAD_TWO("r0", "r1", "r8", "r10", bits, shift) QMCU_QUAD_TWO("r2", "r3", "r9", "r11", bits, shift) \
    "orr.w r0, r0, r2, lsl #" bits "\n"

/* Codes of outputs 0 and 1 of two pixels in a, of outputs 2 and 3 in c: to what is stored, of the second pixel in b. */
#define QMCU_QUAD_JOIN_8(a, b, c) "pkhtb " b ", " c ", " a ", asr #16\n pkhbt " a ", " a ", " c ", lsl #16\n"
#define QMCU_QUAD_JOIN_4(a, b, c) "orr.w " a ", " a ", " c ", lsl #8\n lsr.w " b ", " a ", #16\n"
#define QMCU_QUAD_JOIN_2(a, b, c) "orr.w " a ", " a ", " c ", lsl #4\n lsr.w " b ", " a ", #16\n"

/* Fields into the sums at r12, or to them. */
#define QMCU_QUAD_SPILL(low, high) \
    "ubfx r8, " low ", #0, #14\n ubfx r9, " low ", #14, #14\n lsr.w r10, " low ", #28\n bfi r10, " high ", #4, #10\n" \
    "asr.w r11, " high ", #10\n stmia.w r12!, {r8-r11}\n"
#define QMCU_QUAD_ADD(low, high) \
    "ldmia.w r12, {r8-r11}\n ubfx lr, " low ", #0, #14\n add r8, lr\n ubfx lr, " low ", #14, #14\n add r9, lr\n lsr.w lr, " low ", #28\n" \
    "bfi lr, " high ", #4, #10\n add r10, lr\n add.w r11, r11, " high ", asr #10\n stmia.w r12!, {r8-r11}\n"

#define QMCU_QUAD_CORE(number, bits, shift, join, store) \
    QMCU_CORE void qmcu_core_quad_##bits##_##number(const qmcu_dsp_quad_block *block QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n sub sp, #124\n mov r12, sp\n ldmia r0!, {r1-r5}\n stmia.w r12!, {r1-r5}\n ldmia r0!, {r1-r5}\n stmia.w r12!, {r1-r5}\n" \
            "1: ldr.w r12, [sp]\n ldr.w r11, [r12], #4\n str.w r11, [sp, #56]\n ldr.w r8, [sp, #8]\n" \
            "2: ldmia.w r12!, {r3, r4, r5, r6, r7}\n str.w r12, [sp, #48]\n ldr.w r9, [sp, #4]\n ldr.w r12, [sp, #12]\n" \
            "sub.w r12, r12, r3\n mov r0, r4\n mov r1, r5\n mov r2, r4\n mov r3, r5\n mov r4, r6\n mov r5, r7\n" QMCU_PAIRS_ENTER("3") \
            "str.w r9, [sp, #4]\n ldr.w r12, [sp]\n ldr.w r12, [r12]\n cmp.w r12, #1\n bne 6f\n" \
            "strd r6, r7, [sp, #40]\n ldr.w r12, [sp, #48]\n ldmia.w r12!, {r8-r11}\n ldrd r7, r6, [sp, #16]\n" \
            QMCU_QUAD_FIELDS("r0", "r1", #bits, shift) QMCU_QUAD_FIELDS("r2", "r3", #bits, shift) "ldmia.w r12, {r8-r11}\n" \
            QMCU_QUAD_FIELDS("r4", "r5", #bits, shift) join("r0", "r1", "r4") "ldrd r4, r5, [sp, #40]\n" \
            QMCU_QUAD_FIELDS("r4", "r5", #bits, shift) join("r2", "r3", "r4") \
            "5: ldr.w r12, [sp, #24]\n ldr.w lr, [r12], #4\n str.w r12, [sp, #24]\n ldrd r11, r12, [sp, #32]\n add lr, r12\n" \
            store " r0, [lr]\n" store " r1, [lr, r11]\n add lr, r11\n" store " r2, [lr, r11]\n" store " r3, [lr, r11, lsl #1]\n" \
            "ldr.w r12, [sp, #28]\n subs.w r12, r12, #1\n str.w r12, [sp, #28]\n bne 1b\n add sp, #124\n pop {r4-r11, pc}\n" \
            "6: str.w r8, [sp, #52]\n ldr.w r11, [sp, #56]\n cmp r11, r12\n add.w r12, sp, #60\n bne 7f\n" \
            QMCU_QUAD_SPILL("r0", "r1") QMCU_QUAD_SPILL("r2", "r3") QMCU_QUAD_SPILL("r4", "r5") QMCU_QUAD_SPILL("r6", "r7") "b 8f\n" \
            "7:\n" QMCU_QUAD_ADD("r0", "r1") QMCU_QUAD_ADD("r2", "r3") QMCU_QUAD_ADD("r4", "r5") QMCU_QUAD_ADD("r6", "r7") \
            "8: ldr.w r12, [sp, #48]\n ldrd r8, r11, [sp, #52]\n subs.w r11, r11, #1\n str.w r11, [sp, #56]\n bne 2b\n" \
            "ldmia.w r12!, {r8-r11}\n mov r4, r12\n add.w r12, sp, #60\n ldrd r7, r6, [sp, #16]\n" \
            QMCU_QUAD_SUMS(#bits, shift) "str.w r0, [sp, #60]\n" QMCU_QUAD_SUMS(#bits, shift) "str.w r0, [sp, #64]\n ldmia.w r4, {r8-r11}\n" \
            QMCU_QUAD_SUMS(#bits, shift) "str.w r0, [sp, #68]\n" QMCU_QUAD_SUMS(#bits, shift) \
            "mov r5, r0\n ldrd r0, r2, [sp, #60]\n ldr.w r4, [sp, #68]\n" join("r0", "r1", "r4") join("r2", "r3", "r5") "b 5b\n"); \
    }
#define QMCU_QUAD_CORES(number, shift) \
    QMCU_QUAD_CORE(number, 8, shift, QMCU_QUAD_JOIN_8, "str.w") QMCU_QUAD_CORE(number, 4, shift, QMCU_QUAD_JOIN_4, "strh.w") \
    QMCU_QUAD_CORE(number, 2, shift, QMCU_QUAD_JOIN_2, "strb.w")
QMCU_QUAD_CORES(1, "1") QMCU_QUAD_CORES(2, "2") QMCU_QUAD_CORES(3, "3") QMCU_QUAD_CORES(4, "4") QMCU_QUAD_CORES(5, "5") QMCU_QUAD_CORES(6, "6")
QMCU_QUAD_CORES(7, "7") QMCU_QUAD_CORES(8, "8") QMCU_QUAD_CORES(9, "9") QMCU_QUAD_CORES(10, "10") QMCU_QUAD_CORES(11, "11")
QMCU_QUAD_CORES(12, "12")

typedef void (*qmcu_dsp_quad_core)(const qmcu_dsp_quad_block *);
#define QMCU_QUAD_CASE(number) \
    case number: \
        return out_bits == 8 ? qmcu_core_quad_8_##number : out_bits == 4 ? qmcu_core_quad_4_##number : qmcu_core_quad_2_##number;
QMCU_INLINE qmcu_dsp_quad_core qmcu_dsp_quad_core_of(int32_t out_bits, int32_t shift)
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
QMCU_INLINE void qmcu_dsp_quad_portable(const qmcu_dsp_quad_block *block, int32_t out_bits, int32_t shift)
{
    const uint32_t *codes = block->codes;
    for (int32_t group = 0; group < block->groups; ++group) {
        int32_t sums[4][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
        const uint32_t *weights = block->weights;
        const int32_t *of = block->outputs_of + 1;
        for (int32_t part = 0; part < block->outputs_of[0]; ++part, of += 5) {
            int32_t steps = of[0] / QMCU_QUAD_STEP;
            for (int32_t half = 0; half < 4; ++half) {
                const uint32_t *w = weights + half / 2, *c = codes + half % 2;
                uint64_t sum = (uint32_t)of[1 + half / 2 * 2] | (uint64_t)(uint32_t)of[2 + half / 2 * 2] << 32;
                for (int32_t step = 0; step < steps; ++step)
                    sum += (uint64_t)((int64_t)(int32_t)w[2 * step] * (int64_t)c[2 * step]);
                for (int32_t field = 0; field < 4; ++field)
                    sums[half / 2 * 2 + field / 2][half % 2 * 2 + field % 2] += (int32_t)(sum >> (14 * field) & 16383);
            }
            weights += 2 * steps;
            codes += 2 * steps;
        }

        for (int32_t p = 0; p < 4; ++p) {
            uint32_t packed = 0;
            for (int32_t o = 0; o < 4; ++o) {
                uint32_t sum = (uint32_t)sums[o][p] * (uint32_t)block->power + (uint32_t)of[o / 2 * 4 + o % 2];
                int32_t high = qmcu_mulhi((int32_t)sum, of[o / 2 * 4 + 2 + o % 2]) + block->addend;
                packed |= (uint32_t)qmcu_clamp(high >> shift, 0, (1 << out_bits) - 1) << (o * out_bits);
            }
            for (int32_t i = 0; i < out_bits / 2; ++i)
                block->to[group][block->offset + p * block->pitch + i] = (uint8_t)(packed >> (8 * i));
        }
    }
}

/* Codes of four pixels, `step` bytes apart, two in a word; returns where the next go. */
QMCU_INLINE uint32_t *qmcu_dsp_quad_pack(const uint8_t *pixel, int32_t step, int32_t bytes, uint32_t *codes)
{
    for (int32_t i = 0; i < bytes; i += 4, pixel += 4, codes += 8) {
        uint32_t a, b, c, d;
        if (i + 4 <= bytes)
            a = qmcu_word(pixel), b = qmcu_word(pixel + step), c = qmcu_word(pixel + 2 * step), d = qmcu_word(pixel + 3 * step);
        else
            a = qmcu_part_word(pixel, bytes - i), b = qmcu_part_word(pixel + step, bytes - i),
            c = qmcu_part_word(pixel + 2 * step, bytes - i), d = qmcu_part_word(pixel + 3 * step, bytes - i);
        codes[0] = (a & 255) | (b & 255) << 14;
        codes[1] = (c & 255) | (d & 255) << 14;
        codes[2] = (a >> 8 & 255) | (b >> 8 & 255) << 14;
        codes[3] = (c >> 8 & 255) | (d >> 8 & 255) << 14;
        codes[4] = (a >> 16 & 255) | (b >> 16 & 255) << 14;
        codes[5] = (c >> 16 & 255) | (d >> 16 & 255) << 14;
        codes[6] = a >> 24 | b >> 24 << 14;
        codes[7] = c >> 24 | d >> 24 << 14;
    }
    return codes;
}

/* A word of weights from two nibbles. */
QMCU_INLINE uint32_t qmcu_dsp_quad_weight(uint32_t nibbles)
{
    uint32_t low = (uint32_t)((int32_t)(nibbles << 28) >> 28);
#if QMCU_HAS_DSP
    __asm__("bfi %0, %1, #28, #4" : "+r"(low) : "r"(nibbles >> 4));
    return low;
#else
    return (low & 0x0FFFFFFFu) | nibbles << 24;
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

/* Codes under the windows of four pixels of a row of results (with raster: of the whole image), the first of which is at `first`. */
QMCU_INLINE void qmcu_dsp_quad_gather(
    const qmcu_dsp_conv *layer, const qmcu_view *x, const qmcu_region *y, int32_t row, int32_t first, uint32_t *codes, uint8_t *windows,
    int32_t in_place, int32_t raster)
{
    const qmcu_dsp_form form = {in_place, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, raster};
    int32_t line = y->row + (raster ? first / y->columns : row), at = y->column + (raster ? first % y->columns : first);
    int32_t window_bytes = qmcu_dsp_window_bytes(layer, form), window_pitch = (window_bytes + 3) / 4 * 4;
    int32_t step = layer->window.stride_x * layer->pixel_bytes;
    int32_t in_row = !raster || at - y->column + 3 < y->columns;
    if (in_place && in_row) {
        qmcu_dsp_quad_pack(qmcu_dsp_codes(layer, x, line, at, windows, form), step, window_bytes, codes);
        return;
    }

    if (in_row && qmcu_dsp_is_inside(layer, line, at)) {
        const qmcu_window *window = &layer->window;
        const uint8_t *from = x->codes + (line * window->stride_y - window->pad_top - x->row) * x->pitch
            + (at * window->stride_x - window->pad_left - x->column) * layer->pixel_bytes;
        for (int32_t ky = 0; ky < window->kernel_height; ++ky, from += window->dilation_y * x->pitch)
            codes = qmcu_dsp_quad_pack(from, step, window->kernel_width * layer->pixel_bytes, codes);
        return;
    }

    for (int32_t p = 0; p < 4; ++p) {
        qmcu_dsp_gather(layer, x, line, at, windows + p * window_pitch, 0);
        if (++at == y->column + y->columns && raster) {
            at = y->column;
            ++line;
        }
    }
    qmcu_dsp_quad_pack(windows, window_pitch, window_pitch, codes);
}

#if QMCU_HAS_DSP
#define QMCU_QUAD_CORE_OF(out_bits, shift) qmcu_dsp_quad_core_of(out_bits, shift)
#define QMCU_QUAD_CALL(core, block, out_bits) (core)(block)
#else
typedef int32_t qmcu_dsp_quad_core;
#define QMCU_QUAD_CORE_OF(out_bits, shift) (shift)
#define QMCU_QUAD_CALL(core, block, out_bits) qmcu_dsp_quad_portable(block, out_bits, core)
#endif

/* The last block, of fewer than four outputs: group by group to a place of its own, and what there is of it from there. */
QMCU_INLINE void qmcu_dsp_quad_last(
    const qmcu_dsp_quad *layer, qmcu_dsp_quad_block *block, uint8_t *const *to, int32_t groups, int32_t out_bits, qmcu_dsp_quad_core core)
{
    uint8_t all[16];
    uint8_t *const at = all;
    int32_t block_bytes = out_bits / 2, left = qmcu_bytes(layer->conv.outputs, out_bits) - block->offset, offset = block->offset, pitch = block->pitch;
    block->to = &at;
    block->groups = 1;
    block->offset = 0;
    block->pitch = block_bytes;
    for (int32_t group = 0; group < groups; ++group) {
        QMCU_QUAD_CALL(core, block, out_bits);
        block->codes += 2 * layer->conv.steps;
        for (int32_t p = 0; p < 4; ++p) {
            for (int32_t i = 0; i < left; ++i)
                to[group][offset + p * pitch + i] = all[p * block_bytes + i];
        }
    }
}

/* All outputs of the groups whose codes are there. */
QMCU_INLINE void qmcu_dsp_quad_blocks(
    const qmcu_dsp_quad *layer, const uint32_t *codes, uint32_t *weights, uint8_t *const *to, int32_t groups, int32_t out_bits,
    qmcu_dsp_quad_core core)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    int32_t taps = conv->steps, out_bytes = qmcu_bytes(conv->outputs, out_bits);
    const uint8_t *from = conv->weights;
    qmcu_dsp_quad_block block;
    block.outputs_of = conv->outputs_of;
    block.codes = codes;
    block.weights = weights;
#if QMCU_HAS_DSP
    block.end = QMCU_CORE_AT(qmcu_core_quads, 32 * QMCU_QUAD_STEP, 0);
#else
    block.end = 0;
#endif
    block.addend = conv->addend;
    block.power = layer->power;
    block.to = to;
    block.groups = groups;
    block.pitch = out_bytes;
    for (block.offset = 0; block.offset + out_bits / 2 <= out_bytes; block.offset += out_bits / 2) {
        qmcu_dsp_quad_widen(from, taps, weights);
        QMCU_QUAD_CALL(core, &block, out_bits);
        from += 2 * taps;
        block.outputs_of += 5 * block.outputs_of[0] + 9;
    }

    if (block.offset < out_bytes) {
        qmcu_dsp_quad_widen(from, taps, weights);
        qmcu_dsp_quad_last(layer, &block, to, groups, out_bits, core);
    }
}

/* What all such layers share. */
QMCU_CALLED void qmcu_dsp_quad_by_core(
    const qmcu_dsp_quad *layer, const qmcu_view *x, const qmcu_region *y, uint32_t *codes, int32_t in_place, int32_t raster,
    int32_t out_bits, qmcu_dsp_quad_core core)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    int32_t words = 2 * conv->steps, out_bytes = qmcu_bytes(conv->outputs, out_bits), groups = 0;
    uint32_t *weights = codes + layer->groups * words;
    uint8_t *to[QMCU_QUAD_GROUPS];
    int32_t pixels = raster ? y->rows * y->columns : y->columns, rows = raster ? 1 : y->rows;
    for (int32_t i = 0; i < layer->groups * words; ++i)
        codes[i] = 0;

    for (int32_t row = 0; row < rows; ++row) {
        for (int32_t column = 0; column < pixels; column += 4) {
            int32_t first = column + 4 <= pixels ? column : pixels - 4;
            qmcu_dsp_quad_gather(conv, x, y, row, first, codes + groups * words, (uint8_t *)(weights + words), in_place, raster);
            to[groups++] = y->codes + row * y->pitch + first * out_bytes;
            if (groups == layer->groups) {
                qmcu_dsp_quad_blocks(layer, codes, weights, to, groups, out_bits, core);
                groups = 0;
            }
        }
    }

    if (groups > 0)
        qmcu_dsp_quad_blocks(layer, codes, weights, to, groups, out_bits, core);
}

/* Rows of at least four pixels, four at a time; at the end of a row pixels are computed twice. Scratch: `groups` times two words per tap, and once
 * more; the windows of four pixels. Rows of a window are whole words without holes. */
QMCU_INLINE void qmcu_dsp_quad_run(
    const qmcu_dsp_quad *layer, qmcu_view x, qmcu_region y, uint32_t *scratch, int32_t in_place, int32_t raster,
    int32_t out_bits, int32_t shift)
{
    qmcu_dsp_quad_by_core(layer, &x, &y, scratch, in_place, raster, out_bits, QMCU_QUAD_CORE_OF(out_bits, shift));
}

#endif
