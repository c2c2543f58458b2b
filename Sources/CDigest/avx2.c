#include "internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2_TARGET __attribute__((target("avx2,bmi,bmi2")))

// One round. The callers rotate the names instead of moving the eight values. `b_c` is b ^ c, which the round
// before computed as its a ^ b.
#define ROUND(a, b, c, d, e, f, g, h, word)                                                                           \
    do {                                                                                                              \
        const uint32_t a_b = a ^ b;                                                                                   \
        h += (word) + ((e & f) + (~e & g)) + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25));                       \
        d += h;                                                                                                       \
        h += (b ^ (a_b & b_c)) + (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22));                                   \
        b_c = a_b;                                                                                                    \
    } while (0)

// Four rounds with words that already include the round constants.
#define FOUR_ROUNDS(a, b, c, d, e, f, g, h, words)                                                                    \
    do {                                                                                                              \
        ROUND(a, b, c, d, e, f, g, h, (words)[0]);                                                                    \
        ROUND(h, a, b, c, d, e, f, g, (words)[1]);                                                                    \
        ROUND(g, h, a, b, c, d, e, f, (words)[2]);                                                                    \
        ROUND(f, g, h, a, b, c, d, e, (words)[3]);                                                                    \
    } while (0)

#define EIGHT_ROUNDS(words)                                                                                           \
    do {                                                                                                              \
        FOUR_ROUNDS(a, b, c, d, e, f, g, h, words);                                                                   \
        FOUR_ROUNDS(e, f, g, h, a, b, c, d, (words) + 8);                                                             \
    } while (0)

// Keeps the compiler from taking words out of a vector register, which is slower than reading them from memory.
#define IN_MEMORY(words) __asm__ volatile("" : : "r"(words) : "memory")

static inline AVX2_TARGET uint32_t rotated(uint32_t value, int count) { return value >> count | value << (32 - count); }

static inline AVX2_TARGET __m256i rotated_words(__m256i words, int count) {
    return _mm256_or_si256(_mm256_srli_epi32(words, count), _mm256_slli_epi32(words, 32 - count));
}

// FIPS 180-4's sigma 1 of two words of each message, which come twice each: a shift of 64 bits then rotates 32.
static inline AVX2_TARGET __m256i sigma_1(__m256i doubled) {
    return _mm256_xor_si256(
        _mm256_xor_si256(_mm256_srli_epi64(doubled, 17), _mm256_srli_epi64(doubled, 19)),
        _mm256_srli_epi32(doubled, 10));
}

// The next four words of both messages, from the sixteen before them.
static inline AVX2_TARGET __m256i next_words(__m256i w0, __m256i w1, __m256i w2, __m256i w3) {
    const __m256i low_half = _mm256_broadcastsi128_si256(_mm_set_epi64x(-1, 0x0b0a090803020100ll));
    const __m256i high_half = _mm256_broadcastsi128_si256(_mm_set_epi64x(0x0b0a090803020100ll, -1));
    const __m256i back_15 = _mm256_alignr_epi8(w1, w0, 4), back_7 = _mm256_alignr_epi8(w3, w2, 4);
    const __m256i sigma_0 = _mm256_xor_si256(
        _mm256_xor_si256(rotated_words(back_15, 7), rotated_words(back_15, 18)), _mm256_srli_epi32(back_15, 3));
    const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(w0, back_7), sigma_0);
    // The last two of the four depend on the first two.
    const __m256i two = _mm256_add_epi32(sum, _mm256_shuffle_epi8(sigma_1(_mm256_shuffle_epi32(w3, 0xFA)), low_half));
    return _mm256_add_epi32(two, _mm256_shuffle_epi8(sigma_1(_mm256_shuffle_epi32(two, 0x50)), high_half));
}

static inline AVX2_TARGET __m256i with_constants(__m256i words, int group) {
    return _mm256_add_epi32(
        words, _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(cdigest_k + 4 * group))));
}

// Two blocks at a time: the words of both messages are made in one vector while the rounds of the first block run,
// and the rounds of the second only read them. An odd last block is paired with itself.
AVX2_TARGET
void cdigest_compress_avx2(uint32_t state[8], const uint8_t *blocks, size_t count) {
    const __m256i swap = _mm256_broadcastsi128_si256(_mm_set_epi64x(0x0c0d0e0f08090a0bll, 0x0405060700010203ll));
    _Alignas(32) uint32_t words[128];
    while (count > 0) {
        const size_t pair = count > 1 ? 2 : 1;
        const uint8_t *const second = blocks + 64 * (pair - 1);
        __m256i w[4];
        for (int i = 0; i < 4; i++) {
            w[i] = _mm256_shuffle_epi8(
                _mm256_loadu2_m128i((const __m128i *)(second + 16 * i), (const __m128i *)(blocks + 16 * i)), swap);
            _mm256_store_si256((__m256i *)words + i, with_constants(w[i], i));
        }
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7], b_c = b ^ c;
#pragma clang loop unroll(full)
        for (int i = 4; i < 16; i += 2) {
            for (int j = i; j < i + 2; j++) {
                w[j % 4] = next_words(w[j % 4], w[(j + 1) % 4], w[(j + 2) % 4], w[(j + 3) % 4]);
                _mm256_store_si256((__m256i *)words + j, with_constants(w[j % 4], j));
                IN_MEMORY(words);
                if (j == i) FOUR_ROUNDS(a, b, c, d, e, f, g, h, words + 8 * (j - 4));
                else FOUR_ROUNDS(e, f, g, h, a, b, c, d, words + 8 * (j - 4));
            }
        }
        EIGHT_ROUNDS(words + 8 * 12);
        EIGHT_ROUNDS(words + 8 * 14);
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
        if (pair == 2) {
            a = state[0], b = state[1], c = state[2], d = state[3];
            e = state[4], f = state[5], g = state[6], h = state[7], b_c = b ^ c;
#pragma clang loop unroll(disable)
            for (int i = 0; i < 16; i += 2) EIGHT_ROUNDS(words + 8 * i + 4);
            state[0] += a, state[1] += b, state[2] += c, state[3] += d;
            state[4] += e, state[5] += f, state[6] += g, state[7] += h;
        }
        blocks += 64 * pair;
        count -= pair;
    }
}
#endif
