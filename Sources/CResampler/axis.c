#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const double pi = 3.14159265358979323846;

double ipr_lanczos3(double x) {
    x = fabs(x);
    if (x >= 3.0) return 0.0;
    if (x < 1e-9) return 1.0;
    return 3.0 * sin(pi * x) * sin(pi * x / 3.0) / (pi * pi * x * x);
}

void *ipr_allocate(size_t a, size_t b, size_t extra) {
    size_t bytes;
    void *memory = NULL;
    if (__builtin_mul_overflow(a, b, &bytes) || __builtin_add_overflow(bytes, extra, &bytes)
        || __builtin_add_overflow(bytes, 64, &bytes))
        return NULL;
    return posix_memalign(&memory, 64, bytes) == 0 ? memory : NULL;
}

void ipr_axis_free(ipr_axis *axis) {
    free(axis->start);
    free(axis->taps);
    axis->start = axis->taps = NULL;
}

/// The inputs [first, first + count) under the kernel of one output position.
typedef struct {
    int first, count;
} tap_range;

/// Weights of one output position, summing to 1. Calling sin for every tap took as long as a pass over the
/// pixels, so the angle is turned step by step, and sin(3y) = (3 - 4 sin² y) sin y.
static tap_range make_weights(
    double *weights, int position, int in, double scale, double from, double turn_sin, double turn_cos) {
    double stretch = scale > 1.0 ? scale : 1.0;
    double center = from + (position + 0.5) * scale;
    int first = (int)fmax(ceil(center - 3.0 * stretch - 0.5), 0.0);
    int last = (int)fmin(floor(center + 3.0 * stretch - 0.5), in - 1.0);
    double step = pi / (3.0 * stretch), sum = 0.0;
    double start = (first + 0.5 - center) * step;
    double sine = sin(start), cosine = cos(start);

    for (int k = 0; k <= last - first; k++) {
        double y = start + k * step, square = sine * sine;
        weights[k] = fabs(y) < 1e-6 ? 1.0 : square * (3.0 - 4.0 * square) / (3.0 * y * y);
        sum += weights[k];
        double turned = sine * turn_cos + cosine * turn_sin;
        cosine = cosine * turn_cos - sine * turn_sin;
        sine = turned;
    }
    double normal = 1.0 / sum;
    for (int k = 0; k <= last - first; k++) weights[k] *= normal;
    return (tap_range){first, last - first + 1};
}

/// Weights in fixed point, without zeros at the ends. The running sum is rounded, not each weight: so the
/// total is exact and a flat area stays flat, however many taps there are.
static tap_range quantise(const double *weights, tap_range range, int bits, int16_t *fixed) {
    double sum = 0.0, unit = (double)(1 << bits);
    int before = 0, leading = 0, end = 0;
    for (int k = 0; k < range.count; k++) {
        sum += weights[k];
        // Half up; the added 1 << 24 keeps the number positive, so that cutting it is rounding down.
        int now = (int)(sum * unit + (double)(1 << 24) + 0.5) - (1 << 24);
        if (k == range.count - 1) now = 1 << bits;
        fixed[k] = (int16_t)(now - before);
        before = now;
        if (fixed[k] != 0) end = k + 1;
        if (end == 0) leading = k + 1;
    }
    memmove(fixed, fixed + leading, (size_t)(end - leading) * sizeof *fixed);
    return (tap_range){range.first + leading, end - leading};
}

int ipr_axis_make(ipr_axis *axis, int in, int out, double from, double length, int max_bits) {
    double scale = length / out, stretch = scale > 1.0 ? scale : 1.0, largest = 0.0;
    double turn_sin = sin(pi / (3.0 * stretch)), turn_cos = cos(pi / (3.0 * stretch));
    size_t longest = (size_t)fmin(6.0 * stretch + 4.0, in);
    size_t count = (size_t)out, padded = (count + 15) & ~(size_t)15;
    int total_pairs = (in + 1) / 2, next_start = total_pairs, result = -1;
    double *weights = ipr_allocate(count * sizeof(double), longest, 0);
    int16_t *fixed = ipr_allocate(count * sizeof(int16_t), longest, 0);
    tap_range *ranges = ipr_allocate(count, sizeof(tap_range), 0);

    *axis = (ipr_axis){.in_size = in, .out_size = out, .pairs = 1, .bits = max_bits};
    axis->start = ipr_allocate(padded, sizeof(int32_t), 0);
    if (!weights || !fixed || !ranges || !axis->start) goto done;

    for (size_t i = 0; i < count; i++) {
        double *own = weights + i * longest;
        ranges[i] = make_weights(own, (int)i, in, scale, from, turn_sin, turn_cos);
        for (int k = 0; k < ranges[i].count; k++) largest = fmax(largest, fabs(own[k]));
    }
    // Rounding running sums can make a weight one unit larger.
    while (largest * (double)(1 << axis->bits) + 2.0 > INT16_MAX) axis->bits--;

    // From the end, so that no window begins after its successor's, although zeros were taken off.
    for (size_t i = count; i-- > 0;) {
        ranges[i] = quantise(weights + i * longest, ranges[i], axis->bits, fixed + i * longest);
        int start = ranges[i].first / 2 < next_start ? ranges[i].first / 2 : next_start;
        int pairs = (ranges[i].first + ranges[i].count - 1) / 2 - start + 1;
        if (pairs > axis->pairs) axis->pairs = pairs;
        axis->start[i] = next_start = start;
    }

    axis->taps = ipr_allocate((size_t)axis->pairs * sizeof(int32_t), count, 0);
    if (!axis->taps) goto done;
    memset(axis->taps, 0, (size_t)axis->pairs * sizeof(int32_t) * count);
    for (size_t i = 0; i < count; i++) {
        if (axis->start[i] > total_pairs - axis->pairs) axis->start[i] = total_pairs - axis->pairs;
        uint32_t *taps = (uint32_t *)axis->taps + i * (size_t)axis->pairs;
        for (int k = 0; k < ranges[i].count; k++) {
            int tap = ranges[i].first + k - 2 * axis->start[i];
            taps[tap >> 1] |= (uint32_t)(uint16_t)fixed[i * longest + (size_t)k] << (tap & 1 ? 16 : 0);
        }
    }
    for (size_t i = count; i < padded; i++) axis->start[i] = axis->start[count - 1];
    result = 0;
done:
    free(weights);
    free(fixed);
    free(ranges);
    if (result != 0) ipr_axis_free(axis);
    return result;
}
