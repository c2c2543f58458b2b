#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SIDE (1 << 24)
/// Full, half and quarter size: the window of the mean is too small for large letters.
#define SCALES 3
/// Letters taller than this, in px, are found at half the size: larger ones break up in the window.
#define LARGEST 16

/// The search at one size of the picture.
typedef struct scale {
    int width;
    int rows;  ///< rows pushed so far
    itm_contrast_filter contrast;
    itm_shape_finder dark_shapes, light_shapes;
    itm_letters dark, light;
    int band_start;
    int shape_row;
    itm_heights heights;
    uint8_t *above;  ///< an even row, until it is halved together with the next
    uint8_t *halved;
} scale;

struct itm_meter {
    int height;
    int rows;
    int is_finished;
    itm_line_finder *lines;
    scale scales[SCALES];
};

/// The most letters in a band: one row may end as many as fit into its width.
static size_t letter_room(int width) { return ITM_BAND_LETTERS + (size_t)width / 2 + 1; }

static int init_scale(scale *scale, int width, int is_last) {
    scale->width = width;
    if (itm_contrast_filter_init(&scale->contrast, width)
        || itm_shape_finder_init(&scale->dark_shapes, width)
        || itm_shape_finder_init(&scale->light_shapes, width))
        return -1;
    size_t room = letter_room(width);
    scale->dark.items = malloc(room * sizeof *scale->dark.items);
    scale->light.items = malloc(room * sizeof *scale->light.items);
    if (!scale->dark.items || !scale->light.items) return -1;
    if (is_last) return 0;
    scale->above = malloc((size_t)width);
    scale->halved = malloc((size_t)width);
    return scale->above && scale->halved ? 0 : -1;
}

static void free_scale(scale *scale) {
    itm_contrast_filter_free(&scale->contrast);
    itm_shape_finder_free(&scale->dark_shapes);
    itm_shape_finder_free(&scale->light_shapes);
    free(scale->dark.items);
    free(scale->light.items);
    free(scale->above);
    free(scale->halved);
}

itm_meter *itm_meter_new(int width, int height) {
    if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) return NULL;
    itm_meter *meter = calloc(1, sizeof *meter);
    if (!meter) return NULL;
    meter->height = height;
    meter->lines = itm_line_finder_new(letter_room(width));
    int is_short = meter->lines == NULL;
    for (int index = 0; index < SCALES && !is_short; index++, width = (width + 1) / 2)
        is_short = init_scale(&meter->scales[index], width, index == SCALES - 1);
    if (!is_short) return meter;
    itm_meter_free(meter);
    return NULL;
}

void itm_meter_free(itm_meter *meter) {
    if (!meter) return;
    for (int index = 0; index < SCALES; index++) free_scale(&meter->scales[index]);
    itm_line_finder_free(meter->lines);
    free(meter);
}

static void end_band(itm_meter *meter, scale *scale) {
    itm_line_finder_add(meter->lines, &scale->dark, &scale->light, scale->band_start, &scale->heights);
    scale->dark.count = scale->light.count = 0;
    scale->band_start = scale->shape_row;
}

static void find_letters(itm_meter *meter, scale *scale) {
    const itm_contrast_filter *contrast = &scale->contrast;
    itm_shape_finder_push(&scale->dark_shapes, contrast->dark, contrast->words, &scale->dark);
    itm_shape_finder_push(&scale->light_shapes, contrast->light, contrast->words, &scale->light);
    scale->shape_row++;
    if (scale->shape_row - scale->band_start >= ITM_BAND_ROWS || scale->dark.count >= ITM_BAND_LETTERS
        || scale->light.count >= ITM_BAND_LETTERS)
        end_band(meter, scale);
}

static void halve(const uint8_t *above, const uint8_t *below, int width, uint8_t *halved) {
    for (int x = 0; x < width / 2; x++)
        halved[x] = (uint8_t)((above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1] + 2) >> 2);
    if (width % 2) halved[width / 2] = (uint8_t)((above[width - 1] + below[width - 1] + 1) >> 1);
}

static void push(itm_meter *meter, int index, const uint8_t *row) {
    scale *scale = &meter->scales[index];
    if (itm_contrast_filter_push(&scale->contrast, row)) find_letters(meter, scale);
    scale->rows++;
    if (index == SCALES - 1) return;
    if (scale->rows % 2) {
        memcpy(scale->above, row, (size_t)scale->width);
        return;
    }
    halve(scale->above, row, scale->width, scale->halved);
    push(meter, index + 1, scale->halved);
}

int itm_meter_push(itm_meter *meter, const uint8_t *rows, size_t stride, int count) {
    if (meter->is_finished || count < 0 || count > meter->height - meter->rows) return -1;
    for (int row = 0; row < count; row++) push(meter, 0, rows + (size_t)row * stride);
    meter->rows += count;
    return 0;
}

/// The height below which `part` of 10 letters are, in sixteenths of a px.
static int32_t percentile(const int64_t letters[], int count, int64_t total, int part) {
    int64_t sum = 0;
    for (int height = 0; height < count; height++) {
        sum += letters[height];
        if (sum * 10 > total * part) return height * 4 + 2;
    }
    return 0;
}

itm_text itm_meter_finish(itm_meter *meter) {
    itm_text text = {0, 0, 0, 0};
    if (meter->is_finished) return text;
    meter->is_finished = 1;
    // Indexed by height in quarters of a px of the full-size picture.
    static const int count = 4 * ITM_MAX_HEIGHT << (SCALES - 1);
    int64_t letters[4 * ITM_MAX_HEIGHT << (SCALES - 1)] = {0};
    for (int index = 0; index < SCALES; index++) {
        scale *scale = &meter->scales[index];
        while (itm_contrast_filter_drain(&scale->contrast)) find_letters(meter, scale);
        // An empty row ends the shapes that reach the last row.
        memset(scale->contrast.dark, 0, (size_t)scale->contrast.words * 2 * sizeof *scale->contrast.dark);
        find_letters(meter, scale);
        end_band(meter, scale);
        int smallest = index == 0 ? 0 : 4 * LARGEST / 2;
        int largest = index == SCALES - 1 ? 4 * ITM_MAX_HEIGHT : 4 * LARGEST;
        int64_t found[4 * ITM_MAX_HEIGHT];
        itm_sure_letters(&scale->heights, found);
        // Characters of 10 px are read as well as letters with an x-height of 6 px.
        int is_full = itm_has_no_x_height(&scale->heights, smallest, largest - 1);
        for (int height = smallest; height < largest; height++) {
            text.candidates += scale->heights.sure[height] + scale->heights.doubtful[height];
            if (found[height] == 0) continue;
            letters[(is_full ? height * 3 / 5 : height) << index] += found[height];
            text.letters += found[height];
        }
    }
    text.smallest = percentile(letters, count, text.letters, 1);
    text.bulk = percentile(letters, count, text.letters, 5);
    return text;
}

void itm_luminance(const uint8_t *pixels, int count, int bands, uint8_t background, uint8_t *luminance) {
    switch (bands) {
    case 1: memcpy(luminance, pixels, (size_t)count); return;
    case 3:
        for (int x = 0; x < count; x++)
            luminance[x] =
                (uint8_t)((pixels[3 * x] * 77 + pixels[3 * x + 1] * 150 + pixels[3 * x + 2] * 29 + 128) >> 8);
        return;
    default:
        for (int x = 0; x < count; x++, pixels += bands) {
            int value = bands == 2 ? pixels[0]
                                   : (pixels[0] * 77 + pixels[1] * 150 + pixels[2] * 29 + 128) >> 8;
            int alpha = pixels[bands - 1];
            luminance[x] = (uint8_t)((value * alpha + background * (255 - alpha) + 127) / 255);
        }
    }
}
