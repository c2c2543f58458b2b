#include <stdio.h>
#include <string.h>

#include "CCodecs.h"
#include "libraries.h"

// The file as libtiff reads it.
struct file {
    const uint8_t *bytes;
    uint64_t length, place;
};

static ptrdiff_t read_bytes(void *client, void *target, ptrdiff_t count)
{
    struct file *file = client;
    if (count < 0 || file->place >= file->length) return 0;
    uint64_t left = file->length - file->place;
    uint64_t taken = (uint64_t) count < left ? (uint64_t) count : left;
    memcpy(target, file->bytes + file->place, taken);
    file->place += taken;
    return (ptrdiff_t) taken;
}

static ptrdiff_t write_bytes(void *client, void *source, ptrdiff_t count)
{
    (void) client, (void) source, (void) count;
    return 0;
}

static uint64_t seek(void *client, uint64_t offset, int origin)
{
    struct file *file = client;
    if (origin == SEEK_SET) file->place = offset;
    if (origin == SEEK_CUR) file->place += offset;
    if (origin == SEEK_END) file->place = file->length + offset;
    return file->place;
}

static int close_file(void *client)
{
    (void) client;
    return 0;
}

static uint64_t size(void *client) { return ((struct file *) client)->length; }

static int map(void *client, void **start, uint64_t *length)
{
    (void) client, (void) start, (void) length;
    return 0;
}

static void unmap(void *client, void *start, uint64_t length) { (void) client, (void) start, (void) length; }

int ipc_read_tiff(
    const void *bytes, size_t length, uint64_t directory, int orientation, int width, int height, uint8_t *rgba)
{
    if (!ipc_has_tiff() || width < 1 || height < 1) return -1;
    // Keep libtiff's messages off our streams.
    ipc_libraries.TIFFSetErrorHandler(NULL);
    ipc_libraries.TIFFSetWarningHandler(NULL);
    struct file file = { .bytes = bytes, .length = length };
    // "m": no memory map, "h": the first directory is not read.
    struct tiff *tiff = ipc_libraries.TIFFClientOpen(
        "", "rmh", &file, read_bytes, write_bytes, seek, close_file, size, map, unmap);
    if (!tiff) return -1;
    const int stops_on_error = 1;
    int is_whole = ipc_libraries.TIFFSetSubDirectory(tiff, directory)
        && ipc_libraries.TIFFReadRGBAImageOriented(
            tiff, (uint32_t) width, (uint32_t) height, (uint32_t *) (void *) rgba, orientation, stops_on_error);
    ipc_libraries.TIFFClose(tiff);
    if (!is_whole) return -1;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (size_t i = 0; i < (size_t) width * (size_t) height; i++) {
        uint32_t pixel;
        memcpy(&pixel, rgba + 4 * i, 4);
        pixel = __builtin_bswap32(pixel);
        memcpy(rgba + 4 * i, &pixel, 4);
    }
#endif
    return 0;
}
