#ifndef CTEXTMETER_H
#define CTEXTMETER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Finds lines of text in a picture and measures the height of their letters, row by row from the top.
/// Memory is bounded by a few rows and a fixed number of letters, whatever the picture's height. The same picture always
/// gives the same numbers. Meters share nothing.
typedef struct itm_meter itm_meter;

/// The measured text. Heights are in sixteenths of a px of the picture.
typedef struct itm_text {
    int64_t letters;   ///< letters in lines of text; if 0, there is no text, and the heights are 0
    int32_t smallest;  ///< nine tenths of the letters are in lines whose letters are at least this tall
    int32_t bulk;      ///< the same for half of the letters
    int64_t candidates;  ///< letters in lines of any length; 0 only if nothing looks like text, not even texture
} itm_text;

/// Makes a meter for a picture of this size in px. NULL if a side is below 1 or above 2^24, or memory is short.
itm_meter *itm_meter_new(int width, int height);

/// Adds the next `count` rows of 8-bit luminance, `stride` bytes apart; they need not outlive the call. Returns 0, or -1
/// without adding any if there are more rows than the picture has.
int itm_meter_push(itm_meter *meter, const uint8_t *rows, size_t stride, int count);

/// Returns the text in the rows so far. The meter accepts no more rows.
itm_text itm_meter_finish(itm_meter *meter);

void itm_meter_free(itm_meter *meter);

/// Computes the luminance of 8-bit gray or RGB px (`bands` 1 to 4; the last of 2 or 4 is straight alpha), over a gray
/// background where they are transparent. ITU-R BT.601, rounded.
void itm_luminance(const uint8_t *pixels, int count, int bands, uint8_t background, uint8_t *luminance);

// For tests.

/// Marks which px are darker, and which are lighter, than the mean of the 32x32 px around them by more than the contrast
/// of text. `dark` and `light` get one byte per px, 0 or 1. Returns 0, or -1 if memory is short.
int itm_contrast(const uint8_t *rows, int width, int height, uint8_t *dark, uint8_t *light);

/// The same, px by px from the definition; tests compare the fast code with it.
void itm_contrast_reference(const uint8_t *rows, int width, int height, uint8_t *dark, uint8_t *light);

#ifdef __cplusplus
}
#endif

#endif
