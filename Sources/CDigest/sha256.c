#include "CDigest.h"
#include "internal.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#if defined(__x86_64__)
static bool has_sha_ni(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    bool has_sse41 = c & 1u << 19, has_ssse3 = c & 1u << 9;
    if (!has_sse41 || !has_ssse3 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    return b & 1u << 29;
}
#endif

bool cdigest_has_kernel(cdigest_kernel kernel) {
    switch (kernel) {
    case CDIGEST_PLAIN: return true;
#if defined(__x86_64__)
    case CDIGEST_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    case CDIGEST_SHA_NI: return has_sha_ni();
#endif
#if defined(__aarch64__)
    // Every AArch64 machine of Apple has the instructions.
    case CDIGEST_ARMV8:
#if defined(__APPLE__)
        return true;
#elif defined(__linux__)
        return getauxval(AT_HWCAP) & 1ul << 6; // HWCAP_SHA2
#else
        return false;
#endif
#endif
    default: return false;
    }
}

cdigest_kernel cdigest_fastest_kernel(void) {
    if (cdigest_has_kernel(CDIGEST_SHA_NI)) return CDIGEST_SHA_NI;
    if (cdigest_has_kernel(CDIGEST_ARMV8)) return CDIGEST_ARMV8;
    if (cdigest_has_kernel(CDIGEST_AVX2)) return CDIGEST_AVX2;
    return CDIGEST_PLAIN;
}

static void compress(cdigest_sha256 *digest, const uint8_t *blocks, size_t count) {
    switch (digest->kernel) {
#if defined(__x86_64__)
    case CDIGEST_AVX2: cdigest_compress_avx2(digest->state, blocks, count); return;
    case CDIGEST_SHA_NI: cdigest_compress_sha_ni(digest->state, blocks, count); return;
#endif
#if defined(__aarch64__)
    case CDIGEST_ARMV8: cdigest_compress_armv8(digest->state, blocks, count); return;
#endif
    default: cdigest_compress_plain(digest->state, blocks, count);
    }
}

void cdigest_sha256_init_with(cdigest_sha256 *digest, cdigest_kernel kernel) {
    static const uint32_t initial[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memcpy(digest->state, initial, sizeof initial);
    digest->length = 0;
    digest->kernel = kernel;
}

void cdigest_sha256_init(cdigest_sha256 *digest) { cdigest_sha256_init_with(digest, cdigest_fastest_kernel()); }

void cdigest_sha256_update(cdigest_sha256 *digest, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    size_t filled = digest->length % 64;
    if (count == 0) return;
    digest->length += count;
    if (filled > 0) {
        size_t part = 64 - filled < count ? 64 - filled : count;
        memcpy(digest->block + filled, next, part);
        next += part;
        count -= part;
        if (filled + part < 64) return;
        compress(digest, digest->block, 1);
    }
    compress(digest, next, count / 64);
    memcpy(digest->block, next + count / 64 * 64, count % 64);
}

void cdigest_sha256_finish(cdigest_sha256 *digest, uint8_t result[32]) {
    uint64_t bits = digest->length * 8;
    size_t filled = digest->length % 64;
    digest->block[filled++] = 0x80;
    if (filled > 56) {
        memset(digest->block + filled, 0, 64 - filled);
        compress(digest, digest->block, 1);
        filled = 0;
    }
    memset(digest->block + filled, 0, 56 - filled);
    for (int i = 0; i < 8; i++) digest->block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
    compress(digest, digest->block, 1);
    for (int i = 0; i < 32; i++) result[i] = (uint8_t)(digest->state[i / 4] >> (24 - 8 * (i % 4)));
}
