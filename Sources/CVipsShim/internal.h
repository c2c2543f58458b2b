// What the files of the shim share.
#pragma once
#include "CVipsShim.h"
#include "libvips.h"

// The differences between the versions of libvips.
struct ipv_dialect {
    // What tells an encoder to leave out metadata: an argument and its value.
    const char *metadata;
    int without_metadata;
};
// Set when libvips is started.
extern struct ipv_dialect ipv_dialect;
#define IPV_WITHOUT_METADATA ipv_dialect.metadata, ipv_dialect.without_metadata

// Our handle is libvips' image; the other name keeps libvips' types out of Swift.
static inline VipsImage *ipv_vips(ipv_image *image) { return (VipsImage *) image; }
static inline ipv_image *ipv_handle(VipsImage *image) { return (ipv_image *) image; }

// Loads what libvips has the loader in, if that is a module which is not there yet.
void ipv_need_loader(ipv_loader loader);

// To be called before a thread uses libvips, as often as one likes.
void ipv_enter_thread(void);

// Ends a step: passes `image` on, or releases it when the step failed.
static inline ipv_image *ipv_finish(int failed, VipsImage *image)
{
    if (!failed) return ipv_handle(image);
    if (image) ipv.g_object_unref(image);
    return NULL;
}
