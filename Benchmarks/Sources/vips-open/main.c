// The fair libvips counterpart of `check`: one process opens every file in a list and requests
// only the size, so only headers are read. `vips-open LIST [WORKERS]`; the list's paths are NUL-terminated.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

static char **paths;
static long count, workers;

static void *work(void *argument) {
    long opened = 0;
    for (long i = (long)argument; i < count; i += workers) {
        VipsImage *image = vips_image_new_from_file(paths[i], "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        if (!image) { vips_error_clear(); continue; }
        opened += vips_image_get_width(image) > 0 && vips_image_get_height(image) > 0;
        g_object_unref(image);
    }
    if (workers > 1) vips_thread_shutdown();
    return (void *)opened;
}

int main(int argc, char **argv) {
    if (argc < 2) { fprintf(stderr, "usage: vips-open LIST [WORKERS]\n"); return 2; }
    workers = argc > 2 ? atol(argv[2]) : 1;
    if (VIPS_INIT(argv[0])) vips_error_exit(NULL);
    vips_cache_set_max(0);
    vips_concurrency_set(1);

    gchar *text = NULL;
    gsize size = 0;
    if (workers < 1 || !g_file_get_contents(argv[1], &text, &size, NULL)) { perror(argv[1]); return 2; }
    for (gsize i = 0; i < size; i++) count += text[i] == 0;
    paths = g_new(char *, count);
    char *next = text;
    for (long i = 0; i < count; i++, next += strlen(next) + 1) paths[i] = next;

    long opened = 0;
    if (workers == 1) {
        opened = (long)work(NULL);
    } else {
        pthread_t *threads = g_new(pthread_t, workers);
        for (long i = 0; i < workers; i++)
            if (pthread_create(&threads[i], NULL, work, (void *)i)) return 2;
        for (long i = 0; i < workers; i++) {
            void *result = NULL;
            pthread_join(threads[i], &result);
            opened += (long)result;
        }
    }
    printf("%ld files, %ld opened\n", count, opened);
    vips_shutdown();
    return opened == count ? 0 : 1;
}
