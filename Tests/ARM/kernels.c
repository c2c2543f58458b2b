// Compares every kernel of CDigest and CResampler on this processor with the plain one, byte for byte, and the
// plain resampler with double precision. `make test-arm` runs it as an AArch64 program.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CDigest.h"
#include "CResampler.h"

static uint64_t state = 88172645463325252u;

static uint32_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t) (state >> 32);
}

static int between(int least, int most) { return least + (int) (next_random() % (uint32_t) (most - least + 1)); }

static void *allocate(size_t count)
{
    void *memory = malloc(count > 0 ? count : 1);
    if (!memory) abort();
    return memory;
}

static void fail(const char *what, int a, int b)
{
    printf("FAILED  %s (%d, %d)\n", what, a, b);
    exit(1);
}

static void digest(cdigest_kernel kernel, const uint8_t *bytes, size_t count, size_t step, uint8_t result[32])
{
    cdigest_sha256 digest;
    cdigest_sha256_init_with(&digest, kernel);
    for (size_t at = 0; at < count; at += step)
        cdigest_sha256_update(&digest, bytes + at, count - at < step ? count - at : step);
    cdigest_sha256_finish(&digest, result);
}

static void check_digests(cdigest_kernel kernel, const char *name)
{
    // FIPS 180-4, the one-block example: "abc".
    static const uint8_t abc[32] = {
        0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA, 0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23,
        0xB0, 0x03, 0x61, 0xA3, 0x96, 0x17, 0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD,
    };
    uint8_t found[32], wanted[32];
    digest(kernel, (const uint8_t *) "abc", 3, 3, found);
    if (memcmp(found, abc, 32) != 0) fail("the digest of abc", kernel, 0);
    for (int i = 0; i < 150; i++) {
        int count = i < 130 ? i : between(0, 5000), step = between(1, 300);
        uint8_t *bytes = allocate((size_t) count);
        for (int k = 0; k < count; k++) bytes[k] = (uint8_t) next_random();
        digest(CDIGEST_PLAIN, bytes, (size_t) count, (size_t) count + 1, wanted);
        digest(kernel, bytes, (size_t) count, (size_t) step, found);
        if (memcmp(found, wanted, 32) != 0) fail(name, count, step);
        free(bytes);
    }
    printf("ok      SHA-256, %s\n", name);
}

static ipr_job random_job(int i)
{
    ipr_job job = {.channels = between(1, 4), .in_width = between(1, 90), .in_height = between(1, 90)};
    // Scales above 8 take another path.
    if (i % 5 == 0) job.in_height = between(200, 300);
    job.out_width = between(1, job.in_width);
    job.out_height = i % 5 == 0 ? between(1, 20) : between(1, job.in_height);
    job.alpha = i % 2 == 0 ? IPR_ALPHA_STRAIGHT : IPR_ALPHA_NONE;
    return job;
}

static void check_resampler(ipr_kernel kernel, const char *name)
{
    for (int i = 0; i < 60; i++) {
        ipr_job job = random_job(i);
        size_t stride = (size_t) (job.in_width * job.channels) + 3;
        size_t out_stride = (size_t) (job.out_width * job.channels), count = out_stride * (size_t) job.out_height;
        uint8_t *in = allocate(stride * (size_t) job.in_height), *found = allocate(count), *wanted = allocate(count);
        int is_hard = between(0, 1);
        for (size_t k = 0; k < stride * (size_t) job.in_height; k++)
            in[k] = (uint8_t) (is_hard ? (next_random() & 1) * 255 : next_random());
        job.kernel = kernel;
        if (ipr_resample(&job, in, stride, found, out_stride)) fail("refused", job.in_width, job.out_width);
        if (kernel == IPR_KERNEL_SCALAR) {
            if (ipr_resample_reference(&job, in, stride, wanted, out_stride)) fail("refused", job.in_width, 0);
            for (size_t k = 0; job.alpha == IPR_ALPHA_NONE && k < count; k++)
                if (abs(found[k] - wanted[k]) > 1) fail(name, job.in_width, job.out_width);
        } else {
            job.kernel = IPR_KERNEL_SCALAR;
            if (ipr_resample(&job, in, stride, wanted, out_stride)) fail("refused", job.in_width, job.out_width);
            if (memcmp(found, wanted, count) != 0) fail(name, job.in_width, job.out_width);
        }
        free(in);
        free(found);
        free(wanted);
    }
    printf("ok      resampler, %s\n", name);
}

int main(void)
{
    static const char *const digests[] = {
        [CDIGEST_PLAIN] = "plain", [CDIGEST_AVX2] = "AVX2", [CDIGEST_SHA_NI] = "SHA-NI", [CDIGEST_ARMV8] = "ARMv8"};
    static const char *const resamplers[] = {"", "scalar", "128-bit vectors", "AVX2", "AVX-512"};
    int kernels = 0;
    for (int i = CDIGEST_PLAIN; i <= CDIGEST_ARMV8; i++)
        if (cdigest_has_kernel((cdigest_kernel) i)) check_digests((cdigest_kernel) i, digests[i]), kernels++;
    for (int i = IPR_KERNEL_SCALAR; i <= IPR_KERNEL_AVX512; i++)
        if (ipr_kernel_is_available((ipr_kernel) i)) check_resampler((ipr_kernel) i, resamplers[i]), kernels++;
#if defined(__aarch64__)
    if (kernels != 4) fail("a kernel is missing", kernels, 4);
#endif
    printf("%d kernels\n", kernels);
    return 0;
}
