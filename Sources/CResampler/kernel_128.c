#include "internal.h"

// Vectors of the compiler, not of one machine: NEON on arm64, SSE4.1 on x86-64, so that the code that runs
// on the one is tested on the other.
#if defined(__x86_64__) || defined(__aarch64__)

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)
#else
#include <arm_neon.h>
#endif

#pragma STDC FP_CONTRACT OFF

typedef uint8_t vec __attribute__((vector_size(16)));
typedef int8_t vec_s8 __attribute__((vector_size(16)));
typedef int16_t vec_s16 __attribute__((vector_size(16)));
typedef uint16_t vec_u16 __attribute__((vector_size(16)));
typedef int32_t vec_s32 __attribute__((vector_size(16)));
typedef float vec_f32 __attribute__((vector_size(16)));
typedef int16_t half_s16 __attribute__((vector_size(8)));
typedef uint8_t half_u8 __attribute__((vector_size(8)));
typedef uint32_t vec_u32 __attribute__((vector_size(16)));

#define LANES 1
#define BATCH_ROWS 8
#define OP static inline __attribute__((always_inline))

OP vec v_zero(void) { return (vec){0}; }
OP vec v_set16(int x) { return (vec)((vec_u16){0} + (uint16_t)x); }
OP vec v_set32(int x) { return (vec)((vec_s32){0} + x); }
OP vec v_load(const vec *p) { return *p; }
OP vec v_load_at(const uint8_t *p) { return *(const vec *)(const void *)p; }
OP void v_store(vec *p, vec v) { *p = v; }
OP vec v_load_groups(const uint8_t *from, int stride) {
    vec v;
    (void)stride;
    memcpy(&v, from, 16);
    return v;
}
OP void v_store_groups(uint8_t *to, int stride, vec v) {
    (void)stride;
    *(vec *)(void *)to = v;
}
OP void v_store_rows(uint8_t *to, size_t stride, vec v) {
    (void)stride;
    memcpy(to, &v, 16);
}
OP vec v_low8(vec a, vec b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
OP vec v_high8(vec a, vec b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
OP vec v_low32(vec a, vec b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}
OP vec v_high32(vec a, vec b) {
    return __builtin_shufflevector(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}
OP vec v_low64(vec a, vec b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}
OP vec v_high64(vec a, vec b) {
    return __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}
#define v_shuffle8(v, ...) __builtin_shufflevector(v, v, __VA_ARGS__)
OP vec v_add16(vec a, vec b) { return (vec)((vec_u16)a + (vec_u16)b); }
OP vec v_add32(vec a, vec b) { return (vec)((vec_s32)a + (vec_s32)b); }
OP vec v_mullo16(vec a, vec b) { return (vec)((vec_u16)a * (vec_u16)b); }
OP vec v_shift_right16(vec v, int n) { return (vec)((vec_u16)v >> (uint16_t)n); }
OP vec v_shift_right32(vec v, int n) { return (vec)((vec_s32)v >> n); }
OP vec v_max32(vec a, vec b) { return (vec)__builtin_elementwise_max((vec_s32)a, (vec_s32)b); }
OP vec v_zero_unless_greater32(vec v, vec a, vec b) { return v & (vec)((vec_s32)a > (vec_s32)b); }
OP vec v_select_equal32(vec a, vec b, vec yes, vec no) {
    vec mask = (vec)((vec_s32)a == (vec_s32)b);
    return (yes & mask) | (no & ~mask);
}
OP vec v_255_over(vec v) {
    return (vec)(((vec_f32){0} + 255.0f) / __builtin_convertvector((vec_s32)v, vec_f32));
}
OP vec v_multiply_float(vec v, vec factor) {
    vec_f32 product = __builtin_convertvector((vec_s32)v, vec_f32) * (vec_f32)factor;
    return (vec)__builtin_convertvector(product + 0.5f, vec_s32);
}

// For cases where the compiler does not find the single instruction.
#if defined(__x86_64__)
OP vec v_multiply_add(vec sum, vec a, vec b) {
    return (vec)((vec_s32)sum + (vec_s32)_mm_madd_epi16((__m128i)a, (__m128i)b));
}
OP vec v_average16(vec a, vec b) { return (vec)_mm_avg_epu16((__m128i)a, (__m128i)b); }
OP vec v_pack32(vec a, vec b) { return (vec)_mm_packs_epi32((__m128i)a, (__m128i)b); }
OP vec v_pack_unsigned16(vec a, vec b) { return (vec)_mm_packus_epi16((__m128i)a, (__m128i)b); }
#else
OP vec v_multiply_add(vec sum, vec a, vec b) {
    int32x4_t low = vmull_s16(vget_low_s16((int16x8_t)a), vget_low_s16((int16x8_t)b));
    int32x4_t high = vmull_high_s16((int16x8_t)a, (int16x8_t)b);
    return (vec)vaddq_s32((int32x4_t)sum, vpaddq_s32(low, high));
}
OP vec v_average16(vec a, vec b) { return (vec)vrhaddq_u16((uint16x8_t)a, (uint16x8_t)b); }
OP vec v_pack32(vec a, vec b) {
    return (vec)vqmovn_high_s32(vqmovn_s32((int32x4_t)a), (int32x4_t)b);
}
OP vec v_pack_unsigned16(vec a, vec b) {
    return (vec)vqmovun_high_s16(vqmovun_s16((int16x8_t)a), (int16x8_t)b);
}
#endif

#include "kernel_body.h"

#if defined(__x86_64__)
#pragma clang attribute pop
#endif

const ipr_kernel_code ipr_kernel_128 = {BATCH_ROWS, scratch_bytes, run};

#endif
