#include "internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni"))), apply_to = function)

typedef __m512i vec;
#define LANES 4
#define BATCH_ROWS 16

#define v_zero() _mm512_setzero_si512()
#define v_set16(x) _mm512_set1_epi16(x)
#define v_set32(x) _mm512_set1_epi32(x)
#define v_load(p) _mm512_load_si512(p)
#define v_load_at(p) _mm512_load_si512(p)
#define v_store(p, v) _mm512_store_si512(p, v)
#define v_low8 _mm512_unpacklo_epi8
#define v_high8 _mm512_unpackhi_epi8
#define v_low32 _mm512_unpacklo_epi32
#define v_high32 _mm512_unpackhi_epi32
#define v_low64 _mm512_unpacklo_epi64
#define v_high64 _mm512_unpackhi_epi64
#define v_shuffle8(v, ...) _mm512_shuffle_epi8(v, _mm512_broadcast_i32x4(_mm_setr_epi8(__VA_ARGS__)))
#define v_multiply_add _mm512_dpwssd_epi32
#define v_add16 _mm512_add_epi16
#define v_add32 _mm512_add_epi32
#define v_max32 _mm512_max_epi32
#define v_mullo16 _mm512_mullo_epi16
#define v_average16 _mm512_avg_epu16
#define v_shift_right16(v, n) _mm512_srli_epi16(v, n)
#define v_shift_right32(v, n) _mm512_sra_epi32(v, _mm_cvtsi32_si128(n))
#define v_pack32 _mm512_packs_epi32
#define v_pack_unsigned16 _mm512_packus_epi16
#define v_zero_unless_greater32(v, a, b) _mm512_maskz_mov_epi32(_mm512_cmpgt_epi32_mask(a, b), v)
#define v_select_equal32(a, b, yes, no) _mm512_mask_mov_epi32(no, _mm512_cmpeq_epi32_mask(a, b), yes)

/// Groups are `stride` bytes apart, 12 or 16; reads 64 bytes.
static inline __attribute__((always_inline)) vec v_load_groups(const uint8_t *from, int stride) {
    vec all = _mm512_loadu_si512(from);
    vec spread = _mm512_setr_epi32(0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11);
    return stride == 16 ? all : _mm512_permutexvar_epi32(spread, all);
}

static inline __attribute__((always_inline)) void v_store_groups(uint8_t *to, int stride, vec v) {
    _mm_store_si128((__m128i *)(void *)to, _mm512_castsi512_si128(v));
    _mm_store_si128((__m128i *)(void *)(to + stride), _mm512_extracti32x4_epi32(v, 1));
    _mm_store_si128((__m128i *)(void *)(to + 2 * stride), _mm512_extracti32x4_epi32(v, 2));
    _mm_store_si128((__m128i *)(void *)(to + 3 * stride), _mm512_extracti32x4_epi32(v, 3));
}

static inline __attribute__((always_inline)) void v_store_rows(uint8_t *to, size_t stride, vec v) {
    _mm_storeu_si128((__m128i *)(void *)to, _mm512_castsi512_si128(v));
    _mm_storeu_si128((__m128i *)(void *)(to + stride), _mm512_extracti32x4_epi32(v, 1));
    _mm_storeu_si128((__m128i *)(void *)(to + 2 * stride), _mm512_extracti32x4_epi32(v, 2));
    _mm_storeu_si128((__m128i *)(void *)(to + 3 * stride), _mm512_extracti32x4_epi32(v, 3));
}

/// 255 / v as floats.
static inline __attribute__((always_inline)) vec v_255_over(vec v) {
    return _mm512_castps_si512(_mm512_div_ps(_mm512_set1_ps(255.0f), _mm512_cvtepi32_ps(v)));
}

/// Integers times floats, rounded half up.
static inline __attribute__((always_inline)) vec v_multiply_float(vec v, vec factor) {
    __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(v), _mm512_castsi512_ps(factor));
    return _mm512_cvttps_epi32(_mm512_add_ps(product, _mm512_set1_ps(0.5f)));
}

#include "kernel_body.h"

#pragma clang attribute pop

const ipr_kernel_code ipr_kernel_avx512 = {BATCH_ROWS, scratch_bytes, run};

#endif
