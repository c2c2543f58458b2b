// The one C surface of libvips: plain types, no varargs, one owner each. libvips' own functions are
// variadic, which Swift cannot call, and differ between versions; the shim hides both.
//
// A function that makes an object returns NULL on failure, every other one 0 for success and -1 for failure.
// Each object is released once: images with ipv_free_image, rows with ipv_free_rows, memory with
// ipv_free_memory. No input is consumed.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct ipv_image ipv_image;
typedef struct ipv_rows ipv_rows;

// The loaders that may run. Nothing else is ever tried, whatever the bytes look like.
typedef enum ipv_loader {
    IPV_LOADER_JPEG, IPV_LOADER_PNG, IPV_LOADER_GIF, IPV_LOADER_WEBP, IPV_LOADER_HEIF, IPV_LOADER_TIFF,
    // libvips marks these as untrusted: they run only in a process that was set up with ipv_be_worker.
    IPV_LOADER_JP2, IPV_LOADER_JXL, IPV_LOADER_SVG
} ipv_loader;

// How samples are to be read, as far as it matters for preparing an image.
typedef enum ipv_colors { IPV_GRAY, IPV_RGB, IPV_CMYK, IPV_OTHER_COLORS } ipv_colors;

typedef struct ipv_info {
    int32_t width;             // px
    int32_t height;            // px
    int32_t bands;             // alpha included
    int32_t bytes_per_sample;  // 1 and 2 are unsigned integers; 0 is any other sample
    ipv_colors colors;
    int32_t orientation;       // EXIF orientation 1...8
    bool has_alpha;
} ipv_info;

// --- the process and its threads ---

// Loads and starts libvips; call it once. No operation cache, one thread per image, only the loaders above.
// libvips' per-thread data is freed when the thread ends. -1 without a libvips of 8.13 or later.
int ipv_start(void);
// The file that IMAGE_PREFLIGHT_LIBVIPS names; NULL if it is not set. Lives as long as the environment.
const char *_Nullable ipv_named_library(void);
// "8.14.1"; lives forever.
const char *ipv_version(void);
bool ipv_has_loader(ipv_loader loader);
// Copies libvips' log of errors, at most `size` bytes with the NUL, and clears it. For logs only: it is one
// buffer for the whole process, so the text may be another thread's.
void ipv_take_log(char *text, size_t size);
// Clears the log, so that later messages are not mixed with earlier ones.
void ipv_clear_log(void);
// Sets up a process that decodes one image at a time, before it starts threads or libvips: the allocator hands
// freed memory to the next image instead of the system, libvips starts without its modules, and untrusted loaders of
// the list above may run.
void ipv_be_worker(void);
bool ipv_is_worker(void);
// The most bytes of pixels that libvips has held at once.
size_t ipv_peak_memory(void);

// --- images ---

// Opens an encoded image to be read once, top to bottom; truncated data is an error when pixels are read.
// `shrink` is 1, 2, 4 or 8 for JPEG and WebP, 1 for all others. Only the first frame is opened. `bytes` are borrowed: they
// must outlive the image and everything made from it.
ipv_image *_Nullable ipv_open(ipv_loader loader, const void *bytes, size_t length, int shrink);
// The same for one directory of a TIFF: the page, or the directory with this number below the page, -1 for none.
ipv_image *_Nullable ipv_open_tiff(const void *bytes, size_t length, int page, int subdirectory);
// Renders an SVG at a scale.
ipv_image *_Nullable ipv_open_svg(const void *bytes, size_t length, double scale);
// An image over `width * height * bands` samples of 1 or 2 bytes, which are borrowed and must outlive it.
ipv_image *_Nullable ipv_wrap(
    const void *samples, int width, int height, int bands, int bytes_per_sample, ipv_colors colors);
void ipv_free_image(ipv_image *image);
ipv_info ipv_get_info(ipv_image *image);
// The embedded ICC profile, borrowed from the image; NULL and 0 when it has none.
const void *_Nullable ipv_get_profile(ipv_image *image, size_t *length);
// The same pixels with this ICC profile (copied) attached.
ipv_image *_Nullable ipv_with_profile(ipv_image *image, const void *profile, size_t length);

// --- pixels ---

// Reads rows in the calling thread, in order, without a copy.
ipv_rows *_Nullable ipv_read_rows(ipv_image *image);
// Sets `samples` to the next `*count` whole rows, `stride` bytes apart, at most `most` of them; 0 rows after
// the last. They are borrowed until the next call.
int ipv_next_rows(
    ipv_rows *rows, int most, const uint8_t *_Nullable *_Nonnull samples, size_t *stride, int *count);
void ipv_free_rows(ipv_rows *rows);

// --- steps; lazy: pixels are made when rows are read ---

// 8-bit gray or sRGB, alpha kept. An embedded profile is honored when `honors_profile`; without a usable
// one the samples are treated as sRGB, gray or generic CMYK.
ipv_image *_Nullable ipv_to_srgb(ipv_image *image, bool honors_profile);
// Turned upright, from this EXIF orientation, 1...8.
ipv_image *_Nullable ipv_orient(ipv_image *image, int orientation);
// Exactly this size in px, smaller or equal on both sides; Lanczos3, on premultiplied colors.
ipv_image *_Nullable ipv_resize(ipv_image *image, int width, int height);
// Without alpha, over a background of 8-bit sRGB.
ipv_image *_Nullable ipv_flatten(ipv_image *image, uint8_t red, uint8_t green, uint8_t blue);

// --- encoders: `bytes` and `length` are set to memory for ipv_free_memory; metadata is left out ---

// `quality` 1...100. Chroma is halved below quality 90. `is_progressive` is for tests.
int ipv_save_jpeg(
    ipv_image *image, int quality, bool optimizes, bool is_progressive,
    void *_Nullable *_Nonnull bytes, size_t *length);
// `compression` 0...9; `filters` as in PNG: 0x08 none, 0x10 sub, 0x20 up, 0x40 average, 0x80 Paeth.
int ipv_save_png(
    ipv_image *image, int compression, int filters, bool is_interlaced,
    void *_Nullable *_Nonnull bytes, size_t *length);
// `effort` 0...6, `quality` 1...100 when lossy; when lossless, `quality` is the effort.
int ipv_save_webp(
    ipv_image *image, int quality, bool is_lossless, int effort, void *_Nullable *_Nonnull bytes, size_t *length);
void ipv_free_memory(void *bytes);

#pragma clang assume_nonnull end
