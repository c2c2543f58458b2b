#include <string.h>

#include "CCodecs.h"
#include "libraries.h"

static uint32_t little_endian(const uint8_t *at)
{
    return (uint32_t) at[0] | (uint32_t) at[1] << 8 | (uint32_t) at[2] << 16 | (uint32_t) at[3] << 24;
}

static int is_type(const uint8_t *chunk, const char *type) { return memcmp(chunk, type, 4) == 0; }

// The chunks of the picture, with those of its alpha. libwebp would read past a chunk that is shorter
// than its data; given just the chunk, it sees the damage, as it does for libvips.
// Source: the WebP Container Specification.
static const uint8_t *find_picture(const uint8_t *file, size_t length, size_t *picture_length)
{
    if (length < 12 || !is_type(file, "RIFF") || !is_type(file + 8, "WEBP")) return NULL;
    size_t claimed = little_endian(file + 4), at = 12, alpha = 0;
    // At least the form type, which was read, and at most the whole file.
    if (claimed < 4 || claimed > length - 8) return NULL;
    size_t end = claimed + 8;
    while (end - at >= 8) {
        const uint8_t *chunk = file + at;
        size_t bytes = little_endian(chunk + 4);
        if (bytes > end - at - 8) return NULL;
        if (is_type(chunk, "VP8 ") || is_type(chunk, "VP8L")) {
            size_t start = alpha ? alpha : at;
            *picture_length = at + 8 + bytes - start;
            return file + start;
        }
        if (is_type(chunk, "ANIM") || is_type(chunk, "ANMF")) return NULL;
        alpha = is_type(chunk, "ALPH") ? at : 0;
        at += 8 + bytes + (bytes & 1);
        if (at > end) return NULL;
    }
    return NULL;
}

int ipc_read_webp(
    const void *bytes, size_t length, int width, int height, int bands, uint8_t *samples, size_t room)
{
    if (!ipc_has_webp() || width < 1 || height < 1 || (bands != 3 && bands != 4)) return -1;
    size_t stride = (size_t) width * (size_t) bands;
    if (stride > INT32_MAX || room / stride < (size_t) height) return -1;
    int found_width = 0, found_height = 0;
    size_t picture_length = 0;
    const uint8_t *picture = find_picture(bytes, length, &picture_length);
    if (!picture
        || !ipc_libraries.WebPGetInfo(picture, picture_length, &found_width, &found_height)
        || found_width != width || found_height != height)
        return -1;
    uint8_t *result = bands == 3
        ? ipc_libraries.WebPDecodeRGBInto(picture, picture_length, samples, room, (int) stride)
        : ipc_libraries.WebPDecodeRGBAInto(picture, picture_length, samples, room, (int) stride);
    return result ? 0 : -1;
}
