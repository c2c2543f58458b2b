// The two passes, written once for every vector width. The file that includes this defines the vector type
// `vec` of LANES groups of 16 bytes, operations that stay inside a group (v_...), and BATCH_ROWS.
//
// Vertical pass first: it is the cheap one, and after it only the output's rows are left. It works on blocks
// of columns and turns its results by 90 degrees, so that in the horizontal pass, too, a vector holds the
// same column of many rows and no lane is idle, for any number of channels.
//
// One word of the turned buffer is two neighboring pixels of one channel and one row:
// word[(pair of pixels * channels + channel) * BATCH_ROWS + row].

#define INLINE static inline __attribute__((always_inline))

// Of the four vectors of a group's 16 columns, 3 channels (4 px, 12 columns) use only three.
INLINE int vectors_of(int channels) { return channels == 3 ? 3 : 4; }
INLINE int group_bytes(int channels) { return channels == 3 ? 12 : 16; }
INLINE int block_pixels(int channels) { return LANES * group_bytes(channels) / channels; }

/// What one call works with, in addition to the batch itself.
typedef struct {
    vec *pairs;                 ///< the block's rows, two in a word: window_pairs * vectors_of
    uint8_t *turned;            ///< the turned buffer
    uint8_t *tails;             ///< the ends of the rows, where whole vectors would read too far
    const uint8_t **tail_rows;
    uint8_t *rest;              ///< BATCH_ROWS * 64: output that does not fill 16 px or has no row
} workspace;

/// Puts both values of a pixel pair side by side: R0 R1 G0 G1 B0 B1 [A0 A1] R2 R3 ...
INLINE vec pair_up(vec bytes, int channels) {
    switch (channels) {
    case 2: return v_shuffle8(bytes, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
    case 3: return v_shuffle8(bytes, 0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, 12, 12, 12, 12);
    case 4: return v_shuffle8(bytes, 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
    default: return bytes;
    }
}

/// `ipr_premultiply` of 16-bit values; `factor` is alpha, or 255 where the value is alpha itself.
INLINE vec premultiplied(vec value, vec factor) {
    vec product = v_mullo16(value, factor);
    vec rounded = v_add16(product, v_set16(128));
    vec quotient = v_shift_right16(v_add16(rounded, v_shift_right16(rounded, 8)), 8);
    return v_average16(product, quotient);
}

INLINE void load_block(
    vec *pairs, const uint8_t *const *rows, int count, size_t offset, int channels, int alpha) {
    for (int p = 0; p < count; p++, pairs += vectors_of(channels), rows += 2) {
        vec first = pair_up(v_load_groups(rows[0] + offset, group_bytes(channels)), channels);
        vec second = pair_up(v_load_groups(rows[1] + offset, group_bytes(channels)), channels);
        vec low = v_low8(first, second), high = v_high8(first, second);
        vec a = v_low8(low, v_zero()), b = v_high8(low, v_zero());
        vec c = v_low8(high, v_zero()), d = v_high8(high, v_zero());
        if (alpha && channels == 4) {
            vec opaque = v_set16(255);
            a = premultiplied(a, v_high64(b, b));
            b = premultiplied(b, v_high64(b, opaque));
            c = premultiplied(c, v_high64(d, d));
            d = premultiplied(d, v_high64(d, opaque));
        } else if (alpha && channels == 2) {
            vec opaque = v_set16(255);
            a = premultiplied(a, v_high64(a, opaque));
            b = premultiplied(b, v_high64(b, opaque));
            c = premultiplied(c, v_high64(c, opaque));
            d = premultiplied(d, v_high64(d, opaque));
        }
        v_store(pairs, a);
        v_store(pairs + 1, b);
        v_store(pairs + 2, c);
        if (channels != 3) v_store(pairs + 3, d);
    }
}

INLINE void store_turned(uint8_t *at, vec a, vec b, vec c, vec d, int group_stride, int half) {
    vec ab = v_low32(a, b), cd = v_low32(c, d);
    v_store_groups(at, group_stride, v_low64(ab, cd));
    v_store_groups(at + BATCH_ROWS * 4, group_stride, v_high64(ab, cd));
    if (half) return;
    ab = v_high32(a, b), cd = v_high32(c, d);
    v_store_groups(at + BATCH_ROWS * 8, group_stride, v_low64(ab, cd));
    v_store_groups(at + BATCH_ROWS * 12, group_stride, v_high64(ab, cd));
}

INLINE void vertical_block(
    const ipr_batch *batch, const vec *pairs, uint8_t *turned, int channels, int alpha) {
    const ipr_axis *axis = batch->vertical;
    int shift = axis->bits + (alpha ? IPR_PREMULTIPLIED_BITS : 0) - IPR_MIDDLE_BITS;
    int taps_count = axis->pairs, vectors = vectors_of(channels);
    int group_stride = group_bytes(channels) / 2 * BATCH_ROWS * 4;

    for (int quad = 0; quad < batch->out_rows; quad += 4) {
        vec left[4], right[4];
        for (int i = 0; i < 4; i++) {
            int row = quad + i < batch->out_rows ? quad + i : batch->out_rows - 1;
            size_t y = (size_t)(batch->out_row + row);
            const int32_t *taps = axis->taps + y * (size_t)taps_count;
            const vec *from = pairs + (axis->start[y] - batch->window_start) * vectors;
            vec round = v_set32(1 << (shift - 1));
            vec a = round, b = round, c = round, d = round;
            for (int k = 0; k < taps_count; k++, from += vectors) {
                vec tap = v_set32(taps[k]);
                a = v_multiply_add(a, v_load(from), tap);
                b = v_multiply_add(b, v_load(from + 1), tap);
                c = v_multiply_add(c, v_load(from + 2), tap);
                if (channels != 3) d = v_multiply_add(d, v_load(from + 3), tap);
            }
            c = v_shift_right32(c, shift);
            left[i] = v_pack32(v_shift_right32(a, shift), v_shift_right32(b, shift));
            right[i] = v_pack32(c, channels == 3 ? c : v_shift_right32(d, shift));
        }
        uint8_t *at = turned + quad * 4;
        store_turned(at, left[0], left[1], left[2], left[3], group_stride, 0);
        at += BATCH_ROWS * 16;
        store_turned(at, right[0], right[1], right[2], right[3], group_stride, channels == 3);
    }
}

/// A color divided by its alpha, as in the scalar kernel.
INLINE vec straight(vec color, vec alpha, vec factor, int shift) {
    vec half = v_set32(1 << (shift - 1));
    vec plain = v_shift_right32(v_add32(color, half), shift);
    vec divided = v_multiply_float(color, factor);
    return v_select_equal32(alpha, v_set32(255 << shift), plain, divided);
}

/// 16 px of all rows of the batch.
INLINE void horizontal_block(
    const ipr_batch *batch, const workspace *work, int x0, int channels, int alpha) {
    const ipr_axis *axis = batch->horizontal;
    int shift = axis->bits + IPR_MIDDLE_BITS, taps_count = axis->pairs;
    int fits = x0 + 16 <= axis->out_size;
    vec half = v_set32(1 << (shift - 1));

    for (int rows = 0; rows < batch->out_rows; rows += 4 * LANES) {
        vec quads[16];
        for (int g = 0; g < 4; g++) {
            vec columns[16];
            for (int i = 0; i < 4; i++) {
                int x = x0 + 4 * g + i;
                int known = x < axis->out_size ? x : axis->out_size - 1;
                const int32_t *taps = axis->taps + (size_t)known * (size_t)taps_count;
                const uint8_t *from = work->turned
                    + ((size_t)axis->start[x] * (size_t)channels * BATCH_ROWS + (size_t)rows) * 4;
                vec sums[4] = {v_zero(), v_zero(), v_zero(), v_zero()};
                for (int k = 0; k < taps_count; k++) {
                    vec tap = v_set32(taps[k]);
                    for (int c = 0; c < channels; c++, from += BATCH_ROWS * 4)
                        sums[c] = v_multiply_add(sums[c], v_load_at(from), tap);
                }
                vec *column = columns + i * channels;
                for (int c = 0; c < channels; c++)
                    column[c] = v_shift_right32(v_add32(sums[c], half), shift);
                if (alpha) {
                    vec opacity = sums[channels - 1];
                    vec factor = v_255_over(v_max32(opacity, half));
                    for (int c = 0; c < channels - 1; c++)
                        column[c] = v_zero_unless_greater32(
                            straight(sums[c], opacity, factor, shift), column[channels - 1], v_zero());
                }
            }
            for (int t = 0; t < channels; t++) {
                const vec *column = columns + 4 * t;
                vec bytes = v_pack_unsigned16(
                    v_pack32(column[0], column[1]), v_pack32(column[2], column[3]));
                quads[g * channels + t] =
                    v_shuffle8(bytes, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
            }
        }
        // Each quad has 4 columns in every word, a word a row: turned back, 16 columns a row.
        for (int t = 0; t < channels; t++) {
            vec ab0 = v_low32(quads[4 * t], quads[4 * t + 1]);
            vec ab1 = v_high32(quads[4 * t], quads[4 * t + 1]);
            vec cd0 = v_low32(quads[4 * t + 2], quads[4 * t + 3]);
            vec cd1 = v_high32(quads[4 * t + 2], quads[4 * t + 3]);
            vec done[4] = {v_low64(ab0, cd0), v_high64(ab0, cd0), v_low64(ab1, cd1), v_high64(ab1, cd1)};
            if (fits && rows + 4 * LANES <= batch->out_rows) {
                uint8_t *to = batch->out + (size_t)rows * batch->out_stride
                    + (size_t)x0 * (size_t)channels + 16 * t;
                for (int i = 0; i < 4; i++)
                    v_store_rows(to + (size_t)i * batch->out_stride, 4 * batch->out_stride, done[i]);
            } else {
                for (int i = 0; i < 4; i++)
                    v_store_rows(work->rest + (rows + i) * 64 + 16 * t, 4 * 64, done[i]);
            }
        }
    }
    int whole = fits ? batch->out_rows / (4 * LANES) * (4 * LANES) : 0;
    size_t left = (size_t)(fits ? 16 : axis->out_size - x0) * (size_t)channels;
    for (int row = whole; row < batch->out_rows; row++)
        memcpy(batch->out + (size_t)row * batch->out_stride + (size_t)x0 * (size_t)channels,
            work->rest + row * 64, left);
}

/// The rows from `offset` on, followed by zeros.
static const uint8_t *const *make_tails(const ipr_batch *batch, const workspace *work, size_t offset) {
    size_t bytes = (size_t)batch->horizontal->in_size * (size_t)batch->channels - offset;
    if (bytes > 16 * LANES) bytes = 16 * LANES;
    for (int i = 0; i < 2 * batch->window_pairs; i++) {
        uint8_t *tail = work->tails + (size_t)i * 16 * LANES;
        memcpy(tail, batch->rows[i] + offset, bytes);
        memset(tail + bytes, 0, 16 * LANES - bytes);
        work->tail_rows[i] = tail;
    }
    return (const uint8_t *const *)work->tail_rows;
}

INLINE void run_both(const ipr_batch *batch, const workspace *work, int channels, int alpha) {
    const ipr_axis *axis = batch->horizontal;
    int pixels = block_pixels(channels), x = 0;
    size_t row_bytes = (size_t)axis->in_size * (size_t)channels;
    size_t step = (size_t)(LANES * group_bytes(channels));

    for (int block = 0, from = 0; from < axis->in_size; block++, from += pixels) {
        size_t offset = (size_t)block * step;
        int inside = offset + 16 * LANES <= row_bytes;
        const uint8_t *const *rows =
            inside ? (const uint8_t *const *)batch->rows : make_tails(batch, work, offset);
        load_block(work->pairs, rows, batch->window_pairs, inside ? offset : 0, channels, alpha);
        vertical_block(
            batch, work->pairs, work->turned + offset / 2 * BATCH_ROWS * 4, channels, alpha);
        // What is ready goes through the horizontal pass while it is in the nearest cache.
        int ready = (from + pixels) / 2;
        while (x < axis->out_size && axis->start[x + 15] + axis->pairs <= ready) {
            horizontal_block(batch, work, x, channels, alpha);
            x += 16;
        }
    }
}

static size_t tail_bytes(int window_pairs) {
    return (size_t)window_pairs * 2 * (16 * LANES + sizeof(uint8_t *));
}

static size_t scratch_bytes(const ipr_axis *horizontal, int channels, int window_pairs) {
    size_t blocks = (size_t)(horizontal->in_size / block_pixels(channels) + 1);
    size_t words = blocks * (size_t)(LANES * group_bytes(channels)) / 2;
    return words * BATCH_ROWS * 4 + (size_t)window_pairs * 4 * sizeof(vec) + tail_bytes(window_pairs)
        + BATCH_ROWS * 64 + 64;
}

static void run(const ipr_batch *batch) {
    uint8_t *at = batch->scratch;
    workspace work;
    work.pairs = (vec *)(void *)at;
    at += (size_t)batch->window_pairs * 4 * sizeof(vec);
    work.rest = at;
    at += BATCH_ROWS * 64;
    work.tails = at;
    at += (size_t)batch->window_pairs * 2 * 16 * LANES;
    work.tail_rows = (const uint8_t **)(void *)at;
    at += (size_t)batch->window_pairs * 2 * sizeof(uint8_t *);
    work.turned = (uint8_t *)(((uintptr_t)at + 63) & ~(uintptr_t)63);

    switch (batch->channels) {
    case 1: run_both(batch, &work, 1, 0); break;
    case 2:
        if (batch->in_alpha) run_both(batch, &work, 2, 1);
        else run_both(batch, &work, 2, 0);
        break;
    case 3: run_both(batch, &work, 3, 0); break;
    default:
        if (batch->in_alpha) run_both(batch, &work, 4, 1);
        else run_both(batch, &work, 4, 0);
    }
}
