#include "companions.h"

#include <dlfcn.h>

#include "CVipsShim.h"

struct ipv_companions ipv_companions;

// 1 when the function is there.
#define IPV_FIND(name) \
    ((*(void **) &ipv_companions.name = dlsym(library, #name)) != NULL)

void ipv_find_companions(void *library)
{
    // Without && : each is looked up, whatever else is missing.
    ipv_companions.has_libdeflate = IPV_FIND(libdeflate_alloc_compressor)
        & IPV_FIND(libdeflate_zlib_compress_bound) & IPV_FIND(libdeflate_zlib_compress)
        & IPV_FIND(libdeflate_free_compressor) & IPV_FIND(libdeflate_alloc_decompressor)
        & IPV_FIND(libdeflate_zlib_decompress) & IPV_FIND(libdeflate_free_decompressor)
        & IPV_FIND(libdeflate_crc32);
    ipv_companions.has_libwebp =
        IPV_FIND(WebPDecodeRGBInto) & IPV_FIND(WebPDecodeRGBAInto) & IPV_FIND(WebPGetInfo);
    ipv_companions.has_libtiff = IPV_FIND(TIFFClientOpen) & IPV_FIND(TIFFClose) & IPV_FIND(TIFFSetSubDirectory)
        & IPV_FIND(TIFFReadRGBAImageOriented) & IPV_FIND(TIFFSetErrorHandler) & IPV_FIND(TIFFSetWarningHandler);
    (void) IPV_FIND(g_module_open);
}

bool ipv_has_libdeflate(void) { return ipv_companions.has_libdeflate; }

bool ipv_has_libwebp(void) { return ipv_companions.has_libwebp; }

bool ipv_has_libtiff(void) { return ipv_companions.has_libtiff; }
