"""What cannot be sent: formats that can be converted, and documents that are only named."""

import gzip
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
import pillow_heif
from PIL import Image

from . import encode, metadata
from .encode import pillow
from .limits import gradient
from .orientation import stored


def vips(image, name, *options):
    """The bytes that the `vips` command writes; Pillow has no encoder for the format."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "in.png"), pathlib.Path(folder, name)
        image.save(source)
        subprocess.run(
            ["vips", "copy", source, f"{target}{''.join(options)}"], check=True, capture_output=True
        )
        return target.read_bytes()


def box(kind, data):
    return struct.pack(">I", len(data) + 8) + kind + data


def bmp(samples, bits=24, top_down=False, core=False):
    """A BMP of an array (height, width, 3): 24 or 32 bits; `core` is the header of OS/2."""
    height, width = samples.shape[:2]
    pixels = samples[..., ::-1] if top_down else samples[::-1, :, ::-1]
    if bits == 32:
        pixels = np.dstack([pixels, np.full((height, width), 255, np.uint8)])
    rows = pixels.reshape(height, -1)
    rows = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4))).astype(np.uint8).tobytes()
    if core:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack(
            "<IiiHHIIiiII",
            40,
            width,
            -height if top_down else height,
            1,
            bits,
            0,
            len(rows),
            2835,
            2835,
            0,
            0,
        )
    return b"BM" + struct.pack("<IHHI", 14 + len(info) + len(rows), 0, 0, 14 + len(info)) + info + rows


def tiff(samples, order, bits=8, big=False):
    """An uncompressed TIFF or BigTIFF of an array (height, width[, 3]), in one strip."""
    height, width = samples.shape[:2]
    channels = samples.shape[2] if samples.ndim == 3 else 1
    data = samples.astype(np.dtype(f"u{bits // 8}").newbyteorder(order)).tobytes()
    word, inline = ("Q", 8) if big else ("I", 4)
    head = struct.pack(
        order + ("2sHHHQ" if big else "2sHI"),
        b"II" if order == "<" else b"MM",
        *((43, 8, 0, 16 + len(data)) if big else (42, 8 + len(data))),
    )
    start = len(head)
    entries = [
        (256, "H", [width]),
        (257, "H", [height]),
        (258, "H", [bits] * channels),
        (259, "H", [1]),
        (262, "H", [2 if channels == 3 else 1]),
        (273, "I", [start]),
        (277, "H", [channels]),
        (278, "H", [height]),
        (279, "I", [len(data)]),
    ]
    directory = struct.pack(order + ("Q" if big else "H"), len(entries))
    overflow_at = start + len(data) + len(directory) + len(entries) * (20 if big else 12) + inline
    overflow = b""
    for tag, kind, values in entries:
        value = struct.pack(f"{order}{len(values)}{kind}", *values)
        if len(value) > inline:
            place = struct.pack(order + word, overflow_at + len(overflow))
            overflow += value
            value = place
        directory += struct.pack(order + "HH" + word, tag, {"H": 3, "I": 4}[kind], len(values))
        directory += value.ljust(inline, b"\0")
    return head + data + directory + bytes(inline) + overflow


def pdf(width, height):
    """One empty page with a rectangle on it."""
    page = f"0.2 0.5 0.8 rg 20 20 {width - 40} {height - 40} re f".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return (
        out
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    )


def psd(samples):
    """An uncompressed Photoshop file of an array (height, width, 3)."""
    height, width = samples.shape[:2]
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3)
    return head + bytes(12) + b"\0\0" + samples.transpose(2, 0, 1).tobytes()


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200" viewBox="0 0 300 200">'
    '<rect width="300" height="200" fill="#2d6cc0"/><circle cx="150" cy="100" r="70" fill="#f5a02d"/></svg>\n'
)


def make(record):
    width, height = 90, 61
    picture = gradient(width, height)
    pixels = np.asarray(picture)

    def add(name, data, kind, shows, **expected):
        row = {"format": kind, "width": width, "height": height, "error": "I101"}
        record.add(f"formats/convertible/{name}", data, shows, **{**row, **expected})

    kind = {"kind": "tiff"}
    add("rgb.tif", pillow(picture, "TIFF"), shows="TIFF, little-endian, uncompressed", **kind)
    add("rgb-big-endian.tif", tiff(pixels, ">"), shows="TIFF, big-endian", **kind)
    add("rgb-lzw.tif", pillow(picture, "TIFF", compression="tiff_lzw"), shows="TIFF, LZW", **kind)
    add("rgb-jpeg.tif", pillow(picture, "TIFF", compression="jpeg"), shows="TIFF, JPEG inside", **kind)
    add(
        "cmyk.tif",
        pillow(picture.convert("CMYK"), "TIFF", compression="tiff_lzw"),
        shows="TIFF, four inks",
        **kind,
    )
    add(
        "rgba.tif",
        pillow(picture.convert("RGBA"), "TIFF", compression="tiff_lzw"),
        shows="TIFF with alpha",
        **kind,
    )
    deep = Image.fromarray(np.linspace(0, 65535, width * height).reshape(height, width).astype(np.uint16))
    add("gray-16.tif", pillow(deep, "TIFF"), shows="TIFF, 16 bits", **kind)
    add(
        "gray-16-big-endian.tif",
        tiff(np.asarray(deep), ">", 16),
        shows="TIFF, 16 bits, big-endian",
        **kind,
    )
    add(
        "bilevel-g4.tif",
        pillow(picture.convert("1"), "TIFF", compression="group4"),
        shows="TIFF, a fax",
        **kind,
    )
    add(
        "two-pages.tif",
        pillow(picture, "TIFF", compression="tiff_lzw", save_all=True, append_images=[gradient(80, 60)]),
        shows="TIFF of two pages of different sizes",
        **kind,
    )
    add("bigtiff.tif", tiff(pixels, "<", big=True), shows="BigTIFF", **kind)
    for orientation in (3, 6):
        image = stored(301, 203, orientation)
        add(
            f"orientation-{orientation}.tif",
            pillow(image, "TIFF", compression="tiff_lzw", tiffinfo={274: orientation}),
            "tiff",
            f"TIFF with orientation {orientation}",
            width=image.width,
            height=image.height,
            orientation=orientation,
            corners="upright",
        )
    add("rgb-24.bmp", bmp(pixels), "bmp", "BMP, 24 bits, bottom-up")
    add("rgb-24-top-down.bmp", bmp(pixels, top_down=True), "bmp", "BMP with a negative height")
    add("rgb-32.bmp", bmp(pixels, 32), "bmp", "BMP, 32 bits")
    add("palette-8.bmp", pillow(picture.quantize(32), "BMP"), "bmp", "BMP, palette of 8 bits")
    add("os2.bmp", bmp(pixels, core=True), "bmp", "BMP with the header of OS/2")
    upright = stored(301, 203, 1)
    turned = stored(301, 203, 6)
    heif = pillow_heif.from_pillow(upright)
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder, "x.heic")
        heif.save(target, quality=60)
        add(
            "photo.heic",
            target.read_bytes(),
            "heic",
            "HEIC, as telephones write it",
            width=301,
            height=203,
            corners="upright",
        )
    alpha = picture.copy()
    alpha.putalpha(picture.convert("L"))
    add(
        "photo.avif",
        pillow(upright, "AVIF", quality=70),
        "avif",
        "AVIF",
        width=301,
        height=203,
        corners="upright",
    )
    add("alpha.avif", pillow(alpha, "AVIF", quality=60), "avif", "AVIF with alpha")
    add(
        "turned.avif",
        pillow(turned, "AVIF", quality=70, exif=b"Exif\0\0" + metadata.exif(6)),
        "avif",
        "AVIF stored lying (203x301 px) and turned by its own properties, which are part of the picture",
        width=301,
        height=203,
        orientation=1,
        corners="upright",
    )
    codestream = vips(picture, "x.jxl", "[Q=80]")
    add("codestream.jxl", codestream, "jxl", "JPEG XL, bare codestream")
    add(
        "container.jxl",
        box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", codestream),
        "jxl",
        "JPEG XL in boxes",
    )
    add("photo.jp2", pillow(picture, "JPEG2000", quality_layers=[30]), "jp2", "JPEG 2000 in boxes")
    add(
        "codestream.j2k",
        pillow(picture, "JPEG2000", quality_layers=[30], no_jp2=True),
        "jp2",
        "JPEG 2000, bare codestream",
    )
    icon = gradient(64, 64).convert("RGBA")
    add(
        "png-inside.ico",
        pillow(icon, "ICO", sizes=[(64, 64)]),
        "ico",
        "icon, PNG inside",
        width=64,
        height=64,
    )
    add(
        "two-sizes.ico",
        pillow(icon, "ICO", sizes=[(64, 64), (16, 16)]),
        "ico",
        "icon of 16 and of 64 px: either may be named",
        width=None,
        height=None,
    )
    add(
        "bmp-inside.ico",
        pillow(icon, "ICO", sizes=[(32, 32)], bitmap_format="bmp"),
        "ico",
        "icon, BMP inside",
        width=32,
        height=32,
    )
    add("layers.psd", psd(pixels), "psd", "Photoshop")
    add("plain.svg", SVG.encode(), "svg", "SVG", width=300, height=200)
    add(
        "prolog.svg",
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!-- <svg width="1" height="1"> is a comment -->\n'
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n'
            + SVG
        ).encode(),
        "svg",
        "SVG after a prolog, a comment and a document type",
        width=300,
        height=200,
    )
    add(
        "compressed.svgz",
        gzip.compress(SVG.encode(), mtime=0),
        "gzip",
        "compressed SVG: gzip by its bytes",
        width=None,
        height=None,
    )
    add("page.pdf", pdf(300, 200), "pdf", "PDF of one page", width=None, height=None)
