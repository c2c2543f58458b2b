"""Files that must give a finding and never a crash: empty, cut off, mislabelled, lying, hostile."""

import io
import struct
import zipfile
import zlib

import numpy as np

from . import encode, metadata
from .encode import (
    GRAY,
    PNG_SIGNATURE,
    chunk,
    flat_png,
    flat_vp8l,
    gif_frame,
    gif_start,
    ihdr,
    patch,
    pillow,
    png,
    riff,
    segment,
    vp8x,
    webp_chunk,
)
from .formats_gif_webp import COLOURS, stripes
from .formats_other import SVG, box, pdf
from .limits import gradient


def make(record):
    width, height = 320, 240
    picture = gradient(width, height)
    noisy = np.asarray(picture) ^ np.random.default_rng(3).integers(0, 32, (height, width, 3), dtype=np.uint8)
    jpeg = pillow(noisy, "JPEG", quality=70)
    progressive = pillow(noisy, "JPEG", quality=70, progressive=True)
    full_png = png(noisy[::4, ::4])
    gif = gif_start(width, height, COLOURS) + gif_frame(stripes(width, height), 2) + b";"
    lossy = pillow(noisy, "WEBP", quality=60)
    lossless = pillow(noisy[::4, ::4], "WEBP", lossless=True)
    sized = {"width": width, "height": height}
    quarter = {"width": width // 4, "height": height // 4}

    def add(name, data, shows, error, **expected):
        record.add(f"bad/{name}", data, shows, **({"error": error} if error else {}), **expected)

    def deep(name, data, shows, kind, **expected):
        # The header is sound: only decoding shows it.
        add(name, data, shows, "I106", deep=True, format=kind, **{**sized, **expected})

    # Nothing, or next to nothing.
    add("empty/zero-bytes.png", b"", "no bytes at all", "I102")
    add("empty/zero-bytes.jpg", b"", "no bytes at all", "I102")
    add("empty/one-byte.jpg", b"\xff", "the first byte of a JPEG", "I103")
    add("empty/one-zero-byte.png", b"\0", "one byte of zero", "I103")
    add("empty/two-bytes.jpg", b"\xff\xd8", "SOI and nothing else", "I103")
    for name, signature in (
        ("jpg", jpeg[:3]),
        ("png", PNG_SIGNATURE),
        ("gif", b"GIF89a"),
        ("webp", lossy[:12]),
    ):
        add(f"empty/signature-only.{name}", signature, "a signature and nothing else", "I103")
    add("empty/zeros.png", bytes(4096), "4 KB of zeros", "I103")
    add("empty/random.jpg", np.random.default_rng(11).bytes(4096), "4 KB of noise", "I103")
    # Cut off in the pixels.
    for name, kind, data, size in (
        ("baseline.jpg", "jpeg", jpeg, sized),
        ("progressive.jpg", "jpeg", progressive, sized),
        ("rgb.png", "png", full_png, quarter),
        ("still.gif", "gif", gif, sized),
        ("lossy.webp", "webp", lossy, sized),
        ("lossless.webp", "webp", lossless, quarter),
    ):
        extra = {"interlaced": True} if name == "progressive.jpg" else {}
        if kind == "gif":
            # libnsgif shows the missing rows as transparent.
            extra["has_alpha"] = None
        if kind == "webp":
            extra["may_show_in_header"] = True
        deep(
            f"truncated/half-{name}",
            data[: len(data) // 2],
            "the second half is missing",
            kind,
            **size,
            **extra,
        )
    deep("truncated/last-tenth.jpg", jpeg[: -len(jpeg) // 10], "the last tenth is missing", "jpeg")
    deep(
        "truncated/no-scan-data.jpg",
        jpeg[: encode.find_segment(jpeg, {0xDA}) + 14],
        "ends where the pixels begin",
        "jpeg",
    )
    add(
        "truncated/no-sof.jpg",
        jpeg[: encode.find_segment(jpeg, {0xC0})],
        "ends before the size",
        "I103",
        format="jpeg",
    )
    add(
        "truncated/mid-sof.jpg",
        jpeg[: encode.find_segment(jpeg, {0xC0}) + 6],
        "ends inside of the size",
        "I103",
        format="jpeg",
    )
    add("truncated/mid-ihdr.png", full_png[:20], "ends inside of IHDR", "I103", format="png")
    add("truncated/mid-screen.gif", gif[:8], "ends inside of the screen's size", "I103", format="gif")
    add("truncated/mid-vp8.webp", lossy[:24], "ends inside of the frame's header", "I103", format="webp")
    # Named wrongly: sound files, a warning at most.
    for name, kind, data in (
        ("png-named.jpg", "png", png(noisy[:50, :60])),
        ("jpg-named.png", "jpeg", pillow(noisy[:50, :60], "JPEG")),
        ("webp-named.jpg", "webp", pillow(noisy[:50, :60], "WEBP")),
        ("gif-named.webp", "gif", gif_start(60, 50, COLOURS) + gif_frame(stripes(60, 50), 2) + b";"),
    ):
        add(
            f"mislabelled/{name}",
            data,
            f"{kind} by its bytes",
            None,
            format=kind,
            width=60,
            height=50,
            warning="I104",
        )
    heic = (record.root / "formats/convertible/photo.heic").read_bytes()
    add(
        "mislabelled/heic-named.jpg",
        # An empty box at the end: not the same bytes as photo.heic.
        heic + box(b"free", b""),
        "HEIC by its bytes, the commonest mistake of all",
        "I101",
        format="heic",
        width=301,
        height=203,
    )
    add(
        "mislabelled/svg-named.png",
        SVG.replace("#2d6cc0", "#3a7a4a").encode(),
        "SVG by its bytes",
        "I101",
        format="svg",
        width=300,
        height=200,
    )
    add("mislabelled/pdf-named.jpg", pdf(310, 200), "PDF by its bytes", "I101", format="pdf")
    # No image at all.
    html = "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>Not Found</body></html>\n"
    add("not-images/html-named.png", html.encode(), "an error page saved as a picture", "I101", format="html")
    add(
        "not-images/html-with-blanks.jpg",
        ("\ufeff\n\n  " + html.lower()).encode(),
        "the same after a byte order mark and blanks",
        "I101",
        format="html",
    )
    add("not-images/text-named.jpg", b"This is not a picture.\n", "plain text", "I101", format="text")
    add(
        "not-images/git-lfs-pointer.png",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a2146" * 8 + b"\nsize 12345\n",
        "what git leaves where git-lfs is not installed",
        "I101",
        format="text",
    )
    add(
        "not-images/json-error.jpg",
        b'{"error": {"code": 403, "message": "Forbidden"}}\n',
        "an answer in JSON",
        "I101",
        format="text",
    )
    add(
        "not-images/data-uri.png",
        b"data:image/png;base64,iVBORw0KGgo=\n",
        "a data URI as text",
        "I101",
        format="text",
    )
    add(
        "not-images/access-denied.png",
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>\n',
        "an answer of an object store",
        "I101",
        format="xml",
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr(zipfile.ZipInfo("photo.jpg", (2026, 1, 1, 0, 0, 0)), jpeg[:100])
    add("not-images/archive.png", archive.getvalue(), "a ZIP archive", "I101", format="zip")
    add(
        "not-images/clip.jpg",
        box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41") + box(b"free", b"") + box(b"mdat", bytes(64)),
        "the start of an MP4 film",
        "I101",
        format="video",
    )
    add(
        "not-images/clip-webm.png",
        bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104") + bytes(40),
        "the start of a WebM film",
        "I101",
        format="video",
    )
    # JPEG whose header lies.
    sof = encode.find_segment(jpeg, {0xC0})
    add(
        "hostile/jpeg-65535x65535.jpg",
        patch(jpeg, sof + 5, b"\xff" * 4),
        "a small file that claims 65,535 px a side",
        "I201",
        format="jpeg",
        width=65535,
        height=65535,
    )
    add(
        "hostile/jpeg-height-0.jpg",
        patch(jpeg, sof + 5, b"\0\0"),
        "height 0: a DNL marker would have to follow",
        "I103",
        format="jpeg",
    )
    add("hostile/jpeg-width-0.jpg", patch(jpeg, sof + 7, b"\0\0"), "width 0", "I103", format="jpeg")
    add(
        "hostile/jpeg-zero-components.jpg",
        patch(jpeg, sof + 9, b"\0"),
        "no colour component",
        "I103",
        format="jpeg",
    )
    add(
        "hostile/jpeg-segment-length-0.jpg",
        b"\xff\xd8\xff\xe0\0\0" + jpeg[20:],
        "a segment shorter than its length field",
        "I103",
        format="jpeg",
        libvips="libjpeg skips the segment and reads on",
    )
    add(
        "hostile/jpeg-segment-past-end.jpg",
        b"\xff\xd8" + segment(0xE1, b"Exif\0\0")[:2] + b"\xff\xff" + bytes(100),
        "a segment that ends 64 KB after the file",
        "I103",
        format="jpeg",
    )
    add(
        "hostile/jpeg-endless-app-segments.jpg",
        b"\xff\xd8" + b"\xff\xe5\0\2" * 5000,
        "5,000 empty segments and no image",
        "I103",
        format="jpeg",
    )
    add("hostile/jpeg-soi-eoi.jpg", b"\xff\xd8\xff\xd9", "begins and ends", "I103", format="jpeg")
    add(
        "hostile/jpeg-fill-bytes-only.jpg",
        b"\xff\xd8" + b"\xff" * 8000,
        "fill bytes without end",
        "I103",
        format="jpeg",
    )
    scan = encode.find_segment(jpeg, {0xDA}) + 14
    third = (len(jpeg) - scan) // 3
    garbage = np.random.default_rng(5).integers(0, 255, third, dtype=np.uint8).tobytes()
    add(
        "hostile/jpeg-garbage-in-scan.jpg",
        jpeg[: scan + third] + garbage + jpeg[scan + 2 * third :],
        "noise in the middle of the pixels: nothing is missing, decoders warn and go on",
        None,
        format="jpeg",
        **sized,
    )
    add(
        "hostile/jpeg-no-quantisation-tables.jpg",
        encode.without_all(jpeg, 0xDB),
        "no quantisation tables",
        "I106",
        deep=True,
        format="jpeg",
        may_show_in_header=True,
        **sized,
    )
    # PNG whose header lies.
    idat = chunk(b"IDAT", zlib.compress(bytes(100)))
    end = chunk(b"IEND")
    for name, w, h, shows in (
        ("png-2147483647x2147483647", 2**31 - 1, 2**31 - 1, "the largest size that PNG knows"),
        ("png-2147483647x1", 2**31 - 1, 1, "one row of two thousand million px"),
    ):
        add(
            f"hostile/{name}.png",
            PNG_SIGNATURE + ihdr(w, h) + idat + end,
            shows,
            "I201",
            format="png",
            width=w,
            height=h,
        )
    for name, w, h in (
        ("png-0x0", 0, 0),
        ("png-0x10", 0, 10),
        ("png-2147483648x1", 2**31, 1),
        ("png-4294967295x4294967295", 2**32 - 1, 2**32 - 1),
    ):
        add(
            f"hostile/{name}.png",
            PNG_SIGNATURE + ihdr(w, h) + idat + end,
            "a size that PNG forbids",
            "I103",
            format="png",
        )
    add(
        "hostile/png-bad-colour-type.png",
        PNG_SIGNATURE + ihdr(10, 10, 8, 5) + idat + end,
        "colour type 5",
        "I103",
        format="png",
    )
    add(
        "hostile/png-bad-depth.png",
        PNG_SIGNATURE + ihdr(10, 10, 3, GRAY) + idat + end,
        "3 bits a sample",
        "I103",
        format="png",
    )
    add(
        "hostile/png-depth-4-rgb.png",
        PNG_SIGNATURE + ihdr(10, 10, 4, 2) + idat + end,
        "4 bits of RGB, which PNG forbids",
        "I103",
        format="png",
    )
    add(
        "hostile/png-ihdr-not-first.png",
        PNG_SIGNATURE + chunk(b"tEXt", b"a\0b") + full_png[8:],
        "IHDR is second",
        "I103",
        format="png",
    )
    add(
        "hostile/png-ihdr-length-12.png",
        PNG_SIGNATURE + struct.pack(">I", 12) + full_png[12:],
        "IHDR one byte short",
        "I103",
        format="png",
    )
    add(
        "hostile/png-chunk-length-negative.png",
        full_png[:33] + b"\xff\xff\xff\xfftEXt" + full_png[33:],
        "a chunk of 4 GB before the pixels",
        "I103",
        format="png",
    )
    add(
        "hostile/png-cgbi.png",
        PNG_SIGNATURE + chunk(b"CgBI", b"\x50\0\x20\x02") + full_png[8:],
        "Apple's CgBI: looks like PNG, and nobody else reads it",
        "I103",
        format="png",
    )
    add(
        "hostile/png-without-idat.png",
        full_png[:33] + end,
        "no pixels at all",
        "I103",
        format="png",
        may_need_deep=True,
        **quarter,
    )
    add(
        "hostile/png-palette-missing.png",
        PNG_SIGNATURE + ihdr(10, 10, 8, 3) + idat + end,
        "palette colours without PLTE",
        "I103",
        format="png",
        may_need_deep=True,
        width=10,
        height=10,
    )
    middle = full_png.index(b"IDAT") + (len(full_png) - 57) // 2
    deep(
        "hostile/png-corrupt-idat.png",
        patch(full_png, middle, bytes(64)),
        "64 bytes zeroed in the middle of the pixels",
        "png",
        **quarter,
    )
    deep(
        "hostile/png-idat-too-short.png",
        PNG_SIGNATURE + ihdr(100, 100) + idat + end,
        "pixels for three rows of a hundred",
        "png",
        width=100,
        height=100,
    )
    add(
        "hostile/png-bomb-30000x30000.png",
        flat_png(30000, 30000, fill=0),
        "sound, 110 KB, unpacks to 900 megapixels",
        "I201",
        format="png",
        width=30000,
        height=30000,
    )
    # GIF and WebP whose header lies.
    start = gif_start(50, 40, COLOURS)
    add("hostile/gif-without-frames.gif", start + b";", "no frame", "I103", format="gif")
    add(
        "hostile/gif-only-extensions.gif",
        start + b"\x21\xfe\x01c\0" * 3000 + b";",
        "3,000 comments and no frame",
        "I103",
        format="gif",
    )
    add(
        "hostile/gif-65535x65535.gif",
        gif_start(65535, 65535, COLOURS) + gif_frame(stripes(50, 40), 2) + b";",
        "a screen of 65,535 px a side around a small frame",
        "I201",
        format="gif",
        width=65535,
        height=65535,
        has_alpha=None,
        libvips=(
            "libnsgif distrusts a screen over 2048 px and takes the frame's 50x40 px; other readers take the"
            " screen"
        ),
    )
    add(
        "hostile/gif-frame-0x0.gif",
        gif_start(0, 0, COLOURS) + b"\x2c" + bytes(8) + b"\0\x02\0;",
        "screen and frame of 0x0 px",
        "I103",
        format="gif",
        libvips="libnsgif makes it 1x1 px",
    )
    add(
        "hostile/gif-unknown-block.gif",
        start + b"\x99" * 100,
        "bytes that begin no block",
        "I103",
        format="gif",
    )
    deep(
        "hostile/gif-garbage-lzw.gif",
        start + b"\x2c" + struct.pack("<HHHHB", 0, 0, 50, 40, 0) + b"\x02\xff" + b"\xee" * 255 + b"\0;",
        "LZW codes that do not exist yet",
        "gif",
        width=50,
        height=40,
    )
    add(
        "hostile/webp-riff-size-too-large.webp",
        patch(lossy, 4, b"\xf0\xff\xff\xff"),
        "RIFF claims 4 GB",
        "I106",
        deep=True,
        may_show_in_header=True,
        format="webp",
        **sized,
    )
    add(
        "hostile/webp-riff-size-too-small.webp",
        patch(lossy, 4, struct.pack("<I", 20)),
        "RIFF ends inside of the header",
        "I103",
        format="webp",
    )
    add(
        "hostile/webp-chunk-size-lies.webp",
        patch(lossy, 16, b"\xff\xff\xff\x7f"),
        "the chunk is larger than the file",
        "I106",
        deep=True,
        may_show_in_header=True,
        format="webp",
        **sized,
    )
    add(
        "hostile/webp-vp8-bad-start-code.webp",
        patch(lossy, 23, b"\0\0\0"),
        "the frame's start code is wrong",
        "I103",
        format="webp",
    )
    add(
        "hostile/webp-vp8l-bad-signature.webp",
        patch(lossless, 20, b"\0"),
        "the lossless signature is wrong",
        "I103",
        format="webp",
    )
    add(
        "hostile/webp-vp8x-only.webp",
        riff(vp8x(100, 100)),
        "VP8X and no picture",
        "I103",
        format="webp",
        may_need_deep=True,
        width=100,
        height=100,
    )
    add(
        "hostile/webp-vp8x-16777216.webp",
        riff(vp8x(2**24, 2**24), lossy[12:]),
        "a canvas of 16,777,216 px a side: more than 2^32 px, which WebP forbids",
        "I103",
        format="webp",
        may_also_be="I201",
    )
    add(
        "hostile/webp-canvas-disagrees.webp",
        riff(vp8x(100, 80), lossy[12:]),
        "the canvas is smaller than the picture on it",
        "I106",
        deep=True,
        may_show_in_header=True,
        format="webp",
        width=100,
        height=80,
    )
    add(
        "hostile/webp-unknown-first-chunk.webp",
        riff(webp_chunk(b"ABCD", bytes(40))),
        "no chunk that WebP knows",
        "I103",
        format="webp",
    )
    add(
        "hostile/webp-bomb-16384x16384.webp",
        riff(flat_vp8l(16384, 16384)),
        "sound, 34 bytes, unpacks to 268 megapixels",
        "I201",
        format="webp",
        width=16384,
        height=16384,
    )
    add(
        "hostile/wave-sound.webp",
        b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(28),
        "RIFF, but sound",
        "I103",
    )
    # Others whose header lies.
    add(
        "hostile/tiff-directory-points-at-itself.tif",
        b"II*\0\x08\0\0\0" + b"\0\0" + b"\x08\0\0\0" + bytes(16),
        "an empty directory followed by itself",
        "I101",
        format="tiff",
    )
    add(
        "hostile/svg-entities.svg",
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;'
        b'&a;">]><svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><text>&b;</text></svg>',
        "entities that multiply",
        "I101",
        format="svg",
        width=10,
        height=10,
    )
    add(
        "hostile/bmp-negative-width.bmp",
        b"BM" + bytes(12) + struct.pack("<IiiHH", 40, -5, 5, 1, 24) + bytes(24),
        "a negative width",
        "I101",
        format="bmp",
    )
