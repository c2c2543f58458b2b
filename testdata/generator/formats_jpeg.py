"""Every kind of JPEG that the product may meet."""

import base64

import numpy as np
from PIL import Image

from . import encode, metadata
from .encode import after_soi, find_segment, icc_segments, patch, segment
from .limits import gradient

# Pillow has no switch for arithmetic coding. Made once with libjpeg-turbo 2.1.5: 160x120 px, quality 60,
# `arith_code = TRUE`, 4:2:0.
ARITHMETIC = base64.b64decode("""
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO
UlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P
T09PT09PT0//yQARCAB4AKADASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwD/ALK6a0Qu7J3+VAW3JrRj8xyMwJ9s
p4MJ4L8BP2S12QgHdt3UTBju5EmLCEPNi5JS449zUndfxV2XUEw7DDodVoQQEnJcOHNdk3xZqQoTQrhZnICH+fmvVsKX59S69KMA
Pp0ENOE6/HCKc6Gyj+VhP0j9XGsKC6ZXI64lRjoC8k18op0LoLMyJGdzYZVnL5QG1i8tGlpCfsbcDpfy+tofmdh+UneIHotd/peA
HGkm9MirKqGSKzBEaj7SX2aGlohMvnFp4fbWmh3TDHTCRVfTD+ObCNJUBOp/gj/MNtxEJy5fbfKw728FeGWhH0yHlK/HmIpoFbzK
iCHfhp4sEf5RA09pPDpt/jxD9y+rtEJxTj19g4OfmnaNYIZU49cyOiIGr5Ohn53ScXJXPhBvh5qGLAB/8YPUN3yKJemQlrsM92y7
JpV1AyifgSm473hILYN+iBZwkTbhKEiJYlEG7EKFwQFxwkgCeq/pkIxOSJuAadVUPgv5U2A12mEPsKyeHNksHr/rKd2/tjJROKRJ
wIeU0SYIb4zYKkV6bwNvUGc8ZgS5pwIawvlE/wCTgc9iDkYXxBAfwZ1E/thyzmAT99pezqsZIQBeWYEdMapJzAiy3Ptx3E3WkZ8P
f4+KqXFd2m7YkNnqzXh8+nqK+MD3Olxze8WNbUbUcea08nwCkXbUTsiNEyaCh/VvqaxhhVEJYkLbC8x+2Cn5nzr7rjQJ/Fw91mpF
sIR92Dk2on0yZnGO36fV2wu0t8pW6OndnUiU9HZnWKTehJWWNWPC1m7i5gG7rr0fgK4vrHW6NopJdUd7UU++LHZufdhgkQwKpKKQ
PHIUZCFkE2r9j/8AANlkxIF6ZlSM2HdABo1QdWAPXph61XBzbIaM57YI3x/H5a54l8zKrL5OExgi/lBqTh3QCC2Y4qwd8l1L3l2e
pY1e+6H/AOT9BMuUGz3fOlTxczSzuNFBViJqYobpECZUFOzDLVtjmCTShSTpciFqgzayP9PjuKqdsy+7CSy6NKXqIYd4TJhfMrH7
rGfxD2Y2WqznWJJGRV6xzCIVY0ZQG96SSPXFlsUl11A3WgCH/CyT+LTFTOPqbmXeJOZVGaZZd9xdCGh4Gr6PaVxZfdKTdzD3wLXG
MZEAZYrgiE+mj8vf5v3svdq+BCJ8R2q8PdTBuCT2TK8XuYCeM82XPyA/+T1rLjwt9ZcN/Jo/hDDKzUDmjJ8IVEw0XdHySQZGKzXm
qHrjV+Fy0YCroSknfnAaQP8AF87hqGeNreFE28oWzQnMnzjr9ARgdkoQT63qgdAoX1BzXbkXo5rvDC35F84GY10fsw9zgeAkoDu8
nzOot3Z3wqWVIUCLZHu0iy0u+o8NA0iRK+pPKnxmCNFSWRmcMUVDjagHzciBWB5tCjV9feUeGwm5151pXw0BlaCQNNiTYsamix5m
V4e7MtfwIsi6/jj2KTb5vLiWT3WRCS/TwXcKatM0YGAfF3JNGn6y9A12XEthK7ah6H4L1qogZN4RYxNAiNGf1n99Pf2dtnIgY+94
HHvXYWTu+6o0x1qp/wBfbj7eKm/3JZZS+e3hwd9MB7Cp0H2I+QjJDGbWZMMBcXjpuL1MltDbE28H32nShOfSL8L7BcO/bsO2H2ve
TqzC+4NMwjD7MXo1ZKt80GG3ZNRh/M0TXv6k3MZp398wjE+ouhFuH+gkt9z/2Q==
""")


def ycck(image):
    """An Adobe YCCK JPEG: the same inks as CMYK, the first three stored as luma and chroma."""
    inverted = 255 - np.asarray(image.convert("CMYK"))
    luma = np.asarray(Image.fromarray(255 - inverted[..., :3], "RGB").convert("YCbCr"))
    # Pillow stores a CMYK picture inverted: hand it the complement of what is to be stored.
    planes = 255 - np.dstack([luma, inverted[..., 3]])
    data = encode.pillow(Image.frombytes("CMYK", image.size, planes.tobytes()), "JPEG", quality=85)
    adobe = find_segment(data, {0xEE})
    return patch(data, adobe + 4 + 11, b"\x02")


def make(record):
    width, height = 240, 180
    picture = gradient(width, height)

    def save(image=picture, **options):
        options.setdefault("quality", 75)
        return encode.pillow(image, "JPEG", **options)

    def add(name, data, shows, **expected):
        row = {
            "format": "jpeg",
            "width": width,
            "height": height,
            "bit_depth": 8,
            "color_model": "rgb",
            "color_profile": "none",
        }
        record.add(f"formats/jpeg/{name}.jpg", data, shows, **{**row, **expected})

    plain = save()
    add("baseline-420", save(subsampling="4:2:0"), "baseline, chroma at a quarter")
    add("baseline-422", save(subsampling="4:2:2"), "baseline, chroma at half the width")
    add("baseline-444", save(subsampling="4:4:4"), "baseline, full chroma")
    add("rgb-adobe-0", save(keep_rgb=True), "components are R, G and B (Adobe transform 0)")
    add("progressive", save(progressive=True), "progressive (SOF2)", interlaced=True)
    add(
        "progressive-gray",
        save(picture.convert("L"), progressive=True),
        "progressive, one component",
        interlaced=True,
        color_model="grayscale",
    )
    add("grayscale", save(picture.convert("L")), "one component", color_model="grayscale")
    cmyk = save(picture.convert("CMYK"))
    add("cmyk-adobe", cmyk, "four inks, stored inverted as Adobe does", color_model="cmyk")
    add(
        "cmyk-without-adobe",
        encode.without_segment(cmyk, 0xEE),
        "four inks, no Adobe marker",
        color_model="cmyk",
    )
    add(
        "ycck-adobe",
        ycck(picture),
        "four inks as luma, chroma and black (Adobe transform 2)",
        color_model="ycck",
    )
    add("restart-markers", save(restart_marker_blocks=4), "a restart marker every four blocks")
    sof = find_segment(plain, {0xC0})
    add("extended-sequential", patch(plain, sof + 1, b"\xc1"), "SOF1 instead of SOF0")
    add("arithmetic", ARITHMETIC, "arithmetic coding (SOF9)", width=160, height=120)
    add("quality-1", save(quality=1), "the lowest quality")
    add("quality-100", save(quality=100, subsampling=0), "the highest quality")
    add(
        "without-huffman-tables",
        encode.without_all(plain, 0xC4),
        "no Huffman tables, as in motion JPEG: decoders use the standard ones",
    )
    add("odd-1x1", save(gradient(1, 1)), "one pixel", width=1, height=1)
    add("odd-17x33", save(gradient(17, 33)), "sides that are no multiple of a block", width=17, height=33)
    add("without-jfif", encode.without_segment(plain, 0xE0), "no APP0: the first segment is a table")
    marker = find_segment(plain, {0xDB})
    add("fill-bytes", plain[:marker] + b"\xff" * 7 + plain[marker:], "fill bytes before a marker")
    add(
        "comment",
        after_soi(plain, segment(0xFE, b"made by testdata/generate.py \xff\xc0\xff\xd9")),
        "a comment that holds what looks like markers",
    )
    add("empty-segments", after_soi(plain, segment(0xE7, b"") * 40), "forty empty APP segments")
    filler = np.random.default_rng(7).integers(0, 256, 65000, dtype=np.uint8).tobytes()
    add(
        "big-app-segments-then-exif",
        after_soi(plain, segment(0xED, filler) * 3 + segment(0xE1, b"Exif\0\0" + metadata.exif(3))),
        "195 KB of APP13 before the EXIF block",
        orientation=3,
    )
    add("trailing-bytes", plain + b"\0" * 1000 + b"after the end", "bytes after the end of the image")
    add("second-image-appended", plain + save(gradient(64, 48)), "another JPEG after the end")
    profiles = {
        "srgb": (metadata.SRGB, "srgb"),
        "display-p3": (metadata.DISPLAY_P3, "other"),
        "adobe-rgb": (metadata.ADOBE_RGB, "other"),
    }
    for name, (profile, kind) in profiles.items():
        add(
            f"icc-{name}",
            after_soi(plain, icc_segments(profile)),
            f"an embedded {name} profile",
            color_profile=kind,
        )
    add(
        "icc-in-three-pieces",
        after_soi(plain, icc_segments(metadata.DISPLAY_P3, 3)),
        "a profile split over three segments",
        color_profile="other",
    )
    add(
        "icc-gray",
        after_soi(save(picture.convert("L")), icc_segments(metadata.GRAY_GAMMA)),
        "a gray profile",
        color_profile="other",
        color_model="grayscale",
    )

    def with_exif(block, *more):
        return after_soi(plain, segment(0xE1, b"Exif\0\0" + block) + b"".join(more))

    add("exif-gps", with_exif(metadata.exif(1, gps=True)), "a place in the Atlantic", has_location=True)
    add(
        "exif-gps-big-endian",
        with_exif(metadata.exif(6, ">", gps=True)),
        "a place, and orientation 6",
        has_location=True,
        orientation=6,
    )
    add(
        "exif-thumbnail",
        with_exif(metadata.exif(8, thumbnail=save(gradient(160, 120)))),
        "a whole JPEG of another size inside the EXIF block, whose own orientation says 6",
        orientation=8,
    )
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + metadata.XMP)
    add(
        "xmp-before-exif",
        after_soi(plain, xmp + segment(0xE1, b"Exif\0\0" + metadata.exif(5))),
        "APP1 is XMP first and EXIF second",
        orientation=5,
    )
    good = metadata.exif(6)
    entry = good.index(b"\x12\x01\x03\x00")
    add("exif-orientation-0", with_exif(metadata.exif(0)), "an orientation that does not exist: upright")
    add("exif-orientation-9", with_exif(metadata.exif(9)), "an orientation that does not exist: upright")
    add("exif-without-orientation", with_exif(metadata.exif()), "EXIF that says nothing of orientation")
    add(
        "exif-offset-outside",
        with_exif(patch(good, 4, b"\xf0\xff\xff\x7f")),
        "the directory lies outside of the block",
    )
    add(
        "exif-endless-count",
        with_exif(patch(good, 8, b"\xff\xff")),
        "65,535 entries announced, two present; the orientation stands there",
        orientation=None,
    )
    add(
        "exif-directory-points-at-itself",
        with_exif(patch(good, entry + 24, b"\x08\0\0\0")),
        "the next directory is this one",
        orientation=6,
    )
    add("exif-empty", after_soi(plain, segment(0xE1, b"Exif\0\0")), "an EXIF segment without a body")
    add("exif-wrong-order-mark", with_exif(b"XX" + good[2:]), "neither II nor MM: upright")
