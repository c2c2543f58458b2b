// Draws the benchmark's images. Pixels are 8-bit sRGB, three bytes each, rows without padding.
#pragma once
#include <stdint.h>

#include "random.h"

typedef struct {
    int width, height;
    uint8_t *rgb;
} Canvas;

// A picture with the statistics of a photograph: overlapping leaves of all sizes (edges), a
// 1/f surface on them (texture), lens blur and sensor noise; without grain only the blur.
int draw_photo(Canvas canvas, int has_grain, Random *random);

// A picture of a desktop: windows, panels, lines of rendered text, flat icons, sometimes a photograph.
int draw_screenshot(Canvas canvas, Random *random);
