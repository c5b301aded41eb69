/* Networks that run tile by tile: what a tile has of a feature map, and the halos that it leaves to later ones. */
#ifndef QMCU_TILE_H
#define QMCU_TILE_H

#include "qmcu.h"

/* Type of rows and columns in tables; a network with larger images defines a wider one. */
#ifndef QMCU_EXTENT
#define QMCU_EXTENT uint16_t
#endif

/* Rows (or columns) of a feature map that a tile has in memory: begin .. end - 1. Those before fresh come from caches, the others it computes; those
 * from keep on are what the next tile needs. */
typedef struct {
    QMCU_EXTENT begin, fresh, end, keep;
} qmcu_extent;

/* What a tile has of a feature map. */
typedef struct {
    uint8_t *codes;             /* of pixel (rows->begin, columns->begin) */
    int32_t pitch, pixel;       /* bytes from row to row, from pixel to pixel */
    const qmcu_extent *rows, *columns;
} qmcu_map;

QMCU_INLINE qmcu_map qmcu_open(uint8_t *codes, int32_t pitch, int32_t pixel, const qmcu_extent *rows, const qmcu_extent *columns)
{
    qmcu_map map;
    map.codes = codes;
    map.pitch = pitch;
    map.pixel = pixel;
    map.rows = rows;
    map.columns = columns;
    return map;
}

QMCU_INLINE uint8_t *qmcu_pixel(const qmcu_map *map, int32_t row, int32_t column)
{
    return map->codes + (row - map->rows->begin) * map->pitch + (column - map->columns->begin) * map->pixel;
}

/* Whether the tile computes any of it. */
QMCU_INLINE int qmcu_has_fresh(const qmcu_map *map)
{
    return map->rows->fresh < map->rows->end && map->columns->fresh < map->columns->end;
}

/* What the tile computes. */
QMCU_INLINE qmcu_region qmcu_fresh(const qmcu_map *map)
{
    qmcu_region region;
    region.codes = qmcu_pixel(map, map->rows->fresh, map->columns->fresh);
    region.pitch = map->pitch;
    region.row = map->rows->fresh;
    region.column = map->columns->fresh;
    region.rows = map->rows->end - map->rows->fresh;
    region.columns = map->columns->end - map->columns->fresh;
    return region;
}

/* All that is in memory, to read. */
QMCU_INLINE qmcu_view qmcu_held(const qmcu_map *map)
{
    qmcu_view view;
    view.codes = map->codes;
    view.pitch = map->pitch;
    view.row = map->rows->begin;
    view.column = map->columns->begin;
    return view;
}

QMCU_HELPER void qmcu_copy_rows(const uint8_t *from, int32_t from_pitch, uint8_t *to, int32_t to_pitch, int32_t rows, int32_t bytes)
{
    if (bytes <= 0)
        return;

    for (; rows > 0; --rows, from += from_pitch, to += to_pitch)
        memcpy(to, from, (size_t)bytes);
}

/* Columns that the tile on the left kept. */
QMCU_INLINE void qmcu_load_columns(const qmcu_map *map, const uint8_t *cache, int32_t pitch)
{
    qmcu_copy_rows(cache, pitch, map->codes, map->pitch, map->rows->end - map->rows->begin,
        (map->columns->fresh - map->columns->begin) * map->pixel);
}

/* Rows that the tile above kept, above the columns that this tile computes. */
QMCU_INLINE void qmcu_load_rows(const qmcu_map *map, const uint8_t *cache, int32_t pitch)
{
    qmcu_copy_rows(cache + map->columns->fresh * map->pixel, pitch, qmcu_pixel(map, map->rows->begin, map->columns->fresh), map->pitch,
        map->rows->fresh - map->rows->begin, (map->columns->end - map->columns->fresh) * map->pixel);
}

/* Keeps rows for the tile below, of the columns that this tile computed. */
QMCU_INLINE void qmcu_save_rows(const qmcu_map *map, uint8_t *cache, int32_t pitch)
{
    qmcu_copy_rows(qmcu_pixel(map, map->rows->keep, map->columns->fresh), map->pitch, cache + map->columns->fresh * map->pixel, pitch,
        map->rows->end - map->rows->keep, (map->columns->end - map->columns->fresh) * map->pixel);
}

/* Keeps columns for the tile on the right. */
QMCU_INLINE void qmcu_save_columns(const qmcu_map *map, uint8_t *cache, int32_t pitch)
{
    qmcu_copy_rows(qmcu_pixel(map, map->rows->begin, map->columns->keep), map->pitch, cache, pitch,
        map->rows->end - map->rows->begin, (map->columns->end - map->columns->keep) * map->pixel);
}

/* Whether the part of an input that a tile reads holds a code below low or above high. flip: 0x80 where samples are signed. */
QMCU_HELPER int qmcu_holds_outlier(
    const uint8_t *input, int32_t pitch, int32_t pixel, const qmcu_extent *rows, const qmcu_extent *columns, int32_t low, int32_t high,
    int32_t flip)
{
    int32_t bytes = (columns->end - columns->begin) * pixel;
    for (int32_t row = rows->begin; row < rows->end; ++row) {
        const uint8_t *codes = input + row * pitch + columns->begin * pixel;
        for (int32_t i = 0; i < bytes; ++i) {
            int32_t code = codes[i] ^ flip;
            if (code < low || code > high)
                return 1;
        }
    }

    return 0;
}

#endif
