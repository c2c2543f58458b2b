#include <string.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "internal.h"

// The classes of the loaders that may run. What libvips marks as untrusted stays blocked even so.
static const char *const allowed_loaders[] = {
    "VipsForeignLoadJpeg", "VipsForeignLoadPng",  "VipsForeignLoadNsgif",
    "VipsForeignLoadWebp", "VipsForeignLoadHeif", "VipsForeignLoadTiff",
};

// Every error reaches the caller as a code; what libvips would print besides has no place on our streams.
static void drop_message(
    const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
    (void) domain, (void) level, (void) message, (void) data;
}

// Read by threads that may end while another starts libvips.
static _Atomic bool is_started;

int ipv_start(void)
{
    if (ipv_load_symbols() || vips_init("image-preflight")) return -1;
    is_started = true;
    g_log_set_handler(
        "VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, drop_message, NULL);
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(allowed_loaders); i++)
        vips_operation_block_set(allowed_loaders[i], FALSE);
    vips_block_untrusted_set(TRUE);
    return 0;
}

void ipv_end_thread(void)
{
    if (is_started) vips_thread_shutdown();
}

const char *ipv_version(void) { return is_started ? vips_version_string() : ""; }

bool ipv_has_loader(ipv_loader loader)
{
    static const char *const names[] = {
        [IPV_LOADER_JPEG] = "jpegload_source", [IPV_LOADER_PNG] = "pngload_source",
        [IPV_LOADER_GIF] = "gifload_source",   [IPV_LOADER_WEBP] = "webpload_source",
        [IPV_LOADER_HEIF] = "heifload_source", [IPV_LOADER_TIFF] = "tiffload_source",
    };
    return vips_type_find("VipsOperation", names[loader]) != 0;
}

void ipv_take_log(char *text, size_t size)
{
    if (size > 0) text[0] = '\0';
    if (!is_started) return;
    char *log = vips_error_buffer_copy();
    if (size > 0) g_strlcpy(text, log, size);
    g_free(log);
}

size_t ipv_peak_memory(void) { return is_started ? vips_tracked_get_mem_highwater() : 0; }

void ipv_reuse_freed_memory(void)
{
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_ARENA_MAX, 1);
#endif
}
