// For secure_getenv.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "libraries.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CCodecs.h"

struct ipc_libraries ipc_libraries;

// Whether the environment disables the direct codecs.
static bool is_switched_off(void)
{
#if defined(__linux__)
    const char *engine = secure_getenv("IMAGE_PREFLIGHT_ENGINE");
#else
    const char *engine = getenv("IMAGE_PREFLIGHT_ENGINE");
#endif
    return engine && strcmp(engine, "libvips") == 0;
}

// A library by its name without the endings, and the version of its ABI; NULL if it is missing.
static void *open_library(const char *name, int version)
{
    char path[128];
    void *library = NULL;
#if defined(__APPLE__)
    // Homebrew on Apple silicon, Homebrew on Intel, MacPorts: none of them is on the loader's path.
    static const char *const folders[] = {"", "/opt/homebrew/lib/", "/usr/local/lib/", "/opt/local/lib/"};
    for (size_t i = 0; !library && i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s%s.%d.dylib", folders[i], name, version);
        library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    }
#else
    snprintf(path, sizeof path, "%s.so.%d", name, version);
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
#endif
    return library;
}

#define IPC_NEED(result, name, parameters)                          \
    if (!(*(void **) &ipc_libraries.name = dlsym(library, #name))) \
        return;

static bool has_deflate;

static void load_deflate(void)
{
    if (is_switched_off()) return;
    void *library = open_library("libdeflate", 0);
    if (!library) return;
    IPC_DEFLATE_FUNCTIONS(IPC_NEED)
    has_deflate = true;
}

bool ipc_has_png(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_deflate);
    return has_deflate;
}

static bool has_webp;

static void load_webp(void)
{
    if (is_switched_off()) return;
    void *library = open_library("libwebp", 7);
    if (!library) return;
    IPC_WEBP_FUNCTIONS(IPC_NEED)
    has_webp = true;
}

bool ipc_has_webp(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_webp);
    return has_webp;
}

static bool has_tiff;

// Always enabled: it does what libvips does not.
static void load_tiff(void)
{
    // 4.5 and later, 4.0 to 4.4.
    void *library = open_library("libtiff", 6);
    if (!library) library = open_library("libtiff", 5);
    if (!library) return;
    IPC_TIFF_FUNCTIONS(IPC_NEED)
    has_tiff = true;
}

bool ipc_has_tiff(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_tiff);
    return has_tiff;
}

static bool has_turbo;

static void load_turbo(void)
{
    if (is_switched_off()) return;
    void *library = open_library("libturbojpeg", 0);
    if (!library) return;
    IPC_TURBO_FUNCTIONS(IPC_NEED)
    has_turbo = true;
}

bool ipc_has_jpeg(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_turbo);
    return has_turbo;
}

void ipc_free(void *bytes) { free(bytes); }
