#include <stdlib.h>
#include <string.h>

#include "CCodecs.h"
#include "libraries.h"
#include "png_chunks.h"

static uint8_t *put32(uint8_t *to, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8) *to++ = (uint8_t) (value >> shift);
    return to;
}

// Ends a chunk whose `length` bytes follow its type at `start + 8`.
static uint8_t *end_chunk(uint8_t *start, const char *type, size_t length)
{
    put32(start, (uint32_t) length);
    memcpy(start + 4, type, 4);
    return put32(start + 8 + length, ipc_libraries.libdeflate_crc32(0, start + 4, length + 4));
}

static void average_row(
    const uint8_t *restrict row, const uint8_t *restrict before, uint8_t *restrict to, size_t length,
    size_t pixel_bytes)
{
    for (size_t x = 0; x < pixel_bytes; x++) to[x] = (uint8_t) (row[x] - (before[x] >> 1));
    for (size_t x = pixel_bytes; x < length; x++)
        to[x] = (uint8_t) (row[x] - ((row[x - pixel_bytes] + before[x]) >> 1));
}

// All rows with their filter bytes, as they are compressed; NULL when memory is short.
static uint8_t *filtered(const uint8_t *samples, size_t stride, size_t height, size_t bands, bool averages)
{
    uint8_t *rows = malloc((stride + 1) * height), *nothing = calloc(1, stride);
    for (size_t y = 0; rows && nothing && y < height; y++) {
        const uint8_t *row = samples + y * stride;
        uint8_t *to = rows + y * (stride + 1);
        *to = averages ? IPC_PNG_AVERAGE : IPC_PNG_NONE;
        if (averages) average_row(row, y > 0 ? row - stride : nothing, to + 1, stride, bands);
        else memcpy(to + 1, row, stride);
    }
    if (!nothing) {
        free(rows);
        rows = NULL;
    }
    free(nothing);
    return rows;
}

// What goes before the pixels, in addition to the header.
struct kind {
    uint8_t bit_depth, color_type;
    const uint8_t *palette;  // red, green, blue, alpha; NULL without
    int colors;
};

// The colors of a palette, and the alpha of those up to the last that is not opaque.
static uint8_t *put_palette(uint8_t *at, struct kind kind)
{
    int clear = 0;
    for (int i = 0; i < kind.colors; i++) {
        memcpy(at + 8 + 3 * i, kind.palette + 4 * i, 3);
        if (kind.palette[4 * i + 3] != 255) clear = i + 1;
    }
    at = end_chunk(at, "PLTE", 3 * (size_t) kind.colors);
    if (!clear) return at;
    for (int i = 0; i < clear; i++) at[8 + i] = kind.palette[4 * i + 3];
    return end_chunk(at, "tRNS", (size_t) clear);
}

// The whole file in memory that fits it.
static int assemble(
    struct libdeflate_compressor *compressor, const uint8_t *rows, size_t row_bytes, int width, int height,
    struct kind kind, void **bytes, size_t *length)
{
    const size_t before = 8 + 25 + (12 + 3 * 256) + (12 + 256) + 8, after = 4 + 12;
    size_t bound = ipc_libraries.libdeflate_zlib_compress_bound(compressor, row_bytes);
    if (bound > INT32_MAX) return -1;  // the longest chunk
    uint8_t *file = malloc(before + bound + after);
    if (!file) return -1;
    memcpy(file, ipc_png_signature, 8);
    uint8_t *header = put32(put32(file + 16, (uint32_t) width), (uint32_t) height);
    memcpy(header, (uint8_t[]) {kind.bit_depth, kind.color_type, 0, 0, 0}, 5);
    uint8_t *data = end_chunk(file + 8, "IHDR", 13);
    if (kind.palette) data = put_palette(data, kind);
    size_t packed =
        ipc_libraries.libdeflate_zlib_compress(compressor, rows, row_bytes, data + 8, bound);
    if (packed == 0) {
        free(file);
        return -1;
    }
    uint8_t *end = end_chunk(end_chunk(data, "IDAT", packed), "IEND", 0);
    *length = (size_t) (end - file);
    uint8_t *fitting = realloc(file, *length);
    *bytes = fitting ? fitting : file;
    return 0;
}

// Compresses rows, which are freed; -1 when memory is short.
static int compressed(
    uint8_t *rows, size_t row_bytes, int width, int height, struct kind kind, int level, void **bytes,
    size_t *length)
{
    struct libdeflate_compressor *compressor = ipc_libraries.libdeflate_alloc_compressor(level);
    int failed =
        !compressor || !rows || assemble(compressor, rows, row_bytes, width, height, kind, bytes, length);
    free(rows);
    if (compressor) ipc_libraries.libdeflate_free_compressor(compressor);
    return failed ? -1 : 0;
}

int ipc_write_png(
    const uint8_t *samples, int width, int height, int bands, int level, bool averages, void **bytes,
    size_t *length)
{
    static const uint8_t color_types[] = {0, IPC_PNG_GRAY, IPC_PNG_GRAY_ALPHA, IPC_PNG_RGB, IPC_PNG_RGBA};
    if (!ipc_has_png() || width < 1 || height < 1 || bands < 1 || bands > 4) return -1;
    size_t stride = (size_t) width * (size_t) bands;
    uint8_t *rows = filtered(samples, stride, (size_t) height, (size_t) bands, averages);
    struct kind kind = { .bit_depth = 8, .color_type = color_types[bands] };
    return compressed(rows, (stride + 1) * (size_t) height, width, height, kind, level, bytes, length);
}

int ipc_write_palette_png(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int colors, int level, void **bytes,
    size_t *length)
{
    if (!ipc_has_png() || width < 1 || height < 1 || colors < 1 || colors > 256) return -1;
    int depth = colors <= 2 ? 1 : colors <= 4 ? 2 : colors <= 16 ? 4 : 8, each = 8 / depth;
    size_t stride = ((size_t) width + (size_t) each - 1) / (size_t) each;
    uint8_t *rows = calloc((stride + 1) * (size_t) height, 1);
    for (size_t y = 0; rows && y < (size_t) height; y++) {
        const uint8_t *row = indices + y * (size_t) width;
        uint8_t *to = rows + y * (stride + 1) + 1;
        for (size_t x = 0; x < (size_t) width; x++)
            to[x / (size_t) each] |= (uint8_t) (row[x] << (8 - depth - (int) (x % (size_t) each) * depth));
    }
    struct kind kind = {
        .bit_depth = (uint8_t) depth, .color_type = IPC_PNG_PALETTE, .palette = palette, .colors = colors };
    return compressed(rows, (stride + 1) * (size_t) height, width, height, kind, level, bytes, length);
}
