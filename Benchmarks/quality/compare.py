"""Compares pictures with a reference: reads `LABEL<tab>SOURCE<tab>PICTURE` lines, writes `LABEL<tab>SSIM<tab>PSNR`.

The reference is the source, fully decoded and resized with Pillow's Lanczos (three lobes) on 8-bit sRGB samples to the
picture's size. SSIM is Wang's of 2004 on luma: Gaussian window of 11 px with sigma 1.5, constants 0.01 and 0.03.
PSNR is over all three channels.
"""

import math
import multiprocessing
import sys

import numpy
from PIL import Image

WINDOW = numpy.exp(-0.5 * (numpy.arange(-5, 6) / 1.5) ** 2)
WINDOW = (WINDOW / WINDOW.sum()).astype(numpy.float32)


def blur(values):
    """The Gaussian window at every position where it fits completely."""
    rows = sum(weight * values[i : values.shape[0] - 10 + i] for i, weight in enumerate(WINDOW))
    return sum(weight * rows[:, i : rows.shape[1] - 10 + i] for i, weight in enumerate(WINDOW))


def luma(rgb):
    return rgb @ numpy.array([0.299, 0.587, 0.114], dtype=numpy.float32)


def ssim(a, b):
    mean_a, mean_b = blur(a), blur(b)
    variance_a = blur(a * a) - mean_a * mean_a
    variance_b = blur(b * b) - mean_b * mean_b
    covariance = blur(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    index = ((2 * mean_a * mean_b + c1) * (2 * covariance + c2)) / (
        (mean_a * mean_a + mean_b * mean_b + c1) * (variance_a + variance_b + c2)
    )
    return float(index.mean())


def psnr(a, b):
    error = float(((a - b) ** 2).mean())
    return 99.0 if error == 0 else 10 * math.log10(255 * 255 / error)


def compare(job):
    source, pictures = job
    with Image.open(source) as image:
        original = image.convert("RGB")
    references, lines = {}, []
    for label, path in pictures:
        with Image.open(path) as image:
            picture = numpy.asarray(image.convert("RGB"), dtype=numpy.float32)
            size = image.size
        if size not in references:
            resized = original.resize(size, Image.Resampling.LANCZOS)
            references[size] = numpy.asarray(resized, dtype=numpy.float32)
        reference = references[size]
        lines.append(f"{label}\t{ssim(luma(reference), luma(picture)):.5f}\t{psnr(reference, picture):.2f}")
    return lines


def main():
    jobs = {}
    for line in sys.stdin:
        label, source, picture = line.rstrip("\n").split("\t")
        jobs.setdefault(source, []).append((label, picture))
    with multiprocessing.Pool(int(sys.argv[1])) as pool:
        for lines in pool.imap_unordered(compare, jobs.items()):
            print("\n".join(lines))


if __name__ == "__main__":
    main()
