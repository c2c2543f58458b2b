#include <string.h>

#include "internal.h"

// Contraction into fused multiply-adds would make this differ from the vector kernels.
#pragma STDC FP_CONTRACT OFF

static inline uint8_t clamp_byte(int value) {
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/// A color divided by its alpha. Exactly opaque pixels take the integer path: they must come out as they
/// would without alpha.
static inline uint8_t straight(int color, int alpha, int shift) {
    int half = 1 << (shift - 1);
    if (alpha == 255 << shift) return clamp_byte((color + half) >> shift);
    if (alpha < half) return 0;
    float factor = 255.0f / (float)alpha;
    float value = (float)color * factor;
    value = value + 0.5f;
    return clamp_byte((int)value);
}

void ipr_horizontal_row(
    const ipr_axis *axis, const int16_t *middle, uint8_t *out, int channels, int alpha) {
    int shift = axis->bits + IPR_MIDDLE_BITS;
    for (int x = 0; x < axis->out_size; x++) {
        const int32_t *taps = axis->taps + (size_t)x * (size_t)axis->pairs;
        size_t first = 2 * (size_t)axis->start[x];
        int sums[4] = {0, 0, 0, 0};
        for (int k = 0; k < 2 * axis->pairs && first + (size_t)k < (size_t)axis->in_size; k++) {
            int weight = ipr_tap(taps, k);
            const int16_t *pixel = middle + (first + (size_t)k) * (size_t)channels;
            for (int c = 0; c < channels; c++) sums[c] += weight * pixel[c];
        }
        for (int c = 0; c < channels; c++) {
            int is_color = alpha && c < channels - 1;
            *out++ = is_color ? straight(sums[c], sums[channels - 1], shift)
                               : clamp_byte((sums[c] + (1 << (shift - 1))) >> shift);
        }
    }
}

static size_t scratch_bytes(const ipr_axis *horizontal, int channels, int window_pairs) {
    (void)window_pairs;
    return (size_t)horizontal->in_size * (size_t)channels * sizeof(int16_t);
}

static int input_value(const uint8_t *pixel, int c, int channels, int alpha) {
    return alpha ? ipr_premultiply(pixel[c], c < channels - 1 ? pixel[channels - 1] : 255) : pixel[c];
}

static void run(const ipr_batch *batch) {
    const ipr_axis *vertical = batch->vertical;
    int channels = batch->channels, alpha = batch->in_alpha;
    int shift = vertical->bits + (alpha ? IPR_PREMULTIPLIED_BITS : 0) - IPR_MIDDLE_BITS;
    int16_t *middle = batch->scratch;

    for (int row = 0; row < batch->out_rows; row++) {
        size_t y = (size_t)(batch->out_row + row);
        const int32_t *taps = vertical->taps + y * (size_t)vertical->pairs;
        const uint8_t **rows = batch->rows + 2 * (vertical->start[y] - batch->window_start);
        for (size_t x = 0; x < (size_t)batch->horizontal->in_size; x++)
            for (int c = 0; c < channels; c++) {
                int sum = 1 << (shift - 1);
                for (int k = 0; k < 2 * vertical->pairs; k++)
                    sum += ipr_tap(taps, k)
                        * input_value(rows[k] + x * (size_t)channels, c, channels, alpha);
                middle[x * (size_t)channels + (size_t)c] = (int16_t)(sum >> shift);
            }
        ipr_horizontal_row(
            batch->horizontal, middle, batch->out + (size_t)row * batch->out_stride, channels, alpha);
    }
}

const ipr_kernel_code ipr_kernel_scalar = {8, scratch_bytes, run};
