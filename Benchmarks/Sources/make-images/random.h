// A small random number generator (splitmix64), so that a seed gives the same images everywhere.
#pragma once
#include <stdint.h>

typedef struct { uint64_t state; } Random;

static inline uint64_t random_bits(Random *random) {
    uint64_t z = random->state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

// From 0 up to but not including 1.
static inline double random_unit(Random *random) { return (double)(random_bits(random) >> 11) * 0x1p-53; }

// From `low` up to but not including `high`.
static inline double random_between(Random *random, double low, double high) {
    return low + (high - low) * random_unit(random);
}

static inline int random_below(Random *random, int limit) { return (int)(random_unit(random) * limit); }
