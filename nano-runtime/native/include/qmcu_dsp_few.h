/* Convolutions 1x1 of few channels, 8-bit codes, for cores with the DSP extension: the codes of a pixel stay in registers, as lanes, while the weights of
 * all outputs pass, which lie ready as lanes.
 */
#ifndef QMCU_DSP_FEW_H
#define QMCU_DSP_FEW_H

#include "qmcu_dsp.h"

typedef struct {
    const int32_t *outputs_of;  /* of every output, in the order in which the cores take it: lanes of weights, bias, multiplier; of 16 channels the addend */
    int32_t outputs, addend;
} qmcu_dsp_few;

/* What the core of a row of pixels takes. */
typedef struct {
    const int32_t *outputs_end;
    const uint8_t *end;
    const int32_t *outputs_of;
    int32_t entered;            /* bytes of steps before their end, where the core is entered */
    const uint8_t *from;
    uint8_t *to;
    int32_t addend;
} qmcu_dsp_few_row;

/* Outputs that a core is unrolled for, bytes of code of one, and the shift of all requantizations. */
#define QMCU_FEW_OUTPUTS 8
#define QMCU_FEW_STEP(channels) ((channels) == 4 ? 24 : (channels) == 8 ? 32 : (channels) == 12 ? 44 : 60)
#define QMCU_FEW_SHIFT 8

#if QMCU_HAS_DSP
/* A word of codes in odd as lanes. */
#define QMCU_FEW_LANES(even, odd) "uxtb16 " even ", " odd "\n uxtb16 " odd ", " odd ", ror #8\n"
#define QMCU_FEW_MAC(sum, weights, codes) "smlad " sum ", " weights ", " codes ", " sum "\n"
#define QMCU_FEW_PUT(sum, multiplier, addend, sat, to) \
    "smmla " sum ", " sum ", " multiplier ", " addend "\n usat " sum ", #" #sat ", " sum ", asr #8\n strb.w " sum ", [" to "], #1\n"

/* From pixel to pixel; wifew, from output to output. Stack: where outputs and pixels end, where outputs begin, where steps are entered, the next pixel. */
#define QMCU_FEW_CORE(channels, sat, enter, load, step, ends, is_last) \
    QMCU_CORE void qmcu_core_few_##channels##_##sat(const qmcu_dsp_few_row *row QMCU_UNUSED) \
    { \
        __asm__ volatile( \
            "push {r4-r11, lr}\n ldmia r0!, {r1-r7}\n adr.w r8, 3f + 1\n sub.w r4, r8, r4\n push {r1-r5}\n" enter \
            "1: " load "ldr.w pc, [sp, #12]\n .balign 4\n 2:\n .rept 8\n" step ".endr\n .balign 4\n" \
            "3: " ends "bne 2b\n" is_last "bne 1b\n add sp, #20\n pop {r4-r11, pc}\n"); \
    }
#define QMCU_FEW_CORES(sat) \
    QMCU_FEW_CORE( \
        4, sat, "mov lr, r5\n mov r11, r6\n mov r12, r7\n", \
        "ldr.w r1, [lr], #4\n ldr.w r10, [sp, #8]\n" QMCU_FEW_LANES("r0", "r1"), \
        "ldmia.w r10!, {r2-r5}\n" QMCU_FEW_MAC("r4", "r2", "r0") QMCU_FEW_MAC("r4", "r3", "r1") QMCU_FEW_PUT("r4", "r5", "r12", sat, "r11"), \
        "ldrd r2, r3, [sp]\n cmp r10, r2\n", "cmp lr, r3\n") \
    QMCU_FEW_CORE( \
        8, sat, "mov lr, r5\n mov r11, r6\n mov r12, r7\n", \
        "ldr.w r1, [lr], #4\n ldr.w r3, [lr], #4\n ldr.w r10, [sp, #8]\n" QMCU_FEW_LANES("r0", "r1") QMCU_FEW_LANES("r2", "r3"), \
        "ldmia.w r10!, {r4-r9}\n" QMCU_FEW_MAC("r8", "r4", "r0") QMCU_FEW_MAC("r8", "r5", "r1") QMCU_FEW_MAC("r8", "r6", "r2") \
        QMCU_FEW_MAC("r8", "r7", "r3") QMCU_FEW_PUT("r8", "r9", "r12", sat, "r11"), \
        "ldrd r4, r5, [sp]\n cmp r10, r4\n", "cmp lr, r5\n") \
    QMCU_FEW_CORE( \
        12, sat, "mov r12, r6\n mov lr, r7\n", \
        "ldr.w r6, [sp, #16]\n ldr.w r11, [sp, #8]\n ldr.w r1, [r6], #4\n ldr.w r3, [r6], #4\n ldr.w r5, [r6], #4\n str.w r6, [sp, #16]\n" \
        QMCU_FEW_LANES("r0", "r1") QMCU_FEW_LANES("r2", "r3") QMCU_FEW_LANES("r4", "r5"), \
        "ldmia.w r11!, {r6-r10}\n" QMCU_FEW_MAC("r10", "r6", "r0") QMCU_FEW_MAC("r10", "r7", "r1") QMCU_FEW_MAC("r10", "r8", "r2") \
        QMCU_FEW_MAC("r10", "r9", "r3") "ldmia.w r11!, {r6-r8}\n" QMCU_FEW_MAC("r10", "r6", "r4") QMCU_FEW_MAC("r10", "r7", "r5") \
        QMCU_FEW_PUT("r10", "r8", "lr", sat, "r12"), \
        "ldrd r6, r7, [sp]\n cmp r11, r6\n", "ldr.w r6, [sp, #16]\n cmp r6, r7\n") \
    QMCU_FEW_CORE( \
        16, sat, "mov lr, r6\n", \
        "ldr.w r8, [sp, #16]\n ldr.w r12, [sp, #8]\n ldr.w r1, [r8], #4\n ldr.w r3, [r8], #4\n ldr.w r5, [r8], #4\n ldr.w r7, [r8], #4\n" \
        "str.w r8, [sp, #16]\n" \
        QMCU_FEW_LANES("r0", "r1") QMCU_FEW_LANES("r2", "r3") QMCU_FEW_LANES("r4", "r5") QMCU_FEW_LANES("r6", "r7"), \
        "ldmia.w r12!, {r8-r11}\n" QMCU_FEW_MAC("r11", "r8", "r0") QMCU_FEW_MAC("r11", "r9", "r1") QMCU_FEW_MAC("r11", "r10", "r2") \
        "ldmia.w r12!, {r8-r10}\n" QMCU_FEW_MAC("r11", "r8", "r3") QMCU_FEW_MAC("r11", "r9", "r4") QMCU_FEW_MAC("r11", "r10", "r5") \
        "ldmia.w r12!, {r8, r9}\n" QMCU_FEW_MAC("r11", "r8", "r6") QMCU_FEW_MAC("r11", "r9", "r7") \
        "ldmia.w r12!, {r8, r9}\n" QMCU_FEW_PUT("r11", "r8", "r9", sat, "lr"), \
        "ldrd r8, r9, [sp]\n cmp r12, r8\n", "ldr.w r8, [sp, #16]\n cmp r8, r9\n")
QMCU_FEW_CORES(8) QMCU_FEW_CORES(7) QMCU_FEW_CORES(6) QMCU_FEW_CORES(5)

#define QMCU_FEW_CALL(sat) \
    (channels == 4 ? qmcu_core_few_4_##sat : channels == 8 ? qmcu_core_few_8_##sat : channels == 12 ? qmcu_core_few_12_##sat : qmcu_core_few_16_##sat)(row)
#endif

/* All outputs of a row of pixels. */
QMCU_INLINE void qmcu_dsp_few_core(const qmcu_dsp_few_row *row, int32_t channels, int32_t full)
{
#if QMCU_HAS_DSP
    if (full == 8)
        QMCU_FEW_CALL(8);
    else if (full == 7)
        QMCU_FEW_CALL(7);
    else if (full == 6)
        QMCU_FEW_CALL(6);
    else
        QMCU_FEW_CALL(5);
#else
    /* Where the bias lies among lanes of weights; multiplier and, of 16 channels, the addend follow the last of them. */
    int32_t words = channels / 2, bias = channels == 4 ? 2 : channels == 16 ? 3 : 4;
    uint8_t *to = row->to;
    for (const uint8_t *from = row->from; from != row->end; from += channels) {
        const int32_t *of = row->outputs_of;
        for (; of != row->outputs_end; of += words + (channels == 16 ? 3 : 2)) {
            int32_t sum = of[bias];
            for (int32_t i = 0; i < words; ++i) {
                uint32_t word = qmcu_word(from + i / 2 * 4);
                sum = qmcu_mac2((uint32_t)of[i < bias ? i : i + 1], i % 2 == 0 ? qmcu_even_bytes(word) : qmcu_odd_bytes(word), sum);
            }
            int32_t high = qmcu_mulhi_add(sum, of[words + 1], channels == 16 ? of[words + 2] : row->addend);
            *to++ = (uint8_t)qmcu_clamp(high >> QMCU_FEW_SHIFT, 0, (1 << full) - 1);
        }
    }
#endif
}

/* Rows of pixels as they are. channels: 4, 8, 12 or 16; full: bits of the result. */
QMCU_INLINE void qmcu_dsp_few_run(const qmcu_dsp_few *layer, qmcu_view x, qmcu_region y, int32_t channels, int32_t full)
{
    qmcu_dsp_few_row row;
    row.outputs_of = layer->outputs_of;
    row.outputs_end = layer->outputs_of + layer->outputs * (channels / 2 + (channels == 16 ? 3 : 2));
    row.entered = ((layer->outputs - 1) % QMCU_FEW_OUTPUTS + 1) * QMCU_FEW_STEP(channels);
    row.addend = layer->addend;
    for (int32_t line = 0; line < y.rows; ++line) {
        row.from = x.codes + (y.row + line - x.row) * x.pitch + (y.column - x.column) * channels;
        row.end = row.from + y.columns * channels;
        row.to = y.codes + line * y.pitch;
        qmcu_dsp_few_core(&row, channels, full);
    }
}

#endif
