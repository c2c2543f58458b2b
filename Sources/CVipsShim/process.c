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

#include "internal.h"

// The classes of the loaders that may run. Those that libvips marks as untrusted still stay blocked.
static const char *const allowed_loaders[] = {
    "VipsForeignLoadJpeg", "VipsForeignLoadPng",  "VipsForeignLoadNsgif",
    "VipsForeignLoadWebp", "VipsForeignLoadHeif", "VipsForeignLoadTiff",
};

// Loaders that libvips marks as untrusted, for a process that may crash: each relies on one library, which is
// fuzzed. ImageMagick, which relies on a hundred, is never among them.
static const char *const worker_loaders[] = {
    "VipsForeignLoadJp2k", "VipsForeignLoadJxl", "VipsForeignLoadSvg",
};

// Set before libvips is started.
static bool is_worker;

// Every error reaches the caller as a code; anything else that libvips would print does not belong on our streams.
static void drop_message(const char *domain, int level, const char *message, void *data)
{
    (void) domain, (void) level, (void) message, (void) data;
}

struct ipv_dialect ipv_dialect;

static void learn_dialect(void)
{
    // `keep` is a set of flags; 0 is the empty set.
    if (ipv.vips_version(0) > 8 || ipv.vips_version(1) >= 15)
        ipv_dialect = (struct ipv_dialect) {"keep", 0};
    else
        ipv_dialect = (struct ipv_dialect) {"strip", 1};
}

static void block_loaders(void)
{
    ipv.vips_operation_block_set("VipsForeignLoad", 1);
    for (size_t i = 0; i < sizeof allowed_loaders / sizeof allowed_loaders[0]; i++)
        ipv.vips_operation_block_set(allowed_loaders[i], 0);
    ipv.vips_block_untrusted_set(1);
    if (!is_worker) return;
    for (size_t i = 0; i < sizeof worker_loaders / sizeof worker_loaders[0]; i++)
        ipv.vips_operation_block_set(worker_loaders[i], 0);
}

// Read by threads that may end while another starts libvips.
static _Atomic bool is_started;

int ipv_start(void)
{
    if (ipv_load_library() || ipv.vips_init("image-preflight")) return -1;
    learn_dialect();
    is_started = true;
    ipv.g_log_set_handler(
        "VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, drop_message, NULL);
    ipv.vips_cache_set_max(0);
    ipv.vips_concurrency_set(1);
    block_loaders();
    return 0;
}

// Frees libvips' per-thread data when a thread ends, whoever started it.
static pthread_key_t thread_key;
static pthread_once_t thread_key_once = PTHREAD_ONCE_INIT;
static bool has_thread_key;

static void leave_thread(void *value)
{
    (void) value;
    ipv.vips_thread_shutdown();
}

static void make_thread_key(void) { has_thread_key = pthread_key_create(&thread_key, leave_thread) == 0; }

void ipv_enter_thread(void)
{
    pthread_once(&thread_key_once, make_thread_key);
    // The destructor is called for any value but NULL.
    if (has_thread_key && !pthread_getspecific(thread_key)) pthread_setspecific(thread_key, &thread_key);
}

const char *ipv_version(void) { return is_started ? ipv.vips_version_string() : ""; }

static bool has_loader(ipv_loader loader)
{
    static const char *const names[] = {
        [IPV_LOADER_JPEG] = "jpegload_source", [IPV_LOADER_PNG] = "pngload_source",
        [IPV_LOADER_GIF] = "gifload_source",   [IPV_LOADER_WEBP] = "webpload_source",
        [IPV_LOADER_HEIF] = "heifload_source", [IPV_LOADER_TIFF] = "tiffload_source",
        [IPV_LOADER_JP2] = "jp2kload_source",  [IPV_LOADER_JXL] = "jxlload_source",
        [IPV_LOADER_SVG] = "svgload_source",
    };
    return ipv.vips_type_find("VipsOperation", names[loader]) != 0;
}

#if defined(__linux__)

static void load_module(ipv_loader loader, const char *name)
{
    Dl_info library;
    char path[4096];
    if (has_loader(loader) || !ipv.g_module_open || !dladdr((void *) ipv.vips_init, &library)) return;
    const char *slash = strrchr(library.dli_fname, '/');
    if (!slash) return;
    int folder = (int) (slash - library.dli_fname);
    int length = snprintf(
        path, sizeof path, "%.*s/vips-modules-%d.%d/%s.so", folder, library.dli_fname,
        ipv.vips_version(0), ipv.vips_version(1), name);
    if (length < 0 || length >= (int) sizeof path || !ipv.g_module_open(path, G_MODULE_BIND_LAZY)) return;
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
    char *log = ipv.vips_error_buffer_copy();
    if (size > 0) snprintf(text, size, "%s", log);
    ipv.g_free(log);
}

void ipv_clear_log(void)
{
    if (is_started) ipv.vips_error_clear();
}

size_t ipv_peak_memory(void) { return is_started ? ipv.vips_tracked_get_mem_highwater() : 0; }

bool ipv_is_worker(void) { return is_worker; }

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
