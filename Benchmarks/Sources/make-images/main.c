// Makes the benchmark's images: `make-images KIND FORMAT WIDTH HEIGHT FOLDER FIRST STEP END`
//
// KIND is photo, screenshot or thumbnail (a photo of 48 px up to WIDTH×HEIGHT); FORMAT is jpg, progressive,
// png, gif or webp. Image N, for N = FIRST, FIRST+STEP, … below END, is drawn from seed N, so several
// processes can share a set.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "canvas.h"

static int save(VipsImage *image, const char *format, const char *path) {
    // As cameras write it: 4:2:0 and no optimized tables. By default libvips would keep full chroma at 90.
    if (strcmp(format, "jpg") == 0)
        return vips_jpegsave(image, path, "Q", 90, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_ON, NULL);
    if (strcmp(format, "progressive") == 0)
        return vips_jpegsave(image, path, "Q", 90, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_ON, "interlace", TRUE,
                             "optimize_coding", TRUE, NULL);
    if (strcmp(format, "png") == 0) return vips_pngsave(image, path, NULL);
    if (strcmp(format, "gif") == 0) return vips_gifsave(image, path, NULL);
    if (strcmp(format, "webp") == 0) return vips_webpsave(image, path, "Q", 85, NULL);
    fprintf(stderr, "make-images: unknown format %s\n", format);
    return -1;
}

static int make(const char *kind, const char *format, int width, int height, const char *folder, int number) {
    Random random = {(uint64_t)number * 1000003 + (unsigned char)kind[0]};
    if (strcmp(kind, "thumbnail") == 0) {
        width = 48 + random_below(&random, width - 47);
        height = 48 + random_below(&random, height - 47);
    }
    size_t size = (size_t)width * height * 3;
    Canvas canvas = {width, height, malloc(size)};
    if (!canvas.rgb) return -1;
    int result = strcmp(kind, "screenshot") == 0 ? draw_screenshot(canvas, &random)
                                                  : draw_photo(canvas, strcmp(kind, "smooth") != 0, &random);
    VipsImage *image = NULL;
    if (result == 0) image = vips_image_new_from_memory(canvas.rgb, size, width, height, 3, VIPS_FORMAT_UCHAR);
    if (image) {
        image->Type = VIPS_INTERPRETATION_sRGB;
        if (strcmp(kind, "photo") == 0) vips_image_set_string(image, "exif-ifd0-Model", "Benchmark camera");
        char path[4096];
        const char *extension = strcmp(format, "progressive") == 0 ? "jpg" : format;
        snprintf(path, sizeof path, "%s/%s-%s-%05d.%s", folder, kind, format, number, extension);
        result = save(image, format, path);
        g_object_unref(image);
    } else {
        result = -1;
    }
    free(canvas.rgb);
    return result;
}

int main(int argc, char **argv) {
    if (argc != 9) {
        fprintf(stderr, "usage: make-images KIND FORMAT WIDTH HEIGHT FOLDER FIRST STEP END\n");
        return 2;
    }
    if (VIPS_INIT(argv[0])) vips_error_exit(NULL);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    int width = atoi(argv[3]), height = atoi(argv[4]), step = atoi(argv[7]), end = atoi(argv[8]);
    if (width < 48 || height < 48 || step < 1) { fprintf(stderr, "make-images: bad size or step\n"); return 2; }
    for (int number = atoi(argv[6]); number < end; number += step)
        if (make(argv[1], argv[2], width, height, argv[5], number)) vips_error_exit("image %d", number);
    vips_shutdown();
    return 0;
}
