#include <stdlib.h>

#include "internal.h"

// Since 8.16, strips that cannot be read are black unless every error counts.
static int load_tiff(VipsSource *source, VipsImage **image, int page, int subdirectory)
{
    return ipv.vips_tiffload_source(
        source, image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, "page", page, "subifd",
        subdirectory, NULL);
}

ipv_image *ipv_open(ipv_loader loader, const void *bytes, size_t length, int shrink)
{
    ipv_enter_thread();
    ipv_need_loader(loader);
    VipsSource *source = ipv.vips_source_new_from_memory(bytes, length);
    if (!source) return NULL;
    VipsImage *image = NULL;
    int failed = -1;
#define IPV_LOAD(load, ...)                                                                       \
    failed = load(                                                                                \
        source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED,      \
        __VA_ARGS__)
    switch (loader) {
    case IPV_LOADER_JPEG: IPV_LOAD(ipv.vips_jpegload_source, "shrink", shrink, NULL); break;
    case IPV_LOADER_PNG: IPV_LOAD(ipv.vips_pngload_source, NULL); break;
    case IPV_LOADER_GIF: IPV_LOAD(ipv.vips_gifload_source, NULL); break;
    case IPV_LOADER_WEBP: IPV_LOAD(ipv.vips_webpload_source, "scale", 1.0 / shrink, NULL); break;
    case IPV_LOADER_HEIF: IPV_LOAD(ipv.vips_heifload_source, NULL); break;
    case IPV_LOADER_TIFF: failed = load_tiff(source, &image, 0, -1); break;
    case IPV_LOADER_JP2: IPV_LOAD(ipv.vips_jp2kload_source, NULL); break;
    case IPV_LOADER_JXL: IPV_LOAD(ipv.vips_jxlload_source, NULL); break;
    case IPV_LOADER_SVG: IPV_LOAD(ipv.vips_svgload_source, NULL); break;
    }
#undef IPV_LOAD
    // The image holds on to the source.
    ipv.g_object_unref(source);
    return ipv_finish(failed, image);
}

ipv_image *ipv_open_tiff(const void *bytes, size_t length, int page, int subdirectory)
{
    ipv_enter_thread();
    VipsSource *source = ipv.vips_source_new_from_memory(bytes, length);
    if (!source) return NULL;
    VipsImage *image = NULL;
    int failed = load_tiff(source, &image, page, subdirectory);
    ipv.g_object_unref(source);
    return ipv_finish(failed, image);
}

ipv_image *ipv_open_svg(const void *bytes, size_t length, double scale)
{
    ipv_enter_thread();
    VipsSource *source = ipv.vips_source_new_from_memory(bytes, length);
    if (!source) return NULL;
    VipsImage *image = NULL;
    int failed = ipv.vips_svgload_source(
        source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, "scale", scale, NULL);
    ipv.g_object_unref(source);
    return ipv_finish(failed, image);
}

static int interpretation(ipv_colors colors, int bytes_per_sample)
{
    switch (colors) {
    case IPV_GRAY: return bytes_per_sample == 2 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    case IPV_RGB: return bytes_per_sample == 2 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
    case IPV_CMYK: return VIPS_INTERPRETATION_CMYK;
    case IPV_OTHER_COLORS: break;
    }
    return VIPS_INTERPRETATION_MULTIBAND;
}

ipv_image *ipv_wrap(
    const void *samples, int width, int height, int bands, int bytes_per_sample, ipv_colors colors)
{
    ipv_enter_thread();
    VipsImage *memory = ipv.vips_image_new_from_memory(
        samples, (size_t) width * height * bands * bytes_per_sample, width, height, bands,
        bytes_per_sample == 2 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    // Set here, not by vips_copy: after that, another thread would pass the encoders one row at a time,
    // each with a thread switch, instead of sixteen.
    if (memory) ipv.g_object_set(memory, "interpretation", interpretation(colors, bytes_per_sample), NULL);
    return memory ? ipv_handle(memory) : NULL;
}

void ipv_free_image(ipv_image *image) { ipv.g_object_unref(ipv_vips(image)); }

static ipv_colors colors(VipsImage *image)
{
    int bands = ipv.vips_image_get_bands(image);
    switch (ipv.vips_image_guess_interpretation(image)) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16: return bands <= 2 ? IPV_GRAY : IPV_OTHER_COLORS;
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB16: return bands == 3 || bands == 4 ? IPV_RGB : IPV_OTHER_COLORS;
    case VIPS_INTERPRETATION_CMYK: return bands >= 4 ? IPV_CMYK : IPV_OTHER_COLORS;
    default: return IPV_OTHER_COLORS;
    }
}

ipv_info ipv_get_info(ipv_image *handle)
{
    VipsImage *image = ipv_vips(handle);
    ipv_info info = {
        .width = ipv.vips_image_get_width(image),
        .height = ipv.vips_image_get_height(image),
        .bands = ipv.vips_image_get_bands(image),
        .bytes_per_sample = 0,
        .colors = colors(image),
        .orientation = ipv.vips_image_get_orientation(image),
        .has_alpha = ipv.vips_image_hasalpha(image),
    };
    int format = ipv.vips_image_get_format(image);
    if (format == VIPS_FORMAT_UCHAR) info.bytes_per_sample = 1;
    if (format == VIPS_FORMAT_USHORT) info.bytes_per_sample = 2;
    return info;
}

const void *ipv_get_profile(ipv_image *image, size_t *length)
{
    const void *profile = NULL;
    *length = 0;
    if (!ipv.vips_image_get_typeof(ipv_vips(image), IPV_PROFILE_NAME)) return NULL;
    if (ipv.vips_image_get_blob(ipv_vips(image), IPV_PROFILE_NAME, &profile, length)) return NULL;
    return profile;
}

ipv_image *ipv_with_profile(ipv_image *image, const void *profile, size_t length)
{
    VipsImage *copy = NULL;
    if (ipv.vips_copy(ipv_vips(image), &copy, NULL)) return NULL;
    ipv.vips_image_set_blob_copy(copy, IPV_PROFILE_NAME, profile, length);
    return ipv_handle(copy);
}

struct ipv_rows {
    VipsRegion *region;
    int next, width, height;
};

ipv_rows *ipv_read_rows(ipv_image *image)
{
    ipv_enter_thread();
    VipsImage *source = ipv_vips(image);
    if (ipv.vips_image_pio_input(source)) return NULL;
    ipv_rows *rows = malloc(sizeof *rows);
    if (!rows) return NULL;
    *rows = (ipv_rows) {
        .region = ipv.vips_region_new(source),
        .width = ipv.vips_image_get_width(source),
        .height = ipv.vips_image_get_height(source),
    };
    if (rows->region) return rows;
    free(rows);
    return NULL;
}

int ipv_next_rows(ipv_rows *rows, int most, const uint8_t **samples, size_t *stride, int *count)
{
    *samples = NULL;
    *stride = 0;
    *count = 0;
    if (rows->next >= rows->height) return 0;
    int left = rows->height - rows->next;
    VipsRect wanted = {.left = 0, .top = rows->next, .width = rows->width, .height = most < left ? most : left};
    if (ipv.vips_region_prepare(rows->region, &wanted)) return -1;
    // The valid part begins with the first whole row, but may begin above the requested one.
    const VipsRegion *region = rows->region;
    *stride = (size_t) region->bpl;
    *samples = region->data + (size_t) (wanted.top - region->valid.top) * *stride;
    *count = wanted.height;
    rows->next += wanted.height;
    return 0;
}

void ipv_free_rows(ipv_rows *rows)
{
    ipv.g_object_unref(rows->region);
    ipv.g_free(rows);
}
