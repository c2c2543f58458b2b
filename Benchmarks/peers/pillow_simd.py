"""Pillow-SIMD, built for AVX2: the same calls as pillow.py in an environment of its own."""

import pillow

if __name__ == "__main__":
    pillow.main("Pillow-SIMD", is_simd=True)
