/* Convolutions without groups in little code, for cores with the DSP extension: one function for all layers, to which shapes, bits and shifts arrive
 * at run time. Four pixels by two outputs at once, as in qmcu_dsp_conv.h, or one pixel; weights take 8, 4 or 2 bits.
 */
#ifndef QMCU_DSP_SMALL_H
#define QMCU_DSP_SMALL_H

#include "qmcu_dsp_conv.h"

typedef struct {
    qmcu_dsp_conv conv;         /* outputs_of: bias and multiplier of every output. Weights: per two outputs, words A B A B of two taps; of fewer
                                 * than 8 bits, 8 / bits such words lie in one, the first in the highest bits of each byte */
    int32_t in_place;           /* windows of one pixel, read where they are */
    int32_t raster;             /* the whole image is one row of results */
    int32_t in_bits, out_bits;
    int32_t lane_shift;         /* that codes get: with that of the weights it is the shift before the requantization, which biases have, ... */
    int32_t sum_shift;          /* ... less what sums get */
    int32_t shift;              /* of the requantization */
} qmcu_dsp_small_conv;

/* How codes are made from sums. */
typedef struct {
    int32_t addend, shift, sum_shift;
    uint32_t min, max;          /* four times */
} qmcu_dsp_small_range;

QMCU_INLINE qmcu_dsp_small_range qmcu_dsp_small_range_of(int32_t addend, int32_t shift, int32_t sum_shift, int32_t min, int32_t max)
{
    qmcu_dsp_small_range range;
    range.addend = addend;
    range.shift = shift;
    range.sum_shift = sum_shift;
    range.min = (uint32_t)min * 0x01010101u;
    range.max = (uint32_t)max * 0x01010101u;
    return range;
}

/* A sum as a byte. */
QMCU_INLINE uint32_t qmcu_dsp_small_code(int32_t sum, int32_t multiplier, const qmcu_dsp_small_range *range)
{
    int32_t high = qmcu_mulhi_add(sum, multiplier, range->addend) >> range->shift;
#if QMCU_HAS_DSP
    uint32_t code;
    __asm__("usat %0, #8, %1" : "=r"(code) : "r"(high));
    return code;
#else
    return (uint32_t)qmcu_clamp(high, 0, 255);
#endif
}

/* Four bytes, each within its range. */
QMCU_INLINE uint32_t qmcu_dsp_small_clamp(uint32_t bytes, const qmcu_dsp_small_range *range)
{
#if QMCU_HAS_DSP
    uint32_t over;
    __asm__("uqsub8 %0, %0, %1\n uqadd8 %0, %0, %1" : "+r"(bytes) : "r"(range->min));
    __asm__("uqsub8 %0, %1, %2" : "=r"(over) : "r"(bytes), "r"(range->max));
    return bytes - over;
#else
    uint32_t clamped = 0;
    for (int32_t i = 0; i < 32; i += 8) {
        int32_t code = qmcu_clamp((int32_t)(bytes >> i & 255), (int32_t)(range->min & 255), (int32_t)(range->max & 255));
        clamped |= (uint32_t)code << i;
    }
    return clamped;
#endif
}

#if QMCU_HAS_DSP
/* One step of qmcu_core_2x4 after its weights are loaded: 48 bytes. */
#define QMCU_SMALL_STEP \
    "ldmia.w r9!, {r10, r11}\n sxtb16 lr, r12\n sxtb16 r12, r12, ror #8\n" \
    "smlad r0, lr, r10, r0\n smlad r4, r12, r10, r4\n smlad r1, lr, r11, r1\n smlad r5, r12, r11, r5\n" \
    "ldmia.w r9!, {r10, r11}\n" \
    "smlad r2, lr, r10, r2\n smlad r6, r12, r10, r6\n smlad r3, lr, r11, r3\n smlad r7, r12, r11, r7\n"

/* Units of steps, round after round until the lanes end at r10; entered at r11. */
#define QMCU_SMALL_CORE(bits, units, unit) \
    QMCU_CORE void qmcu_core_small_##bits(void) \
    { \
        __asm__ volatile( \
            "push {r10, lr}\n mov pc, r11\n 1:\n .rept " #units "\n" unit ".endr\n" \
            "ldr.w r12, [sp]\n cmp r9, r12\n bne.w 1b\n pop {r10, pc}\n"); \
    }
QMCU_SMALL_CORE(8, 8, "ldr.w r12, [r8], #4\n" QMCU_SMALL_STEP)
QMCU_SMALL_CORE(4, 4,
    "ldr.w r12, [r8]\n and.w r12, r12, #0xF0F0F0F0\n" QMCU_SMALL_STEP
    "ldr.w r12, [r8], #4\n lsl.w r12, r12, #4\n and.w r12, r12, #0xF0F0F0F0\n" QMCU_SMALL_STEP)
QMCU_SMALL_CORE(2, 2,
    "ldr.w r12, [r8]\n and.w r12, r12, #0xC0C0C0C0\n" QMCU_SMALL_STEP
    "ldr.w r12, [r8]\n lsl.w r12, r12, #2\n and.w r12, r12, #0xC0C0C0C0\n" QMCU_SMALL_STEP
    "ldr.w r12, [r8]\n lsl.w r12, r12, #4\n and.w r12, r12, #0xC0C0C0C0\n" QMCU_SMALL_STEP
    "ldr.w r12, [r8], #4\n lsl.w r12, r12, #6\n and.w r12, r12, #0xC0C0C0C0\n" QMCU_SMALL_STEP)

/* A core, and where it is entered so that all its rounds but the first are whole. `unit`: bytes of a unit, of which it has `units`. */
typedef struct {
    uint32_t core, entry;
} qmcu_dsp_small_core;

QMCU_INLINE qmcu_dsp_small_core qmcu_dsp_small_core_of(int32_t bits, int32_t steps)
{
    int32_t unit = bits == 8 ? 52 : bits == 4 ? 116 : 236, units = bits, count = steps * bits / 8;
    uint32_t start = bits == 8 ? (uint32_t)qmcu_core_small_8 : bits == 4 ? (uint32_t)qmcu_core_small_4 : (uint32_t)qmcu_core_small_2;
    qmcu_dsp_small_core core;
    core.core = start;
    core.entry = (start & ~1u) + 6u + (uint32_t)((units - 1 - (count - 1) % units) * unit);
    return core;
}

QMCU_INLINE const uint32_t *qmcu_dsp_small_block(
    int32_t *sums, const uint32_t *weights, const uint32_t *lanes, int32_t steps, qmcu_dsp_small_core core)
{
    register int32_t t0 __asm__("r0") = sums[0];
    register int32_t t1 __asm__("r1") = sums[1];
    register int32_t t2 __asm__("r2") = sums[2];
    register int32_t t3 __asm__("r3") = sums[3];
    register int32_t t4 __asm__("r4") = sums[4];
    register int32_t t5 __asm__("r5") = sums[5];
    register int32_t t6 __asm__("r6") = sums[6];
    register int32_t t7 __asm__("r7") = sums[7];
    register const uint32_t *w8 __asm__("r8") = weights;
    register const uint32_t *l9 __asm__("r9") = lanes;
    register const uint32_t *end10 __asm__("r10") = lanes + 4 * steps;
    register uint32_t entry11 __asm__("r11") = core.entry;
    register uint32_t core12 __asm__("r12") = core.core;
    __asm__ volatile("blx r12"
        : "+r"(t0), "+r"(t1), "+r"(t2), "+r"(t3), "+r"(t4), "+r"(t5), "+r"(t6), "+r"(t7), "+r"(w8), "+r"(l9), "+r"(end10), "+r"(entry11),
          "+r"(core12) : : "lr", "cc", "memory");
    sums[0] = t0, sums[1] = t1, sums[2] = t2, sums[3] = t3;
    sums[4] = t4, sums[5] = t5, sums[6] = t6, sums[7] = t7;
    return w8;
}
#else
typedef int32_t qmcu_dsp_small_core;

QMCU_INLINE qmcu_dsp_small_core qmcu_dsp_small_core_of(int32_t bits, int32_t steps)
{
    (void)steps;
    return bits;
}

/* Two outputs of four pixels: sums[0..3] of the first, [4..7] of the second. Returns the weights that follow. */
QMCU_INLINE const uint32_t *qmcu_dsp_small_block(
    int32_t *sums, const uint32_t *weights, const uint32_t *lanes, int32_t steps, qmcu_dsp_small_core bits)
{
    uint32_t mask = bits == 8 ? 0xFFFFFFFFu : bits == 4 ? 0xF0F0F0F0u : 0xC0C0C0C0u;
    for (int32_t step = 0; step < steps; lanes += 4) {
        uint32_t word = *weights << step * bits % 8 & mask, a = qmcu_signed_even_bytes(word), b = qmcu_signed_odd_bytes(word);
        for (int32_t p = 0; p < 4; ++p) {
            sums[p] = qmcu_mac2(a, lanes[p], sums[p]);
            sums[4 + p] = qmcu_mac2(b, lanes[p], sums[4 + p]);
        }
        weights += ++step * bits % 8 == 0;
    }
    return weights;
}
#endif

/* 8-bit codes of four pixels as lanes. */
QMCU_CALLED void qmcu_dsp_small_widen_bytes(const uint8_t *const *codes, int32_t bytes, uint32_t *lanes, int32_t shift)
{
    const uint8_t *a = codes[0], *b = codes[1], *c = codes[2], *d = codes[3];
    for (int32_t i = 0; i < bytes; i += 4, lanes += 8) {
        uint32_t words[4];
        if (bytes - i >= 4) {
            words[0] = qmcu_word(a + i), words[1] = qmcu_word(b + i), words[2] = qmcu_word(c + i), words[3] = qmcu_word(d + i);
        } else {
            for (int32_t p = 0; p < 4; ++p)
                words[p] = qmcu_part_word(codes[p] + i, bytes - i);
        }
        for (int32_t p = 0; p < 4; ++p) {
            lanes[p] = qmcu_even_bytes(words[p]) << shift;
            lanes[4 + p] = qmcu_odd_bytes(words[p]) << shift;
        }
    }
}

/* Codes of `count` pixels as lanes. */
QMCU_CALLED void qmcu_dsp_small_widen(
    const uint8_t *const *codes, int32_t bytes, uint32_t *lanes, int32_t count, int32_t bits, int32_t shift)
{
    uint32_t mask = bits == 4 ? 0x000F000Fu : 0x00030003u;
    for (int32_t p = 0; p < count; ++p) {
        const uint8_t *from = codes[p];
        uint32_t *to = lanes + p;
        for (int32_t left = bytes; left > 0; left -= 4, from += 4) {
            uint32_t word = left >= 4 ? qmcu_word(from) : qmcu_part_word(from, left);
            if (bits == 8) {
                to[0] = qmcu_even_bytes(word) << shift;
                to[count] = qmcu_odd_bytes(word) << shift;
                to += 2 * count;
            } else {
                for (int32_t turn = 0; turn < 16; turn += bits, to += count)
                    *to = (word >> turn & mask) << shift;
            }
        }
    }
}

/* Bytes under the window of a pixel, one after the other. */
QMCU_CALLED void qmcu_dsp_small_gather(const qmcu_dsp_conv *conv, const qmcu_view *x, int32_t row, int32_t column, uint8_t *to)
{
    qmcu_dsp_gather(conv, x, row, column, to, 0);
}

/* Two codes of a pixel: outputs o and o + 1. */
QMCU_INLINE void qmcu_dsp_small_store(uint8_t *pixel, int32_t o, int32_t outputs, uint32_t codes, int32_t bits)
{
    uint8_t *to = pixel + (o * bits >> 3);
    if (bits == 8) {
        to[0] = (uint8_t)codes;
        if (o + 1 < outputs)
            to[1] = (uint8_t)(codes >> 8);
        return;
    }

    uint32_t bit = (uint32_t)(o * bits) & 7, both = (codes | codes >> (8 - bits)) & ((1u << 2 * bits) - 1);
    *to = (uint8_t)(bit == 0 ? both : *to | both << bit);
}

/* What qmcu_core_small_bytes takes: all but the weights lie on its stack. */
typedef struct {
    const int32_t *outputs_of;
    const uint32_t *lanes;
    uint32_t entry, core;       /* of the steps: see qmcu_dsp_small_core */
    const uint32_t *lanes_end;
    int32_t addend, shift;
    uint8_t *to;
    int32_t pitch;              /* bytes from pixel to pixel */
    const uint8_t *end;         /* of the first pixel */
    uint32_t max;               /* the largest code, four times */
    const uint32_t *weights;
} qmcu_dsp_small_bytes;

#if QMCU_HAS_DSP
/* All outputs of four neighbouring pixels, codes of 8 bits, two outputs after the other: biases into eight sums, the steps, requantization, a half
 * word to each pixel. */
QMCU_CORE void qmcu_core_small_bytes(const qmcu_dsp_small_bytes *bytes QMCU_UNUSED)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n ldmia r0!, {r1-r7}\n ldmia.w r0, {r8-r12}\n sub sp, #8\n push {r8-r11}\n push {r1-r7}\n mov r8, r12\n"
        "1: ldr.w r12, [sp]\n ldmia.w r12!, {r0, r1, r4, r5}\n str.w r12, [sp]\n strd r1, r5, [sp, #44]\n"
        "mov r1, r0\n mov r2, r0\n mov r3, r0\n mov r5, r4\n mov r6, r4\n mov r7, r4\n"
        "ldr.w r9, [sp, #4]\n ldrd r11, r12, [sp, #8]\n ldr.w r10, [sp, #16]\n blx r12\n"
        "ldrd r10, r11, [sp, #44]\n ldrd r9, r12, [sp, #20]\n"
        "smmla r0, r0, r10, r9\n smmla r1, r1, r10, r9\n smmla r2, r2, r10, r9\n smmla r3, r3, r10, r9\n"
        "smmla r4, r4, r11, r9\n smmla r5, r5, r11, r9\n smmla r6, r6, r11, r9\n smmla r7, r7, r11, r9\n"
        "asrs r0, r12\n asrs r1, r12\n asrs r2, r12\n asrs r3, r12\n asrs r4, r12\n asrs r5, r12\n asrs r6, r12\n asrs r7, r12\n"
        "usat r0, #8, r0\n usat r1, #8, r1\n usat r2, #8, r2\n usat r3, #8, r3\n"
        "usat r4, #8, r4\n usat r5, #8, r5\n usat r6, #8, r6\n usat r7, #8, r7\n ldrd r10, r11, [sp, #28]\n"
        "orr.w r0, r0, r4, lsl #8\n orr.w r1, r1, r5, lsl #8\n orr.w r2, r2, r6, lsl #8\n orr.w r3, r3, r7, lsl #8\n"
        "ldr.w r12, [sp, #40]\n cmn.w r12, #1\n beq 2f\n"
        "uqsub8 r4, r0, r12\n uqsub8 r5, r1, r12\n uqsub8 r6, r2, r12\n uqsub8 r7, r3, r12\n"
        "subs r0, r0, r4\n subs r1, r1, r5\n subs r2, r2, r6\n subs r3, r3, r7\n"
        "2: strh.w r0, [r10]\n strh.w r1, [r10, r11]\n strh.w r2, [r10, r11, lsl #1]\n add.w r12, r10, r11, lsl #1\n"
        "strh.w r3, [r12, r11]\n add.w r10, r10, #2\n str.w r10, [sp, #28]\n ldr.w r12, [sp, #36]\n cmp r10, r12\n bne 1b\n"
        "add sp, #52\n pop {r4-r11, pc}\n");
}
#endif

/* All outputs of four pixels. neighbours: one after the other, codes of 8 bits from 0 on, outputs in pairs. */
QMCU_INLINE void qmcu_dsp_small_outputs(
    const qmcu_dsp_small_conv *layer, const uint32_t *lanes, uint8_t *const *to, const qmcu_dsp_small_range *range, qmcu_dsp_small_core core,
    int32_t neighbours)
{
    const uint32_t *weights = (const uint32_t *)(const void *)layer->conv.weights;
    const int32_t *of = layer->conv.outputs_of;
#if QMCU_HAS_DSP
    if (neighbours) {
        qmcu_dsp_small_bytes bytes;
        bytes.outputs_of = of;
        bytes.lanes = lanes;
        bytes.entry = core.entry;
        bytes.core = core.core;
        bytes.lanes_end = lanes + 4 * layer->conv.steps;
        bytes.addend = range->addend;
        bytes.shift = range->shift;
        bytes.to = to[0];
        bytes.pitch = layer->conv.outputs;
        bytes.end = to[0] + layer->conv.outputs;
        bytes.max = range->max;
        bytes.weights = weights;
        qmcu_core_small_bytes(&bytes);
        return;
    }
#else
    (void)neighbours;
#endif
    for (int32_t o = 0; o < layer->conv.outputs; o += 2, of += 4) {
        int32_t sums[8] = {of[0], of[0], of[0], of[0], of[2], of[2], of[2], of[2]};
        weights = qmcu_dsp_small_block(sums, weights, lanes, layer->conv.steps, core);
        for (int32_t p = 0; p < 4; ++p) {
            uint32_t codes = qmcu_dsp_small_code((int32_t)((uint32_t)sums[p] << range->sum_shift), of[1], range)
                | qmcu_dsp_small_code((int32_t)((uint32_t)sums[4 + p] << range->sum_shift), of[3], range) << 8;
            qmcu_dsp_small_store(to[p], o, layer->conv.outputs, qmcu_dsp_small_clamp(codes, range), layer->out_bits);
        }
    }
}

/* What all layers share. */
QMCU_CALLED void qmcu_dsp_small_conv_by_core(
    const qmcu_dsp_small_conv *layer, const qmcu_view *x, const qmcu_region *y, uint32_t *lanes, qmcu_dsp_small_core core)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    int32_t window_bytes = conv->window.kernel_height * conv->window.kernel_width * conv->pixel_bytes, pitch = (window_bytes + 3) / 4 * 4;
    int32_t out_bytes = qmcu_bytes(conv->outputs, layer->out_bits);
    int32_t pixels = layer->raster ? y->rows * y->columns : y->columns, rows = layer->raster ? 1 : y->rows, last = pixels - 1;
    uint8_t *windows = (uint8_t *)(lanes + 4 * conv->steps);
    const qmcu_dsp_small_range range = qmcu_dsp_small_range_of(conv->addend, layer->shift, layer->sum_shift, conv->min, conv->max);
    int32_t neighbours = pixels >= 4 && layer->out_bits == 8 && conv->min == 0 && range.sum_shift == 0 && conv->outputs % 2 == 0;
    for (int32_t i = pitch * 16 / layer->in_bits; i < 4 * conv->steps; ++i)
        lanes[i] = 0;

    for (int32_t row = 0; row < rows; ++row) {
        for (int32_t column = 0; column < pixels; column += 4) {
            int32_t first = column + 3 <= last ? column : last >= 3 ? last - 3 : 0;
            const uint8_t *codes[4];
            uint8_t *to[4];
            for (int32_t p = 0; p < 4; ++p) {
                int32_t at = first + p <= last ? first + p : last, line = layer->raster ? at / y->columns : row;
                to[p] = y->codes + row * y->pitch + at * out_bytes;
                at += y->column - (layer->raster ? line * y->columns : 0);
                line += y->row;
                if (layer->in_place) {
                    codes[p] = x->codes + (line * conv->window.stride_y - x->row) * x->pitch
                        + (at * conv->window.stride_x - x->column) * conv->pixel_bytes;
                } else {
                    codes[p] = windows + p * pitch;
                    qmcu_dsp_small_gather(conv, x, line, at, windows + p * pitch);
                }
            }

            if (layer->in_bits == 8)
                qmcu_dsp_small_widen_bytes(codes, window_bytes, lanes, layer->lane_shift);
            else
                qmcu_dsp_small_widen(codes, window_bytes, lanes, 4, layer->in_bits, layer->lane_shift);
            qmcu_dsp_small_outputs(layer, lanes, to, &range, core, neighbours);
        }
    }
}

/* Scratch: 4 words per step; unless in_place the windows of four pixels, each on a word. */
QMCU_INLINE void qmcu_dsp_small_conv_run(const qmcu_dsp_small_conv *layer, qmcu_view x, qmcu_region y, uint32_t *lanes, int32_t weight_bits)
{
    qmcu_dsp_small_conv_by_core(layer, &x, &y, lanes, qmcu_dsp_small_core_of(weight_bits, layer->conv.steps));
}

/* Two outputs of one pixel; steps: a multiple of four. Returns the weights that follow. */
QMCU_INLINE const uint32_t *qmcu_dsp_small_two(
    int32_t *first, int32_t *second, const uint32_t *weights, const uint32_t *lanes, int32_t steps, int32_t bits)
{
    uint32_t mask = bits == 4 ? 0xF0F0F0F0u : 0xC0C0C0C0u;
    int32_t a = *first, b = *second;
    for (const uint32_t *end = lanes + steps; lanes != end; lanes += 4, weights += bits / 2) {
        for (int32_t step = 0; step < 4; ++step) {
            uint32_t word = bits == 8 ? weights[step] : weights[step * bits / 8] << step * bits % 8 & mask;
            a = qmcu_mac2(qmcu_signed_even_bytes(word), lanes[step], a);
            b = qmcu_mac2(qmcu_signed_odd_bytes(word), lanes[step], b);
        }
    }
    *first = a;
    *second = b;
    return weights;
}

/* One pixel after the other. Scratch: a word per step; unless in_place a window, on a word. */
QMCU_INLINE void qmcu_dsp_small_dense_run(const qmcu_dsp_small_conv *layer, qmcu_view x, qmcu_region y, uint32_t *lanes, int32_t weight_bits)
{
    const qmcu_dsp_conv *conv = &layer->conv;
    int32_t bytes = conv->window.kernel_height * conv->window.kernel_width * conv->pixel_bytes, pixels = y.rows * y.columns;
    int32_t out_bytes = qmcu_bytes(conv->outputs, layer->out_bits);
    const qmcu_dsp_small_range range = qmcu_dsp_small_range_of(conv->addend, layer->shift, layer->sum_shift, conv->min, conv->max);
    for (int32_t i = (bytes + 3) / 4 * 16 / layer->in_bits; i < conv->steps; ++i)
        lanes[i] = 0;

    for (int32_t pixel = 0; pixel < pixels; ++pixel) {
        int32_t row = pixel / y.columns, column = pixel % y.columns, line = y.row + row, at = y.column + column;
        const uint8_t *codes = (const uint8_t *)(lanes + conv->steps);
        if (layer->in_place)
            codes = x.codes + (line * conv->window.stride_y - x.row) * x.pitch + (at * conv->window.stride_x - x.column) * conv->pixel_bytes;
        else
            qmcu_dsp_small_gather(conv, &x, line, at, (uint8_t *)(lanes + conv->steps));
        qmcu_dsp_small_widen(&codes, bytes, lanes, 1, layer->in_bits, layer->lane_shift);
        const uint32_t *weights = (const uint32_t *)(const void *)conv->weights;
        const int32_t *of = conv->outputs_of;
        for (int32_t o = 0; o < conv->outputs; o += 2, of += 4) {
            int32_t first = of[0], second = of[2];
            weights = qmcu_dsp_small_two(&first, &second, weights, lanes, conv->steps, weight_bits);
            uint32_t two = qmcu_dsp_small_code((int32_t)((uint32_t)first << range.sum_shift), of[1], &range)
                | qmcu_dsp_small_code((int32_t)((uint32_t)second << range.sum_shift), of[3], &range) << 8;
            two = qmcu_dsp_small_clamp(two, &range);
            qmcu_dsp_small_store(y.codes + row * y.pitch + column * out_bytes, o, conv->outputs, two, layer->out_bits);
        }
    }
}

#endif
