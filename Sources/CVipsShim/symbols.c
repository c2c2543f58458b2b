// For secure_getenv.
#define _GNU_SOURCE
#include <vips/vips.h>

#include "companions.h"
#include "symbols.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <stdlib.h>

struct ipv_symbols ipv_symbols;

// The calls go through the table; here the names themselves are wanted.
#define IPV_FIND(name)                                                      \
    if (!(*(void **) &ipv_symbols.name##_ = dlsym(library, #name))) return -1;

int ipv_load_symbols(void)
{
    // The name carries the ABI of libvips 8; GLib's functions are found through it. Whoever has a libvips of
    // their own names it in the environment; of a program with more rights than its caller that is ignored.
    const char *own = secure_getenv("IMAGE_PREFLIGHT_LIBVIPS");
    void *library = dlopen(own && *own ? own : "libvips.so.42", RTLD_NOW | RTLD_LOCAL);
    if (!library) return -1;
    IPV_SYMBOLS(IPV_FIND)
    ipv_find_companions(library);
    return 0;
}

#else

#include <dlfcn.h>

int ipv_load_symbols(void)
{
    ipv_find_companions(RTLD_DEFAULT);
    return 0;
}

#endif
