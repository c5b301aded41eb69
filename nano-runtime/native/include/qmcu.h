/* What all QuantMcu kernels share: codes in memory, views of images, requantization. C99, no dependencies.
 *
 * A code is an unsigned integer of 8, 4 or 2 bits. Codes lie packed, lowest bits first, in lines (the last axis of a tensor; the
 * channels of a pixel); every line starts on a byte. Functions are inlined, so that what arrives as a literal (bits, kernel sizes)
 * costs nothing; what differs between layers that share code comes in a structure.
 */
#ifndef QMCU_H
#define QMCU_H

#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define QMCU_INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define QMCU_SHARED static __attribute__((noinline))
#else
#define QMCU_SHARED static __attribute__((noinline, noclone))
#endif
#define QMCU_HELPER static __attribute__((noinline, unused))
#define QMCU_WORDS __attribute__((aligned(4)))
#else
#define QMCU_INLINE static inline
#define QMCU_SHARED static
#define QMCU_HELPER static inline
#define QMCU_WORDS
#endif

/* From an int32 sum to a code: clamp((mulhi(sum << pre_shift, multiplier) + addend) >> shift, min, max). */
typedef struct {
    const int32_t *multipliers; /* one, or one per channel */
    int32_t per_channel;        /* 1 or 0 */
    int32_t pre_shift;
    int32_t addend;             /* zero point and rounding half */
    int32_t shift;
    int32_t min, max;
} qmcu_requantization;

/* A sliding window. What it covers outside the image is padding. */
typedef struct {
    int32_t kernel_height, kernel_width;
    int32_t stride_y, stride_x;
    int32_t dilation_y, dilation_x;
    int32_t pad_top, pad_left;
} qmcu_window;

/* An image that is read, or the part of it that is at hand. */
typedef struct {
    const uint8_t *codes;   /* of pixel (row, column) */
    int32_t pitch;          /* bytes from row to row */
    int32_t row, column;
} qmcu_view;

/* The part of an image that is computed. */
typedef struct {
    uint8_t *codes;         /* of pixel (row, column) */
    int32_t pitch;          /* bytes from row to row */
    int32_t row, column, rows, columns;
} qmcu_region;

/* How a layer reads and writes whole images, for kernels that are called for nothing else. */
typedef struct {
    int32_t pitch;          /* of what it reads */
    int32_t result_pitch, rows, columns;
} qmcu_image;

QMCU_INLINE qmcu_view qmcu_whole_view(const uint8_t *codes, int32_t pitch)
{
    qmcu_view view;
    view.codes = codes;
    view.pitch = pitch;
    view.row = 0;
    view.column = 0;
    return view;
}

QMCU_INLINE qmcu_region qmcu_whole_region(uint8_t *codes, int32_t pitch, int32_t rows, int32_t columns)
{
    qmcu_region region;
    region.codes = codes;
    region.pitch = pitch;
    region.row = 0;
    region.column = 0;
    region.rows = rows;
    region.columns = columns;
    return region;
}

QMCU_INLINE qmcu_view qmcu_view_of(const qmcu_image *image, const uint8_t *codes)
{
    return qmcu_whole_view(codes, image->pitch);
}

QMCU_INLINE qmcu_region qmcu_region_of(const qmcu_image *image, uint8_t *codes)
{
    return qmcu_whole_region(codes, image->result_pitch, image->rows, image->columns);
}

/* Where pixel (row, 0) of a region lies in a view of an image with as many rows and columns. */
QMCU_INLINE const uint8_t *qmcu_row_of(const qmcu_view *x, const qmcu_region *y, int32_t row, int32_t pixel_bytes)
{
    return x->codes + (y->row + row - x->row) * x->pitch + (y->column - x->column) * pixel_bytes;
}

/* Bytes of a line. */
QMCU_INLINE int32_t qmcu_bytes(int32_t codes, int32_t bits)
{
    return bits == 8 ? codes : (codes * bits + 7) / 8;
}

/* Code i of a line. */
QMCU_INLINE int32_t qmcu_code(const uint8_t *line, int32_t bits, int32_t i)
{
    if (bits == 8)
        return line[i];

    return (line[(i * bits) >> 3] >> ((i * bits) & 7)) & ((1 << bits) - 1);
}

/* Where code i of a tensor is: the byte, and the bit in it. */
QMCU_INLINE int32_t qmcu_byte_of(int32_t bits, int32_t line, int32_t i)
{
    return bits == 8 ? i : i / line * qmcu_bytes(line, bits) + ((i % line * bits) >> 3);
}

QMCU_INLINE int32_t qmcu_bit_of(int32_t bits, int32_t line, int32_t i)
{
    return bits == 8 ? 0 : (i % line * bits) & 7;
}

/* Code i of a tensor of such lines. */
QMCU_INLINE int32_t qmcu_get(const uint8_t *codes, int32_t bits, int32_t line, int32_t i)
{
    return (codes[qmcu_byte_of(bits, line, i)] >> qmcu_bit_of(bits, line, i)) & ((1 << bits) - 1);
}

/* Stores code i of a tensor of such lines; its neighbours in the byte stay. */
QMCU_INLINE void qmcu_set(uint8_t *codes, int32_t bits, int32_t line, int32_t i, int32_t code)
{
    uint8_t *byte = codes + qmcu_byte_of(bits, line, i);
    int32_t bit = qmcu_bit_of(bits, line, i);
    if (bits == 8)
        *byte = (uint8_t)code;
    else
        *byte = (uint8_t)((*byte & ~(((1 << bits) - 1) << bit)) | (code << bit));
}

/* Writes the codes of a line one after the other. */
typedef struct {
    uint8_t *at;
    uint32_t pending;
    int32_t filled;
} qmcu_writer;

QMCU_INLINE qmcu_writer qmcu_write_line(uint8_t *line)
{
    qmcu_writer writer;
    writer.at = line;
    writer.pending = 0;
    writer.filled = 0;
    return writer;
}

QMCU_INLINE void qmcu_write(qmcu_writer *writer, int32_t bits, int32_t code)
{
    if (bits == 8) {
        *writer->at++ = (uint8_t)code;
        return;
    }

    writer->pending |= (uint32_t)code << writer->filled;
    writer->filled += bits;
    if (writer->filled == 8) {
        *writer->at++ = (uint8_t)writer->pending;
        writer->pending = 0;
        writer->filled = 0;
    }
}

QMCU_INLINE void qmcu_end_line(qmcu_writer *writer)
{
    if (writer->filled > 0)
        *writer->at++ = (uint8_t)writer->pending;

    writer->pending = 0;
    writer->filled = 0;
}

/* Xtensa cores may lack the instruction for the high half of a product; a product of 64 bits is a call there. */
#if !defined(QMCU_SPLIT_PRODUCTS)
#define QMCU_SPLIT_PRODUCTS 0
#if defined(__XTENSA__) && defined(__has_include)
#if __has_include(<xtensa/config/core-isa.h>)
#include <xtensa/config/core-isa.h>
#endif
#endif
#if defined(__XTENSA__) && !(defined(XCHAL_HAVE_MUL32_HIGH) && XCHAL_HAVE_MUL32_HIGH)
#undef QMCU_SPLIT_PRODUCTS
#define QMCU_SPLIT_PRODUCTS 1
#endif
#endif

/* High half of a product. */
QMCU_INLINE int32_t qmcu_mulhi(int32_t a, int32_t b)
{
#if QMCU_SPLIT_PRODUCTS
    uint32_t a_low = (uint32_t)a & 0xFFFF, b_low = (uint32_t)b & 0xFFFF;
    int32_t a_high = a >> 16, b_high = b >> 16;
    int32_t middle = a_high * (int32_t)b_low + (int32_t)(a_low * b_low >> 16);
    int32_t other = (int32_t)a_low * b_high + (middle & 0xFFFF);
    return a_high * b_high + (middle >> 16) + (other >> 16);
#else
    return (int32_t)(((int64_t)a * b) >> 32);
#endif
}

QMCU_INLINE int32_t qmcu_clamp(int32_t value, int32_t min, int32_t max)
{
    return value < min ? min : value > max ? max : value;
}

QMCU_INLINE int32_t qmcu_requantize(const qmcu_requantization *to, int32_t sum, int32_t channel)
{
    int32_t shifted = (int32_t)((uint32_t)sum << to->pre_shift);
    int32_t high = qmcu_mulhi(shifted, to->multipliers[channel * to->per_channel]);
    return qmcu_clamp((high + to->addend) >> to->shift, to->min, to->max);
}

/* The taps of a window at one position of one axis that lie inside the image: first .. last - 1. */
typedef struct {
    int32_t start;          /* index of tap 0, which may lie outside */
    int32_t first, last;
} qmcu_taps;

QMCU_INLINE qmcu_taps qmcu_taps_at(int32_t position, int32_t kernel, int32_t stride, int32_t dilation, int32_t pad, int32_t size)
{
    qmcu_taps taps;
    taps.start = position * stride - pad;
    taps.first = taps.start < 0 ? (dilation - 1 - taps.start) / dilation : 0;
    taps.last = taps.start >= size ? 0 : (size - taps.start + dilation - 1) / dilation;
    if (taps.last > kernel)
        taps.last = kernel;
    if (taps.last < taps.first)
        taps.last = taps.first;

    return taps;
}

#endif
