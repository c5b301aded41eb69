/* Depthwise convolutions for cores with Helium: windows of up to four rows and columns, any stride that a gathering load can step.
 *
 * Of sixteen channels four rows are spread into words of scratch, [column][channel][row], so that one gathering load of four columns has the window of a
 * channel, and one instruction adds up its products. With strides of 1 and up to three rows and columns the same load serves two
 * rows and two columns of results, by weights moved down a byte and right a word. Codes of 8 bits are less 128; biases account for that.
 */
#ifndef QMCU_MVE_DEPTHWISE_H
#define QMCU_MVE_DEPTHWISE_H

#include "qmcu_mve.h"

/* Bytes of scratch of a column that is spread. */
#define QMCU_MVE_COLUMN 64

typedef struct {
    int32_t height, width, channels;
    qmcu_window window;
    const int32_t *weights;     /* per channel: a word for every column of the window, its rows from the lowest byte up; bias; multiplier */
    const uint8_t *padding;     /* a pixel of padding, packed */
    int32_t strip;              /* columns of results that are computed after each other: at least four */
    int32_t lines;              /* where in scratch results of fewer than 8 bits lie, [row][column][16] */
    int32_t pre_shift, addend, shift, max;  /* of the requantization; the least code is 0 */
} qmcu_mve_depthwise;

/* Rows of codes of 16 channels, and bytes from pixel to pixel. */
typedef struct {
    const uint8_t *codes[4];
    int32_t step[4];
} qmcu_mve_rows;

#if QMCU_HAS_MVE
/* Up to 16 codes of 4 or 2 bits. */
QMCU_INLINE uint8x16_t qmcu_mve_codes(const uint8_t *from, mve_pred16_t bytes, int32_t bits)
{
    if (bits == 4) {
        uint16x8_t packed = vldrbq_z_u16(from, bytes);
        return vandq_u8(vreinterpretq_u8_u16(vsliq_n_u16(packed, packed, 4)), vdupq_n_u8(15));
    }

    uint32x4_t packed = vldrbq_z_u32(from, bytes), halves = vandq_u32(vsliq_n_u32(packed, packed, 12), vdupq_n_u32(0x000F000F));
    return vandq_u8(vreinterpretq_u8_u32(vorrq_u32(halves, vshlq_n_u32(halves, 6))), vdupq_n_u8(3));
}

/* `count` columns of four rows of bytes, at least one. */
QMCU_SHARED __attribute__((unused)) uint8_t *qmcu_mve_spread_bytes(const qmcu_mve_rows *rows, uint8_t *to, int32_t count, int32_t channels)
{
    const uint8_t *a = rows->codes[0], *b = rows->codes[1], *c = rows->codes[2], *d = rows->codes[3];
    __asm__ volatile(
        "ldr lr, %[channels]\n vctp.8 lr\n ldr lr, %[count]\n dls lr, lr\n"
        "1: vpstttt\n vldrbt.8 q0, [%[a]]\n vldrbt.8 q1, [%[b]]\n vldrbt.8 q2, [%[c]]\n vldrbt.8 q3, [%[d]]\n"
        "veor q0, q0, %q[sign]\n add %[a], %[a], %[step_a]\n veor q1, q1, %q[sign]\n add %[b], %[b], %[step_b]\n"
        "veor q2, q2, %q[sign]\n add %[c], %[c], %[step_c]\n veor q3, q3, %q[sign]\n add %[d], %[d], %[step_d]\n"
        "vst40.8 {q0, q1, q2, q3}, [%[to]]\n vst41.8 {q0, q1, q2, q3}, [%[to]]\n vst42.8 {q0, q1, q2, q3}, [%[to]]\n"
        "vst43.8 {q0, q1, q2, q3}, [%[to]]!\n le lr, 1b\n"
        : [a] "+&r"(a), [b] "+&r"(b), [c] "+&r"(c), [d] "+&r"(d), [to] "+&r"(to)
        : [channels] "m"(channels), [count] "m"(count), [sign] "w"(vdupq_n_u8(0x80)), [step_a] "r"(rows->step[0]), [step_b] "r"(rows->step[1]),
          [step_c] "r"(rows->step[2]), [step_d] "r"(rows->step[3])
        : "q0", "q1", "q2", "q3", "lr", "memory");
    return to;
}

/* The same of codes of 4 or 2 bits. */
QMCU_INLINE uint8_t *qmcu_mve_spread_columns(const qmcu_mve_rows *rows, uint8_t *to, int32_t count, mve_pred16_t bytes, int32_t bits)
{
    const uint8_t *a = rows->codes[0], *b = rows->codes[1], *c = rows->codes[2], *d = rows->codes[3];
    for (; count > 0; --count, to += QMCU_MVE_COLUMN) {
        uint8x16x4_t four = {{qmcu_mve_codes(a, bytes, bits), qmcu_mve_codes(b, bytes, bits), qmcu_mve_codes(c, bytes, bits), qmcu_mve_codes(d, bytes, bits)}};
        vst4q_u8(to, four);
        a += rows->step[0];
        b += rows->step[1];
        c += rows->step[2];
        d += rows->step[3];
    }
    return to;
}

QMCU_SHARED __attribute__((unused)) uint8_t *qmcu_mve_spread_packed(const qmcu_mve_rows *rows, uint8_t *to, int32_t count, int32_t channels, int32_t bits)
{
    return bits == 4 ? qmcu_mve_spread_columns(rows, to, count, vctp16q((uint32_t)(channels + 1) / 2), 4)
        : qmcu_mve_spread_columns(rows, to, count, vctp32q((uint32_t)(channels + 3) / 4), 2);
}

/* `count` columns of four rows. */
QMCU_INLINE uint8_t *qmcu_mve_spread_rows(const qmcu_mve_rows *rows, uint8_t *to, int32_t count, int32_t channels, int32_t bits)
{
    if (count <= 0)
        return to;

    return bits == 8 ? qmcu_mve_spread_bytes(rows, to, count, channels) : qmcu_mve_spread_packed(rows, to, count, channels, bits);
}

/* What rows of results of all channels take. */
typedef struct {
    int32_t vectors;            /* of four results, but for the last one */
    uint32_t all, rest;         /* lanes that are stored: of these and of the last one */
    int32_t addend, right_shift, pre_shift; /* of the requantization: addend and shift of a doubled product */
    int32_t step;               /* bytes of results from one vector to the next */
    uint32x4_t lanes;           /* where the results of a vector go */
    int32x4_t max;
} qmcu_mve_line;

/* From four sums to results, with a shift between. */
#define QMCU_MVE_LINE_END(between) \
    "vmov %q[v][2], %q[v][0], %[s0], %[s2]\n vmov %q[v][3], %q[v][1], %[s1], %[s3]\n vadd.i32 %q[v], %q[v], %[bias]\n" between \
    "vqdmulh.s32 %q[v], %q[v], %[multiplier]\n vadd.i32 %q[v], %q[v], %[addend]\n vshl.s32 %q[v], %[shift]\n" \
    "vmin.s32 %q[v], %q[v], %q[max]\n vqmovunb.s32 %q[v], %q[v]\n vpst\n vstrbt.32 %q[v], [%[y], %q[lanes]]\n"
#define QMCU_MVE_LINE_SHIFT "ldr %[s0], %[pre]\n vshl.s32 %q[v], %[s0]\n"
#define QMCU_MVE_LINE_LOOP(body) \
    "ldr %[s0], %[all]\n vmsr p0, %[s0]\n ldr %[s0], %[vectors]\n wls lr, %[s0], 2f\n 1:" body "add %[y], %[y], %[step]\n le lr, 1b\n" \
    "2: ldr %[s0], %[rest]\n vmsr p0, %[s0]\n" body

/* Four columns of a row of results. */
#define QMCU_MVE_BODY_4(between) \
    "vldrw.u32 %q[v], [%q[columns], %[bytes]]!\n vmladav.s8 %[s0], %q[v], %q[a]\n vldrw.u32 %q[v], [%q[columns], %[bytes]]!\n" \
    "vmladav.s8 %[s1], %q[v], %q[a]\n vldrw.u32 %q[v], [%q[columns], %[bytes]]!\n vmladav.s8 %[s2], %q[v], %q[a]\n" \
    "vldrw.u32 %q[v], [%q[columns], %[bytes]]!\n vmladav.s8 %[s3], %q[v], %q[a]\n" QMCU_MVE_LINE_END(between)

/* Two columns of two rows of results: lanes 0 and 1 are the first row's. */
#define QMCU_MVE_BODY_2X2(between) \
    "vldrw.u32 %q[v], [%q[columns], %[bytes]]!\n vmladav.s8 %[s0], %q[v], %q[a]\n vmladav.s8 %[s1], %q[v], %q[b]\n" \
    "vmladav.s8 %[s2], %q[v], %q[c]\n vmladav.s8 %[s3], %q[v], %q[d]\n" QMCU_MVE_LINE_END(between)

#define QMCU_MVE_LINE(body) \
    __asm__ volatile( \
        QMCU_MVE_LINE_LOOP(body) \
        : [s0] "=&Te"(s0), [s1] "=&Te"(s1), [s2] "=&Te"(s2), [s3] "=&Te"(s3), [v] "=&w"(v), [columns] "+&w"(columns), [y] "+&l"(y) \
        : [a] "w"(a), [b] "w"(b), [c] "w"(c), [d] "w"(d), [bytes] "i"(bytes), [bias] "r"(bias), [pre] "m"(line->pre_shift), \
          [multiplier] "r"(multiplier), [addend] "r"(line->addend), [shift] "r"(line->right_shift), [max] "w"(line->max), \
          [lanes] "w"(line->lanes), [step] "r"(line->step), [vectors] "m"(line->vectors), [all] "m"(line->all), [rest] "m"(line->rest) \
        : "lr", "memory")

/* Results of one channel. columns: where its words of four columns lie, less `bytes`, by which a load moves them on; a to d: weights of the lanes, of which
 * a row of results takes a only. */
QMCU_INLINE void qmcu_mve_channel(
    const qmcu_mve_line *line, uint8_t *y, uint32x4_t columns, int32_t bytes, int32_t bias, int32_t multiplier, int8x16_t a, int8x16_t b, int8x16_t c,
    int8x16_t d, int32_t quads, int32_t shifts)
{
    int32_t s0, s1, s2, s3;
    uint32x4_t v;
    if (quads && shifts)
        QMCU_MVE_LINE(QMCU_MVE_BODY_2X2(QMCU_MVE_LINE_SHIFT));
    else if (quads)
        QMCU_MVE_LINE(QMCU_MVE_BODY_2X2(""));
    else if (shifts)
        QMCU_MVE_LINE(QMCU_MVE_BODY_4(QMCU_MVE_LINE_SHIFT));
    else
        QMCU_MVE_LINE(QMCU_MVE_BODY_4(""));
}

/* Rows of the window from image row `top` on, of columns left .. left + count - 1 of 16 channels, into scratch. */
QMCU_INLINE void qmcu_mve_spread_window(
    const qmcu_mve_depthwise *layer, const qmcu_view *x, int32_t top, int32_t used, int32_t left, int32_t count, int32_t channel, int32_t channels,
    uint8_t *to, int32_t bits)
{
    int32_t pixel_bytes = qmcu_bytes(layer->channels, bits), offset = channel * bits / 8;
    int32_t before = left < 0 ? -left : 0, end = layer->width - left;
    qmcu_mve_rows outside, inside;
    before = before > count ? count : before;
    end = end > count ? count : end < before ? before : end;
    for (int32_t i = 0; i < 4; ++i) {
        int32_t iy = top + i * layer->window.dilation_y;
        int is_inside = i < used && iy >= 0 && iy < layer->height;
        outside.codes[i] = layer->padding + offset;
        outside.step[i] = 0;
        inside.codes[i] = is_inside ? x->codes + (iy - x->row) * x->pitch + (left + before - x->column) * pixel_bytes + offset : outside.codes[i];
        inside.step[i] = is_inside ? pixel_bytes : 0;
    }
    to = qmcu_mve_spread_rows(&outside, to, before, channels, bits);
    to = qmcu_mve_spread_rows(&inside, to, end - before, channels, bits);
    qmcu_mve_spread_rows(&outside, to, count - end, channels, bits);
}

/* One row of results, or two, of up to 16 channels and a strip of columns, from what is spread. pitch, pixel: bytes from row to row and from pixel to pixel. */
QMCU_INLINE void qmcu_mve_strip(
    const qmcu_mve_depthwise *layer, const uint8_t *spread, int32_t channel, int32_t channels, uint8_t *y, int32_t pitch, int32_t pixel,
    int32_t rows, int32_t columns, int32_t stride, int32_t quads, int32_t shifts)
{
    int32_t width = layer->window.kernel_width, bytes = (quads ? 2 : stride) * QMCU_MVE_COLUMN;
    const int32_t *of = layer->weights + channel * (width + 2);
    uint32x4_t start = vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)(QMCU_MVE_COLUMN * layer->window.dilation_x));
    uint32_t words = vctp32q((uint32_t)width);
    qmcu_mve_line line;
    line.addend = 2 * layer->addend;
    line.right_shift = -layer->shift - 1;
    line.pre_shift = layer->pre_shift;
    line.max = vdupq_n_s32(layer->max);
    if (quads) {
        const uint32_t lanes[4] = {0, (uint32_t)pixel, (uint32_t)pitch, (uint32_t)(pitch + pixel)};
        line.lanes = vldrwq_u32(lanes);
        line.vectors = (columns - 1) / 2;
        line.all = rows > 1 ? 0xFFFF : 0x00FF;
        line.rest = columns % 2 == 0 ? line.all : line.all & 0x0F0F;
        line.step = 2 * pixel;
    } else {
        line.lanes = vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)pixel);
        line.vectors = (columns - 1) / 4;
        line.all = 0xFFFF;
        line.rest = 0xFFFFu >> (4 * (-columns & 3));
        line.step = 4 * pixel;
    }

    start = vaddq_n_u32(start, (uint32_t)spread - (uint32_t)bytes);
    for (int32_t c = 0; c < channels; ++c, ++y, of += width + 2, start = vaddq_n_u32(start, 4)) {
        /* The lines below write the register of predicates, which a compiler cannot be told: what was there is not to be relied upon. */
        __asm__ volatile("" : "+r"(words));
        int8x16_t a = vreinterpretq_s8_s32(vldrwq_z_s32(of, (mve_pred16_t)words));
        if (quads) {
            uint32_t nothing = 0;
            int8x16_t b = vshlcq_s8(a, &nothing, 32);
            int8x16_t below = vreinterpretq_s8_u32(vshlq_n_u32(vreinterpretq_u32_s8(a), 8));
            int8x16_t d = vreinterpretq_s8_u32(vshlq_n_u32(vreinterpretq_u32_s8(b), 8));
            qmcu_mve_channel(&line, y, start, bytes, of[width], of[width + 1], a, b, below, d, quads, shifts);
        } else {
            qmcu_mve_channel(&line, y, start, bytes, of[width], of[width + 1], a, a, a, a, quads, shifts);
        }
    }
}
#else
/* One result of one channel. */
QMCU_INLINE int32_t qmcu_mve_depthwise_code(const qmcu_mve_depthwise *layer, const qmcu_view *x, int32_t row, int32_t column, int32_t c, int32_t bits)
{
    const qmcu_window *window = &layer->window;
    const int32_t *of = layer->weights + c * (window->kernel_width + 2);
    int32_t pixel_bytes = qmcu_bytes(layer->channels, bits), sum = of[window->kernel_width];
    for (int32_t ky = 0; ky < window->kernel_height; ++ky) {
        for (int32_t kx = 0; kx < window->kernel_width; ++kx) {
            int32_t iy = row * window->stride_y - window->pad_top + ky * window->dilation_y;
            int32_t ix = column * window->stride_x - window->pad_left + kx * window->dilation_x;
            int inside = iy >= 0 && iy < layer->height && ix >= 0 && ix < layer->width;
            const uint8_t *pixel = inside ? x->codes + (iy - x->row) * x->pitch + (ix - x->column) * pixel_bytes : layer->padding;
            int32_t weight = (int8_t)((uint32_t)of[kx] >> (8 * ky) & 255);
            sum += weight * (qmcu_code(pixel, bits, c) - (bits == 8 ? 128 : 0));
        }
    }

    int32_t high = qmcu_mulhi((int32_t)((uint32_t)sum << layer->pre_shift), of[window->kernel_width + 1]);
    return qmcu_clamp((high + layer->addend) >> layer->shift, 0, layer->max);
}
#endif

/* quads: two by two results at once; strides of 1, up to three rows and columns, no dilation. Scratch: 64 bytes for every column under a strip, and for
 * results of fewer than 8 bits two rows of a strip, 16 bytes each, and 64 bytes more. */
QMCU_INLINE void qmcu_mve_depthwise_run(
    const qmcu_mve_depthwise *layer, qmcu_view x, qmcu_region y, uint8_t *scratch, int32_t stride, int32_t quads, int32_t in_bits, int32_t out_bits,
    int32_t shifts)
{
    const qmcu_window *window = &layer->window;
    int32_t out_bytes = qmcu_bytes(layer->channels, out_bits);
#if QMCU_HAS_MVE
    uint8_t *lines = scratch + layer->lines;
    int32_t most = quads ? 2 : 1, used = quads ? window->kernel_height + 1 : window->kernel_height;
    for (int32_t c = 0; c < layer->channels; c += 16) {
        int32_t channels = layer->channels - c < 16 ? layer->channels - c : 16;
        for (int32_t column = 0; column < y.columns; column += layer->strip) {
            int32_t columns = y.columns - column < layer->strip ? y.columns - column : layer->strip;
            int32_t under = (columns - 1) * stride + (window->kernel_width - 1) * window->dilation_x + 1;
            for (int32_t at = 0; at < y.rows; at += most) {
                int32_t rows = y.rows - at < most ? y.rows - at : most;
                uint8_t *to = y.codes + at * y.pitch + column * out_bytes + c * out_bits / 8;
                qmcu_mve_spread_window(
                    layer, &x, (y.row + at) * window->stride_y - window->pad_top, used, (y.column + column) * stride - window->pad_left, under, c,
                    channels, scratch, in_bits);
                if (out_bits == 8) {
                    qmcu_mve_strip(layer, scratch, c, channels, to, y.pitch, out_bytes, rows, columns, stride, quads, shifts);
                    continue;
                }

                qmcu_mve_strip(layer, scratch, c, channels, lines, 16 * layer->strip, 16, rows, columns, stride, quads, shifts);
                for (int32_t r = 0; r < rows; ++r) {
                    for (int32_t i = 0; i < columns; ++i)
                        qmcu_mve_pack(lines + 16 * (r * layer->strip + i), channels, to + r * y.pitch + i * out_bytes, out_bits);
                }
            }
        }
    }
#else
    (void)scratch;
    (void)stride;
    (void)quads;
    (void)shifts;
    for (int32_t row = 0; row < y.rows; ++row) {
        uint8_t *to = y.codes + row * y.pitch;
        for (int32_t column = 0; column < y.columns; ++column, to += out_bytes) {
            qmcu_writer writer = qmcu_write_line(to);
            for (int32_t c = 0; c < layer->channels; ++c)
                qmcu_write(&writer, out_bits, qmcu_mve_depthwise_code(layer, &x, y.row + row, y.column + column, c, in_bits));

            qmcu_end_line(&writer);
        }
    }
    (void)window;
#endif
}

#endif
