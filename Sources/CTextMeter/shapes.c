#include "internal.h"

#include <stdlib.h>
#include <string.h>

/// A run of set px in a row.
struct itm_run {
    int32_t left, right;  ///< right is exclusive
    int32_t shape;
};

/// A shape that may still grow.
struct itm_shape {
    int32_t left, right, top;
    uint32_t ink;     ///< px
    uint32_t tops;    ///< px of the shape with no px of the shape above them
    int32_t root;     ///< the shape that it was merged into, or itself
    int32_t touched;  ///< whether this row continues it
};

int itm_shape_finder_init(itm_shape_finder *finder, int width) {
    memset(finder, 0, sizeof *finder);
    finder->width = width;
    size_t runs = (size_t)width / 2 + 1;
    finder->runs = malloc(runs * sizeof *finder->runs);
    finder->next_runs = malloc(runs * sizeof *finder->next_runs);
    // Room for the shapes of the last row, and as many that begin in this one.
    finder->shapes = malloc(2 * runs * sizeof *finder->shapes);
    finder->next_shapes = malloc(2 * runs * sizeof *finder->next_shapes);
    if (finder->runs && finder->next_runs && finder->shapes && finder->next_shapes) return 0;
    itm_shape_finder_free(finder);
    return -1;
}

void itm_shape_finder_free(itm_shape_finder *finder) {
    free(finder->runs);
    free(finder->next_runs);
    free(finder->shapes);
    free(finder->next_shapes);
    memset(finder, 0, sizeof *finder);
}

static int runs_of(const uint64_t *bits, int words, int width, itm_run *runs) {
    int count = 0;
    int32_t open = -1;
    for (int word = 0; word < words; word++) {
        uint64_t rest = bits[word];
        // Usually nothing begins or ends within 64 px.
        if (rest == 0 && open < 0) continue;
        int32_t base = word * 64;
        // Inverted while a run is open, so that its end is a set bit too.
        if (open >= 0) rest = ~rest;
        while (rest) {
            int bit = __builtin_ctzll(rest);
            if (open < 0) {
                open = base + bit;
            } else {
                runs[count].left = open;
                runs[count].right = base + bit;
                count++;
                open = -1;
            }
            rest = ~rest & (~0ull << bit);
        }
    }
    if (open >= 0) {
        runs[count].left = open;
        runs[count].right = width;
        count++;
    }
    return count;
}

static int32_t root_of(itm_shape *shapes, int32_t index) {
    while (shapes[index].root != index) index = shapes[index].root = shapes[shapes[index].root].root;
    return index;
}

static void merge(itm_shape *into, const itm_shape *from) {
    if (from->left < into->left) into->left = from->left;
    if (from->right > into->right) into->right = from->right;
    if (from->top < into->top) into->top = from->top;
    into->ink += from->ink;
    into->tops += from->tops;
}

/// How many letters a shape counts as. A word that hangs from a line, as in Devanagari, is one shape: each of its columns
/// crosses that line and what hangs from it.
static int32_t cells(const itm_shape *shape, int32_t height) {
    int32_t width = shape->right - shape->left;
    int is_word = width * 5 > height * 11 && shape->tops * 2 >= (uint32_t)width * 3;
    return is_word ? (width + height / 2) / height : 1;
}

/// Whether a shape could be a letter: neither too small nor too large, too narrow, too wide or too hollow.
static int is_letter(const itm_shape *shape, int32_t height) {
    int32_t width = shape->right - shape->left;
    if (height < ITM_MIN_HEIGHT || height > ITM_MAX_HEIGHT) return 0;
    if (width * 12 < height || width > height * (cells(shape, height) > 1 ? 16 : 6)) return 0;
    int64_t box = (int64_t)width * height;
    return (int64_t)shape->ink * 100 >= box * 15;
}

void itm_shape_finder_push(itm_shape_finder *finder, const uint64_t *bits, int words, itm_letters *letters) {
    itm_run *runs = finder->runs, *next = finder->next_runs;
    itm_shape *shapes = finder->shapes;
    int run_count = finder->run_count, shape_count = finder->shape_count;
    int next_count = runs_of(bits, words, finder->width, next);
    // Nothing to continue, and nothing that begins.
    if (next_count == 0 && run_count == 0) {
        finder->row++;
        return;
    }
    int first = 0;
    for (int index = 0; index < next_count; index++) {
        itm_run *run = &next[index];
        while (first < run_count && runs[first].right < run->left) first++;
        int32_t shape = -1, covered = 0;
        // Diagonal neighbors are connected too.
        for (int above = first; above < run_count && runs[above].left <= run->right; above++) {
            int32_t left = runs[above].left > run->left ? runs[above].left : run->left;
            int32_t right = runs[above].right < run->right ? runs[above].right : run->right;
            if (right > left) covered += right - left;
            int32_t found = root_of(shapes, runs[above].shape);
            if (shape < 0) {
                shape = found;
            } else if (found != shape) {
                merge(&shapes[shape], &shapes[found]);
                shapes[found].root = shape;
            }
        }
        if (shape < 0) {
            shape = shape_count++;
            shapes[shape] = (itm_shape){run->left, run->right, finder->row, 0, 0, shape, 0};
        }
        itm_shape *grown = &shapes[shape];
        if (run->left < grown->left) grown->left = run->left;
        if (run->right > grown->right) grown->right = run->right;
        grown->ink += (uint32_t)(run->right - run->left);
        grown->tops += (uint32_t)(run->right - run->left - covered);
        grown->touched = 1;
        run->shape = shape;
    }
    // If a part was touched before it was merged, the whole shape is.
    for (int index = 0; index < shape_count; index++)
        if (shapes[index].touched) shapes[root_of(shapes, index)].touched = 1;
    itm_shape *kept = finder->next_shapes;
    int kept_count = 0;
    for (int index = 0; index < shape_count; index++) {
        itm_shape *shape = &shapes[index];
        if (shape->root != index) continue;
        if (shape->touched) {
            kept[kept_count] = *shape;
            kept[kept_count].touched = 0;
            kept[kept_count].root = kept_count;
            // Its new index + 1, for the runs below.
            shape->touched = ++kept_count;
            continue;
        }
        int32_t height = finder->row - shape->top;
        if (!is_letter(shape, height)) continue;
        int32_t ink = (int32_t)(shape->ink * 256 / (uint32_t)((shape->right - shape->left) * height));
        letters->items[letters->count++] =
            (itm_letter){shape->left, shape->right, finder->row - 1, height, ink, (int32_t)shape->tops,
                cells(shape, height)};
    }
    for (int index = 0; index < next_count; index++)
        next[index].shape = shapes[root_of(shapes, next[index].shape)].touched - 1;
    finder->runs = next;
    finder->next_runs = runs;
    finder->shapes = kept;
    finder->next_shapes = shapes;
    finder->run_count = next_count;
    finder->shape_count = kept_count;
    finder->row++;
}
