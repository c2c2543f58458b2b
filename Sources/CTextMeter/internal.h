#ifndef CTEXTMETER_INTERNAL_H
#define CTEXTMETER_INTERNAL_H

#include "CTextMeter.h"

/// The side in px of the square that the mean is taken over, half of it to the left of and above the px.
#define ITM_WINDOW 32
/// The least contrast of ink with that mean, of 255.
#define ITM_CONTRAST 18

/// The range of letter heights in px at one scale. Smaller ones look like noise; for larger ones the window of the mean is
/// too small, and the picture at half its size shows them.
#define ITM_MIN_HEIGHT 4
#define ITM_MAX_HEIGHT 64

/// Letters are joined into lines after this many rows, or this many letters.
#define ITM_BAND_ROWS 4096
// The fuzzer makes bands end sooner.
#ifndef ITM_BAND_LETTERS
#define ITM_BAND_LETTERS 32768
#endif

// MARK: Contrast

/// Compares px with the mean around them. A row comes out `ITM_WINDOW / 2` rows after it was pushed.
typedef struct itm_contrast_filter {
    int width, words;    ///< `words` of 64 px each
    int taken;           ///< rows pushed, including repeated ones
    int filled;          ///< how many of these repeat the last row of the picture
    uint8_t *ring;       ///< the last ITM_WINDOW rows
    uint16_t *columns;   ///< the sum of each column of the ring
    uint16_t *sums;      ///< scratch: the sum of each window
    uint8_t *marks;      ///< scratch: a byte for each px
    uint64_t *dark, *light;  ///< the latest row that came out, one bit per px, the first in the lowest
} itm_contrast_filter;

int itm_contrast_filter_init(itm_contrast_filter *filter, int width);
void itm_contrast_filter_free(itm_contrast_filter *filter);
/// Pushes a row. Returns 1 if a row came out, otherwise 0.
int itm_contrast_filter_push(itm_contrast_filter *filter, const uint8_t *row);
/// Makes the next row come out after the last one was pushed. Returns 0 when there are no more.
int itm_contrast_filter_drain(itm_contrast_filter *filter);

// MARK: Shapes

/// A connected shape that could be a letter.
typedef struct itm_letter {
    int32_t left, right;  ///< px columns; right is exclusive
    int32_t bottom;       ///< the row of its lowest px
    int32_t height;       ///< px
    int32_t ink;          ///< the share of its box that is ink, in 1/256
    int32_t strokes;      ///< how many strokes its columns cross from top to bottom, in total
    int32_t cells;        ///< how many letters it counts as: more than one for a word that hangs from a line, as in Devanagari
} itm_letter;

/// The letters of one band, in the order of their bottoms.
typedef struct itm_letters {
    itm_letter *items;
    int count;
} itm_letters;

typedef struct itm_run itm_run;
typedef struct itm_shape itm_shape;

/// Finds connected shapes in rows of bits.
typedef struct itm_shape_finder {
    int width;
    int row;
    int run_count, shape_count;
    itm_run *runs, *next_runs;         ///< of the last row, and of this one
    itm_shape *shapes, *next_shapes;   ///< shapes that reach the last row
} itm_shape_finder;

int itm_shape_finder_init(itm_shape_finder *finder, int width);
void itm_shape_finder_free(itm_shape_finder *finder);
/// Pushes a row, and adds the letters that ended above it. `letters` must have room for `width / 2 + 1` more.
void itm_shape_finder_push(itm_shape_finder *finder, const uint64_t *bits, int words, itm_letters *letters);

// MARK: Lines

/// Counts of letters by the letter height of their line, in quarters of a px.
typedef struct itm_heights {
    int64_t sure[4 * ITM_MAX_HEIGHT];      ///< letters in lines that are too long to be chance
    int64_t doubtful[4 * ITM_MAX_HEIGHT];  ///< letters in shorter lines, which texture has too
    int64_t tall[4 * ITM_MAX_HEIGHT];      ///< those of both that are as tall as letters with ascenders
    int64_t strokes[4 * ITM_MAX_HEIGHT];   ///< how many strokes the columns of both cross
    int64_t columns[4 * ITM_MAX_HEIGHT];   ///< the columns of both, px
    int64_t joined[4 * ITM_MAX_HEIGHT];    ///< those of both that are wider than single letters
} itm_heights;

/// Counts letters by height, without those that may be chance.
void itm_sure_letters(const itm_heights *heights, int64_t letters[4 * ITM_MAX_HEIGHT]);
/// Whether the letters in a range of heights belong to a script whose lines have no x-height.
int itm_has_no_x_height(const itm_heights *heights, int32_t low, int32_t high);

typedef struct itm_line_finder itm_line_finder;

/// `room` is the most letters in a band. NULL if memory is short.
itm_line_finder *itm_line_finder_new(size_t room);
void itm_line_finder_free(itm_line_finder *finder);
/// Joins the dark and the light letters of a band into lines, and counts them by height. Sorts the letters.
/// No bottom may be above `first_row - 1`, or more than `ITM_BAND_ROWS` below it.
void itm_line_finder_add(
    itm_line_finder *finder, itm_letters *dark, itm_letters *light, int first_row, itm_heights *heights);

#endif
