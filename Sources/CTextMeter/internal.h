#ifndef CTEXTMETER_INTERNAL_H
#define CTEXTMETER_INTERNAL_H

#include "CTextMeter.h"

/// The mean is taken of a square of this many px, half of them on the left of a px and above it.
#define ITM_WINDOW 32
/// The contrast with that mean that ink has at least, of 255.
#define ITM_CONTRAST 18

/// Heights in px of letters as they are looked for at one scale. Below, noise looks the same; above, the window of the
/// mean is too small, and the picture at half its size shows them.
#define ITM_MIN_HEIGHT 4
#define ITM_MAX_HEIGHT 64

/// Letters of this many rows, or this many letters, become lines together.
#define ITM_BAND_ROWS 4096
#define ITM_BAND_LETTERS 32768

// MARK: Contrast

/// Compares px with the mean around them. Rows come out `ITM_WINDOW / 2` rows after they went in.
typedef struct itm_contrast_filter {
    int width, words;    ///< `words` of 64 px each
    int taken;           ///< rows that went in
    int filled;          ///< of these, those behind the last row of the picture
    uint8_t *ring;       ///< the last ITM_WINDOW rows
    uint16_t *columns;   ///< the sum of each column of them
    uint16_t *sums;      ///< scratch: the sum of each window
    uint8_t *marks;      ///< scratch: a byte for each px
    uint64_t *dark, *light;  ///< the row that came out last, a bit for each px, the first in the lowest
} itm_contrast_filter;

int itm_contrast_filter_init(itm_contrast_filter *filter, int width);
void itm_contrast_filter_free(itm_contrast_filter *filter);
/// Takes a row; 1 if a row came out, else 0.
int itm_contrast_filter_push(itm_contrast_filter *filter, const uint8_t *row);
/// Once no rows are left: the next row that is still to come out; 0 after the last.
int itm_contrast_filter_drain(itm_contrast_filter *filter);

// MARK: Shapes

/// A connected shape that could be a letter.
typedef struct itm_letter {
    int32_t left, right;  ///< px columns, the right one not included
    int32_t bottom;       ///< the row of its lowest px
    int32_t height;       ///< px
    int32_t ink;          ///< its share of its box, in 1/256
    int32_t strokes;      ///< what its columns cross from top to bottom, together
    int32_t cells;        ///< how many letters it is: more than one for a word under a line, as in Devanagari
} itm_letter;

/// Letters of one band, in the order of their bottoms.
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
    itm_shape *shapes, *next_shapes;   ///< that reach the last row
} itm_shape_finder;

int itm_shape_finder_init(itm_shape_finder *finder, int width);
void itm_shape_finder_free(itm_shape_finder *finder);
/// Takes a row, and adds letters that ended above it. The caller leaves room for `width / 2 + 1` letters.
void itm_shape_finder_push(itm_shape_finder *finder, const uint64_t *bits, int words, itm_letters *letters);

// MARK: Lines

/// Letters by the height of the letters of their line, in quarters of a px.
typedef struct itm_heights {
    int64_t sure[4 * ITM_MAX_HEIGHT];      ///< in lines that are too long to be chance
    int64_t doubtful[4 * ITM_MAX_HEIGHT];  ///< in others, which texture has too
    int64_t tall[4 * ITM_MAX_HEIGHT];      ///< those of both that are as high as letters with ascenders
    int64_t strokes[4 * ITM_MAX_HEIGHT];   ///< what the columns of both cross
    int64_t columns[4 * ITM_MAX_HEIGHT];   ///< of both, px
    int64_t joined[4 * ITM_MAX_HEIGHT];    ///< those of both that are wider than single letters
} itm_heights;

/// Letters by height, without those that may be chance.
void itm_sure_letters(const itm_heights *heights, int64_t letters[4 * ITM_MAX_HEIGHT]);
/// Whether the letters from one height to another are of a script whose lines have no x-height.
int itm_has_no_x_height(const itm_heights *heights, int32_t low, int32_t high);

typedef struct itm_line_finder itm_line_finder;

/// `room` is the most letters of a band. NULL if memory is short.
itm_line_finder *itm_line_finder_new(size_t room);
void itm_line_finder_free(itm_line_finder *finder);
/// Makes lines of the dark and of the light letters of a band, and counts them by height. The letters are sorted.
/// No bottom is above `first_row - 1`, or more than `ITM_BAND_ROWS` below.
void itm_line_finder_add(
    itm_line_finder *finder, itm_letters *dark, itm_letters *light, int first_row, itm_heights *heights);

#endif
