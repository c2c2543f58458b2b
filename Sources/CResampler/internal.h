#ifndef CRESAMPLER_INTERNAL_H
#define CRESAMPLER_INTERNAL_H

#include "CResampler.h"

/// Sides are limited so that a row's bytes and every index stay far from overflow.
#define IPR_MAX_SIDE (1 << 24)
/// Above this vertical scale, rows are added to running sums instead of being kept: memory must not grow
/// with the scale.
#define IPR_MAX_KEPT_SCALE 8.0
#define IPR_MAX_BATCH 16

/// Fixed-point values between the two passes have 6 fractional bits: with the overshoot of Lanczos3 they
/// still fit an int16. A premultiplied input value has 7.
#define IPR_MIDDLE_BITS 6
#define IPR_PREMULTIPLIED_BITS 7

/// The taps of every output position of one axis. Taps come in pairs that start at an even input position,
/// because the multiply-add instructions of all machines take two 16-bit products at once.
typedef struct ipr_axis {
    int in_size, out_size;
    int pairs;       ///< pairs of taps for every position; missing taps weigh 0
    int bits;        ///< weights of a position sum to exactly 1 << bits
    int32_t *start;  ///< first pair of each position, never decreasing; padded to a multiple of 16
    int32_t *taps;   ///< pairs * out_size, a pair in one word: the even input in the low half
} ipr_axis;

/// The 16-bit weight of input `2 * start + tap`.
static inline int ipr_tap(const int32_t *taps, int tap) {
    uint32_t pair = (uint32_t)taps[tap >> 1];
    return (int16_t)(uint16_t)(tap & 1 ? pair >> 16 : pair);
}

/// Work for one kernel call: up to IPR_MAX_BATCH output rows from all the input rows that they need.
typedef struct ipr_batch {
    const ipr_axis *horizontal, *vertical;
    int channels;
    int in_alpha;           ///< premultiply (0 if all rows are opaque: the result is the same)
    const uint8_t **rows;   ///< 2 * window_pairs input rows, from pair window_start on
    int window_start, window_pairs;
    int out_row, out_rows;  ///< output rows of this batch
    uint8_t *out;
    size_t out_stride;
    void *scratch;          ///< 64-byte aligned, `scratch_bytes` of the kernel
} ipr_batch;

/// One implementation of the two passes.
typedef struct ipr_kernel_code {
    int batch_rows;
    size_t (*scratch_bytes)(const ipr_axis *horizontal, int channels, int window_pairs);
    void (*run)(const ipr_batch *batch);
} ipr_kernel_code;

extern const ipr_kernel_code ipr_kernel_scalar, ipr_kernel_128, ipr_kernel_avx2, ipr_kernel_avx512;
/// NULL if the machine does not have it.
const ipr_kernel_code *ipr_kernel_find(ipr_kernel kernel);

/// A job with its defaults filled in, or -1.
int ipr_job_check(const ipr_job *job, ipr_job *checked);
static inline int ipr_job_has_alpha(const ipr_job *job) {
    return job->alpha == IPR_ALPHA_STRAIGHT && (job->channels == 2 || job->channels == 4);
}

/// -1 if memory is short. `max_bits` bounds the precision of the weights.
int ipr_axis_make(ipr_axis *axis, int in, int out, double from, double length, int max_bits);
void ipr_axis_free(ipr_axis *axis);
double ipr_lanczos3(double x);

/// c * a / 255 with 7 fractional bits, from 8-bit c and a; exactly c << 7 where a is 255.
static inline int ipr_premultiply(int c, int a) {
    int product = c * a;
    int rounded = product + 128;
    int quotient = (rounded + (rounded >> 8)) >> 8;
    return (product + quotient + 1) >> 1;
}

/// The horizontal pass over one row of middle values, in plain C.
void ipr_horizontal_row(
    const ipr_axis *axis, const int16_t *middle, uint8_t *out, int channels, int alpha);

/// malloc of `a * b + extra` bytes, 64-byte aligned; NULL on overflow. Released by free.
void *ipr_allocate(size_t a, size_t b, size_t extra);

#endif
