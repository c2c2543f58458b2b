// Shared by the files of the shim.
#pragma once
#include "CVipsShim.h"
#include "libvips.h"

// The differences between the versions of libvips.
struct ipv_dialect {
    // The argument that makes an encoder leave out metadata, and its value.
    const char *metadata;
    int without_metadata;
};
// Set when libvips is started.
extern struct ipv_dialect ipv_dialect;
#define IPV_WITHOUT_METADATA ipv_dialect.metadata, ipv_dialect.without_metadata

// Our handle is libvips' image; the other name keeps libvips' types out of Swift.
static inline VipsImage *ipv_vips(ipv_image *image) { return (VipsImage *) image; }
static inline ipv_image *ipv_handle(VipsImage *image) { return (ipv_image *) image; }

// Loads the module of a loader, if it has one that is not loaded yet.
void ipv_need_loader(ipv_loader loader);

// Must be called before a thread uses libvips; may be called repeatedly.
void ipv_enter_thread(void);

// Ends a step: passes `image` on, or releases it if the step failed.
static inline ipv_image *ipv_finish(int failed, VipsImage *image)
{
    if (!failed) return ipv_handle(image);
    if (image) ipv.g_object_unref(image);
    return NULL;
}
