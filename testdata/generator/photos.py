"""Rendered landscapes that behave like photographs: soft gradients, fractal detail, shot noise."""

import io
import zlib

import numpy as np
from PIL import Image, ImageDraw

from . import encode, metadata


def noise(rng, height, width, cell, octaves=5, gain=0.5):
    """Fractal value noise in 0…1: octaves of random grids, enlarged smoothly."""
    total, weight, scale = np.zeros((height, width), np.float32), 0.0, 1.0
    for octave in range(octaves):
        step = max(cell / 2**octave, 1)
        grid = rng.random((int(height / step) + 3, int(width / step) + 3), dtype=np.float32)
        layer = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC)
        total += scale * np.asarray(layer)
        weight += scale
        scale *= gain
    return total / weight


def ridge(rng, width, cell, octaves=8):
    """A mountain line in 0…1, one value a column."""
    line, weight, scale, columns = np.zeros(width, np.float32), 0.0, 1.0, np.arange(width)
    for octave in range(octaves):
        step = max(cell / 2**octave, 2)
        points = rng.random(int(width / step) + 3, dtype=np.float32)
        line += scale * np.interp(columns / step, np.arange(points.size), points).astype(np.float32)
        weight += scale
        scale *= 0.5
    return line / weight


def blend(canvas, colour, amount):
    canvas += (np.asarray(colour, np.float32) - canvas) * amount[..., None]


PALETTES = {
    # sky above, sky at the horizon, far ridge, near ridge, ground, sun
    "day": ((70, 120, 190), (205, 222, 235), (140, 160, 185), (40, 70, 50), (80, 105, 45), (255, 250, 230)),
    "dusk": ((40, 45, 95), (240, 150, 95), (135, 95, 120), (35, 25, 45), (50, 40, 45), (255, 225, 160)),
    "desert": (
        (60, 130, 200),
        (235, 215, 180),
        (215, 160, 115),
        (160, 85, 45),
        (205, 145, 85),
        (255, 250, 235),
    ),
    "fog": ((170, 180, 185), (215, 220, 220), (175, 185, 188), (45, 62, 60), (60, 75, 65), (240, 240, 235)),
    "sea": ((55, 115, 185), (215, 230, 238), (120, 150, 170), (60, 85, 95), (25, 80, 110), (255, 252, 240)),
}


def landscape(width, height, palette, water=False, trees=True, ridges=5):
    """An RGB array (height, width, 3) with sky, sun, clouds, ridges, and ground or water."""
    rng = np.random.default_rng(zlib.crc32(f"{palette}-{width}x{height}".encode()))
    top, low, far, near, ground, sun = (np.asarray(c, np.float32) for c in PALETTES[palette])
    size = max(width, height)
    horizon = int(height * (0.62 if height > width else 0.58))
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    down = np.clip(rows * height / horizon, 0, 1)
    canvas = np.empty((height, width, 3), np.float32)
    canvas[:] = top + (low - top) * (down**1.6)[..., None]
    y, x = np.ogrid[:height, :width]
    distance = np.sqrt((x - width * 0.7) ** 2 + (y - horizon * 0.55) ** 2).astype(np.float32) / size
    blend(canvas, sun, np.exp(-((distance / 0.13) ** 2)) * 0.6)
    blend(canvas, sun, np.clip((0.028 - distance) * 400, 0, 1))
    clouds = np.clip((noise(rng, height, width, size / 3, 6) - 0.52) * 4, 0, 0.8)
    blend(canvas, (248, 244, 242), clouds * (1 - 0.6 * down))
    for index in range(ridges):
        depth = index / max(ridges - 1, 1)
        line = horizon - height * (0.30 - 0.26 * depth) * ridge(rng, width, size / (2.5 + 2 * depth))
        mask = np.clip(y - line[None, :], 0, 1).astype(np.float32)
        texture = noise(rng, height, width, size / 18, 4) - 0.5
        colour = far + (near - far) * depth
        shade = colour * (1 + texture[..., None] * (0.25 + 0.5 * depth))
        canvas += (shade - canvas) * mask[..., None]
    below = y >= horizon
    if water:
        mirror = canvas[np.clip(2 * horizon - np.arange(height) - 1, 0, height - 1)]
        waves = noise(rng, height, 1, size / 180, 3)[:, :1] + 0.3 * noise(rng, height, width, size / 60, 3)
        surface = mirror * 0.62 + ground * 0.3 + (waves[..., None] - 0.6) * 50
        canvas = np.where(below[..., None], surface, canvas)
    else:
        meadow = noise(rng, height, width, size / 10, 8, 0.62)
        near_us = np.clip((y - horizon) / (height - horizon), 0, 1).astype(np.float32)
        colour = ground * (0.75 + 0.9 * (meadow[..., None] - 0.35)) * (1.1 - 0.3 * near_us[..., None])
        canvas = np.where(below[..., None], colour, canvas)
    canvas = np.clip(canvas, 0, 255)
    if trees:
        canvas = _trees(rng, canvas, near, horizon)
    return canvas


def _trees(rng, canvas, colour, horizon):
    """Firs that grow larger towards the viewer."""
    height, width = canvas.shape[:2]
    image = Image.fromarray(canvas.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for near_us in sorted(rng.random(70)):
        base = int(horizon + (height - horizon) * near_us * 0.8)
        tall, x = int(height * (0.03 + 0.14 * near_us)), int(rng.random() * width)
        shade = tuple(int(c * (0.5 + 0.5 * rng.random())) for c in colour)
        for tier in range(6):
            wide = tall * (0.09 + 0.05 * tier)
            upper = base - tall + tier * tall * 0.15
            draw.polygon(
                [(x, upper), (x - wide, upper + tall * 0.26), (x + wide, upper + tall * 0.26)], shade
            )
        draw.rectangle(
            [x - tall * 0.02, base - tall * 0.02, x + tall * 0.02, base + tall * 0.05], (45, 35, 28)
        )
    return np.asarray(image).astype(np.float32)


def city(width, height):
    """A skyline at night with lit windows."""
    canvas = landscape(width, height, "dusk", trees=False, ridges=2)
    rng = np.random.default_rng(zlib.crc32(b"city"))
    image = Image.fromarray(canvas.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for layer, shade in enumerate(((52, 45, 72), (36, 32, 52), (20, 18, 30))):
        x = -20
        while x < width:
            wide = int(width * rng.uniform(0.05, 0.12))
            roof = int(height * (rng.uniform(0.28, 0.6) + 0.1 * layer))
            draw.rectangle([x, roof, x + wide, height], shade)
            cell = max(width // 75, 8)
            for wy in range(roof + cell, height, 2 * cell):
                for wx in range(x + cell, x + wide - cell, 2 * cell):
                    if rng.random() < 0.35:
                        light = (255, 214, 130) if rng.random() < 0.8 else (190, 215, 255)
                        draw.rectangle([wx, wy, wx + cell // 2, wy + cell], light)
            x += wide + int(width * 0.004)
    return np.asarray(image).astype(np.float32)


def still_life(width, height):
    """Fruit on a table, softly lit."""
    rng = np.random.default_rng(zlib.crc32(b"still life"))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    canvas = np.empty((height, width, 3), np.float32)
    canvas[:] = np.array((96, 88, 84), np.float32) * (1.25 - 0.5 * (x / width))[..., None]
    grain = noise(rng, height, width, width / 8, 6)
    wood = 0.8 + 0.25 * np.sin(y / height * 60 + grain * 14) * 0.5 + 0.2 * grain
    canvas = np.where(
        (y > height * 0.55)[..., None], np.array((150, 100, 60), np.float32) * wood[..., None], canvas
    )
    for cx, cy, r, colour in (
        (0.3, 0.55, 0.17, (200, 45, 40)),
        (0.62, 0.52, 0.2, (235, 150, 35)),
        (0.47, 0.68, 0.15, (120, 165, 50)),
        (0.78, 0.7, 0.12, (110, 40, 90)),
    ):
        dx, dy = (x / width - cx) / r, (y / height - cy) / r
        blend(canvas, (25, 18, 15), np.exp(-((dx - 0.25) ** 2 + ((dy - 0.9) * 3) ** 2)) * 0.6)
        inside = np.clip((1 - np.sqrt(dx**2 + dy**2)) * r * width, 0, 1)
        bulge = np.sqrt(np.clip(1 - dx**2 - dy**2, 0, 1))
        light = np.clip(0.25 + 0.85 * (bulge * 0.7 - dx * 0.35 - dy * 0.45), 0.12, 1.3)
        skin = 0.92 + 0.16 * noise(rng, height, width, width / 60, 4)
        canvas += (np.array(colour, np.float32) * (light * skin)[..., None] - canvas) * inside[..., None]
        blend(canvas, (255, 250, 240), np.exp(-(((dx + 0.35) / 0.14) ** 2 + ((dy + 0.42) / 0.1) ** 2)) * 0.8)
    return canvas


def expose(canvas, shot=0.35):
    """8-bit pixels with noise that grows with the square root of the light, as a sensor's does."""
    height, width = canvas.shape[:2]
    rng = np.random.default_rng(height * 65536 + width)
    grain = rng.standard_normal((height, width), dtype=np.float32)[..., None]
    return np.clip(canvas + grain * np.sqrt(canvas) * shot + 0.5, 0, 255).astype(np.uint8)


def make(record):
    """The group photos/."""

    def photo(name, canvas, shows, quality=66, shot=0.25, **options):
        pixels = expose(canvas, shot)
        expected = {
            "format": "jpeg",
            "width": pixels.shape[1],
            "height": pixels.shape[0],
            "color_model": "rgb",
            "bit_depth": 8,
            "interlaced": bool(options.get("progressive")),
        }
        for key in ("orientation", "has_location"):
            if key in options:
                expected[key] = options.pop(key)
        data = encode.pillow(pixels, "JPEG", quality=quality, optimize=True, **options)
        record.add(f"photos/{name}.jpg", data, shows, **expected)

    photo("mountains-3000x4000", landscape(3000, 4000, "day"), "3:4 portrait, mountains and firs", 60)
    photo(
        "lake-4000x3000",
        landscape(4000, 3000, "dusk", water=True, trees=False),
        "4:3 landscape, a lake at dusk",
        60,
    )
    photo("fog-2160x3840", landscape(2160, 3840, "fog"), "9:16 portrait, firs in fog", 60)
    photo("fruit-2000x2000", still_life(2000, 2000), "square, still life", 70)
    photo("desert-2000x3000", landscape(2000, 3000, "desert", trees=False), "2:3 portrait, desert", 66)
    photo("city-1500x3000", city(1500, 3000), "1:2 portrait, a city at night", 60)
    photo("sea-1920x1080", landscape(1920, 1080, "sea", water=True, trees=False), "16:9, the sea", 75)
    photo(
        "valley-3000x2000-progressive",
        landscape(3000, 2000, "day"),
        "3:2 landscape, progressive JPEG, which is costly to decode",
        62,
        progressive=True,
    )
    photo("fruit-1092x1092", still_life(1092, 1092), "already the guide's size: nothing to do", 75)
    # A telephone held upright: the stored picture lies on its side, and says so.
    upright = landscape(3024, 4032, "desert")
    photo(
        "phone-4032x3024-orientation-6-gps",
        np.rot90(upright),
        "as a phone stores an upright photo: EXIF orientation 6, GPS, Display P3",
        52,
        orientation=6,
        has_location=True,
        exif=b"Exif\0\0" + metadata.exif(6, ">", gps=True, maker=b"Imaginary Phone"),
        icc_profile=metadata.DISPLAY_P3,
    )
    record.rows[-1]["color_profile"] = "other"

    small = Image.fromarray(expose(landscape(360, 270, "day")))
    common = {"width": 360, "height": 270}
    record.add(
        "photos/valley-360x270.png",
        encode.pillow(small, "PNG", optimize=True),
        "a photo as PNG",
        format="png",
        color_model="rgb",
        bit_depth=8,
        **common,
    )
    record.add(
        "photos/valley-360x270.gif",
        encode.pillow(small.quantize(64), "GIF", interlace=0),
        "a photo squeezed into 64 colours",
        format="gif",
        **common,
    )
    wide = Image.fromarray(expose(landscape(2400, 1600, "sea", trees=False), 0.2))
    out = io.BytesIO()
    wide.save(out, "WEBP", quality=55, method=4)
    record.add(
        "photos/islands-2400x1600.webp",
        out.getvalue(),
        "a photo as lossy WebP",
        format="webp",
        width=2400,
        height=1600,
    )
