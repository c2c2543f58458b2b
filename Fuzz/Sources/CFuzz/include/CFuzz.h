// What the targets of pixels need of libFuzzer, of the sanitizer's allocator and of zlib. zlib, because the
// product packs and unpacks by libdeflate: a mutator is not to share its faults.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Changes bytes in place by one of libFuzzer's own ways; the new length, at most `room`.
size_t fuzz_mutate(uint8_t *bytes, size_t length, size_t room);

// --- memory ---

// From here to fuzz_stop_counting each allocation of the process is counted.
void fuzz_start_counting(void);
// The most bytes that were held at once since fuzz_start_counting, beyond what was held then.
size_t fuzz_stop_counting(void);

// --- zlib ---

uint32_t fuzz_crc32(const uint8_t *bytes, size_t length);
// A zlib stream of the bytes; its length, or 0 when it does not fit. `window_bits` is 9 to 15, `strategy` 0 to 4.
size_t fuzz_pack(
    const uint8_t *bytes, size_t length, int level, int window_bits, int strategy, uint8_t *packed, size_t room);
// What comes out of a zlib stream before it ends or breaks, at most `room` bytes.
size_t fuzz_unpack(const uint8_t *packed, size_t length, uint8_t *bytes, size_t room);

// Whether a zlib stream breaks, as zlib has it, for nothing but codes that deflate reserves or that are incomplete.
// libdeflate reads some of them.
bool fuzz_breaks_at_codes(const uint8_t *packed, size_t length);

#pragma clang assume_nonnull end
