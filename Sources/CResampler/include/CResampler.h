#ifndef CRESAMPLER_H
#define CRESAMPLER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Shrinks 8-bit interleaved images with an antialiased Lanczos3 kernel (stretched by the scale of each
/// axis). Rows go in from the top, finished rows appear in the caller's buffer; nothing is shared between
/// resamplers, so any number may run on as many threads.
typedef struct ipr_resampler ipr_resampler;

/// How the channels of a pixel belong together.
typedef enum ipr_alpha {
    /// The last of 2 or 4 channels is straight (not premultiplied) alpha: colors are weighted by it, and
    /// the result is straight again. Ignored for 1 and 3 channels.
    IPR_ALPHA_STRAIGHT = 0,
    /// Every channel is filtered by itself: CMYK, padding, or colors that are premultiplied already.
    IPR_ALPHA_NONE = 1,
} ipr_alpha;

/// The code that does the work. All of them give the same bytes; tests compare them.
typedef enum ipr_kernel {
    IPR_KERNEL_AUTO = 0,
    IPR_KERNEL_SCALAR = 1,
    /// 128-bit vectors: NEON, or SSE4.1.
    IPR_KERNEL_VECTOR128 = 2,
    IPR_KERNEL_AVX2 = 3,
    /// AVX-512 with VNNI.
    IPR_KERNEL_AVX512 = 4,
} ipr_kernel;

/// The sizes and layout of a job.
typedef struct ipr_job {
    int in_width, in_height;    ///< px of the input
    int out_width, out_height;  ///< px of the result; at most those of the input, on each axis
    int channels;               ///< 1 to 4 bytes a pixel
    ipr_alpha alpha;
    ipr_kernel kernel;
    /// The part of the input, in px of it, that becomes the whole output. An image of 4001 px decoded at one
    /// half has 2001 px, and its content is 2000.5 px wide. A width or height of 0 means the rest of the image.
    /// It may reach half an output px beyond the image: the last sample of chroma of an odd side covers px that
    /// do not exist.
    double window_x, window_y, window_width, window_height;
} ipr_job;

/// Makes a resampler that writes to `out`: `out_height` rows, `out_stride` bytes apart.
/// `out` stays the caller's and must outlive the resampler.
/// NULL if the job is invalid, this machine does not have the kernel, or memory is short.
ipr_resampler *ipr_resampler_new(const ipr_job *job, uint8_t *out, size_t out_stride);

/// Takes the next `count` rows, `stride` bytes apart; they need not outlive the call. Pushing many rows
/// at once is faster: only rows that a later call needs again are copied.
/// Returns the rows of `out` that are complete by now, or -1 if more rows came than the image has.
int ipr_resampler_push_rows(ipr_resampler *resampler, const uint8_t *rows, size_t stride, int count);

/// Bytes that the resampler holds, including tables and kept rows.
size_t ipr_resampler_memory(const ipr_resampler *resampler);

void ipr_resampler_free(ipr_resampler *resampler);

/// Resamples a whole image. 0, or -1 where `ipr_resampler_new` would return NULL.
int ipr_resample(
    const ipr_job *job, const uint8_t *in, size_t in_stride, uint8_t *out, size_t out_stride);

/// The same in plain double precision, slowly: the reference for the fast code.
int ipr_resample_reference(
    const ipr_job *job, const uint8_t *in, size_t in_stride, uint8_t *out, size_t out_stride);

/// 1 if this machine can run the kernel, else 0.
int ipr_kernel_is_available(ipr_kernel kernel);

#ifdef __cplusplus
}
#endif

#endif
