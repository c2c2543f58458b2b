"""GIF and WebP: still, animated, transparent, and with sizes that disagree."""

import numpy as np

from . import encode, metadata
from .encode import GIF_LOOP, flat_vp8l, gif_control, gif_frame, gif_start, pillow, riff, vp8x, webp_chunk
from .limits import gradient

COLOURS = [(250, 250, 250), (200, 60, 50), (50, 120, 200), (60, 160, 90)]


def stripes(width, height, shift=0):
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return (((x + y + shift) // 12) % 4).astype(np.uint8)


def make_gif(record):
    width, height = 120, 90

    def add(name, data, shows, **expected):
        record.add(
            f"formats/gif/{name}.gif",
            data,
            shows,
            **{"format": "gif", "width": width, "height": height, **expected},
        )

    start = gif_start(width, height, COLOURS)
    still = gif_frame(stripes(width, height), 2)
    add("static", start + still + b";", "one frame")
    add("static-87a", gif_start(width, height, COLOURS, b"GIF87a") + still + b";", "the version of 1987")
    add(
        "interlaced",
        start + gif_frame(stripes(width, height), 2, interlaced=True) + b";",
        "interlaced rows",
        interlaced=True,
    )
    add(
        "transparent",
        start + gif_control(transparent=1) + still + b";",
        "one colour is transparent",
        has_alpha=True,
    )
    add(
        "local-colours",
        gif_start(width, height) + gif_frame(stripes(width, height), 2, palette=COLOURS) + b";",
        "no global colour table",
    )
    many = [(i, 255 - i, (i * 7) % 256) for i in range(256)]
    wide = np.add.outer(np.arange(height), np.arange(width)).astype(np.uint8)
    add("256-colours", gif_start(width, height, many) + gif_frame(wide, 8) + b";", "a full colour table")
    frames = [gif_control(10) + gif_frame(stripes(width, height, 6 * i), 2) for i in range(5)]
    add("animated-5", start + GIF_LOOP + b"".join(frames) + b";", "five frames, endless", frames=5)
    add("animated-2-no-loop", start + b"".join(frames[:2]) + b";", "two frames, no loop extension", frames=2)
    moving = [
        gif_control(10, disposal=2, transparent=0) + gif_frame(stripes(40, 30), 2, 10 * i, 8 * i)
        for i in range(4)
    ]
    add(
        "animated-small-frames",
        start + GIF_LOOP + b"".join(moving) + b";",
        "frames smaller than the screen, disposed to the background",
        frames=4,
        has_alpha=True,
    )
    comment = b"\x21\xfe" + bytes([200]) + b"c" * 200 + b"\0"
    add(
        "comments-before-frame",
        start + comment * 60 + still + b";",
        "12 KB of comments before the first frame",
    )
    add(
        "frame-offset",
        start + gif_frame(stripes(60, 40), 2, 30, 20) + b";",
        "one frame smaller than the screen",
        has_alpha=None,
    )
    larger = gif_start(60, 40, COLOURS) + gif_frame(stripes(width, height), 2) + b";"
    add(
        "frame-larger-than-screen",
        larger,
        "a screen of 60x40 px and a frame of 120x90 px: libvips and the "
        "browsers enlarge the screen to the first frame",
        screen=[60, 40],
        has_alpha=None,
    )
    add(
        "screen-0x0",
        gif_start(0, 0, COLOURS) + gif_frame(stripes(width, height), 2) + b";",
        "a screen of 0x0 px: the first frame gives the size",
        screen=[0, 0],
        has_alpha=None,
    )
    add("no-trailer", start + still, "the last byte is missing; every pixel is there")
    add("trailing-bytes", start + still + b";after the end", "bytes after the end")


def make_webp(record):
    width, height = 150, 101
    picture = gradient(width, height)
    alpha = picture.copy()
    alpha.putalpha(picture.convert("L"))

    def add(name, data, shows, **expected):
        record.add(
            f"formats/webp/{name}.webp",
            data,
            shows,
            **{"format": "webp", "width": width, "height": height, "color_profile": "none", **expected},
        )

    lossy = pillow(picture, "WEBP", quality=70)
    lossless = pillow(picture, "WEBP", lossless=True)
    add("lossy", lossy, "VP8")
    add("lossless", lossless, "VP8L")
    add("lossy-alpha", pillow(alpha, "WEBP", quality=70), "VP8X with ALPH and VP8", has_alpha=True)
    add("lossless-alpha", pillow(alpha, "WEBP", lossless=True), "VP8L that uses alpha", has_alpha=True)
    add("vp8x-plain", riff(vp8x(width, height), lossy[12:]), "VP8X without any flag")
    add(
        "vp8x-exif-6",
        riff(vp8x(width, height, exif=True), lossy[12:], webp_chunk(b"EXIF", metadata.exif(6))),
        "orientation 6 in EXIF after the pixels",
        orientation=6,
    )
    add(
        "vp8x-exif-prefix",
        riff(vp8x(width, height, exif=True), lossy[12:], webp_chunk(b"EXIF", b"Exif\0\0" + metadata.exif(3))),
        "EXIF with JPEG's prefix, as some programs write it",
        orientation=3,
    )
    add(
        "vp8x-exif-gps",
        riff(vp8x(width, height, exif=True), lossy[12:], webp_chunk(b"EXIF", metadata.exif(1, gps=True))),
        "a place in the Atlantic",
        has_location=True,
    )
    add(
        "vp8x-icc-p3",
        riff(vp8x(width, height, icc=True), webp_chunk(b"ICCP", metadata.DISPLAY_P3), lossy[12:]),
        "a Display P3 profile",
        color_profile="other",
    )
    add(
        "vp8x-icc-srgb",
        riff(vp8x(width, height, icc=True), webp_chunk(b"ICCP", metadata.SRGB), lossless[12:]),
        "an sRGB profile",
        color_profile="srgb",
    )
    add("vp8x-xmp", riff(vp8x(width, height, xmp=True), lossy[12:], webp_chunk(b"XMP ", metadata.XMP)), "XMP")
    add(
        "vp8x-unknown-chunk",
        riff(vp8x(width, height), webp_chunk(b"JUNK", b"odd"), lossy[12:]),
        "an unknown chunk of odd length before the pixels",
    )
    others = [gradient(width, height).rotate(90 * i, resample=0) for i in range(1, 4)]
    add(
        "animated-4",
        pillow(picture, "WEBP", save_all=True, append_images=others, duration=100, quality=50),
        "four frames",
        frames=4,
        has_alpha=None,
    )
    add("flat-1x1", riff(flat_vp8l(1, 1, (255, 200, 60, 50))), "one pixel", width=1, height=1)
    add(
        "flat-alpha",
        riff(flat_vp8l(150, 101, (128, 10, 200, 90))),
        "34 bytes, half transparent",
        has_alpha=True,
    )
    add("trailing-bytes", lossy + b"after the end", "bytes after the end")
