#include <stdlib.h>
#include <string.h>

#include "running_sums.h"

struct ipr_sums {
    const ipr_axis *vertical;
    size_t values;     ///< in a row
    int channels, alpha;
    int active;        ///< output rows that can be under way at once
    int next_out;      ///< first output row that is not complete
    int next_in;
    int16_t *rows[2];  ///< the pair of input rows that is being filled
    int32_t *sums;     ///< row y is sums[y % active]
    int16_t *middle;
};

/// Output rows whose windows overlap that of `first`, from `first` on.
static int overlapping(const ipr_axis *axis, int first) {
    int end = first;
    while (end < axis->out_size && axis->start[end] < axis->start[first] + axis->pairs) end++;
    return end - first;
}

size_t ipr_sums_bytes(const ipr_sums *sums) {
    return sums->values * (3 * sizeof(int16_t) + (size_t)sums->active * sizeof(int32_t));
}

ipr_sums *ipr_sums_new(const ipr_axis *vertical, int in_width, int channels, int alpha) {
    ipr_sums *sums = calloc(1, sizeof *sums);
    if (!sums) return NULL;
    sums->vertical = vertical;
    sums->values = (size_t)in_width * (size_t)channels;
    sums->channels = channels;
    sums->alpha = alpha;
    for (int y = 0; y < vertical->out_size; y++) {
        int count = overlapping(vertical, y);
        if (count > sums->active) sums->active = count;
    }
    sums->rows[0] = ipr_allocate(sums->values, sizeof(int16_t), 0);
    sums->rows[1] = ipr_allocate(sums->values, sizeof(int16_t), 0);
    sums->middle = ipr_allocate(sums->values, sizeof(int16_t), 0);
    sums->sums = ipr_allocate(sums->values * sizeof(int32_t), (size_t)sums->active, 0);
    if (!sums->rows[0] || !sums->rows[1] || !sums->middle || !sums->sums) {
        ipr_sums_free(sums);
        return NULL;
    }
    memset(sums->sums, 0, sums->values * sizeof(int32_t) * (size_t)sums->active);
    memset(sums->rows[1], 0, sums->values * sizeof(int16_t));
    return sums;
}

void ipr_sums_free(ipr_sums *sums) {
    if (!sums) return;
    free(sums->rows[0]);
    free(sums->rows[1]);
    free(sums->middle);
    free(sums->sums);
    free(sums);
}

static void widen(const ipr_sums *sums, const uint8_t *row, int16_t *to) {
    size_t channels = (size_t)sums->channels;
    if (!sums->alpha) {
        for (size_t i = 0; i < sums->values; i++) to[i] = row[i];
        return;
    }
    for (size_t i = 0; i < sums->values; i += channels) {
        int opacity = row[i + channels - 1];
        for (size_t c = 0; c + 1 < channels; c++) to[i + c] = (int16_t)ipr_premultiply(row[i + c], opacity);
        to[i + channels - 1] = (int16_t)ipr_premultiply(opacity, 255);
    }
}

static void add_pair(
    int32_t *restrict sums, const int16_t *restrict even, const int16_t *restrict odd, size_t count,
    int even_weight, int odd_weight) {
    for (size_t i = 0; i < count; i++) sums[i] += even[i] * even_weight + odd[i] * odd_weight;
}

int ipr_sums_add(ipr_sums *sums, const uint8_t *row) {
    const ipr_axis *axis = sums->vertical;
    int pair = sums->next_in / 2;
    widen(sums, row, sums->rows[sums->next_in % 2]);
    sums->next_in++;
    // A last row without a partner goes with what the other buffer holds, at weight 0.
    if (sums->next_in % 2 != 0 && sums->next_in != axis->in_size) return 0;

    int finished = 0;
    for (int y = sums->next_out; y < axis->out_size && axis->start[y] <= pair; y++) {
        int tap = pair - axis->start[y];
        const int32_t *taps = axis->taps + (size_t)y * (size_t)axis->pairs;
        if (tap >= axis->pairs) continue;
        add_pair(sums->sums + (size_t)(y % sums->active) * sums->values, sums->rows[0], sums->rows[1],
            sums->values, ipr_tap(taps, 2 * tap), ipr_tap(taps, 2 * tap + 1));
        if (tap == axis->pairs - 1) finished++;
    }
    return finished;
}

const int16_t *ipr_sums_take(ipr_sums *sums) {
    int shift = sums->vertical->bits + (sums->alpha ? IPR_PREMULTIPLIED_BITS : 0) - IPR_MIDDLE_BITS;
    int32_t *row = sums->sums + (size_t)(sums->next_out % sums->active) * sums->values;
    for (size_t i = 0; i < sums->values; i++)
        sums->middle[i] = (int16_t)((row[i] + (1 << (shift - 1))) >> shift);
    memset(row, 0, sums->values * sizeof *row);
    sums->next_out++;
    return sums->middle;
}
