// What the reader and the writer of PNG share. Source: RFC 2083, 3 (chunks) and 6 (filters).
#pragma once
#include <stdint.h>

enum { IPC_PNG_NONE, IPC_PNG_SUB, IPC_PNG_UP, IPC_PNG_AVERAGE, IPC_PNG_PAETH };
enum { IPC_PNG_GRAY = 0, IPC_PNG_RGB = 2, IPC_PNG_PALETTE = 3, IPC_PNG_GRAY_ALPHA = 4, IPC_PNG_RGBA = 6 };

static const uint8_t ipc_png_signature[8] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
