// The part of libvips 8.13 and later, and of GLib below it, that the shim uses: declared here, so that building needs
// no headers of theirs, and bound when the first pixel is needed (libvips.c). A test compares every line of these lists
// with the real headers if they are installed (Tests/HeaderChecks/libvips.c).
#pragma once
#include <stddef.h>

#if !defined(VIPS_VIPS_H)
typedef int gboolean;
typedef size_t GType;
typedef struct _VipsArea VipsArea;
typedef struct _VipsArrayDouble VipsArrayDouble;
typedef struct _VipsImage VipsImage;
typedef struct _VipsSource VipsSource;
typedef struct ipv_rect VipsRect;
typedef struct ipv_region VipsRegion;
#endif

// An enumeration is passed as the integer of the platforms' ABIs: signed if it has a negative value.
typedef unsigned ipv_enum;
typedef int ipv_signed_enum;

typedef void (*ipv_log_handler)(const char *domain, ipv_signed_enum level, const char *message, void *data);

// X(type of the result, name, parameters)
#define IPV_FUNCTIONS(X)                                                                                     \
    X(int, vips_init, (const char *program))                                                                 \
    X(void, vips_thread_shutdown, (void))                                                                    \
    X(int, vips_version, (int part))                                                                         \
    X(const char *, vips_version_string, (void))                                                             \
    X(void, vips_cache_set_max, (int operations))                                                            \
    X(void, vips_concurrency_set, (int threads))                                                             \
    X(void, vips_operation_block_set, (const char *name, gboolean is_blocked))                               \
    X(void, vips_block_untrusted_set, (gboolean is_blocked))                                                 \
    X(GType, vips_type_find, (const char *base, const char *nickname))                                       \
    X(char *, vips_error_buffer_copy, (void))                                                                \
    X(void, vips_error_clear, (void))                                                                        \
    X(size_t, vips_tracked_get_mem_highwater, (void))                                                        \
    X(VipsSource *, vips_source_new_from_memory, (const void *bytes, size_t length))                         \
    X(VipsImage *, vips_image_new_from_memory,                                                               \
        (const void *samples, size_t length, int width, int height, int bands, ipv_signed_enum format))      \
    X(int, vips_image_get_width, (const VipsImage *image))                                                   \
    X(int, vips_image_get_height, (const VipsImage *image))                                                  \
    X(int, vips_image_get_bands, (const VipsImage *image))                                                   \
    X(ipv_signed_enum, vips_image_get_format, (const VipsImage *image))                                      \
    X(ipv_signed_enum, vips_image_guess_interpretation, (const VipsImage *image))                            \
    X(int, vips_image_get_orientation, (VipsImage *image))                                                   \
    X(gboolean, vips_image_hasalpha, (VipsImage *image))                                                     \
    X(GType, vips_image_get_typeof, (const VipsImage *image, const char *name))                              \
    X(int, vips_image_get_blob, (const VipsImage *image, const char *name, const void **bytes, size_t *length)) \
    X(void, vips_image_set_blob_copy, (VipsImage *image, const char *name, const void *bytes, size_t length)) \
    X(int, vips_image_pio_input, (VipsImage *image))                                                         \
    X(VipsRegion *, vips_region_new, (VipsImage *image))                                                     \
    X(int, vips_region_prepare, (VipsRegion *region, const VipsRect *wanted))                                \
    X(VipsArrayDouble *, vips_array_double_new, (const double *values, int count))                           \
    X(void, vips_area_unref, (VipsArea *area))                                                               \
    X(void, g_object_unref, (void *object))                                                                  \
    X(void, g_free, (void *memory))                                                                          \
    X(unsigned, g_log_set_handler,                                                                           \
        (const char *domain, ipv_signed_enum levels, ipv_log_handler handler, void *data))

// Functions that take pairs of a name and a value, up to NULL. They are declared as what they are: some processors
// pass variable arguments in other places than named ones.
#define IPV_VARIADIC_FUNCTIONS(X)                                                                            \
    X(int, vips_jpegload_source, (VipsSource *source, VipsImage **image, ...))                               \
    X(int, vips_pngload_source, (VipsSource *source, VipsImage **image, ...))                                \
    X(int, vips_gifload_source, (VipsSource *source, VipsImage **image, ...))                                \
    X(int, vips_webpload_source, (VipsSource *source, VipsImage **image, ...))                               \
    X(int, vips_heifload_source, (VipsSource *source, VipsImage **image, ...))                               \
    X(int, vips_tiffload_source, (VipsSource *source, VipsImage **image, ...))                               \
    X(int, vips_jp2kload_source, (VipsSource *source, VipsImage **image, ...))                               \
    X(int, vips_jxlload_source, (VipsSource *source, VipsImage **image, ...))                                \
    X(int, vips_svgload_source, (VipsSource *source, VipsImage **image, ...))                                \
    X(int, vips_jpegsave_buffer, (VipsImage *image, void **bytes, size_t *length, ...))                      \
    X(int, vips_pngsave_buffer, (VipsImage *image, void **bytes, size_t *length, ...))                       \
    X(int, vips_webpsave_buffer, (VipsImage *image, void **bytes, size_t *length, ...))                      \
    X(int, vips_copy, (VipsImage *image, VipsImage **result, ...))                                           \
    X(int, vips_icc_transform, (VipsImage *image, VipsImage **result, const char *profile, ...))             \
    X(int, vips_colourspace, (VipsImage *image, VipsImage **result, ipv_signed_enum space, ...))             \
    X(int, vips_extract_band, (VipsImage *image, VipsImage **result, int band, ...))                         \
    X(int, vips_bandjoin2, (VipsImage *image, VipsImage *other, VipsImage **result, ...))                    \
    X(int, vips_cast, (VipsImage *image, VipsImage **result, ipv_signed_enum format, ...))                   \
    X(int, vips_cast_uchar, (VipsImage *image, VipsImage **result, ...))                                     \
    X(int, vips_msb, (VipsImage *image, VipsImage **result, ...))                                            \
    X(int, vips_rot, (VipsImage *image, VipsImage **result, ipv_enum angle, ...))                            \
    X(int, vips_flip, (VipsImage *image, VipsImage **result, ipv_enum direction, ...))                       \
    X(int, vips_premultiply, (VipsImage *image, VipsImage **result, ...))                                    \
    X(int, vips_unpremultiply, (VipsImage *image, VipsImage **result, ...))                                  \
    X(int, vips_resize, (VipsImage *image, VipsImage **result, double scale, ...))                           \
    X(int, vips_flatten, (VipsImage *image, VipsImage **result, ...))                                        \
    X(void, g_object_set, (void *object, const char *name, ...))

// Missing if libvips was built with a hidden GLib.
#define IPV_OPTIONAL_FUNCTIONS(X) X(struct _GModule *, g_module_open, (const char *path, ipv_enum flags))

#define IPV_CONSTANTS(X)                                                                                     \
    X(VIPS_ACCESS_SEQUENTIAL, 1)                                                                             \
    X(VIPS_FAIL_ON_TRUNCATED, 1)                                                                             \
    X(VIPS_FAIL_ON_ERROR, 2)                                                                                 \
    X(VIPS_FORMAT_UCHAR, 0)                                                                                  \
    X(VIPS_FORMAT_USHORT, 2)                                                                                 \
    X(VIPS_INTERPRETATION_MULTIBAND, 0)                                                                      \
    X(VIPS_INTERPRETATION_B_W, 1)                                                                            \
    X(VIPS_INTERPRETATION_CMYK, 15)                                                                          \
    X(VIPS_INTERPRETATION_RGB, 17)                                                                           \
    X(VIPS_INTERPRETATION_sRGB, 22)                                                                          \
    X(VIPS_INTERPRETATION_RGB16, 25)                                                                         \
    X(VIPS_INTERPRETATION_GREY16, 26)                                                                        \
    X(VIPS_INTENT_PERCEPTUAL, 0)                                                                             \
    X(VIPS_ANGLE_D0, 0)                                                                                      \
    X(VIPS_ANGLE_D90, 1)                                                                                     \
    X(VIPS_ANGLE_D180, 2)                                                                                    \
    X(VIPS_ANGLE_D270, 3)                                                                                    \
    X(VIPS_DIRECTION_HORIZONTAL, 0)                                                                          \
    X(VIPS_KERNEL_LANCZOS3, 5)                                                                               \
    X(G_LOG_LEVEL_WARNING, 1 << 4)                                                                           \
    X(G_LOG_LEVEL_INFO, 1 << 6)                                                                              \
    X(G_LOG_LEVEL_DEBUG, 1 << 7)                                                                             \
    X(G_MODULE_BIND_LAZY, 1)

// The name under which an image carries its ICC profile.
#define IPV_PROFILE_NAME "icc-profile-data"

struct ipv_rect {
    int left, top, width, height;
};

// The rows of a region are only reached through its fields.
struct ipv_region {
    // GObject, then VipsObject.
    void *class;
    unsigned references;
    void *data_of_object;
    int is_constructed, is_static;
    void *arguments;
    char *nickname, *description;
    int is_before_close, is_closed, is_after_close;
    size_t local_memory;
    // VipsRegion.
    VipsImage *im;
    VipsRect valid;
    ipv_enum type;
    unsigned char *data;
    int bpl;
};

// X(struct here, struct of libvips, field)
#define IPV_FIELDS(X)               \
    X(ipv_rect, VipsRect, left)     \
    X(ipv_rect, VipsRect, top)      \
    X(ipv_rect, VipsRect, width)    \
    X(ipv_rect, VipsRect, height)   \
    X(ipv_region, VipsRegion, im)   \
    X(ipv_region, VipsRegion, data) \
    X(ipv_region, VipsRegion, bpl)

#if !defined(VIPS_VIPS_H)
#define IPV_CONSTANT(name, value) name = value,
enum { IPV_CONSTANTS(IPV_CONSTANT) };
#undef IPV_CONSTANT

#define IPV_MEMBER(result, name, parameters) result (*name) parameters;
// A call reads `ipv.vips_copy(…)`.
extern struct ipv_library {
    IPV_FUNCTIONS(IPV_MEMBER)
    IPV_VARIADIC_FUNCTIONS(IPV_MEMBER)
    IPV_OPTIONAL_FUNCTIONS(IPV_MEMBER)
} ipv;
#undef IPV_MEMBER

// Loads libvips: 0, or -1 if it is missing or lacks a function. Runs once, before any call.
int ipv_load_library(void);
#endif
