"""Pillow-SIMD, built for AVX2: the same calls as pillow.py in a separate environment."""

import pillow

if __name__ == "__main__":
    pillow.main("Pillow-SIMD", is_simd=True)
