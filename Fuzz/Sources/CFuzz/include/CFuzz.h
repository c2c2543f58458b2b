// What the pixel targets need from libFuzzer, the sanitizer's allocator and zlib. zlib, because the
// product compresses with libdeflate, and a mutator must not share its bugs.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Changes bytes in place with one of libFuzzer's own mutations; returns the new length, at most `room`.
size_t fuzz_mutate(uint8_t *bytes, size_t length, size_t room);

// --- memory ---

// From here to fuzz_stop_counting every allocation in the process is counted.
void fuzz_start_counting(void);
// The peak of allocated bytes since fuzz_start_counting, beyond what was allocated then.
size_t fuzz_stop_counting(void);

// --- zlib ---

uint32_t fuzz_crc32(const uint8_t *bytes, size_t length);
// Writes a zlib stream of the bytes; returns its length, or 0 if it does not fit. `window_bits` is 9 to 15, `strategy` 0 to 4.
size_t fuzz_pack(
    const uint8_t *bytes, size_t length, int level, int window_bits, int strategy, uint8_t *packed, size_t room);
// The output of a zlib stream up to its end or first fault, at most `room` bytes.
size_t fuzz_unpack(const uint8_t *packed, size_t length, uint8_t *bytes, size_t room);

// Whether zlib refuses a stream only because of codes that deflate reserves or that are incomplete.
// libdeflate reads some of them.
bool fuzz_breaks_at_codes(const uint8_t *packed, size_t length);

#pragma clang assume_nonnull end
