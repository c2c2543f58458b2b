#ifndef CRESAMPLER_RUNNING_SUMS_H
#define CRESAMPLER_RUNNING_SUMS_H

#include "internal.h"

/// The vertical pass for large scales: every input row is added to the output rows that it touches (about
/// six), so memory does not depend on how many rows a window has.
typedef struct ipr_sums ipr_sums;

ipr_sums *ipr_sums_new(const ipr_axis *vertical, int in_width, int channels, int alpha);
void ipr_sums_free(ipr_sums *sums);
size_t ipr_sums_bytes(const ipr_sums *sums);

/// Takes the next input row; returns how many output rows it completes.
int ipr_sums_add(ipr_sums *sums, const uint8_t *row);

/// Returns the next complete row, in middle values, until the next call.
const int16_t *ipr_sums_take(ipr_sums *sums);

#endif
