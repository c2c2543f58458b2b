// What the reader and the writer of PNG share. Source: RFC 2083, 3 (chunks) and 6 (filters).
#pragma once
#include <stdint.h>

enum { IPV_PNG_NONE, IPV_PNG_SUB, IPV_PNG_UP, IPV_PNG_AVERAGE, IPV_PNG_PAETH };
enum { IPV_PNG_GREY = 0, IPV_PNG_RGB = 2, IPV_PNG_GREY_ALPHA = 4, IPV_PNG_RGBA = 6 };

static const uint8_t ipv_png_signature[8] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
