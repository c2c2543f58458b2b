// The functions of the libraries that decode and encode here: declared here, so that building needs no headers of
// theirs, and bound when they are first needed. They are the libraries' stable ABI; a test compares every line with the
// real headers if these are installed (Tests/HeaderChecks).
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

struct WebPConfig;
struct WebPPicture;

// libwebp 0.5 and later. Decoding returns NULL for anything but a whole still picture, the other calls 0 for failure.
#define IPC_WEBP_FUNCTIONS(X)                                                                                 \
    X(uint8_t *, WebPDecodeRGBInto,                                                                           \
        (const uint8_t *bytes, size_t length, uint8_t *samples, size_t room, int stride))                     \
    X(uint8_t *, WebPDecodeRGBAInto,                                                                          \
        (const uint8_t *bytes, size_t length, uint8_t *samples, size_t room, int stride))                     \
    X(int, WebPGetInfo, (const uint8_t *bytes, size_t length, int *width, int *height))                       \
    X(int, WebPGetDecoderVersion, (void))                                                                     \
    X(int, WebPGetEncoderVersion, (void))                                                                     \
    X(int, WebPConfigInitInternal, (struct WebPConfig *, unsigned preset, float quality, int abi))            \
    X(int, WebPPictureInitInternal, (struct WebPPicture *, int abi))                                          \
    X(int, WebPPictureAlloc, (struct WebPPicture *))                                                          \
    X(int, WebPEncode, (const struct WebPConfig *, struct WebPPicture *))                                     \
    X(void, WebPPictureFree, (struct WebPPicture *))

// Libraries with a different first byte refuse it.
#define IPC_WEBP_CONSTANTS(X) X(WEBP_ENCODER_ABI_VERSION, 0x020f)

// The fields that are used, and enough room for all.
struct ipc_webp_config {
    int lossless;
    float quality;
    int method;
    unsigned hint;
    int target_size;
    float target_PSNR;
    int others[32];
};

struct ipc_webp_picture {
    int use_argb;
    unsigned colorspace;
    int width, height;
    uint8_t *y, *u, *v;
    int y_stride, uv_stride;
    uint8_t *a;
    int a_stride;
    uint32_t pad1[2];
    uint32_t *argb;  // alpha in the highest byte, then red, green and blue
    int argb_stride;  // px
    uint32_t pad2[3];
    int (*writer)(const uint8_t *bytes, size_t length, const struct WebPPicture *);
    void *custom_ptr;
    void *others[32];
};

// X(struct here, struct of libwebp, field)
#define IPC_WEBP_FIELDS(X)                        \
    X(ipc_webp_config, WebPConfig, lossless)      \
    X(ipc_webp_config, WebPConfig, quality)       \
    X(ipc_webp_config, WebPConfig, method)        \
    X(ipc_webp_picture, WebPPicture, use_argb)    \
    X(ipc_webp_picture, WebPPicture, width)       \
    X(ipc_webp_picture, WebPPicture, height)      \
    X(ipc_webp_picture, WebPPicture, argb)        \
    X(ipc_webp_picture, WebPPicture, argb_stride) \
    X(ipc_webp_picture, WebPPicture, writer)      \
    X(ipc_webp_picture, WebPPicture, custom_ptr)

// libtiff 4.0 and later. A directory is given by its offset in the file.
#define IPC_TIFF_FUNCTIONS(X)                                                                                 \
    X(struct tiff *, TIFFClientOpen,                                                                          \
        (const char *name, const char *mode, void *client, ptrdiff_t (*)(void *, void *, ptrdiff_t),          \
            ptrdiff_t (*)(void *, void *, ptrdiff_t), uint64_t (*)(void *, uint64_t, int), int (*)(void *),   \
            uint64_t (*)(void *), int (*)(void *, void **, uint64_t *), void (*)(void *, void *, uint64_t)))  \
    X(const char *, TIFFGetVersion, (void))                                                                   \
    X(void, TIFFClose, (struct tiff *))                                                                       \
    X(int, TIFFSetSubDirectory, (struct tiff *, uint64_t offset))                                             \
    X(int, TIFFReadRGBAImageOriented,                                                                         \
        (struct tiff *, uint32_t width, uint32_t height, uint32_t *raster, int orientation, int stops))       \
    X(ipc_tiff_handler, TIFFSetErrorHandler, (ipc_tiff_handler handler))                                      \
    X(ipc_tiff_handler, TIFFSetWarningHandler, (ipc_tiff_handler handler))

// The calls of TurboJPEG 2.0 and later, 3.x too; 0 for success.
#define IPC_TURBO_FUNCTIONS(X)                                                                                \
    X(void *, tjInitDecompress, (void))                                                                       \
    X(void *, tjInitCompress, (void))                                                                         \
    X(int, tjDestroy, (void *))                                                                               \
    X(int, tjDecompressHeader3,                                                                               \
        (void *, const unsigned char *bytes, unsigned long length, int *width, int *height, int *subsampling, \
            int *colors))                                                                                    \
    X(int, tjDecompressToYUVPlanes,                                                                           \
        (void *, const unsigned char *bytes, unsigned long length, unsigned char **planes, int width,         \
            int *strides, int height, int flags))                                                             \
    X(int, tjDecompress2,                                                                                     \
        (void *, const unsigned char *bytes, unsigned long length, unsigned char *samples, int width,         \
            int stride, int height, int format, int flags))                                                   \
    X(int, tjCompressFromYUVPlanes,                                                                           \
        (void *, const unsigned char **planes, int width, const int *strides, int height, int subsampling,    \
            unsigned char **bytes, unsigned long *length, int quality, int flags))                            \
    X(void, tjFree, (unsigned char *))

#define IPC_TURBO_CONSTANTS(X)    \
    X(TJSAMP_444, 0)              \
    X(TJSAMP_422, 1)              \
    X(TJSAMP_420, 2)              \
    X(TJSAMP_GRAY, 3)             \
    X(TJSAMP_440, 4)              \
    X(TJPF_RGB, 0)                \
    X(TJPF_GRAY, 6)               \
    X(TJCS_YCbCr, 1)              \
    X(TJCS_GRAY, 2)               \
    X(TJFLAG_ACCURATEDCT, 4096)   \
    X(TJFLAG_STOPONWARNING, 8192) \
    X(TJFLAG_LIMITSCANS, 32768)

#if !defined(IPC_CHECKS_HEADERS)
struct tiff;
typedef void (*ipc_tiff_handler)(const char *module, const char *format, va_list arguments);
#define IPC_CONSTANT(name, value) name = value,
enum { IPC_TURBO_CONSTANTS(IPC_CONSTANT) IPC_WEBP_CONSTANTS(IPC_CONSTANT) };
#undef IPC_CONSTANT

struct libdeflate_compressor;
struct libdeflate_decompressor;

#define IPC_MEMBER(result, name, parameters) result (*name) parameters;
// Each part may be used where its ipc_has_… was true.
extern struct ipc_libraries {
    IPC_DEFLATE_FUNCTIONS(IPC_MEMBER)
    IPC_WEBP_FUNCTIONS(IPC_MEMBER)
    IPC_TIFF_FUNCTIONS(IPC_MEMBER)
    IPC_TURBO_FUNCTIONS(IPC_MEMBER)
} ipc_libraries;
#undef IPC_MEMBER
#endif
