// What the files of the shim share.
#pragma once
// Casts between GObject types are for debugging; unchecked, they need no function of GLib.
#define G_DISABLE_CAST_CHECKS
#include <vips/vips.h>

#include "CVipsShim.h"
#include "symbols.h"

#if VIPS_MAJOR_VERSION < 8 || (VIPS_MAJOR_VERSION == 8 && VIPS_MINOR_VERSION < 13)
#error "libvips 8.13 or later is needed: earlier ones cannot block untrusted loaders"
#endif

// The differences between the versions of libvips: the one that was loaded counts, not the one whose headers
// this was compiled against.
struct ipv_dialect {
    // What tells an encoder to leave out metadata: an argument and its value.
    const char *metadata;
    int without_metadata;
};
// Set when libvips is started.
extern struct ipv_dialect ipv_dialect;
#define IPV_WITHOUT_METADATA ipv_dialect.metadata, ipv_dialect.without_metadata

// Our handle is libvips' image; the other name keeps libvips' headers out of Swift.
static inline VipsImage *ipv_vips(ipv_image *image) { return (VipsImage *) image; }
static inline ipv_image *ipv_handle(VipsImage *image) { return (ipv_image *) image; }

// Loads what libvips has the loader in, if that is a module which is not there yet.
void ipv_need_loader(ipv_loader loader);

// Ends a step: passes `image` on, or releases it when the step failed.
static inline ipv_image *ipv_finish(int failed, VipsImage *image)
{
    if (!failed) return ipv_handle(image);
    if (image) g_object_unref(image);
    return NULL;
}
