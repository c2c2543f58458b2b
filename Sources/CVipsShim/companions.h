// Functions of the libraries that libvips brings along. Called directly, libwebp decodes a frame without the
// three copies that libvips makes of it, and libdeflate packs and unpacks a PNG in half of zlib's time.
//
// Each is looked up when libvips is started and may be missing: libvips does the work then, and its result
// is the same picture. The declarations are the libraries' stable ABI, so their headers are not needed.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct libdeflate_compressor;
struct libdeflate_decompressor;

struct ipv_companions {
    // libdeflate 1.0 and later; decompress returns 0 for success.
    struct libdeflate_compressor *(*libdeflate_alloc_compressor)(int level);
    size_t (*libdeflate_zlib_compress_bound)(struct libdeflate_compressor *, size_t length);
    size_t (*libdeflate_zlib_compress)(
        struct libdeflate_compressor *, const void *in, size_t length, void *out, size_t room);
    void (*libdeflate_free_compressor)(struct libdeflate_compressor *);
    struct libdeflate_decompressor *(*libdeflate_alloc_decompressor)(void);
    int (*libdeflate_zlib_decompress)(
        struct libdeflate_decompressor *, const void *in, size_t length, void *out, size_t room,
        size_t *written);
    void (*libdeflate_free_decompressor)(struct libdeflate_decompressor *);
    uint32_t (*libdeflate_crc32)(uint32_t crc, const void *bytes, size_t length);
    // libwebp 0.1 and later; NULL for anything but a whole still picture.
    uint8_t *(*WebPDecodeRGBInto)(
        const uint8_t *bytes, size_t length, uint8_t *samples, size_t room, int stride);
    uint8_t *(*WebPDecodeRGBAInto)(
        const uint8_t *bytes, size_t length, uint8_t *samples, size_t room, int stride);
    int (*WebPGetInfo)(const uint8_t *bytes, size_t length, int *width, int *height);
    // libtiff 4.0 and later. A directory's offset is given as it is in the file.
    void *(*TIFFClientOpen)(
        const char *name, const char *mode, void *client, ptrdiff_t (*read)(void *, void *, ptrdiff_t),
        ptrdiff_t (*write)(void *, void *, ptrdiff_t), uint64_t (*seek)(void *, uint64_t, int), int (*close)(void *),
        uint64_t (*size)(void *), int (*map)(void *, void **, uint64_t *), void (*unmap)(void *, void *, uint64_t));
    void (*TIFFClose)(void *tiff);
    int (*TIFFSetSubDirectory)(void *tiff, uint64_t offset);
    int (*TIFFReadRGBAImageOriented)(
        void *tiff, uint32_t width, uint32_t height, uint32_t *raster, int orientation, int stops_on_error);
    void *(*TIFFSetErrorHandler)(void *handler);
    void *(*TIFFSetWarningHandler)(void *handler);
    // GLib 2.0 and later; NULL when the module cannot be loaded. Some libvips have GLib inside and show none of it.
    void *(*g_module_open)(const char *path, int flags);

    int has_libdeflate, has_libwebp, has_libtiff;
};

// Filled by ipv_find_companions, which runs once, after libvips was loaded.
extern struct ipv_companions ipv_companions;

// `library` is the handle of libvips, whose dependencies are searched too.
void ipv_find_companions(void *library);
