// The floor of `prepare` for JPEG: `jpeg-floor LIST OUT WIDTH HEIGHT QUALITY WORKERS EIGHTHS`
//
// libjpeg-turbo decodes at EIGHTHS/8 to the last row and encodes the target number of pixels (the top left
// corner), and nothing else: no resampling, no color management, no copy. Files are read and
// written as the product has to.
#if defined(__linux__) && __has_include(<jpeglib.h>)
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

static char **paths;
static const char *out;
static long count, workers;
static int width, height, quality, eighths;

// libjpeg's own error handler exits the process, which is fine for a benchmark.
static int convert(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char target[4096];
    snprintf(target, sizeof target, "%s/%.*s.jpg", out, (int)strcspn(name, "."), name);
    FILE *source = fopen(path, "rb"), *sink = fopen(target, "wb");
    if (!source || !sink) { perror(source ? target : path); return -1; }

    struct jpeg_error_mgr errors;
    struct jpeg_decompress_struct in = {.err = jpeg_std_error(&errors)};
    jpeg_create_decompress(&in);
    jpeg_stdio_src(&in, source);
    jpeg_read_header(&in, TRUE);
    in.scale_num = (unsigned)eighths;
    in.scale_denom = 8;
    in.out_color_space = JCS_RGB;
    jpeg_start_decompress(&in);

    struct jpeg_compress_struct to = {.err = &errors};
    jpeg_create_compress(&to);
    jpeg_stdio_dest(&to, sink);
    to.image_width = in.output_width < (unsigned)width ? in.output_width : (unsigned)width;
    to.image_height = in.output_height < (unsigned)height ? in.output_height : (unsigned)height;
    to.input_components = 3;
    to.in_color_space = JCS_RGB;
    jpeg_set_defaults(&to);
    jpeg_set_quality(&to, quality, TRUE);
    jpeg_start_compress(&to, TRUE);

    JSAMPROW row = malloc((size_t)in.output_width * 3);
    if (!row) return -1;
    while (in.output_scanline < in.output_height) {
        jpeg_read_scanlines(&in, &row, 1);
        if (to.next_scanline < to.image_height) jpeg_write_scanlines(&to, &row, 1);
    }
    free(row);
    jpeg_finish_compress(&to);
    jpeg_destroy_compress(&to);
    jpeg_finish_decompress(&in);
    jpeg_destroy_decompress(&in);
    fclose(source);
    return fclose(sink);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long next_path;

static void *work(void *argument) {
    (void)argument;
    long failed = 0;
    for (;;) {
        pthread_mutex_lock(&lock);
        long i = next_path++;
        pthread_mutex_unlock(&lock);
        if (i >= count) return (void *)failed;
        failed += convert(paths[i]) != 0;
    }
}

int main(int argc, char **argv) {
    if (argc != 8) {
        fprintf(stderr, "usage: jpeg-floor LIST OUT WIDTH HEIGHT QUALITY WORKERS EIGHTHS\n");
        return 2;
    }
    out = argv[2];
    width = atoi(argv[3]);
    height = atoi(argv[4]);
    quality = atoi(argv[5]);
    workers = atol(argv[6]);
    eighths = atoi(argv[7]);
    FILE *file = fopen(argv[1], "r");
    if (!file || workers < 1) { perror(argv[1]); return 2; }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) { perror(argv[1]); return 2; }
    fclose(file);
    for (long i = 0; i < size; i++) count += text[i] == 0;
    paths = malloc(((size_t)count + 1) * sizeof *paths);
    pthread_t *threads = malloc((size_t)workers * sizeof *threads);
    if (!paths || !threads) return 2;
    char *path = text;
    for (long i = 0; i < count; i++, path += strlen(path) + 1) paths[i] = path;

    long failed = 0;
    for (long i = 0; i < workers; i++)
        if (pthread_create(&threads[i], NULL, work, NULL)) return 2;
    for (long i = 0; i < workers; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        failed += (long)result;
    }
    return failed ? 1 : 0;
}
#else
#include <stdio.h>

int main(void) {
    fprintf(stderr, "jpeg-floor was built without libjpeg\n");
    return 3;
}
#endif
