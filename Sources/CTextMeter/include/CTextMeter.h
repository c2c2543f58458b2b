#ifndef CTEXTMETER_H
#define CTEXTMETER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Finds lines of text in a picture and measures the height of their letters. Rows of luminance go in from the top.
/// It holds a few rows and a bounded number of letters, whatever the picture's height; the same picture always gives
/// the same numbers. Nothing is shared between meters.
typedef struct itm_meter itm_meter;

/// What was found. Heights are in sixteenths of a px of the picture.
typedef struct itm_text {
    int64_t letters;   ///< letters that stand in lines; 0: no text, and the heights are 0
    int32_t smallest;  ///< nine tenths of the letters stand in lines whose letters are at least this high
    int32_t bulk;      ///< half of the letters do
    int64_t candidates;  ///< letters in lines of any length: 0 only where nothing looks like text, not even texture
} itm_text;

/// A meter for a picture of this size, px. NULL if a side is below 1 or above 2^24, or memory is short.
itm_meter *itm_meter_new(int width, int height);

/// Takes the next `count` rows of 8-bit luminance, `stride` bytes apart; they are not needed after the call. 0, or -1 if
/// more rows came than the picture has: none of them is taken.
int itm_meter_push(itm_meter *meter, const uint8_t *rows, size_t stride, int count);

/// What was found in the rows that came. The meter takes no more rows.
itm_text itm_meter_finish(itm_meter *meter);

void itm_meter_free(itm_meter *meter);

/// The luminance of px of 8-bit gray or RGB (`bands` 1 to 4, the last of 2 or 4 is straight alpha), over a gray
/// background where they are transparent. ITU-R BT.601, rounded.
void itm_luminance(const uint8_t *pixels, int count, int bands, uint8_t background, uint8_t *luminance);

// For tests.

/// Which px of each row are darker, and which are lighter, than the mean of the 32x32 px around them, by more than
/// text has to be. `dark` and `light` get a byte for each px, 0 or 1. 0, or -1 if memory is short.
int itm_contrast(const uint8_t *rows, int width, int height, uint8_t *dark, uint8_t *light);

/// The same, px by px from the definition: what the fast code is compared with.
void itm_contrast_reference(const uint8_t *rows, int width, int height, uint8_t *dark, uint8_t *light);

#ifdef __cplusplus
}
#endif

#endif
