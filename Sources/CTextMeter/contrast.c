#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define HALF (ITM_WINDOW / 2)
/// Column sums drop their lowest three bits so that a window's sum fits in 15 bits: a mean in units of 1/128.
#define COLUMN_BITS 3

int itm_contrast_filter_init(itm_contrast_filter *filter, int width) {
    memset(filter, 0, sizeof *filter);
    filter->width = width;
    filter->words = (width + 63) / 64;
    size_t padded = (size_t)filter->words * 64;
    filter->ring = calloc(ITM_WINDOW, padded);
    filter->columns = calloc(padded, sizeof *filter->columns);
    filter->sums = calloc(padded + 2 * ITM_WINDOW, sizeof *filter->sums);
    filter->marks = calloc(2, padded);
    filter->dark = calloc((size_t)filter->words * 2, sizeof *filter->dark);
    if (!filter->ring || !filter->columns || !filter->sums || !filter->marks || !filter->dark) {
        itm_contrast_filter_free(filter);
        return -1;
    }
    filter->light = filter->dark + filter->words;
    return 0;
}

void itm_contrast_filter_free(itm_contrast_filter *filter) {
    free(filter->ring);
    free(filter->columns);
    free(filter->sums);
    free(filter->marks);
    free(filter->dark);
    memset(filter, 0, sizeof *filter);
}

static uint8_t *ring_row(const itm_contrast_filter *filter, int row) {
    return filter->ring + (size_t)(row & (ITM_WINDOW - 1)) * (size_t)filter->words * 64;
}

/// Eight bytes of 0 or 1 as eight bits, the first in the lowest.
static inline uint64_t packed(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return (word * 0x0102040810204080ull) >> 56;
}

/// The bits of the row in the middle of the ring.
static void compare(itm_contrast_filter *filter, const uint8_t *row) {
    int width = filter->width;
    const uint16_t *columns = filter->columns;
    uint16_t *sums = filter->sums;
    // Repeat the edge columns beyond the left and right sides.
    for (int x = 0; x < width; x++)
        sums[HALF + x] = (uint16_t)((columns[x] + (1 << (COLUMN_BITS - 1))) >> COLUMN_BITS);
    for (int x = 0; x < HALF; x++) sums[x] = sums[HALF];
    for (int x = 0; x < HALF; x++) sums[HALF + width + x] = sums[HALF + width - 1];
    int count = width + ITM_WINDOW;
    // Each step doubles the number of columns that a sum covers.
    for (int step = 1; step < ITM_WINDOW; step *= 2) {
        count -= step;
        for (int x = 0; x < count; x++) sums[x] = (uint16_t)(sums[x] + sums[x + step]);
    }
    uint8_t *dark = filter->marks, *light = filter->marks + (size_t)filter->words * 64;
    for (int x = 0; x < width; x++) {
        int16_t difference = (int16_t)((row[x] << 7) - sums[x]);
        dark[x] = difference < -(ITM_CONTRAST << 7);
        light[x] = difference > ITM_CONTRAST << 7;
    }
    for (int word = 0; word < filter->words; word++) {
        uint64_t darks = 0, lights = 0;
        for (int byte = 0; byte < 8; byte++) {
            darks |= packed(dark + word * 64 + byte * 8) << (byte * 8);
            lights |= packed(light + word * 64 + byte * 8) << (byte * 8);
        }
        filter->dark[word] = darks;
        filter->light[word] = lights;
    }
}

static void add(itm_contrast_filter *filter, const uint8_t *row) {
    uint8_t *old = ring_row(filter, filter->taken);
    for (int x = 0; x < filter->width; x++)
        filter->columns[x] = (uint16_t)(filter->columns[x] + row[x] - old[x]);
    memmove(old, row, (size_t)filter->width);
    filter->taken++;
}

int itm_contrast_filter_push(itm_contrast_filter *filter, const uint8_t *row) {
    // Repeat the first row above the picture.
    if (filter->taken == 0)
        for (int count = 0; count < HALF; count++) add(filter, row);
    add(filter, row);
    // The window of a px reaches from HALF rows above it to HALF - 1 rows below it.
    if (filter->taken < ITM_WINDOW) return 0;
    compare(filter, ring_row(filter, filter->taken - HALF));
    return 1;
}

int itm_contrast_filter_drain(itm_contrast_filter *filter) {
    // Repeat the last row below the picture.
    while (filter->taken > 0 && filter->filled < HALF - 1) {
        filter->filled++;
        add(filter, ring_row(filter, filter->taken - 1));
        if (filter->taken < ITM_WINDOW) continue;
        compare(filter, ring_row(filter, filter->taken - HALF));
        return 1;
    }
    return 0;
}

int itm_contrast(const uint8_t *rows, int width, int height, uint8_t *dark, uint8_t *light) {
    itm_contrast_filter filter;
    if (itm_contrast_filter_init(&filter, width)) return -1;
    int out = 0;
    for (int row = 0; row < height + HALF - 1; row++) {
        int came = row < height ? itm_contrast_filter_push(&filter, rows + (size_t)row * (size_t)width)
                                : itm_contrast_filter_drain(&filter);
        if (!came) continue;
        for (int x = 0; x < width; x++) {
            dark[(size_t)out * (size_t)width + (size_t)x] = filter.dark[x / 64] >> (x % 64) & 1;
            light[(size_t)out * (size_t)width + (size_t)x] = filter.light[x / 64] >> (x % 64) & 1;
        }
        out++;
    }
    itm_contrast_filter_free(&filter);
    return out == height ? 0 : -1;
}

static int clamped(int value, int count) { return value < 0 ? 0 : value < count ? value : count - 1; }

void itm_contrast_reference(const uint8_t *rows, int width, int height, uint8_t *dark, uint8_t *light) {
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int sum = 0;
            for (int column = x - HALF; column < x + HALF; column++) {
                int column_sum = 0;
                for (int row = y - HALF; row < y + HALF; row++)
                    column_sum += rows[(size_t)clamped(row, height) * (size_t)width + (size_t)clamped(column, width)];
                sum += (column_sum + (1 << (COLUMN_BITS - 1))) >> COLUMN_BITS;
            }
            size_t index = (size_t)y * (size_t)width + (size_t)x;
            dark[index] = rows[index] * 128 - sum < -ITM_CONTRAST * 128;
            light[index] = rows[index] * 128 - sum > ITM_CONTRAST * 128;
        }
    }
}
