// For secure_getenv.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "CCodecs.h"

// Which library the system's loader would load, found without loading it: some pull in a hundred others.

int ipc_identify_file(const char *path, char *text, size_t size)
{
    char real[PATH_MAX];
    struct stat file;
    if (!realpath(path, real) || stat(real, &file) || !S_ISREG(file.st_mode)) return -1;
    const char *slash = strrchr(real, '/');
    int length = snprintf(text, size, "%s, %lld bytes", slash ? slash + 1 : real, (long long) file.st_size);
    return length > 0 && (size_t) length < size ? 0 : -1;
}

// Identifies a file in one of several folders, separated by colons.
static int identify_below(const char *folders, const char *name, char *text, size_t size)
{
    char path[PATH_MAX];
    for (const char *start = folders; start && *start;) {
        size_t length = strcspn(start, ":");
        if (length > 0 && snprintf(path, sizeof path, "%.*s/%s", (int) length, start, name) < (int) sizeof path
            && ipc_identify_file(path, text, size) == 0)
            return 0;
        start += length;
        if (*start) start++;
    }
    return -1;
}

#if defined(__APPLE__)

int ipc_identify_library(const char *name, const char *version, char *text, size_t size)
{
    char file[128];
    snprintf(file, sizeof file, "%s.%s.dylib", name, version);
    return identify_below("/opt/homebrew/lib:/usr/local/lib:/opt/local/lib", file, text, size);
}

#else

// The list of libraries that ldconfig writes, as glibc 2.2 and later read it: a header, `count` entries, and strings at
// offsets from the start. Older systems write another list before it.
struct cache_header {
    char magic[20];
    uint32_t count, string_length, unused[5];
};

struct cache_entry {
    int32_t flags;
    uint32_t key, value, system;
    uint64_t processor;  // 0 for every one
};

static int identify_listed(const uint8_t *cache, size_t length, const char *name, char *text, size_t size)
{
    static const char magic[] = "glibc-ld.so.cache1.1";
    const uint8_t *start = length > 0 ? memmem(cache, length, magic, sizeof magic - 1) : NULL;
    if (!start) return -1;
    length -= (size_t) (start - cache);
    struct cache_header header;
    if (length < sizeof header) return -1;
    memcpy(&header, start, sizeof header);
    if (header.count > (length - sizeof header) / sizeof(struct cache_entry)) return -1;
    size_t bytes = strlen(name) + 1;
    for (uint32_t i = 0; i < header.count; i++) {
        struct cache_entry entry;
        memcpy(&entry, start + sizeof header + i * sizeof entry, sizeof entry);
        if (entry.processor != 0 || entry.key >= length || entry.value >= length || bytes > length - entry.key
            || memcmp(start + entry.key, name, bytes) != 0
            || !memchr(start + entry.value, '\0', length - entry.value))
            continue;
        if (ipc_identify_file((const char *) start + entry.value, text, size) == 0) return 0;
    }
    return -1;
}

static int identify_by_cache(const char *name, char *text, size_t size)
{
    int descriptor = open("/etc/ld.so.cache", O_RDONLY | O_CLOEXEC);
    struct stat file;
    if (descriptor < 0) return -1;
    int failed = fstat(descriptor, &file) || file.st_size < 1;
    void *cache = failed ? MAP_FAILED
                         : mmap(NULL, (size_t) file.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (cache == MAP_FAILED) return -1;
    failed = identify_listed(cache, (size_t) file.st_size, name, text, size);
    munmap(cache, (size_t) file.st_size);
    return failed;
}

int ipc_identify_library(const char *name, const char *version, char *text, size_t size)
{
    char file[128];
    snprintf(file, sizeof file, "%s.so.%s", name, version);
    if (identify_below(secure_getenv("LD_LIBRARY_PATH"), file, text, size) == 0) return 0;
    if (identify_by_cache(file, text, size) == 0) return 0;
    return identify_below("/lib64:/usr/lib64:/lib:/usr/lib:/usr/local/lib", file, text, size);
}

#endif
