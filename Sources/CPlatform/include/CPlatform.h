// Parts of the system that Swift cannot see.
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

// Numbers that threads, and a signal handler, share without a lock. The standard library's `Synchronization` would require
// macOS 15 and iOS 18. No order is promised between different numbers.

static inline int64_t ipa_load(const int64_t *number) { return __atomic_load_n(number, __ATOMIC_RELAXED); }

static inline void ipa_store(int64_t *number, int64_t value) { __atomic_store_n(number, value, __ATOMIC_RELAXED); }

// Wraps around instead of overflowing.
static inline void ipa_add(int64_t *number, int64_t value) { __atomic_fetch_add(number, value, __ATOMIC_RELAXED); }

// Gives an open file the extended attributes of another one. Returns 0, or the error number of the first attribute that
// could not be copied.
int ipp_copy_attributes(int from, int to);

#pragma clang assume_nonnull end
