// SHA-256 (FIPS 180-4): one interface, and a kernel for each kind of processor, chosen at run time.
// Every kernel gives the same digest as the plain reference.
#ifndef CDIGEST_H
#define CDIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    CDIGEST_PLAIN = 0, // portable C, the reference of the others
    CDIGEST_AVX2 = 1, // x86-64 with AVX2, BMI1 and BMI2
    CDIGEST_SHA_NI = 2, // x86-64 with the SHA extensions
    CDIGEST_ARMV8 = 3, // AArch64 with the SHA-2 instructions
} cdigest_kernel;

// The state of one digest. Plain data: it may be copied, and nothing has to be released.
typedef struct {
    uint32_t state[8];
    uint64_t length; // bytes taken so far
    uint8_t block[64]; // the start of a block that is not full yet
    cdigest_kernel kernel;
} cdigest_sha256;

// Whether this processor and this build have a kernel.
bool cdigest_has_kernel(cdigest_kernel kernel);

// The fastest kernel of this processor.
cdigest_kernel cdigest_fastest_kernel(void);

// Starts a digest with the fastest kernel.
void cdigest_sha256_init(cdigest_sha256 *digest);

// Starts a digest with a kernel that cdigest_has_kernel() reports.
void cdigest_sha256_init_with(cdigest_sha256 *digest, cdigest_kernel kernel);

// Takes more bytes. `bytes` may be NULL when `count` is 0.
void cdigest_sha256_update(cdigest_sha256 *digest, const void *bytes, size_t count);

// Ends the digest and writes its 32 bytes. The state has to be started again before the next use.
void cdigest_sha256_finish(cdigest_sha256 *digest, uint8_t result[32]);

#endif
