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

// The differences between the versions of libvips.
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 15
#define IPV_WITHOUT_METADATA "keep", VIPS_FOREIGN_KEEP_NONE
#else
#define IPV_WITHOUT_METADATA "strip", TRUE
#endif

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
