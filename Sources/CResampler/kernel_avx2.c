#include "internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

typedef __m256i vec;
#define LANES 2
#define BATCH_ROWS 8

#define v_zero() _mm256_setzero_si256()
#define v_set16(x) _mm256_set1_epi16(x)
#define v_set32(x) _mm256_set1_epi32(x)
#define v_load(p) _mm256_load_si256(p)
#define v_load_at(p) _mm256_load_si256((const __m256i *)(const void *)(p))
#define v_store(p, v) _mm256_store_si256(p, v)
#define v_low8 _mm256_unpacklo_epi8
#define v_high8 _mm256_unpackhi_epi8
#define v_low32 _mm256_unpacklo_epi32
#define v_high32 _mm256_unpackhi_epi32
#define v_low64 _mm256_unpacklo_epi64
#define v_high64 _mm256_unpackhi_epi64
#define v_shuffle8(v, ...) _mm256_shuffle_epi8(v, _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__)))
#define v_multiply_add(sum, a, b) _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))
#define v_add16 _mm256_add_epi16
#define v_add32 _mm256_add_epi32
#define v_max32 _mm256_max_epi32
#define v_mullo16 _mm256_mullo_epi16
#define v_average16 _mm256_avg_epu16
#define v_shift_right16(v, n) _mm256_srli_epi16(v, n)
#define v_shift_right32(v, n) _mm256_sra_epi32(v, _mm_cvtsi32_si128(n))
#define v_pack32 _mm256_packs_epi32
#define v_pack_unsigned16 _mm256_packus_epi16
#define v_zero_unless_greater32(v, a, b) _mm256_and_si256(v, _mm256_cmpgt_epi32(a, b))
#define v_select_equal32(a, b, yes, no) _mm256_blendv_epi8(no, yes, _mm256_cmpeq_epi32(a, b))

/// Groups are `stride` bytes apart, 12 or 16; reads 32 bytes.
static inline __attribute__((always_inline)) vec v_load_groups(const uint8_t *from, int stride) {
    vec all = _mm256_loadu_si256((const __m256i *)(const void *)from);
    return stride == 16 ? all : _mm256_permutevar8x32_epi32(all, _mm256_setr_epi32(0, 1, 2, 2, 3, 4, 5, 5));
}

static inline __attribute__((always_inline)) void v_store_groups(uint8_t *to, int stride, vec v) {
    _mm_store_si128((__m128i *)(void *)to, _mm256_castsi256_si128(v));
    _mm_store_si128((__m128i *)(void *)(to + stride), _mm256_extracti128_si256(v, 1));
}

static inline __attribute__((always_inline)) void v_store_rows(uint8_t *to, size_t stride, vec v) {
    _mm_storeu_si128((__m128i *)(void *)to, _mm256_castsi256_si128(v));
    _mm_storeu_si128((__m128i *)(void *)(to + stride), _mm256_extracti128_si256(v, 1));
}

/// 255 / v as floats.
static inline __attribute__((always_inline)) vec v_255_over(vec v) {
    return _mm256_castps_si256(_mm256_div_ps(_mm256_set1_ps(255.0f), _mm256_cvtepi32_ps(v)));
}

/// Integers times floats, rounded half up.
static inline __attribute__((always_inline)) vec v_multiply_float(vec v, vec factor) {
    __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(v), _mm256_castsi256_ps(factor));
    return _mm256_cvttps_epi32(_mm256_add_ps(product, _mm256_set1_ps(0.5f)));
}

#include "kernel_body.h"

#pragma clang attribute pop

const ipr_kernel_code ipr_kernel_avx2 = {BATCH_ROWS, scratch_bytes, run};

#endif
