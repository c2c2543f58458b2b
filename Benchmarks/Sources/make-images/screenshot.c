#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "canvas.h"

typedef struct { int r, g, b; } Color;

static const Color inks[] = {{36, 41, 47}, {9, 105, 218}, {26, 127, 55}, {207, 34, 46}, {130, 80, 223}};
static const char *words[] = {"image", "header", "of", "the", "request", "tokens", "size", "limit", "model", "price",
                              "folder", "width", "is", "in", "a", "for", "each", "pixel", "budget", "refused", "error:",
                              "200", "1568", "0.0048", "2026-10-09", "(max)", "edge", "when", "what", "sees", "Claude"};

static void fill(Canvas canvas, int left, int top, int width, int height, Color color) {
    for (int y = top < 0 ? 0 : top; y < top + height && y < canvas.height; y++) {
        uint8_t *pixel = canvas.rgb + ((size_t)y * canvas.width + left) * 3;
        for (int x = left; x < left + width && x < canvas.width; x++, pixel += 3) {
            pixel[0] = (uint8_t)color.r;
            pixel[1] = (uint8_t)color.g;
            pixel[2] = (uint8_t)color.b;
        }
    }
}

// Draws a rendered mask on the canvas in one ink.
static void stamp(Canvas canvas, int left, int top, VipsImage *mask, Color ink, int clip_width) {
    size_t size = 0;
    uint8_t *values = vips_image_write_to_memory(mask, &size);
    if (!values) return;
    int width = vips_image_get_width(mask), height = vips_image_get_height(mask);
    int color[3] = {ink.r, ink.g, ink.b};
    for (int y = 0; y < height && top + y < canvas.height; y++)
        for (int x = 0; x < width && x < clip_width && left + x < canvas.width; x++) {
            uint8_t *pixel = canvas.rgb + ((size_t)(top + y) * canvas.width + left + x) * 3;
            int cover = values[(size_t)y * width + x];
            for (int band = 0; band < 3; band++)
                pixel[band] = (uint8_t)((pixel[band] * (255 - cover) + color[band] * cover + 127) / 255);
        }
    g_free(values);
}

// A block of lines from `top` to `bottom`, as in an editor or on a page.
static int draw_text(Canvas canvas, Random *random, int left, int top, int width, int bottom, int is_code, Color ink) {
    const char *fonts[] = {"DejaVu Sans 11", "DejaVu Sans 14", "DejaVu Serif 12"};
    const char *font = is_code ? "DejaVu Sans Mono 11" : fonts[random_below(random, 3)];
    int line = is_code ? 24 : 28;
    for (int y = top; y + line < bottom; y += line) {
        char text[512] = "";
        int count = is_code ? random_below(random, 9) : 6 + random_below(random, 10);
        for (int i = 0; i < count; i++) {
            strcat(text, words[random_below(random, (int)(sizeof words / sizeof *words))]);
            strcat(text, is_code && random_unit(random) < 0.3 ? " = " : " ");
        }
        if (!*text) continue;
        VipsImage *mask = NULL;
        if (vips_text(&mask, text, "font", font, "dpi", 96, NULL)) { vips_error_clear(); continue; }
        int indent = is_code ? 32 * random_below(random, 4) : 0;
        Color color = is_code && random_unit(random) < 0.5 ? inks[random_below(random, 5)] : ink;
        stamp(canvas, left + indent, y, mask, color, width - indent);
        g_object_unref(mask);
    }
    return 0;
}

static int draw_picture(Canvas canvas, Random *random, int left, int top, int width, int height) {
    Canvas picture = {width, height, malloc((size_t)width * height * 3)};
    if (!picture.rgb || draw_photo(picture, 1, random)) { free(picture.rgb); return -1; }
    for (int y = 0; y < height && top + y < canvas.height; y++)
        memcpy(canvas.rgb + ((size_t)(top + y) * canvas.width + left) * 3, picture.rgb + (size_t)y * width * 3,
               (size_t)width * 3);
    free(picture.rgb);
    return 0;
}

int draw_screenshot(Canvas canvas, Random *random) {
    int width = canvas.width, height = canvas.height, is_dark = random_unit(random) < 0.35;
    Color page = is_dark ? (Color){30, 31, 34} : (Color){255, 255, 255};
    Color panel = is_dark ? (Color){43, 45, 48} : (Color){246, 248, 250};
    Color rule = is_dark ? (Color){60, 63, 65} : (Color){208, 215, 222};
    Color ink = is_dark ? (Color){206, 208, 214} : inks[0];
    int bar = 64, side = width / 5, margin = 24;
    fill(canvas, 0, 0, width, height, page);
    fill(canvas, 0, 0, width, bar, panel);
    fill(canvas, 0, bar, side, height - bar, panel);
    fill(canvas, 0, bar, width, 1, rule);
    fill(canvas, side, bar, 1, height - bar, rule);
    for (int x = margin; x + 40 < width / 2; x += 96) fill(canvas, x, 16, 32, 32, inks[random_below(random, 5)]);
    draw_text(canvas, random, margin, bar + margin, side - 2 * margin, height - margin, 0, ink);
    int columns = 1 + random_below(random, 2), column = (width - side) / columns;
    for (int i = 0; i < columns; i++) {
        int left = side + margin + i * column, top = bar + margin;
        if (random_unit(random) < 0.3) {
            int picture = height / 4;
            if (draw_picture(canvas, random, left, top, column - 2 * margin, picture)) return -1;
            top += picture + margin;
        }
        draw_text(canvas, random, left, top, column - 2 * margin, height - margin, random_unit(random) < 0.5, ink);
    }
    return 0;
}
