#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "running_sums.h"

struct ipr_resampler {
    ipr_job job;
    uint8_t *out;
    size_t out_stride;
    ipr_axis horizontal, vertical;
    int rows_in, rows_out;

    const ipr_kernel_code *code;
    size_t row_bytes;
    int window_rows;        ///< rows that the largest batch needs, an even number
    const uint8_t **window;
    uint8_t *kept;          ///< rows of earlier calls: row y is kept + (y % window_rows) * row_bytes
    uint8_t *opaque;        ///< of each input row seen: 1 where every alpha is 255
    int opaque_known;
    void *scratch;
    size_t memory;

    ipr_sums *sums;         ///< instead of the above where the vertical scale is large
};

static int check_side(int in, int out, double from, double *length) {
    if (in < 1 || in > IPR_MAX_SIDE || out < 1 || out > in || !(from < in)) return -1;
    if (*length == 0.0) *length = in - from;
    if (!(*length <= 2.0 * in)) return -1;
    double beyond = 0.5 * *length / out + 1e-6;
    // A window a little smaller than the output comes from an odd side that was decoded at a fraction.
    return *length >= 0.5 * out && from >= -beyond && from + *length <= in + beyond ? 0 : -1;
}

int ipr_job_check(const ipr_job *job, ipr_job *checked) {
    *checked = *job;
    if (job->channels < 1 || job->channels > 4) return -1;
    if (job->alpha != IPR_ALPHA_STRAIGHT && job->alpha != IPR_ALPHA_NONE) return -1;
    if (check_side(job->in_width, job->out_width, job->window_x, &checked->window_width) != 0) return -1;
    return check_side(job->in_height, job->out_height, job->window_y, &checked->window_height);
}

static int minimum(int a, int b) { return a < b ? a : b; }

/// Rows after the last one that the batch beginning at output row `y` needs, rounded up to whole pairs.
static int batch_end(const ipr_resampler *r, int y) {
    int last = minimum(y + r->code->batch_rows, r->vertical.out_size) - 1;
    return 2 * (r->vertical.start[last] + r->vertical.pairs);
}

static int prepare_batches(ipr_resampler *r) {
    for (int y = 0; y < r->vertical.out_size; y += r->code->batch_rows) {
        int rows = batch_end(r, y) - 2 * r->vertical.start[y];
        if (rows > r->window_rows) r->window_rows = rows;
    }
    size_t rows = (size_t)r->window_rows;
    size_t scratch = r->code->scratch_bytes(&r->horizontal, r->job.channels, r->window_rows / 2);
    r->window = ipr_allocate(rows, sizeof *r->window, 0);
    r->kept = ipr_allocate(rows, r->row_bytes, 0);
    r->opaque = ipr_allocate((size_t)r->job.in_height, 1, 0);
    r->scratch = ipr_allocate(scratch, 1, 0);
    if (!r->window || !r->kept || !r->opaque || !r->scratch) return -1;
    // Vectors reach past the columns and rows that are used; what they find there must be defined.
    memset(r->scratch, 0, scratch);
    r->memory = rows * (r->row_bytes + sizeof *r->window) + (size_t)r->job.in_height + scratch;
    return 0;
}

ipr_resampler *ipr_resampler_new(const ipr_job *job, uint8_t *out, size_t out_stride) {
    ipr_job checked;
    if (!job || !out || ipr_job_check(job, &checked) != 0) return NULL;
    if (out_stride < (size_t)checked.out_width * (size_t)checked.channels) return NULL;
    const ipr_kernel_code *code = ipr_kernel_find(checked.kernel);
    ipr_resampler *r = code ? calloc(1, sizeof *r) : NULL;
    if (!r) return NULL;
    r->job = checked;
    r->out = out;
    r->out_stride = out_stride;
    r->code = code;
    r->row_bytes = (size_t)checked.in_width * (size_t)checked.channels;

    int alpha = ipr_job_has_alpha(&checked);
    int failed = ipr_axis_make(&r->horizontal, checked.in_width, checked.out_width, checked.window_x,
                     checked.window_width, 15)
        || ipr_axis_make(&r->vertical, checked.in_height, checked.out_height, checked.window_y,
            checked.window_height, alpha ? 15 : 20);
    if (!failed) {
        if (checked.window_height / checked.out_height > IPR_MAX_KEPT_SCALE) {
            r->sums = ipr_sums_new(&r->vertical, checked.in_width, checked.channels, alpha);
            failed = r->sums == NULL;
        } else {
            failed = prepare_batches(r);
        }
    }
    if (failed) {
        ipr_resampler_free(r);
        return NULL;
    }
    r->memory += r->sums ? ipr_sums_bytes(r->sums) : 0;
    r->memory += sizeof(int32_t)
        * ((size_t)r->horizontal.out_size * (size_t)(r->horizontal.pairs + 1)
            + (size_t)r->vertical.out_size * (size_t)(r->vertical.pairs + 1));
    return r;
}

void ipr_resampler_free(ipr_resampler *r) {
    if (!r) return;
    ipr_axis_free(&r->horizontal);
    ipr_axis_free(&r->vertical);
    ipr_sums_free(r->sums);
    free(r->window);
    free(r->kept);
    free(r->opaque);
    free(r->scratch);
    free(r);
}

size_t ipr_resampler_memory(const ipr_resampler *r) { return sizeof *r + r->memory; }

static int is_opaque(const uint8_t *row, size_t bytes, size_t channels) {
    uint8_t all = 255;
    if (channels == 4) {
        for (size_t i = 3; i < bytes; i += 4) all &= row[i];
    } else {
        for (size_t i = 1; i < bytes; i += 2) all &= row[i];
    }
    return all == 255;
}

/// Runs the batch that begins at the next output row, all of whose rows are kept or among `rows`.
static void run_batch(ipr_resampler *r, const uint8_t *rows, size_t stride) {
    int first = 2 * r->vertical.start[r->rows_out], end = batch_end(r, r->rows_out);
    int alpha = 0;
    for (int y = first; y < end; y++) {
        int known = minimum(y, r->job.in_height - 1);
        r->window[y - first] = known < r->rows_in
            ? r->kept + (size_t)(known % r->window_rows) * r->row_bytes
            : rows + (size_t)(known - r->rows_in) * stride;
        if (!ipr_job_has_alpha(&r->job)) continue;
        if (y >= r->opaque_known && y == known) {
            r->opaque[y] = (uint8_t)is_opaque(r->window[y - first], r->row_bytes, (size_t)r->job.channels);
            r->opaque_known = y + 1;
        }
        alpha |= !r->opaque[known];
    }
    ipr_batch batch = {
        .horizontal = &r->horizontal, .vertical = &r->vertical, .channels = r->job.channels,
        .in_alpha = alpha, .rows = r->window, .window_start = first / 2, .window_pairs = (end - first) / 2,
        .out_row = r->rows_out,
        .out_rows = minimum(r->code->batch_rows, r->job.out_height - r->rows_out),
        .out = r->out + (size_t)r->rows_out * r->out_stride, .out_stride = r->out_stride,
        .scratch = r->scratch,
    };
    r->code->run(&batch);
    r->rows_out += batch.out_rows;
}

int ipr_resampler_push_rows(ipr_resampler *r, const uint8_t *rows, size_t stride, int count) {
    if (count < 0 || count > r->job.in_height - r->rows_in) return -1;
    if (r->sums) {
        for (int i = 0; i < count; i++) {
            int finished = ipr_sums_add(r->sums, rows + (size_t)i * stride);
            for (int k = 0; k < finished; k++, r->rows_out++)
                ipr_horizontal_row(&r->horizontal, ipr_sums_take(r->sums),
                    r->out + (size_t)r->rows_out * r->out_stride, r->job.channels,
                    ipr_job_has_alpha(&r->job));
        }
        r->rows_in += count;
        return r->rows_out;
    }

    int end = r->rows_in + count;
    while (r->rows_out < r->job.out_height && minimum(batch_end(r, r->rows_out), r->job.in_height) <= end)
        run_batch(r, rows, stride);
    if (r->rows_out < r->job.out_height) {
        int first = 2 * r->vertical.start[r->rows_out];
        for (int y = first > r->rows_in ? first : r->rows_in; y < end; y++)
            memcpy(r->kept + (size_t)(y % r->window_rows) * r->row_bytes,
                rows + (size_t)(y - r->rows_in) * stride, r->row_bytes);
    }
    r->rows_in = end;
    return r->rows_out;
}

int ipr_resample(const ipr_job *job, const uint8_t *in, size_t in_stride, uint8_t *out, size_t out_stride) {
    ipr_resampler *r = in ? ipr_resampler_new(job, out, out_stride) : NULL;
    if (!r) return -1;
    // In steps, because copying rows of a large image in their order is faster than fetching a few columns
    // of many rows from far memory.
    for (int y = 0; y < job->in_height; y += 16)
        ipr_resampler_push_rows(r, in + (size_t)y * in_stride, in_stride, minimum(16, job->in_height - y));
    ipr_resampler_free(r);
    return 0;
}
