// Codecs that work without libvips, through libdeflate and libwebp, which are loaded when they are first needed. They
// do the usual cases, in half of the time; -1 for whatever is unusual or damaged, or where the library is missing:
// libvips does it then, and says what is wrong with a file. With IMAGE_PREFLIGHT_ENGINE=libvips in the environment
// they do nothing at all.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Whether PNG can be read and written.
bool ipc_has_png(void);
// Whether WebP can be read.
bool ipc_has_webp(void);
// Whether TIFF can be read. It stays where the others are switched off: it does what libvips does not.
bool ipc_has_tiff(void);

// What `room` has to be for ipc_read_png, bytes.
size_t ipc_png_room(int width, int height, int bands);
// The samples of a PNG of this size with 8-bit grey or RGB, with or without alpha, not interlaced and without a
// palette; rows without gaps. After a failure the samples are undefined.
int ipc_read_png(
    const void *bytes, size_t length, int width, int height, int bands, uint8_t *samples, size_t room);
// The samples of a WebP of one frame and of this size, 3 or 4 bands.
int ipc_read_webp(
    const void *bytes, size_t length, int width, int height, int bands, uint8_t *samples, size_t room);
// A PNG of rows without gaps, 1 to 4 bands: grey or RGB, with or without alpha. `level` 1...12. Rows are stored as
// they are, or as differences to the average of the px on the left and above. The file is released with ipc_free.
int ipc_write_png(
    const uint8_t *samples, int width, int height, int bands, int level, bool averages,
    void *_Nullable *_Nonnull bytes, size_t *length);
// The same with a palette of up to 256 colors, each red, green, blue and alpha: `indices` has one byte for each px.
int ipc_write_palette_png(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int colors, int level,
    void *_Nullable *_Nonnull bytes, size_t *length);
void ipc_free(void *bytes);

// Fills `rgba` with the `width * height * 4` samples of one directory of a TIFF, given by its offset. What is not RGB
// becomes RGB, colors are multiplied by alpha. With the orientation that the directory itself has, rows stay as stored.
int ipc_read_tiff(
    const void *bytes, size_t length, uint64_t directory, int orientation, int width, int height, uint8_t *rgba);

#pragma clang assume_nonnull end
