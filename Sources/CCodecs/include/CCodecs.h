// Codecs that work without libvips, through libdeflate, libwebp and TurboJPEG, which are loaded when they are first needed. They
// handle the common cases, in half the time. They return -1 for anything unusual or damaged, or if the library is missing:
// libvips then does the work, and reports what is wrong with a file. IMAGE_PREFLIGHT_ENGINE=libvips in the environment
// disables them.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Whether PNG can be read and written.
bool ipc_has_png(void);
// Whether WebP can be read and written.
bool ipc_has_webp(void);
// Whether TIFF can be read. Always enabled: it does what libvips does not.
bool ipc_has_tiff(void);
// Whether JPEG can be read and written.
bool ipc_has_jpeg(void);

// The name and the length of the file of a library by its name and the version of its ABI, as in
// "libwebp.so.7.1.5, 461464 bytes". It is not loaded.
int ipc_identify_library(const char *name, const char *version, char *text, size_t size);
// The same of a file, links followed.
int ipc_identify_file(const char *path, char *text, size_t size);

// The `room` that ipc_read_png requires, bytes.
size_t ipc_png_room(int width, int height, int bands);
// The samples of a PNG of this size with 8-bit gray or RGB, with or without alpha, not interlaced and without a
// palette; rows without gaps. After a failure the samples are undefined.
int ipc_read_png(
    const void *bytes, size_t length, int width, int height, int bands, uint8_t *samples, size_t room);
// Whether nothing in a PNG says that its samples are anything but sRGB (or gray with its curve): no iCCP and cICP, and
// gAMA and cHRM only together with sRGB, which takes precedence.
bool ipc_is_srgb_png(const void *bytes, size_t length);
// The samples of a WebP of one frame and of this size, 3 or 4 bands.
int ipc_read_webp(
    const void *bytes, size_t length, int width, int height, int bands, uint8_t *samples, size_t room);
// A PNG of rows without gaps, 1 to 4 bands: gray or RGB, with or without alpha. `level` 1...12. Rows are stored as
// they are, or as differences from the average of the px on the left and above. The file is released with ipc_free.
int ipc_write_png(
    const uint8_t *samples, int width, int height, int bands, int level, bool averages,
    void *_Nullable *_Nonnull bytes, size_t *length);
// The same with a palette of up to 256 colors, each red, green, blue and alpha: `indices` has one byte for each px.
int ipc_write_palette_png(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int colors, int level,
    void *_Nullable *_Nonnull bytes, size_t *length);
// A lossless WebP of such rows. `quality` 0...100 and `effort` 0...6 decide how much time it may take. The file is
// released with ipc_free.
int ipc_write_webp(
    const uint8_t *samples, int width, int height, int bands, int quality, int effort,
    void *_Nullable *_Nonnull bytes, size_t *length);
void ipc_free(void *bytes);
// The colors of `count` px of 2 or 4 bands, without their alpha.
void ipc_drop_alpha(const uint8_t *from, size_t count, int bands, uint8_t *to);

// --- JPEG in planes: luma, and two of chroma unless it is gray ---

// How many samples of luma across and down share one of chroma, which lies in their middle.
typedef enum ipc_subsampling {
    IPC_SAMPLES_444, IPC_SAMPLES_422, IPC_SAMPLES_420, IPC_SAMPLES_440, IPC_SAMPLES_GRAY
} ipc_subsampling;

typedef struct ipc_jpeg {
    int32_t width, height;  // px
    ipc_subsampling subsampling;
    bool is_progressive;
    // The ICC profile within the file; NULL and 0 when there is none.
    const uint8_t *_Nullable profile;
    size_t profile_length;
} ipc_jpeg;

// The layout of a plane of a picture in memory: `width` by `height` samples in `rows` rows of `stride` bytes, of which the
// last column and row may be padding. A sample covers `px_across` by `px_down` px.
typedef struct ipc_plane_layout {
    int32_t width, height, stride, rows, px_across, px_down;
} ipc_plane_layout;

int ipc_plane_count(ipc_subsampling subsampling);
ipc_plane_layout ipc_lay_out_plane(int width, int height, ipc_subsampling subsampling, int plane);

// Reads the header of a JPEG: baseline or progressive, 8 bits, gray or YCbCr, one profile at most, at most 100 scans.
int ipc_examine_jpeg(const void *bytes, size_t length, ipc_jpeg *jpeg);
// The samples of a whole JPEG without any damage, made smaller by 1, 2, 4 or 8, with sides rounded up. `planes` have
// the layout of a picture of that size. After a failure the samples are undefined.
int ipc_read_jpeg(
    const void *bytes, size_t length, const ipc_jpeg *jpeg, int shrink,
    uint8_t *_Nullable const planes[_Nonnull 3]);
// The same as rows without gaps, of RGB or gray: `samples` has room for all of them.
int ipc_read_jpeg_rows(const void *bytes, size_t length, const ipc_jpeg *jpeg, int shrink, uint8_t *samples);
// A baseline JPEG without metadata. Planes are padded in the process. The file is released with ipc_free_jpeg.
int ipc_write_jpeg(
    uint8_t *_Nullable const planes[_Nonnull 3], int width, int height, ipc_subsampling subsampling, int quality,
    void *_Nullable *_Nonnull bytes, size_t *length);
void ipc_free_jpeg(void *bytes);

// `width` by `height` samples upright, from samples stored with this EXIF orientation, 1...8.
void ipc_turn_plane(
    const uint8_t *from, size_t from_stride, int width, int height, int orientation, uint8_t *to,
    size_t to_stride);

// Fills `rgba` with the `width * height * 4` samples of one directory of a TIFF, given by its offset. Other colors
// become RGB, and all are multiplied by alpha. With the orientation that the directory itself has, rows stay as stored.
int ipc_read_tiff(
    const void *bytes, size_t length, uint64_t directory, int orientation, int width, int height, uint8_t *rgba);

#pragma clang assume_nonnull end
