#include <math.h>
#include <stdlib.h>

#include "internal.h"

/// Weighted mean of `in` values, `step` apart, under the kernel of one output position.
static double filter(
    const double *values, size_t step, int in, int position, int out, double from, double length) {
    double scale = length / out, stretch = scale > 1.0 ? scale : 1.0;
    double center = from + (position + 0.5) * scale, sum = 0.0, total = 0.0;
    int first = (int)fmax(floor(center - 3.0 * stretch) - 1.0, 0.0);
    int last = (int)fmin(ceil(center + 3.0 * stretch) + 1.0, in - 1.0);
    for (int i = first; i <= last; i++) {
        double weight = ipr_lanczos3((i + 0.5 - center) / stretch);
        sum += weight * values[(size_t)i * step];
        total += weight;
    }
    return sum / total;
}

static uint8_t to_byte(double value) { return (uint8_t)(fmin(fmax(value, 0.0), 255.0) + 0.5); }

int ipr_resample_reference(
    const ipr_job *given, const uint8_t *in, size_t in_stride, uint8_t *out, size_t out_stride) {
    ipr_job job;
    if (!given || !in || !out || ipr_job_check(given, &job) != 0) return -1;
    size_t channels = (size_t)job.channels, in_width = (size_t)job.in_width;
    size_t out_width = (size_t)job.out_width, line = out_width * channels;
    int alpha = ipr_job_has_alpha(&job);
    double *row = ipr_allocate(in_width, channels * sizeof(double), 0);
    double *narrow = ipr_allocate(line * sizeof(double), (size_t)job.in_height, 0);
    int result = row && narrow ? 0 : -1;

    for (size_t y = 0; result == 0 && y < (size_t)job.in_height; y++) {
        const uint8_t *from = in + y * in_stride;
        for (size_t i = 0; i < in_width * channels; i++) {
            int is_color = alpha && i % channels != channels - 1;
            row[i] = is_color ? from[i] * (from[i - i % channels + channels - 1] / 255.0) : from[i];
        }
        for (size_t x = 0; x < out_width; x++)
            for (size_t c = 0; c < channels; c++)
                narrow[y * line + x * channels + c] = filter(row + c, channels, job.in_width, (int)x,
                    job.out_width, job.window_x, job.window_width);
    }
    for (size_t y = 0; result == 0 && y < (size_t)job.out_height; y++)
        for (size_t x = 0; x < out_width; x++) {
            double pixel[4] = {0};
            uint8_t *to = out + y * out_stride + x * channels;
            for (size_t c = 0; c < channels; c++)
                pixel[c] = filter(narrow + x * channels + c, line, job.in_height, (int)y, job.out_height,
                    job.window_y, job.window_height);
            double opacity = alpha ? pixel[channels - 1] : 255.0;
            for (size_t c = 0; c < channels; c++) {
                int is_color = alpha && c != channels - 1;
                double value = is_color ? pixel[c] * 255.0 / opacity : pixel[c];
                to[c] = is_color && opacity < 0.5 ? 0 : to_byte(value);
            }
        }
    free(row);
    free(narrow);
    return result;
}
