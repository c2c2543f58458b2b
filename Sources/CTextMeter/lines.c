#include "internal.h"

#include <stdlib.h>
#include <string.h>

/// The fewest letters of a line.
#define MIN_LETTERS 4
/// How many letters with the same bottom are compared to find a letter's predecessor.
#define LETTER_LOOKS 3
/// How many lines of the other color a line is compared with: anything with more is not text.
#define LINE_LOOKS 4096
/// How many of ten letters must have one of two heights.
#define TWO_HEIGHTS 8
/// The limits of the mean share of a letter's box that is ink, in 1/256.
#define MIN_INK 64
#define MAX_INK 218
/// The number of letters of a line that is too long to be chance; for letters smaller than SMALL (in quarters of a px),
/// LONG_SMALL.
#define LONG 9
#define LONG_SMALL 12
#define SMALL 24
/// How many letters of about one height are too many to be chance, in lines of any length.
#define MIN_ALIKE 20
#define MIN_ALIKE_SMALL 100
/// Thresholds that identify scripts whose lines have no x-height, in hundredths. Measured on pages of 10 to 64 px: a column
/// of a letter crosses 1.35 to 1.8 strokes in Latin, Cyrillic and Greek, 1.7 to 2.6 in Chinese and Japanese, 1.6 to 2 in
/// Devanagari. Above 1.6, at least a fourth of Latin letters have ascenders, and fewer in the other scripts. In Arabic it is
/// 1.15 to 1.3, and 11 to 18 of 100 letters are joined: more than 2.2 times as wide as tall.
#define MANY_STROKES 168
#define MOST_STROKES 185
#define FEW_TALL 25
#define FEW_STROKES 133
#define MANY_JOINED 10
/// The height in quarters of a px from which letters no longer touch each other.
#define CLEAR 28
/// The limits of the distance from letter to letter, in tenths of their height.
#define MIN_PITCH 5
#define MAX_PITCH 22

/// Letters that follow each other on a common baseline.
typedef struct line {
    int32_t left, right, top, bottom;
    int32_t height;   ///< of its letters, in quarters of a px; 0 if it is not text
    int32_t letters;
    int32_t cells;    ///< the same, with each word that is a single shape counted as its letters
    int64_t ink;      ///< the sum over its letters, in 1/256 of their boxes
    int64_t strokes;  ///< how many strokes the columns of its letters cross in total
    int64_t columns;  ///< of its letters, px
    int32_t tall;     ///< how many of its letters are as tall as letters with ascenders
    int32_t joined;   ///< how many are wider than single letters
    int32_t start;    ///< the first of its letters in the order of lines
} line;

typedef struct lines {
    line *items;
    int count;
} lines;

struct itm_line_finder {
    int32_t last[ITM_BAND_ROWS + 2];  ///< for each row, the latest letter with its bottom there, or -1
    int32_t *before;                  ///< for each letter, the previous one with the same bottom, or -1
    int32_t *line_of;                 ///< of each letter
    int32_t *order;                   ///< letters by their lines
    lines dark, light;
};

itm_line_finder *itm_line_finder_new(size_t room) {
    itm_line_finder *finder = calloc(1, sizeof *finder);
    if (!finder) return NULL;
    finder->before = malloc(room * sizeof *finder->before);
    finder->line_of = malloc(room * sizeof *finder->line_of);
    finder->order = malloc(room * sizeof *finder->order);
    finder->dark.items = malloc(room * sizeof *finder->dark.items);
    finder->light.items = malloc(room * sizeof *finder->light.items);
    if (finder->before && finder->line_of && finder->order && finder->dark.items && finder->light.items)
        return finder;
    itm_line_finder_free(finder);
    return NULL;
}

void itm_line_finder_free(itm_line_finder *finder) {
    if (!finder) return;
    free(finder->before);
    free(finder->line_of);
    free(finder->order);
    free(finder->dark.items);
    free(finder->light.items);
    free(finder);
}

static int by_left(const void *one, const void *other) {
    const itm_letter *a = one, *b = other;
    if (a->left != b->left) return a->left < b->left ? -1 : 1;
    if (a->bottom != b->bottom) return a->bottom < b->bottom ? -1 : 1;
    if (a->height != b->height) return a->height < b->height ? -1 : 1;
    if (a->right != b->right) return a->right < b->right ? -1 : 1;
    if (a->ink != b->ink) return a->ink < b->ink ? -1 : 1;
    return a->strokes < b->strokes ? -1 : a->strokes > b->strokes;
}

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

/// The letter on the left that a letter follows, or -1.
static int32_t predecessor(const itm_line_finder *finder, const itm_letter *letters, int32_t index, int first_row) {
    const itm_letter *letter = &letters[index];
    int32_t reach = 1 + letter->height / 10;
    int32_t row = letter->bottom - first_row + 1;
    int32_t best = -1, best_distance = INT32_MAX;
    for (int32_t near = larger(row - reach, 0); near <= smaller(row + reach, ITM_BAND_ROWS + 1); near++) {
        int32_t found = finder->last[near];
        for (int look = 0; look < LETTER_LOOKS && found >= 0; look++, found = finder->before[found]) {
            const itm_letter *other = &letters[found];
            int32_t high = larger(letter->height, other->height), low = smaller(letter->height, other->height);
            int32_t gap = letter->left - other->right;
            if (gap > 2 * high) break;
            if (high * 2 > low * 5 || gap < -high) continue;
            int32_t distance = (gap < 0 ? 0 : gap) + 2 * abs(near - row);
            if (distance >= best_distance) continue;
            best = found;
            best_distance = distance;
        }
    }
    return best;
}

static void join(itm_line_finder *finder, const itm_letters *letters, int first_row, lines *lines) {
    memset(finder->last, -1, sizeof finder->last);
    lines->count = 0;
    for (int32_t index = 0; index < letters->count; index++) {
        const itm_letter *letter = &letters->items[index];
        int32_t before = predecessor(finder, letters->items, index, first_row);
        int32_t number = before < 0 ? lines->count++ : finder->line_of[before];
        line *line = &lines->items[number];
        int32_t top = letter->bottom + 1 - letter->height;
        if (before < 0) {
            memset(line, 0, sizeof *line);
            line->left = letter->left;
            line->top = top;
            line->bottom = letter->bottom;
        }
        line->right = larger(line->right, letter->right);
        line->top = smaller(line->top, top);
        line->bottom = larger(line->bottom, letter->bottom);
        line->letters++;
        line->cells += letter->cells;
        line->ink += letter->ink;
        line->strokes += letter->strokes;
        line->columns += letter->right - letter->left;
        finder->line_of[index] = number;
        int32_t row = letter->bottom - first_row + 1;
        finder->before[index] = finder->last[row];
        finder->last[row] = index;
    }
}

/// The number of letters in a range of heights.
static int32_t letters_between(const int32_t counts[], int32_t low, int32_t high) {
    int32_t sum = 0;
    for (int32_t height = low; height <= smaller(high, ITM_MAX_HEIGHT); height++) sum += counts[height];
    return sum;
}

/// The height of the letters of a line in quarters of a px; 0 if they have no common height.
static int32_t common_height(const int32_t counts[], int32_t total, int32_t *tall) {
    // At least three of ten letters are this short: half of all letters have no ascenders.
    int32_t sum = 0, low = 0;
    while (sum * 10 <= total * 3) sum += counts[low++];
    low--;
    int32_t reach = larger(1, low / 8);
    int64_t cluster = 0, heights = 0;
    for (int32_t height = larger(low - reach, 0); height <= smaller(low + reach, ITM_MAX_HEIGHT); height++) {
        cluster += counts[height];
        heights += (int64_t)counts[height] * height;
    }
    if (cluster < 3 || cluster * 10 < (int64_t)total * 4) return 0;
    // Text has letters of two heights, and little else.
    *tall = letters_between(counts, larger(low + reach + 1, low * 6 / 5), low * 7 / 4);
    if ((cluster + *tall) * 10 < (int64_t)total * TWO_HEIGHTS) return 0;
    return (int32_t)((heights * 4 + cluster / 2) / cluster);
}

/// Whether the shapes are strokes with background between them.
static int is_set_as_text(const line *line) {
    int64_t letters = line->letters;
    return line->ink >= letters * MIN_INK && line->ink <= letters * MAX_INK;
}

/// Whether the distance between letters suits their height.
static int is_spaced_as_text(const line *line) {
    int64_t width = 4 * (int64_t)(line->right - line->left) * 10, letter = (int64_t)line->cells * line->height;
    return width >= letter * MIN_PITCH && width <= letter * MAX_PITCH;
}

static void measure(itm_line_finder *finder, const itm_letters *letters, lines *lines) {
    int32_t start = 0;
    for (int number = 0; number < lines->count; number++) {
        lines->items[number].start = start;
        start += lines->items[number].letters;
    }
    for (int32_t index = 0; index < letters->count; index++)
        finder->order[lines->items[finder->line_of[index]].start++] = index;
    for (int number = 0; number < lines->count; number++) {
        line *line = &lines->items[number];
        if (line->letters < MIN_LETTERS) continue;
        int32_t counts[ITM_MAX_HEIGHT + 1] = {0};
        for (int32_t index = line->start - line->letters; index < line->start; index++)
            counts[letters->items[finder->order[index]].height]++;
        if (is_set_as_text(line)) line->height = common_height(counts, line->letters, &line->tall);
        if (line->height > 0 && !is_spaced_as_text(line)) line->height = 0;
        for (int32_t index = line->start - line->letters; index < line->start; index++) {
            const itm_letter *letter = &letters->items[finder->order[index]];
            int32_t width = (letter->right - letter->left) * 4;
            line->joined += width * 5 > line->height * 11;
        }
    }
}

static int by_bottom(const void *one, const void *other) {
    const line *a = one, *b = other;
    if (a->bottom != b->bottom) return a->bottom < b->bottom ? -1 : 1;
    if (a->left != b->left) return a->left < b->left ? -1 : 1;
    if (a->right != b->right) return a->right < b->right ? -1 : 1;
    if (a->letters != b->letters) return a->letters < b->letters ? -1 : 1;
    return a->height < b->height ? -1 : a->height > b->height;
}

/// Keeps the lines that are text, sorted from top to bottom.
static void keep_text(lines *lines) {
    int count = 0;
    for (int index = 0; index < lines->count; index++)
        if (lines->items[index].height > 0) lines->items[count++] = lines->items[index];
    lines->count = count;
    qsort(lines->items, (size_t)count, sizeof *lines->items, by_bottom);
}

static int overlap(const line *one, const line *other) {
    int32_t rows = smaller(one->bottom, other->bottom) + 1 - larger(one->top, other->top);
    int32_t columns = smaller(one->right, other->right) - larger(one->left, other->left);
    return rows * 2 > smaller(one->bottom + 1 - one->top, other->bottom + 1 - other->top)
        && columns * 2 > smaller(one->right - one->left, other->right - other->left);
}

/// Whether a line is only the space inside or between letters of the other color.
static int is_between(const line *found, const lines *others) {
    int low = 0, high = others->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (others->items[middle].bottom < found->top) low = middle + 1; else high = middle;
    }
    int64_t size = (int64_t)found->letters * found->height;
    for (int index = low; index < smaller(others->count, low + LINE_LOOKS); index++) {
        const line *other = &others->items[index];
        if (other->bottom - ITM_MAX_HEIGHT > found->bottom) break;
        if ((int64_t)other->letters * other->height > size && overlap(found, other)) return 1;
    }
    return 0;
}

static void count(const lines *lines, const struct lines *others, itm_heights *heights) {
    for (int index = 0; index < lines->count; index++) {
        const line *line = &lines->items[index];
        if (is_between(line, others)) continue;
#ifdef ITM_TRACE
        itm_trace(line->left, line->right, line->top, line->bottom, line->height, line->letters, 0, 0, line->joined);
#endif
        int64_t *letters = line->letters >= (line->height < SMALL ? LONG_SMALL : LONG) ? heights->sure : heights->doubtful;
        int32_t height = smaller(line->height, 4 * ITM_MAX_HEIGHT - 1);
        letters[height] += line->letters;
        heights->tall[height] += line->tall;
        heights->strokes[height] += line->strokes;
        heights->columns[height] += line->columns;
        heights->joined[height] += line->joined;
    }
}

static int64_t sum(const int64_t counts[], int32_t low, int32_t high) {
    int64_t sum = 0;
    for (int32_t height = low; height <= smaller(high, 4 * ITM_MAX_HEIGHT - 1); height++) sum += counts[height];
    return sum;
}

void itm_sure_letters(const itm_heights *heights, int64_t letters[4 * ITM_MAX_HEIGHT]) {
    for (int32_t height = 0; height < 4 * ITM_MAX_HEIGHT; height++) {
        letters[height] = heights->sure[height];
        if (heights->doubtful[height] == 0) continue;
        // Labels have letters of the same height; texture does not.
        int32_t low = height - height / 16, high = height + height / 16;
        int64_t sure = sum(heights->sure, low, high);
        int64_t alike = sure + sum(heights->doubtful, low, high);
        if (alike >= (height < SMALL ? MIN_ALIKE_SMALL : MIN_ALIKE)) letters[height] += heights->doubtful[height];
    }
}

int itm_has_no_x_height(const itm_heights *heights, int32_t low, int32_t high) {
    int64_t strokes = sum(heights->strokes, low, high), columns = sum(heights->columns, low, high);
    // Small letters of any script touch each other.
    int64_t letters = 0, tall = 0, clear = 0, joined = 0;
    for (int32_t height = low; height <= smaller(high, 4 * ITM_MAX_HEIGHT - 1); height++) {
        letters += heights->sure[height] + heights->doubtful[height];
        tall += heights->tall[height];
        if (height < CLEAR) continue;
        clear += heights->sure[height] + heights->doubtful[height];
        joined += heights->joined[height];
    }
    int32_t many = tall * 100 < letters * FEW_TALL ? MANY_STROKES : MOST_STROKES;
    if (strokes * 100 > columns * many) return 1;
    return strokes * 100 < columns * FEW_STROKES && clear * 2 > letters && joined * 100 > clear * MANY_JOINED;
}

void itm_line_finder_add(
    itm_line_finder *finder, itm_letters *dark, itm_letters *light, int first_row, itm_heights *heights) {
    struct { itm_letters *letters; lines *lines; } colors[] = {{dark, &finder->dark}, {light, &finder->light}};
    for (int color = 0; color < 2; color++) {
        itm_letters *letters = colors[color].letters;
        qsort(letters->items, (size_t)letters->count, sizeof *letters->items, by_left);
        join(finder, letters, first_row, colors[color].lines);
        measure(finder, letters, colors[color].lines);
        keep_text(colors[color].lines);
    }
    count(&finder->dark, &finder->light, heights);
    count(&finder->light, &finder->dark, heights);
}
