#include <stdlib.h>
#include <string.h>

#include "CCodecs.h"
#include "libraries.h"
#include "png_chunks.h"

// The filters of PNG (RFC 2083, 6) are undone in place: a row of samples moves up by the filter bytes of
// the rows above it, so writing never overwrites what is still to be read.

typedef uint8_t bytes4 __attribute__((vector_size(4)));
typedef int16_t words4 __attribute__((vector_size(8)));
typedef uint8_t bytes16 __attribute__((vector_size(16)));

// A px of 3 bytes is read with the byte after it, and written with it: that byte was read already.
static inline words4 load_pixel(const uint8_t *from)
{
    bytes4 four;
    memcpy(&four, from, 4);
    return __builtin_convertvector(four, words4);
}

static inline void store_pixel(uint8_t *to, words4 pixel)
{
    bytes4 four = __builtin_convertvector(pixel, bytes4);
    memcpy(to, &four, 4);
}

static inline words4 distance(words4 difference)
{
    words4 sign = difference >> 15;
    return (difference ^ sign) - sign;
}

static inline words4 choose(words4 mask, words4 yes, words4 no) { return (mask & yes) | (~mask & no); }

static inline words4 nearest(words4 left, words4 above, words4 corner)
{
    words4 to_left = above - corner, to_above = left - corner;
    words4 to_corner = distance(to_left + to_above);
    to_left = distance(to_left);
    to_above = distance(to_above);
    words4 rest = choose(to_above <= to_corner, above, corner);
    return choose((to_left <= to_above) & (to_left <= to_corner), left, rest);
}

// The prediction of a px of 3 or 4 bytes. Only the low byte of a sum counts.
#define IPC_EACH_PIXEL(predicted)                                              \
    for (size_t x = 0; x < length; x += pixel_bytes) {                         \
        words4 above = load_pixel(before + x);                                 \
        words4 pixel = (load_pixel(from + x) + (predicted)) & 255;             \
        store_pixel(to + x, pixel);                                            \
        left = pixel;                                                          \
        corner = above;                                                        \
    }

static inline __attribute__((always_inline)) void restore_pixels(
    int filter, const uint8_t *before, const uint8_t *from, uint8_t *to, size_t length, size_t pixel_bytes)
{
    words4 left = {0}, corner = {0};
    if (filter == IPC_PNG_SUB) {
        IPC_EACH_PIXEL(left)
    } else if (filter == IPC_PNG_AVERAGE) {
        IPC_EACH_PIXEL((left + above) >> 1)
    } else {
        IPC_EACH_PIXEL(nearest(left, above, corner))
    }
    (void) corner;
}

// The same for px of 1 or 2 bytes, of which there are few.
static void restore_samples(
    int filter, const uint8_t *before, const uint8_t *from, uint8_t *to, size_t length, size_t pixel_bytes)
{
    for (size_t x = 0; x < length; x++) {
        int left = x < pixel_bytes ? 0 : to[x - pixel_bytes];
        int above = before[x], corner = x < pixel_bytes ? 0 : before[x - pixel_bytes];
        int predicted = left;
        if (filter == IPC_PNG_AVERAGE) predicted = (left + above) >> 1;
        if (filter == IPC_PNG_PAETH) {
            int to_left = abs(above - corner), to_above = abs(left - corner);
            int to_corner = abs(left + above - 2 * corner);
            if (to_left > to_above || to_left > to_corner)
                predicted = to_above <= to_corner ? above : corner;
        }
        to[x] = (uint8_t) (from[x] + predicted);
    }
}

static void restore_up(const uint8_t *before, const uint8_t *from, uint8_t *to, size_t length)
{
    size_t x = 0;
    for (; x + 16 <= length; x += 16) {
        bytes16 a, b;
        memcpy(&a, from + x, 16);
        memcpy(&b, before + x, 16);
        a += b;
        memcpy(to + x, &a, 16);
    }
    for (; x < length; x++) to[x] = (uint8_t) (from[x] + before[x]);
}

static int restore_row(
    int filter, const uint8_t *before, const uint8_t *from, uint8_t *to, size_t length, int bands)
{
    switch (filter) {
    case IPC_PNG_NONE: memmove(to, from, length); return 0;
    case IPC_PNG_UP: restore_up(before, from, to, length); return 0;
    case IPC_PNG_SUB:
    case IPC_PNG_AVERAGE:
    case IPC_PNG_PAETH: break;
    default: return -1;
    }
    if (bands == 3) restore_pixels(filter, before, from, to, length, 3);
    else if (bands == 4) restore_pixels(filter, before, from, to, length, 4);
    else restore_samples(filter, before, from, to, length, (size_t) bands);
    return 0;
}

// The compressed data of a file: borrowed if it is in one piece, otherwise assembled.
typedef struct {
    const uint8_t *bytes;
    size_t length;
    uint8_t *owned;
} packed;

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 | at[3];
}

static int is_type(const uint8_t *chunk, const char *type) { return memcmp(chunk + 4, type, 4) == 0; }

// Whether the header announces rows of 8-bit samples in the requested layout.
static int is_plain_header(const uint8_t *chunk, int width, int height, int bands)
{
    static const uint8_t color_types[] = {0, IPC_PNG_GRAY, IPC_PNG_GRAY_ALPHA, IPC_PNG_RGB, IPC_PNG_RGBA};
    const uint8_t *header = chunk + 8;
    return is_type(chunk, "IHDR") && big_endian(chunk) == 13 && big_endian(header) == (uint32_t) width
        && big_endian(header + 4) == (uint32_t) height && header[8] == 8
        && header[9] == color_types[bands] && header[10] == 0 && header[11] == 0 && header[12] == 0;
}

// Finds the data chunks of a file without errors.
static int find_data(const uint8_t *file, size_t length, int width, int height, int bands, packed *data)
{
    const size_t around = 12;  // length, type and checksum of a chunk
    size_t first = 0, count = 0, total = 0, at = 8;
    int has_end = 0, is_last_data = 0;
    if (length < 8 + 25 || memcmp(file, ipc_png_signature, 8) != 0) return -1;
    if (!is_plain_header(file + 8, width, height, bands)) return -1;
    while (!has_end) {
        if (length - at < around || big_endian(file + at) > length - at - around) return -1;
        const uint8_t *chunk = file + at;
        size_t bytes = big_endian(chunk);
        if (is_type(chunk, "IDAT")) {
            uint32_t sum = ipc_libraries.libdeflate_crc32(0, chunk + 4, bytes + 4);
            if (sum != big_endian(chunk + 8 + bytes) || (count > 0 && !is_last_data)) return -1;
            if (count++ == 0) first = at;
            total += bytes;
        } else if (is_type(chunk, "IEND")) {
            has_end = 1;
        } else if (is_type(chunk, "tRNS")) {
            return -1;
        } else if (!(chunk[4] & 0x20) && !is_type(chunk, "IHDR") && !is_type(chunk, "PLTE")) {
            // An unknown critical chunk could change anything.
            return -1;
        }
        is_last_data = is_type(chunk, "IDAT");
        at += bytes + around;
    }
    if (count == 0) return -1;
    *data = (packed) {file + first + 8, total, NULL};
    if (count == 1) return 0;
    data->owned = malloc(total);
    if (!data->owned) return -1;
    size_t filled = 0;
    for (size_t i = 0, from = first; i < count; i++) {
        size_t bytes = big_endian(file + from);
        memcpy(data->owned + filled, file + from + 8, bytes);
        filled += bytes;
        from += bytes + around;
    }
    data->bytes = data->owned;
    return 0;
}

// Whether the data can never reach further back than the window in its header: zlib fails there,
// libdeflate reads on.
static int has_window(const packed *data, size_t length)
{
    const size_t largest = 32768;
    if (data->length < 1) return 0;
    size_t window = (size_t) 256 << (data->bytes[0] >> 4);
    return window >= largest || window >= length;
}

static int unpack(const packed *data, uint8_t *rows, size_t length)
{
    if (!has_window(data, length)) return -1;
    struct libdeflate_decompressor *decompressor = ipc_libraries.libdeflate_alloc_decompressor();
    if (!decompressor) return -1;
    // Without a pointer for the length, any other number of bytes is a failure.
    unsigned failed = ipc_libraries.libdeflate_zlib_decompress(
        decompressor, data->bytes, data->length, rows, length, NULL);
    ipc_libraries.libdeflate_free_decompressor(decompressor);
    return failed ? -1 : 0;
}

size_t ipc_png_room(int width, int height, int bands)
{
    // A filter byte a row; vectors reach a few bytes further.
    return ((size_t) width * (size_t) bands + 1) * (size_t) height + 16;
}

int ipc_read_png(
    const void *bytes, size_t length, int width, int height, int bands, uint8_t *samples, size_t room)
{
    packed data = {NULL, 0, NULL};
    if (!ipc_has_png() || width < 1 || height < 1 || bands < 1 || bands > 4
        || room < ipc_png_room(width, height, bands))
        return -1;
    size_t stride = (size_t) width * (size_t) bands;
    uint8_t *nothing = calloc(1, stride + 16);
    int failed = !nothing || find_data(bytes, length, width, height, bands, &data)
        || unpack(&data, samples, (stride + 1) * (size_t) height);
    free(data.owned);
    const uint8_t *before = nothing;
    for (size_t y = 0; !failed && y < (size_t) height; y++) {
        const uint8_t *row = samples + y * (stride + 1);
        uint8_t *to = samples + y * stride;
        failed = restore_row(row[0], before, row + 1, to, stride, bands);
        before = to;
    }
    free(nothing);
    return failed ? -1 : 0;
}

bool ipc_is_srgb_png(const void *bytes, size_t length)
{
    const uint8_t *file = bytes;
    bool has_srgb = false, has_other = false;
    for (size_t at = 8; at < length && length - at >= 12;) {
        const uint8_t *chunk = file + at;
        size_t room = length - at - 12;
        if (big_endian(chunk) > room || is_type(chunk, "iCCP") || is_type(chunk, "cICP")) return false;
        if (is_type(chunk, "IDAT")) return has_srgb || !has_other;
        if (is_type(chunk, "sRGB")) has_srgb = true;
        if (is_type(chunk, "gAMA") || is_type(chunk, "cHRM")) has_other = true;
        at += (size_t) big_endian(chunk) + 12;
    }
    return false;
}

void ipc_drop_alpha(const uint8_t *from, size_t count, int bands, uint8_t *to)
{
    if (bands == 2) {
        for (size_t i = 0; i < count; i++) to[i] = from[2 * i];
    } else {
        for (size_t i = 0; i < count; i++) {
            to[3 * i] = from[4 * i];
            to[3 * i + 1] = from[4 * i + 1];
            to[3 * i + 2] = from[4 * i + 2];
        }
    }
}
