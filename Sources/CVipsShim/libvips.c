// For secure_getenv.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "libvips.h"

#include "CVipsShim.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

struct ipv_library ipv;

// libvips is loaded when the first pixel is needed, not when the program starts: its forty libraries take ten times as
// long to load as the header of an image takes to check. The names carry the ABI of libvips 8.
static const char *const names[] = {
#if defined(__APPLE__)
    "libvips.42.dylib",
    // Homebrew on Apple silicon, Homebrew on Intel, MacPorts: none of them is on the loader's path.
    "/opt/homebrew/lib/libvips.42.dylib",
    "/usr/local/lib/libvips.42.dylib",
    "/opt/local/lib/libvips.42.dylib",
#else
    "libvips.so.42",
#endif
};

// The libvips that the environment names. A program with more rights than its caller ignores it.
const char *ipv_named_library(void)
{
#if defined(__linux__)
    const char *name = secure_getenv("IMAGE_PREFLIGHT_LIBVIPS");
#else
    const char *name = issetugid() ? NULL : getenv("IMAGE_PREFLIGHT_LIBVIPS");
#endif
    return name && *name ? name : NULL;
}

static void *open_library(void)
{
    const int flags = RTLD_NOW | RTLD_LOCAL;
    const char *named = ipv_named_library();
    if (named) return dlopen(named, flags);
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof names[0]; i++) library = dlopen(names[i], flags);
    return library;
}

// GLib's functions are found through libvips too.
#define IPV_FIND(result, name, parameters) *(void **) &ipv.name = dlsym(library, #name);
#define IPV_NEED(result, name, parameters) \
    IPV_FIND(result, name, parameters)     \
    if (!ipv.name) return -1;

int ipv_load_library(void)
{
    void *library = open_library();
    if (!library) return -1;
    IPV_FUNCTIONS(IPV_NEED)
    IPV_VARIADIC_FUNCTIONS(IPV_NEED)
    IPV_OPTIONAL_FUNCTIONS(IPV_FIND)
    return 0;
}
