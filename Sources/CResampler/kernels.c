#include "internal.h"

const ipr_kernel_code *ipr_kernel_find(ipr_kernel kernel) {
    switch (kernel) {
    case IPR_KERNEL_SCALAR: return &ipr_kernel_scalar;
#if defined(__x86_64__)
    case IPR_KERNEL_VECTOR128: return __builtin_cpu_supports("sse4.1") ? &ipr_kernel_128 : NULL;
    case IPR_KERNEL_AVX2: return __builtin_cpu_supports("avx2") ? &ipr_kernel_avx2 : NULL;
    case IPR_KERNEL_AVX512:
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni")
            ? &ipr_kernel_avx512 : NULL;
#elif defined(__aarch64__)
    case IPR_KERNEL_VECTOR128: return &ipr_kernel_128;
#endif
    case IPR_KERNEL_AUTO:
        for (int best = IPR_KERNEL_AVX512; best > IPR_KERNEL_SCALAR; best--) {
            const ipr_kernel_code *code = ipr_kernel_find((ipr_kernel)best);
            if (code) return code;
        }
        return &ipr_kernel_scalar;
    default: return NULL;
    }
}

int ipr_kernel_is_available(ipr_kernel kernel) { return ipr_kernel_find(kernel) != NULL; }
