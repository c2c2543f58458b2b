// The functions of the libraries that decode and encode here: declared here, so that building needs no headers of
// theirs, and bound when they are first needed. They are the libraries' stable ABI; a test holds every line against the
// real headers where these are installed (Tests/HeaderChecks).
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

// X(type of the result, name, parameters)

// libdeflate 1.0 and later; decompress returns 0 for success.
#define IPC_DEFLATE_FUNCTIONS(X)                                                                              \
    X(struct libdeflate_compressor *, libdeflate_alloc_compressor, (int level))                               \
    X(size_t, libdeflate_zlib_compress_bound, (struct libdeflate_compressor *, size_t length))                \
    X(size_t, libdeflate_zlib_compress,                                                                       \
        (struct libdeflate_compressor *, const void *in, size_t length, void *out, size_t room))              \
    X(void, libdeflate_free_compressor, (struct libdeflate_compressor *))                                     \
    X(struct libdeflate_decompressor *, libdeflate_alloc_decompressor, (void))                                \
    X(unsigned, libdeflate_zlib_decompress,                                                                   \
        (struct libdeflate_decompressor *, const void *in, size_t length, void *out, size_t room,             \
            size_t *written))                                                                                 \
    X(void, libdeflate_free_decompressor, (struct libdeflate_decompressor *))                                 \
    X(uint32_t, libdeflate_crc32, (uint32_t crc, const void *bytes, size_t length))

// libwebp 0.1 and later; NULL for anything but a whole still picture.
#define IPC_WEBP_FUNCTIONS(X)                                                                                 \
    X(uint8_t *, WebPDecodeRGBInto,                                                                           \
        (const uint8_t *bytes, size_t length, uint8_t *samples, size_t room, int stride))                     \
    X(uint8_t *, WebPDecodeRGBAInto,                                                                          \
        (const uint8_t *bytes, size_t length, uint8_t *samples, size_t room, int stride))                     \
    X(int, WebPGetInfo, (const uint8_t *bytes, size_t length, int *width, int *height))

// libtiff 4.0 and later. A directory is given by its offset in the file.
#define IPC_TIFF_FUNCTIONS(X)                                                                                 \
    X(struct tiff *, TIFFClientOpen,                                                                          \
        (const char *name, const char *mode, void *client, ptrdiff_t (*)(void *, void *, ptrdiff_t),          \
            ptrdiff_t (*)(void *, void *, ptrdiff_t), uint64_t (*)(void *, uint64_t, int), int (*)(void *),   \
            uint64_t (*)(void *), int (*)(void *, void **, uint64_t *), void (*)(void *, void *, uint64_t)))  \
    X(void, TIFFClose, (struct tiff *))                                                                       \
    X(int, TIFFSetSubDirectory, (struct tiff *, uint64_t offset))                                             \
    X(int, TIFFReadRGBAImageOriented,                                                                         \
        (struct tiff *, uint32_t width, uint32_t height, uint32_t *raster, int orientation, int stops))       \
    X(ipc_tiff_handler, TIFFSetErrorHandler, (ipc_tiff_handler handler))                                      \
    X(ipc_tiff_handler, TIFFSetWarningHandler, (ipc_tiff_handler handler))

#if !defined(IPC_CHECKS_HEADERS)
struct tiff;
typedef void (*ipc_tiff_handler)(const char *module, const char *format, va_list arguments);
struct libdeflate_compressor;
struct libdeflate_decompressor;

#define IPC_MEMBER(result, name, parameters) result (*name) parameters;
// Each part may be used where its ipc_has_… was true.
extern struct ipc_libraries {
    IPC_DEFLATE_FUNCTIONS(IPC_MEMBER)
    IPC_WEBP_FUNCTIONS(IPC_MEMBER)
    IPC_TIFF_FUNCTIONS(IPC_MEMBER)
} ipc_libraries;
#undef IPC_MEMBER
#endif
