#ifndef CDIGEST_INTERNAL_H
#define CDIGEST_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

// The round constants of FIPS 180-4, section 4.2.2.
extern const uint32_t cdigest_k[64];

// Each takes `count` blocks of 64 bytes.
void cdigest_compress_plain(uint32_t state[8], const uint8_t *blocks, size_t count);
#if defined(__x86_64__)
void cdigest_compress_avx2(uint32_t state[8], const uint8_t *blocks, size_t count);
void cdigest_compress_sha_ni(uint32_t state[8], const uint8_t *blocks, size_t count);
#endif
#if defined(__aarch64__)
void cdigest_compress_armv8(uint32_t state[8], const uint8_t *blocks, size_t count);
#endif

#endif
