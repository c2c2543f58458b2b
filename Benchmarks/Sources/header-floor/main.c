// The floor of `check`: open + pread(4 KiB) + close of every file in a list, and nothing else.
// `header-floor LIST [WORKERS]`; the list's paths are NUL-terminated.
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **paths;
static long count, workers;

static void *work(void *argument) {
    static _Thread_local unsigned char buffer[4096];
    long failed = 0;
    for (long i = (long)argument; i < count; i += workers) {
        int file = open(paths[i], O_RDONLY | O_CLOEXEC);
        if (file < 0) { failed++; continue; }
        if (pread(file, buffer, sizeof buffer, 0) < 0) failed++;
        close(file);
    }
    return (void *)failed;
}

int main(int argc, char **argv) {
    if (argc < 2) { fprintf(stderr, "usage: header-floor LIST [WORKERS]\n"); return 2; }
    workers = argc > 2 ? atol(argv[2]) : 1;
    FILE *file = fopen(argv[1], "r");
    if (!file || workers < 1) { perror(argv[1]); return 2; }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) { perror(argv[1]); return 2; }
    fclose(file);
    for (long i = 0; i < size; i++) count += text[i] == 0;
    paths = malloc((size_t)count * sizeof *paths);
    if (!paths && count) return 2;
    char *next = text;
    for (long i = 0; i < count; i++, next += strlen(next) + 1) paths[i] = next;

    long failed = 0;
    if (workers == 1) {
        failed = (long)work(NULL);
    } else {
        pthread_t *threads = malloc((size_t)workers * sizeof *threads);
        if (!threads) return 2;
        for (long i = 0; i < workers; i++)
            if (pthread_create(&threads[i], NULL, work, (void *)i)) return 2;
        for (long i = 0; i < workers; i++) {
            void *result = NULL;
            pthread_join(threads[i], &result);
            failed += (long)result;
        }
    }
    printf("%ld files, %ld failed\n", count, failed);
    return failed ? 1 : 0;
}
