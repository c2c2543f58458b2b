"""Sizes at every limit, one px below it and one above. Flat colours, so that the files stay small."""

import numpy as np
from PIL import Image

from . import encode


def gradient(width, height):
    """Two crossed gradients in steps of whole JPEG blocks, with a few lines: small, and a resize shows."""
    x = (np.linspace(60, 220, width) // 16 * 16).astype(np.uint8)[np.arange(width) // 16 * 16][None, :]
    y = (np.linspace(40, 200, height) // 16 * 16).astype(np.uint8)[np.arange(height) // 16 * 16][:, None]
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0], image[..., 1] = x, y
    image[..., 2] = 255 - x // 2 - y // 3
    image[:: max(height // 8, 4)] = 240
    return Image.fromarray(image)


def make(record):
    """The group limits/."""

    def jpeg(width, height, shows, folder=""):
        data = encode.pillow(gradient(width, height), "JPEG", quality=35, optimize=True)
        record.add(
            f"limits/{folder}jpeg-{width}x{height}.jpg",
            data,
            shows,
            format="jpeg",
            width=width,
            height=height,
        )

    def png(width, height, shows, folder=""):
        record.add(
            f"limits/{folder}png-{width}x{height}.png",
            encode.flat_png(width, height),
            shows,
            format="png",
            width=width,
            height=height,
            bit_depth=1,
            color_model="grayscale",
        )

    def webp(width, height, shows, folder=""):
        record.add(
            f"limits/{folder}webp-{width}x{height}.webp",
            encode.riff(encode.flat_vp8l(width, height)),
            shows,
            format="webp",
            width=width,
            height=height,
        )

    def gif(width, height, shows, folder=""):
        frame = encode.gif_frame(np.zeros((height, width), np.uint8), 2)
        data = (
            encode.gif_start(width, height, [(90, 140, 200), (0, 0, 0), (0, 0, 0), (255, 255, 255)]) + frame
        )
        record.add(
            f"limits/{folder}gif-{width}x{height}.gif",
            data + b";",
            shows,
            format="gif",
            width=width,
            height=height,
        )

    for limit, meaning in (
        (2000, "the edge limit of requests with more than 20 images"),
        (8000, "the edge limit of every request"),
    ):
        for edge in (limit - 1, limit, limit + 1):
            where = {-1: "one px under", 0: "exactly at", 1: "one px over"}[edge - limit]
            for write in (jpeg, png, webp, gif):
                write(edge, 10, f"wide, {where} {meaning}", f"edge-{limit}/")
                write(10, edge, f"tall, {where} {meaning}", f"edge-{limit}/")
            png(edge, edge, f"both sides {where} {meaning}", f"edge-{limit}/")
    tiers = {
        "standard": (
            (1092, 1092),
            (1093, 1093),
            (1568, 784),
            (1568, 785),
            (1569, 784),
            (784, 1568),
            (785, 1568),
            (784, 1569),
            (1456, 819),
            (1457, 819),
            (951, 1268),
            (1268, 951),
            (896, 1344),
            (1344, 896),
            (897, 1345),
            (819, 1456),
            (1000, 1000),
            (1540, 28),
            (1568, 28),
            (1569, 28),
            (952, 1288),
        ),
        "high-resolution": (
            (2576, 1456),
            (2576, 1457),
            (2577, 1456),
            (1456, 2576),
            (1457, 2576),
            (1932, 1932),
            (1933, 1933),
            (2576, 28),
            (2577, 28),
            (28, 2577),
            (2212, 1659),
            (2000, 1500),
        ),
    }
    for tier, sizes in tiers.items():
        for index, (width, height) in enumerate(sizes):
            # A large JPEG costs 40 KB however flat it is: the high tier has three, the rest is PNG.
            write = jpeg if tier == "standard" or index < 3 else png
            write(width, height, f"near the edge and token limits of the {tier} tier", f"tier-{tier}/")
    for width, height in (
        (1, 1),
        (2, 1),
        (1, 2),
        (7, 7),
        (8, 8),
        (7, 8),
        (16, 14),
        (199, 300),
        (200, 200),
        (300, 199),
        (199, 199),
        (27, 27),
        (28, 28),
        (29, 29),
    ):
        png(width, height, "a small side: under 8 px, under 200 px, or one patch", "small/")
    for width, height in ((1, 1), (7, 7), (8, 8), (199, 200)):
        jpeg(width, height, "a small side as JPEG", "small/")
        webp(width, height, "a small side as WebP", "small/")
        gif(width, height, "a small side as GIF", "small/")
    for width, height in ((1, 8000), (8000, 1), (1, 10000), (10000, 1), (3, 4001), (5000, 2)):
        png(width, height, "an extreme ratio: the short side must not become 0", "ratio/")
    jpeg(1, 7000, "an extreme ratio as JPEG", "ratio/")
    for width, height in ((1920, 1080), (3840, 2160), (1075, 1520), (3000, 1500)):
        png(width, height, "a row of the guide's or the documentation's table", "table/")
