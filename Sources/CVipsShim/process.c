#if defined(__linux__)
#define _GNU_SOURCE  // dladdr
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "companions.h"
#include "internal.h"

// The classes of the loaders that may run. What libvips marks as untrusted stays blocked even so.
static const char *const allowed_loaders[] = {
    "VipsForeignLoadJpeg", "VipsForeignLoadPng",  "VipsForeignLoadNsgif",
    "VipsForeignLoadWebp", "VipsForeignLoadHeif", "VipsForeignLoadTiff",
};

// Loaders that libvips marks as untrusted, for a process that may come to harm: one library each behind them, and
// fuzzed. ImageMagick, which has a hundred, is never among them.
static const char *const worker_loaders[] = {
    "VipsForeignLoadJp2k", "VipsForeignLoadJxl", "VipsForeignLoadSvg",
};

// Set before libvips is started.
static bool is_worker;

// Every error reaches the caller as a code; what libvips would print besides has no place on our streams.
static void drop_message(
    const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
    (void) domain, (void) level, (void) message, (void) data;
}

struct ipv_dialect ipv_dialect;

static void learn_dialect(void)
{
    // VIPS_FOREIGN_KEEP_NONE, of which older headers know nothing, is 0.
    if (vips_version(0) > 8 || vips_version(1) >= 15)
        ipv_dialect = (struct ipv_dialect) {"keep", 0};
    else
        ipv_dialect = (struct ipv_dialect) {"strip", TRUE};
}

static void block_loaders(void)
{
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(allowed_loaders); i++)
        vips_operation_block_set(allowed_loaders[i], FALSE);
    vips_block_untrusted_set(TRUE);
    if (!is_worker) return;
    for (size_t i = 0; i < G_N_ELEMENTS(worker_loaders); i++) vips_operation_block_set(worker_loaders[i], FALSE);
}

// Read by threads that may end while another starts libvips.
static _Atomic bool is_started;

int ipv_start(void)
{
    if (ipv_load_symbols() || vips_init("image-preflight")) return -1;
    learn_dialect();
    is_started = true;
    g_log_set_handler(
        "VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, drop_message, NULL);
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    block_loaders();
    return 0;
}

void ipv_end_thread(void)
{
    if (is_started) vips_thread_shutdown();
}

const char *ipv_version(void) { return is_started ? vips_version_string() : ""; }

static bool has_loader(ipv_loader loader)
{
    static const char *const names[] = {
        [IPV_LOADER_JPEG] = "jpegload_source", [IPV_LOADER_PNG] = "pngload_source",
        [IPV_LOADER_GIF] = "gifload_source",   [IPV_LOADER_WEBP] = "webpload_source",
        [IPV_LOADER_HEIF] = "heifload_source", [IPV_LOADER_TIFF] = "tiffload_source",
        [IPV_LOADER_JP2] = "jp2kload_source",  [IPV_LOADER_JXL] = "jxlload_source",
        [IPV_LOADER_SVG] = "svgload_source",
    };
    return vips_type_find("VipsOperation", names[loader]) != 0;
}

#if defined(__linux__)

static void load_module(ipv_loader loader, const char *name)
{
    Dl_info library;
    char path[4096];
    if (has_loader(loader) || !ipv_companions.g_module_open || !dladdr((void *) vips_init, &library)) return;
    const char *slash = strrchr(library.dli_fname, '/');
    const int lazily = 1;  // G_MODULE_BIND_LAZY
    if (!slash) return;
    int folder = (int) (slash - library.dli_fname);
    int length = snprintf(
        path, sizeof path, "%.*s/vips-modules-%d.%d/%s.so", folder, library.dli_fname, vips_version(0),
        vips_version(1), name);
    if (length < 0 || length >= (int) sizeof path || !ipv_companions.g_module_open(path, lazily)) return;
    block_loaders();
}

static void load_heif_module(void) { load_module(IPV_LOADER_HEIF, "vips-heif"); }

static void load_jxl_module(void) { load_module(IPV_LOADER_JXL, "vips-jxl"); }

void ipv_need_loader(ipv_loader loader)
{
    static pthread_once_t heif = PTHREAD_ONCE_INIT, jxl = PTHREAD_ONCE_INIT;
    if (loader == IPV_LOADER_HEIF) pthread_once(&heif, load_heif_module);
    if (loader == IPV_LOADER_JXL && is_worker) pthread_once(&jxl, load_jxl_module);
}

#else

void ipv_need_loader(ipv_loader loader) { (void) loader; }

#endif

bool ipv_has_loader(ipv_loader loader)
{
    ipv_need_loader(loader);
    return has_loader(loader) && (is_worker || loader < IPV_LOADER_JP2);
}

void ipv_take_log(char *text, size_t size)
{
    if (size > 0) text[0] = '\0';
    if (!is_started) return;
    char *log = vips_error_buffer_copy();
    if (size > 0) g_strlcpy(text, log, size);
    g_free(log);
}

void ipv_clear_log(void)
{
    if (is_started) vips_error_clear();
}

size_t ipv_peak_memory(void) { return is_started ? vips_tracked_get_mem_highwater() : 0; }

void ipv_be_worker(void)
{
    is_worker = true;
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_ARENA_MAX, 1);
#endif
#if defined(__linux__)
    // libvips looks for its modules below this folder. They pull in ImageMagick, Poppler and OpenSlide, which are
    // blocked, and the one for HEIC is loaded when it is needed.
    setenv("VIPSHOME", "/nonexistent", 0);
#endif
}
