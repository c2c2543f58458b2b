#include "internal.h"

ipv_image *ipv_open(ipv_loader loader, const void *bytes, size_t length, int shrink)
{
    ipv_need_loader(loader);
    VipsSource *source = vips_source_new_from_memory(bytes, length);
    if (!source) return NULL;
    VipsImage *image = NULL;
    int failed = -1;
#define IPV_LOAD(load, ...)                                                                       \
    failed = load(                                                                                \
        source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED,      \
        __VA_ARGS__)
    switch (loader) {
    case IPV_LOADER_JPEG: IPV_LOAD(vips_jpegload_source, "shrink", shrink, NULL); break;
    case IPV_LOADER_PNG: IPV_LOAD(vips_pngload_source, NULL); break;
    case IPV_LOADER_GIF: IPV_LOAD(vips_gifload_source, NULL); break;
    case IPV_LOADER_WEBP: IPV_LOAD(vips_webpload_source, "scale", 1.0 / shrink, NULL); break;
    case IPV_LOADER_HEIF: IPV_LOAD(vips_heifload_source, NULL); break;
    case IPV_LOADER_TIFF: IPV_LOAD(vips_tiffload_source, NULL); break;
    case IPV_LOADER_JP2: IPV_LOAD(vips_jp2kload_source, NULL); break;
    case IPV_LOADER_JXL: IPV_LOAD(vips_jxlload_source, NULL); break;
    case IPV_LOADER_SVG: IPV_LOAD(vips_svgload_source, NULL); break;
    }
#undef IPV_LOAD
    // The image holds on to the source.
    g_object_unref(source);
    return ipv_finish(failed, image);
}

ipv_image *ipv_open_tiff(const void *bytes, size_t length, int page, int subdirectory)
{
    VipsSource *source = vips_source_new_from_memory(bytes, length);
    if (!source) return NULL;
    VipsImage *image = NULL;
    int failed = vips_tiffload_source(
        source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, "page", page,
        "subifd", subdirectory, NULL);
    g_object_unref(source);
    return ipv_finish(failed, image);
}

ipv_image *ipv_open_jpeg_strictly(const void *bytes, size_t length, int shrink)
{
    VipsSource *source = vips_source_new_from_memory(bytes, length);
    if (!source) return NULL;
    VipsImage *image = NULL;
    int failed = vips_jpegload_source(
        source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_WARNING, "shrink", shrink, NULL);
    g_object_unref(source);
    return ipv_finish(failed, image);
}

ipv_image *ipv_open_svg(const void *bytes, size_t length, double scale)
{
    VipsSource *source = vips_source_new_from_memory(bytes, length);
    if (!source) return NULL;
    VipsImage *image = NULL;
    int failed = vips_svgload_source(
        source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, "scale", scale, NULL);
    g_object_unref(source);
    return ipv_finish(failed, image);
}

static VipsInterpretation interpretation(ipv_colours colours, int bytes_per_sample)
{
    switch (colours) {
    case IPV_GREY: return bytes_per_sample == 2 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    case IPV_RGB: return bytes_per_sample == 2 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
    case IPV_CMYK: return VIPS_INTERPRETATION_CMYK;
    case IPV_OTHER_COLOURS: break;
    }
    return VIPS_INTERPRETATION_MULTIBAND;
}

ipv_image *ipv_wrap(
    const void *samples, int width, int height, int bands, int bytes_per_sample, ipv_colours colours)
{
    VipsImage *memory = vips_image_new_from_memory(
        samples, (size_t) width * height * bands * bytes_per_sample, width, height, bands,
        bytes_per_sample == 2 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    // Set here, not by vips_copy: behind that, the encoders would be handed one row at a time by another
    // thread, each with a change of threads, instead of sixteen.
    if (memory) memory->Type = interpretation(colours, bytes_per_sample);
    return memory ? ipv_handle(memory) : NULL;
}

void ipv_free_image(ipv_image *image) { g_object_unref(ipv_vips(image)); }

static ipv_colours colours(VipsImage *image)
{
    int bands = image->Bands;
    switch (vips_image_guess_interpretation(image)) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16: return bands <= 2 ? IPV_GREY : IPV_OTHER_COLOURS;
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB16: return bands == 3 || bands == 4 ? IPV_RGB : IPV_OTHER_COLOURS;
    case VIPS_INTERPRETATION_CMYK: return bands >= 4 ? IPV_CMYK : IPV_OTHER_COLOURS;
    default: return IPV_OTHER_COLOURS;
    }
}

ipv_info ipv_get_info(ipv_image *handle)
{
    VipsImage *image = ipv_vips(handle);
    ipv_info info = {
        .width = image->Xsize,
        .height = image->Ysize,
        .bands = image->Bands,
        .bytes_per_sample = 0,
        .colours = colours(image),
        .orientation = vips_image_get_orientation(image),
        .has_alpha = vips_image_hasalpha(image),
    };
    if (image->BandFmt == VIPS_FORMAT_UCHAR) info.bytes_per_sample = 1;
    if (image->BandFmt == VIPS_FORMAT_USHORT) info.bytes_per_sample = 2;
    return info;
}

const void *ipv_get_profile(ipv_image *image, size_t *length)
{
    const void *profile = NULL;
    *length = 0;
    if (!vips_image_get_typeof(ipv_vips(image), VIPS_META_ICC_NAME)) return NULL;
    if (vips_image_get_blob(ipv_vips(image), VIPS_META_ICC_NAME, &profile, length)) return NULL;
    return profile;
}

ipv_image *ipv_with_profile(ipv_image *image, const void *profile, size_t length)
{
    VipsImage *copy = NULL;
    if (vips_copy(ipv_vips(image), &copy, NULL)) return NULL;
    vips_image_set_blob_copy(copy, VIPS_META_ICC_NAME, profile, length);
    return ipv_handle(copy);
}

struct ipv_rows {
    VipsRegion *region;
    int next;
};

ipv_rows *ipv_read_rows(ipv_image *image)
{
    if (vips_image_pio_input(ipv_vips(image))) return NULL;
    VipsRegion *region = vips_region_new(ipv_vips(image));
    if (!region) return NULL;
    ipv_rows *rows = g_new(ipv_rows, 1);
    *rows = (ipv_rows) { .region = region, .next = 0 };
    return rows;
}

int ipv_next_rows(ipv_rows *rows, int most, const uint8_t **samples, size_t *stride, int *count)
{
    VipsImage *image = rows->region->im;
    *samples = NULL;
    *stride = 0;
    *count = 0;
    if (rows->next >= image->Ysize) return 0;
    VipsRect wanted = {
        .left = 0, .top = rows->next, .width = image->Xsize,
        .height = VIPS_MIN(most, image->Ysize - rows->next),
    };
    if (vips_region_prepare(rows->region, &wanted)) return -1;
    *samples = VIPS_REGION_ADDR(rows->region, 0, wanted.top);
    *stride = VIPS_REGION_LSKIP(rows->region);
    *count = wanted.height;
    rows->next += wanted.height;
    return 0;
}

void ipv_free_rows(ipv_rows *rows)
{
    g_object_unref(rows->region);
    g_free(rows);
}
