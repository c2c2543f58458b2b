#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "canvas.h"

enum { TILE = 1024 };

// A 1/f surface of TILE×TILE, made once; it is periodic, so any offset of it tiles without a seam.
static const int8_t *texture_tile(void) {
    static int8_t *tile;
    if (tile) return tile;
    VipsImage *t[4] = {NULL};
    size_t size = 0;
    float *values = NULL;
    if (vips_gaussnoise(&t[0], TILE, TILE, "mean", 0.0, "sigma", 1.0, "seed", 7, NULL) == 0 &&
        vips_mask_fractal(&t[1], TILE, TILE, 2.4, NULL) == 0 && vips_freqmult(t[0], t[1], &t[2], NULL) == 0 &&
        vips_cast_float(t[2], &t[3], NULL) == 0)
        values = vips_image_write_to_memory(t[3], &size);
    for (int i = 0; i < 4; i++)
        if (t[i]) g_object_unref(t[i]);
    if (!values) return NULL;
    double sum = 0, squares = 0;
    for (int i = 0; i < TILE * TILE; i++) { sum += values[i]; squares += (double)values[i] * values[i]; }
    double mean = sum / (TILE * TILE), deviation = sqrt(squares / (TILE * TILE) - mean * mean);
    tile = malloc(TILE * TILE);
    for (int i = 0; tile && i < TILE * TILE; i++)
        tile[i] = (int8_t)fmax(-127, fmin(127, (values[i] - mean) / deviation * 32));
    g_free(values);
    return tile;
}

static uint8_t clamp(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

// One leaf: a rotated ellipse or rectangle with a color, a gradient and a texture strength.
static void draw_leaf(Canvas canvas, uint8_t *strength, Random *random, double radius) {
    double x = random_between(random, -radius / 2, canvas.width + radius / 2);
    double y = random_between(random, -radius / 2, canvas.height + radius / 2);
    double angle = random_between(random, 0, M_PI), cosine = cos(angle), sine = sin(angle);
    double flat = random_between(random, 0.35, 1);
    int is_box = random_unit(random) < 0.3;
    // Outdoor colors: little saturation, a wide range of light.
    double light = pow(random_unit(random), 1.4) * 215 + 20, hue = random_between(random, 0, 2 * M_PI);
    double chroma = random_between(random, 0, 0.22) * light;
    double color[3] = {light + chroma * cos(hue), light + chroma * cos(hue - 2.1), light + chroma * cos(hue + 2.1)};
    double slope = random_between(random, -0.25, 0.25) * light / radius;
    uint8_t texture = (uint8_t)random_between(random, 10, 90);

    int top = (int)fmax(0, y - radius * 1.5), bottom = (int)fmin(canvas.height - 1, y + radius * 1.5);
    int left = (int)fmax(0, x - radius * 1.5), right = (int)fmin(canvas.width - 1, x + radius * 1.5);
    for (int row = top; row <= bottom; row++) {
        for (int column = left; column <= right; column++) {
            double u = (column - x) * cosine + (row - y) * sine, v = ((row - y) * cosine - (column - x) * sine) / flat;
            int is_inside = is_box ? fabs(u) < radius && fabs(v) < radius : u * u + v * v < radius * radius;
            if (!is_inside) continue;
            size_t at = (size_t)row * canvas.width + column;
            for (int band = 0; band < 3; band++) canvas.rgb[at * 3 + band] = clamp((int)(color[band] + slope * u));
            strength[at] = texture;
        }
    }
}

// Noise and texture last, row by row, after a 1-2-1 blur that simulates lens and demosaicing.
static int develop(Canvas canvas, const uint8_t *strength, int has_grain, Random *random) {
    const int8_t *tile = texture_tile();
    size_t stride = (size_t)canvas.width * 3;
    uint8_t *lines = malloc(stride * 2);
    if (!tile || !lines) { free(lines); return -1; }
    uint8_t *above = lines, *current = lines + stride;
    memcpy(above, canvas.rgb, stride);
    int shift_x = random_below(random, TILE), shift_y = random_below(random, TILE);
    for (int y = 0; y < canvas.height; y++) {
        uint8_t *row = canvas.rgb + y * stride;
        const uint8_t *below = y + 1 < canvas.height ? row + stride : row;
        memcpy(current, row, stride);
        for (int x = 0; x < canvas.width; x++) {
            int texture = tile[((y + shift_y) % TILE) * TILE + (x + shift_x) % TILE] *
                          strength[(size_t)y * canvas.width + x] >> 6;
            uint64_t bits = random_bits(random);
            for (int band = 0; band < 3; band++) {
                size_t at = (size_t)x * 3 + band;
                size_t before = x > 0 ? at - 3 : at, after = x + 1 < canvas.width ? at + 3 : at;
                int blurred = (current[at] * 4 + current[before] + current[after] + above[at] + below[at] + 4) >> 3;
                // Four uniform bytes are close enough to a normal distribution; brighter pixels have more noise.
                int noise = (int)(bits & 63) + (int)(bits >> 6 & 63) + (int)(bits >> 12 & 63) - 94;
                bits >>= 18;
                int grain = has_grain ? texture + (noise * (18 + (blurred >> 4)) >> 8) : 0;
                row[at] = clamp(blurred + grain);
            }
        }
        uint8_t *swap = above;
        above = current;
        current = swap;
    }
    free(lines);
    return 0;
}

int draw_photo(Canvas canvas, int has_grain, Random *random) {
    size_t count = (size_t)canvas.width * canvas.height;
    uint8_t *strength = malloc(count);
    if (!strength) return -1;
    memset(canvas.rgb, 128, count * 3);
    memset(strength, 24, count);
    double edge = fmax(canvas.width, canvas.height);
    double smallest = fmax(1.5, edge / 700), largest = edge / 3;
    // Sky and ground first, then leaves, whose number falls with the cube of their radius.
    for (int i = 0; i < 6; i++) draw_leaf(canvas, strength, random, largest * random_between(random, 0.8, 1.6));
    int leaves = (int)(count / (smallest * smallest * 30));
    for (int i = 0; i < leaves; i++) {
        double u = random_unit(random), low = 1 / (smallest * smallest), high = 1 / (largest * largest);
        draw_leaf(canvas, strength, random, 1 / sqrt(low - u * (low - high)));
    }
    int result = develop(canvas, strength, has_grain, random);
    free(strength);
    return result;
}
