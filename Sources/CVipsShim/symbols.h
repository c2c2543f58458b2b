// libvips is loaded when the first pixel is needed, not when the program starts: its forty libraries take
// ten times as long to load as the header of an image takes to check, and a machine without libvips can
// still check, estimate and lint. The types come from libvips' own headers, so a wrong call does not compile.
//
// Only on Linux: elsewhere the linker binds libvips as usual (Homebrew's folder is not on dlopen's path).
#pragma once

#if defined(__linux__)

#include <stdbool.h>

// Every function of libvips and GLib that the shim calls. One that is called but missing here would be bound
// at start again, which a test of the command notices.
#define IPV_SYMBOLS(X) \
    X(vips_init) X(vips_thread_shutdown) X(vips_version) X(vips_version_string) \
    X(vips_cache_set_max) X(vips_concurrency_set) X(vips_operation_block_set) X(vips_block_untrusted_set) \
    X(vips_type_find) X(vips_error_buffer_copy) X(vips_tracked_get_mem_highwater) \
    X(vips_source_new_from_memory) X(vips_image_new_from_memory) X(vips_copy) \
    X(vips_jpegload_source) X(vips_pngload_source) X(vips_gifload_source) X(vips_webpload_source) \
    X(vips_heifload_source) X(vips_tiffload_source) X(vips_error_clear) X(vips_jp2kload_source) \
    X(vips_jxlload_source) X(vips_svgload_source) X(vips_image_guess_interpretation) \
    X(vips_image_get_orientation) X(vips_image_hasalpha) X(vips_image_get_typeof) \
    X(vips_image_get_blob) X(vips_image_set_blob_copy) X(vips_image_pio_input) X(vips_region_new) \
    X(vips_region_prepare) X(vips_icc_transform) X(vips_colourspace) X(vips_extract_band) \
    X(vips_cast_uchar) X(vips_cast) X(vips_msb) X(vips_bandjoin2) X(vips_rot) X(vips_flip) \
    X(vips_premultiply) X(vips_unpremultiply) X(vips_resize) X(vips_array_double_new) \
    X(vips_flatten) X(vips_area_unref) X(vips_jpegsave_buffer) X(vips_pngsave_buffer) \
    X(vips_webpsave_buffer) X(g_object_unref) X(g_log_set_handler) X(g_strlcpy) X(g_free) \
    X(g_malloc_n) X(g_malloc) X(vips_format_sizeof_unsafe) X(vips_rect_includespoint)

#define IPV_MEMBER(name) __typeof__(name) *name##_;
struct ipv_symbols {
    IPV_SYMBOLS(IPV_MEMBER)
};
#undef IPV_MEMBER

// Filled by ipv_load_symbols, which runs once before anything else of the shim.
extern struct ipv_symbols ipv_symbols;

// 0, or -1 when this machine has no libvips or one that lacks a function.
int ipv_load_symbols(void);

#define vips_init                       (*ipv_symbols.vips_init_)
#define vips_error_clear                (*ipv_symbols.vips_error_clear_)
#define vips_jp2kload_source            (*ipv_symbols.vips_jp2kload_source_)
#define vips_jxlload_source             (*ipv_symbols.vips_jxlload_source_)
#define vips_svgload_source             (*ipv_symbols.vips_svgload_source_)
#define vips_thread_shutdown            (*ipv_symbols.vips_thread_shutdown_)
#define vips_version                    (*ipv_symbols.vips_version_)
#define vips_version_string             (*ipv_symbols.vips_version_string_)
#define vips_cache_set_max              (*ipv_symbols.vips_cache_set_max_)
#define vips_concurrency_set            (*ipv_symbols.vips_concurrency_set_)
#define vips_operation_block_set        (*ipv_symbols.vips_operation_block_set_)
#define vips_block_untrusted_set        (*ipv_symbols.vips_block_untrusted_set_)
#define vips_type_find                  (*ipv_symbols.vips_type_find_)
#define vips_error_buffer_copy          (*ipv_symbols.vips_error_buffer_copy_)
#define vips_tracked_get_mem_highwater  (*ipv_symbols.vips_tracked_get_mem_highwater_)
#define vips_source_new_from_memory     (*ipv_symbols.vips_source_new_from_memory_)
#define vips_image_new_from_memory      (*ipv_symbols.vips_image_new_from_memory_)
#define vips_copy                       (*ipv_symbols.vips_copy_)
#define vips_jpegload_source            (*ipv_symbols.vips_jpegload_source_)
#define vips_pngload_source             (*ipv_symbols.vips_pngload_source_)
#define vips_gifload_source             (*ipv_symbols.vips_gifload_source_)
#define vips_webpload_source            (*ipv_symbols.vips_webpload_source_)
#define vips_heifload_source            (*ipv_symbols.vips_heifload_source_)
#define vips_tiffload_source            (*ipv_symbols.vips_tiffload_source_)
#define vips_image_guess_interpretation (*ipv_symbols.vips_image_guess_interpretation_)
#define vips_image_get_orientation      (*ipv_symbols.vips_image_get_orientation_)
#define vips_image_hasalpha             (*ipv_symbols.vips_image_hasalpha_)
#define vips_image_get_typeof           (*ipv_symbols.vips_image_get_typeof_)
#define vips_image_get_blob             (*ipv_symbols.vips_image_get_blob_)
#define vips_image_set_blob_copy        (*ipv_symbols.vips_image_set_blob_copy_)
#define vips_image_pio_input            (*ipv_symbols.vips_image_pio_input_)
#define vips_region_new                 (*ipv_symbols.vips_region_new_)
#define vips_region_prepare             (*ipv_symbols.vips_region_prepare_)
#define vips_icc_transform              (*ipv_symbols.vips_icc_transform_)
#define vips_colourspace                (*ipv_symbols.vips_colourspace_)
#define vips_extract_band               (*ipv_symbols.vips_extract_band_)
#define vips_cast_uchar                 (*ipv_symbols.vips_cast_uchar_)
#define vips_cast                       (*ipv_symbols.vips_cast_)
#define vips_msb                        (*ipv_symbols.vips_msb_)
#define vips_bandjoin2                  (*ipv_symbols.vips_bandjoin2_)
#define vips_rot                        (*ipv_symbols.vips_rot_)
#define vips_flip                       (*ipv_symbols.vips_flip_)
#define vips_premultiply                (*ipv_symbols.vips_premultiply_)
#define vips_unpremultiply              (*ipv_symbols.vips_unpremultiply_)
#define vips_resize                     (*ipv_symbols.vips_resize_)
#define vips_array_double_new           (*ipv_symbols.vips_array_double_new_)
#define vips_flatten                    (*ipv_symbols.vips_flatten_)
#define vips_area_unref                 (*ipv_symbols.vips_area_unref_)
#define vips_jpegsave_buffer            (*ipv_symbols.vips_jpegsave_buffer_)
#define vips_pngsave_buffer             (*ipv_symbols.vips_pngsave_buffer_)
#define vips_webpsave_buffer            (*ipv_symbols.vips_webpsave_buffer_)
#define g_object_unref                  (*ipv_symbols.g_object_unref_)
#define g_log_set_handler               (*ipv_symbols.g_log_set_handler_)
#define g_strlcpy                       (*ipv_symbols.g_strlcpy_)
#define g_free                          (*ipv_symbols.g_free_)
#define g_malloc_n                      (*ipv_symbols.g_malloc_n_)
#define g_malloc                        (*ipv_symbols.g_malloc_)
#define vips_format_sizeof_unsafe       (*ipv_symbols.vips_format_sizeof_unsafe_)
#define vips_rect_includespoint         (*ipv_symbols.vips_rect_includespoint_)

#else

int ipv_load_symbols(void);

#endif
