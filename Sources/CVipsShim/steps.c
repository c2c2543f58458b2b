#include "internal.h"

// Replaces `*image` with the result of a step, or keeps it if the step failed.
static int advance(VipsImage **image, int failed, VipsImage *result)
{
    if (failed) {
        if (result) ipv.g_object_unref(result);
        return -1;
    }
    ipv.g_object_unref(*image);
    *image = result;
    return 0;
}

// Whether `image` was brought to 8-bit gray or sRGB by its ICC profile.
static bool convert_by_profile(VipsImage **image, bool honors_profile)
{
    bool is_cmyk = ipv.vips_image_guess_interpretation(*image) == VIPS_INTERPRETATION_CMYK;
    if (!is_cmyk && !ipv.vips_image_get_typeof(*image, IPV_PROFILE_NAME)) return false;
    VipsImage *result = NULL;
    // Perceptual, as vips_thumbnail does; the built-in profile is for CMYK without one.
    int failed = ipv.vips_icc_transform(
        *image, &result, "srgb", "embedded", honors_profile, "intent", VIPS_INTENT_PERCEPTUAL, "depth", 8,
        "input_profile", is_cmyk ? "cmyk" : "srgb", NULL);
    return advance(image, failed, result) == 0;
}

// Converts colors without alpha to 8-bit gray or sRGB.
static int convert_colors(VipsImage **image, bool honors_profile)
{
    bool is_gray = ipv.vips_image_get_bands(*image) == 1;
    VipsImage *result = NULL;
    bool is_cmyk = ipv.vips_image_guess_interpretation(*image) == VIPS_INTERPRETATION_CMYK;
    // An unusable profile is no reason to refuse a picture.
    if (!((honors_profile || is_cmyk) && convert_by_profile(image, honors_profile))) {
        int failed = ipv.vips_colourspace(
            *image, &result, is_gray ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL);
        if (advance(image, failed, result)) return -1;
    }
    if (is_gray && ipv.vips_image_get_bands(*image) > 1) {
        result = NULL;
        if (advance(image, ipv.vips_extract_band(*image, &result, 0, NULL), result)) return -1;
    }
    if (ipv.vips_image_get_format(*image) == VIPS_FORMAT_UCHAR) return 0;
    result = NULL;
    return advance(image, ipv.vips_cast_uchar(*image, &result, NULL), result);
}

// Converts an alpha band to 8 bits.
static int convert_alpha(VipsImage **alpha)
{
    VipsImage *result = NULL;
    if (ipv.vips_image_get_format(*alpha) == VIPS_FORMAT_UCHAR) return 0;
    if (ipv.vips_image_get_format(*alpha) == VIPS_FORMAT_USHORT)
        return advance(alpha, ipv.vips_msb(*alpha, &result, NULL), result);
    return advance(alpha, ipv.vips_cast_uchar(*alpha, &result, NULL), result);
}

// Splits `image` into its colors and its alpha (NULL without), both new.
static int split_alpha(VipsImage *image, VipsImage **colors, VipsImage **alpha)
{
    *colors = *alpha = NULL;
    if (!ipv.vips_image_hasalpha(image)) return ipv.vips_copy(image, colors, NULL);
    int last = ipv.vips_image_get_bands(image) - 1;
    if (ipv.vips_extract_band(image, alpha, last, NULL)) return -1;
    if (ipv.vips_extract_band(image, colors, 0, "n", last, NULL)) {
        ipv.g_object_unref(*alpha);
        *alpha = NULL;
        return -1;
    }
    return 0;
}

ipv_image *ipv_to_srgb(ipv_image *image, bool honors_profile)
{
    VipsImage *colors, *alpha;
    if (split_alpha(ipv_vips(image), &colors, &alpha)) return NULL;
    int failed = convert_colors(&colors, honors_profile);
    if (!failed && alpha) {
        VipsImage *result = NULL;
        failed = convert_alpha(&alpha) ||
            advance(&colors, ipv.vips_bandjoin2(colors, alpha, &result, NULL), result);
    }
    if (alpha) ipv.g_object_unref(alpha);
    return ipv_finish(failed, colors);
}

ipv_image *ipv_orient(ipv_image *image, int orientation)
{
    // The turn comes first, then the mirror from left to right.
    static const struct { int turn; bool mirrors; } table[] = {
        [1] = { VIPS_ANGLE_D0, false },   [2] = { VIPS_ANGLE_D0, true },
        [3] = { VIPS_ANGLE_D180, false }, [4] = { VIPS_ANGLE_D180, true },
        [5] = { VIPS_ANGLE_D90, true },   [6] = { VIPS_ANGLE_D90, false },
        [7] = { VIPS_ANGLE_D270, true },  [8] = { VIPS_ANGLE_D270, false },
    };
    if (orientation < 1 || orientation > 8) return NULL;
    VipsImage *result = NULL;
    if (ipv.vips_rot(ipv_vips(image), &result, table[orientation].turn, NULL)) return ipv_finish(-1, result);
    if (!table[orientation].mirrors) return ipv_handle(result);
    VipsImage *mirrored = NULL;
    int failed = advance(
        &result, ipv.vips_flip(result, &mirrored, VIPS_DIRECTION_HORIZONTAL, NULL), mirrored);
    return ipv_finish(failed, result);
}

ipv_image *ipv_resize(ipv_image *image, int width, int height)
{
    VipsImage *result = NULL;
    if (ipv.vips_copy(ipv_vips(image), &result, NULL)) return NULL;
    bool has_alpha = ipv.vips_image_hasalpha(result);
    int format = ipv.vips_image_get_format(result);
    VipsImage *next = NULL;
    int failed = 0;
    if (has_alpha) failed = advance(&result, ipv.vips_premultiply(result, &next, NULL), next);
    if (!failed) {
        next = NULL;
        failed = advance(
            &result,
            ipv.vips_resize(
                result, &next, (double) width / ipv.vips_image_get_width(result), "vscale", (double) height / ipv.vips_image_get_height(result),
                "kernel", VIPS_KERNEL_LANCZOS3, NULL),
            next);
    }
    if (!failed && has_alpha) {
        next = NULL;
        failed = advance(&result, ipv.vips_unpremultiply(result, &next, NULL), next);
        next = NULL;
        if (!failed) failed = advance(&result, ipv.vips_cast(result, &next, format, NULL), next);
    }
    if (!failed && (ipv.vips_image_get_width(result) != width || ipv.vips_image_get_height(result) != height)) failed = -1;
    return ipv_finish(failed, result);
}

ipv_image *ipv_flatten(ipv_image *image, uint8_t red, uint8_t green, uint8_t blue)
{
    VipsImage *in = ipv_vips(image), *result = NULL, *colored = NULL;
    // A colored background needs colors.
    bool is_gray = red == green && green == blue;
    if (!is_gray && ipv.vips_image_get_bands(in) < 3) {
        if (ipv.vips_colourspace(in, &colored, VIPS_INTERPRETATION_sRGB, NULL)) return ipv_finish(-1, colored);
        in = colored;
    }
    double values[] = { red, green, blue };
    VipsArrayDouble *background = ipv.vips_array_double_new(values, ipv.vips_image_get_bands(in) < 3 ? 1 : 3);
    int failed = ipv.vips_flatten(in, &result, "background", background, NULL);
    ipv.vips_area_unref((VipsArea *) background);
    if (colored) ipv.g_object_unref(colored);
    return ipv_finish(failed, result);
}
