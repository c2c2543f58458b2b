"""Every colour layout and depth of PNG."""

import zlib

import numpy as np

from . import encode, metadata
from .encode import GRAY, GRAY_ALPHA, PALETTE, RGB, RGBA, chunk, png


def ramp(width, height, depth, channels):
    """Samples that use the whole range of the depth, another direction for each channel."""
    top = 2**depth - 1
    x, y = np.meshgrid(np.linspace(0, top, width), np.linspace(0, top, height))
    planes = [x, y, (x + y) / 2, top - (x + y) / 3][:channels]
    return np.dstack(planes).astype(np.uint16)


def make(record):
    width, height = 67, 45

    def add(name, data, shows, depth, model, **expected):
        row = {
            "format": "png",
            "width": width,
            "height": height,
            "bit_depth": depth,
            "color_model": model,
            "color_profile": "none",
        }
        record.add(f"formats/png/{name}.png", data, shows, **{**row, **expected})

    layouts = [
        (GRAY, "gray", "grayscale", (1, 2, 4, 8, 16)),
        (RGB, "rgb", "rgb", (8, 16)),
        (GRAY_ALPHA, "gray-alpha", "grayscale", (8, 16)),
        (RGBA, "rgba", "rgb", (8, 16)),
    ]
    for colour, name, model, depths in layouts:
        for depth in depths:
            samples = ramp(width, height, depth, encode.CHANNELS[colour])
            alpha = colour in (GRAY_ALPHA, RGBA)
            for interlaced in (False, True):
                add(
                    f"{name}-{depth}" + ("-adam7" if interlaced else ""),
                    png(samples, depth, colour, interlaced),
                    f"{name}, {depth} bits" + (", Adam7" if interlaced else ""),
                    depth,
                    model,
                    has_alpha=alpha,
                    interlaced=interlaced,
                )
    for depth in (1, 2, 4, 8):
        count = 2**depth
        table = chunk(
            b"PLTE",
            b"".join(bytes((i * 255 // (count - 1), 90, 255 - i * 255 // (count - 1))) for i in range(count)),
        )
        samples = ramp(width, height, depth, 1)
        seen_through = chunk(b"tRNS", bytes(range(0, 256, 256 // count)))
        add(
            f"palette-{depth}",
            png(samples, depth, PALETTE, before=table),
            f"palette, {depth} bits",
            depth,
            "indexed",
        )
        add(
            f"palette-{depth}-trns",
            png(samples, depth, PALETTE, before=table + seen_through),
            f"palette with transparency, {depth} bits",
            depth,
            "indexed",
            has_alpha=True,
        )
    rgb = ramp(width, height, 8, 3)
    add(
        "gray-8-trns",
        png(ramp(width, height, 8, 1), 8, GRAY, before=chunk(b"tRNS", b"\0\x80")),
        "one gray value is transparent",
        8,
        "grayscale",
        has_alpha=True,
    )
    add(
        "rgb-8-trns",
        png(rgb, before=chunk(b"tRNS", b"\0\0\0\0\0\0")),
        "one colour is transparent",
        8,
        "rgb",
        has_alpha=True,
    )
    opaque = np.dstack([rgb, np.full((height, width), 255)])
    add(
        "rgba-8-opaque",
        png(opaque, 8, RGBA),
        "an alpha channel that is opaque everywhere",
        8,
        "rgb",
        has_alpha=True,
    )
    clear = np.dstack([rgb, np.zeros((height, width), int)])
    add("rgba-8-invisible", png(clear, 8, RGBA), "every pixel is transparent", 8, "rgb", has_alpha=True)
    for name, profile, kind in (
        ("srgb", metadata.SRGB, "srgb"),
        ("display-p3", metadata.DISPLAY_P3, "other"),
    ):
        data = chunk(b"iCCP", name.encode() + b"\0\0" + zlib.compress(profile, 9))
        add(
            f"iccp-{name}", png(rgb, before=data), f"an embedded {name} profile", 8, "rgb", color_profile=kind
        )
    add(
        "iccp-unpacks-to-40-mb",
        png(rgb, before=chunk(b"iCCP", b"bomb\0\0" + zlib.compress(bytes(40_000_000), 9))),
        "a profile that unpacks to 40 MB of zeros; the picture itself is sound",
        8,
        "rgb",
        color_profile=None,
    )
    add("srgb-chunk", png(rgb, before=chunk(b"sRGB", b"\0")), "an sRGB chunk", 8, "rgb", color_profile="srgb")
    add(
        "exif-after-idat",
        png(rgb, after=chunk(b"eXIf", metadata.exif(6))),
        "eXIf after the pixels, which is legal: a reader of the start does not see it",
        8,
        "rgb",
        orientation=None,
    )
    add(
        "exif-gps",
        png(rgb, before=chunk(b"eXIf", metadata.exif(1, gps=True))),
        "a place in the Atlantic",
        8,
        "rgb",
        has_location=True,
    )
    text = chunk(b"tEXt", b"Comment\0" + b"a long comment that stands before the pixels. " * 1500)
    add(
        "long-text-before-idat",
        png(rgb, before=text + chunk(b"tRNS", bytes(6))),
        "69 KB of text before the chunk that makes it transparent",
        8,
        "rgb",
        has_alpha=True,
    )
    raw = png(rgb)
    start = raw.index(b"IDAT") - 4
    packed = raw[start + 8 : -16]
    pieces = b"".join(chunk(b"IDAT", packed[i : i + 100]) for i in range(0, len(packed), 100))
    add("many-idat", raw[:start] + pieces + chunk(b"IEND"), "the pixels in pieces of 100 bytes", 8, "rgb")
    add("trailing-bytes", raw + b"after the end", "bytes after the end of the image", 8, "rgb")
    add("unknown-ancillary-chunk", png(rgb, before=chunk(b"quUx", b"?" * 50)), "a private chunk", 8, "rgb")

    def animated(frames, hidden_default=False):
        control = chunk(b"acTL", frames.to_bytes(4, "big") + bytes(4))
        sequence, body = 0, b""

        def frame_control():
            nonlocal sequence
            data = b"".join(v.to_bytes(4, "big") for v in (sequence, width, height, 0, 0)) + bytes(
                [0, 10, 0, 100, 0, 0]
            )
            sequence += 1
            return chunk(b"fcTL", data)

        before = control if hidden_default else control + frame_control()
        for index in range(0 if hidden_default else 1, frames):
            shifted = png(np.roll(rgb, index * 9, axis=1))
            pixels = shifted[shifted.index(b"IDAT") + 4 : -16]
            body += frame_control()
            body += chunk(b"fdAT", sequence.to_bytes(4, "big") + pixels)
            sequence += 1
        return png(rgb, before=before, after=body)

    add("apng-3-frames", animated(3), "an animation of three frames", 8, "rgb", frames=3)
    add("apng-1-frame", animated(1), "says it is an animation and has one frame", 8, "rgb")
    add(
        "apng-hidden-default",
        animated(2, hidden_default=True),
        "the still picture is not one of the two frames of the animation",
        8,
        "rgb",
        frames=2,
    )
