#include "internal.h"

int ipv_save_jpeg(
    ipv_image *image, int quality, bool optimizes, bool is_progressive, void **bytes, size_t *length)
{
    return ipv.vips_jpegsave_buffer(
        ipv_vips(image), bytes, length, "Q", quality, "optimize_coding", optimizes, "interlace",
        is_progressive, IPV_WITHOUT_METADATA, NULL);
}

int ipv_save_png(
    ipv_image *image, int compression, int filters, bool is_interlaced, void **bytes, size_t *length)
{
    return ipv.vips_pngsave_buffer(
        ipv_vips(image), bytes, length, "compression", compression, "filter", filters, "interlace",
        is_interlaced, IPV_WITHOUT_METADATA, NULL);
}

int ipv_save_webp(
    ipv_image *image, int quality, bool is_lossless, int effort, void **bytes, size_t *length)
{
    return ipv.vips_webpsave_buffer(
        ipv_vips(image), bytes, length, "Q", quality, "lossless", is_lossless, "effort", effort,
        IPV_WITHOUT_METADATA, NULL);
}

void ipv_free_memory(void *bytes) { ipv.g_free(bytes); }
