// The measure of text, on pictures of any content: no read or write beside the rows, no undefined behavior, and the same
// measure however the rows come.

#include "CTextMeter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds) {
    if (!holds) abort();
}

static itm_text measure(const uint8_t *rows, int width, int height, int at_once) {
    itm_text text = {0, 0, 0, 0};
    itm_meter *meter = itm_meter_new(width, height);
    require(meter != NULL);
    for (int row = 0; row < height; row += at_once) {
        int count = height - row < at_once ? height - row : at_once;
        // Of its own, so that a read behind the last row shows.
        size_t bytes = (size_t)count * (size_t)width;
        uint8_t *part = malloc(bytes);
        require(part != NULL);
        memcpy(part, rows + (size_t)row * (size_t)width, bytes);
        require(itm_meter_push(meter, part, (size_t)width, count) == 0);
        free(part);
    }
    text = itm_meter_finish(meter);
    itm_meter_free(meter);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4) return 0;
    int width = 1 + (data[0] | (data[1] & 1) << 8), at_once = 1 + data[2] % 40, is_bits = data[3] & 1;
    data += 4;
    size -= 4;
    // Each bit is a px of ink or paper: letters are found sooner than in bytes.
    size_t count = is_bits ? size * 8 : size;
    int height = (int)(count / (size_t)width);
    if (height < 1) return 0;
    count = (size_t)width * (size_t)height;
    uint8_t *rows = malloc(count);
    require(rows != NULL);
    for (size_t index = 0; index < count; index++)
        rows[index] = is_bits ? (data[index / 8] >> (index % 8) & 1 ? 0 : 255) : data[index];

    itm_text text = measure(rows, width, height, at_once);
    require(text.candidates >= text.letters && text.letters >= 0);
    if (count < 4096) {
        itm_text other = measure(rows, width, height, height);
        require(text.letters == other.letters && text.smallest == other.smallest && text.bulk == other.bulk);
        require(text.candidates == other.candidates);
    }
    require(text.letters > 0 ? text.smallest > 0 && text.bulk >= text.smallest : text.smallest == 0 && text.bulk == 0);

    if (count < 256) {
        uint8_t marks[4 * 256];
        require(itm_contrast(rows, width, height, marks, marks + count) == 0);
        itm_contrast_reference(rows, width, height, marks + 2 * count, marks + 3 * count);
        require(memcmp(marks, marks + 2 * count, 2 * count) == 0);
    }
    free(rows);
    return 0;
}
