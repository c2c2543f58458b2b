"""Makes files with every relevant kind of ICC profile: primaries × curves × curve encodings × formats, and tables
for RGB and CMYK. lcms decides what they show, not this program.

The counterpart in `make test` (ColorTableTests) makes its own files and compares with computed colors.
"""

import io
import itertools
import pathlib
import struct

import numpy
from PIL import Image

PRIMARIES = {
    "srgb": ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)),
    "p3": ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    "adobe": ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
    "prophoto": ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00008, 0.82491)),
}
WHITE = (0.9642, 1.0, 0.8249)


def srgb(signal):
    return signal / 12.92 if signal <= 0.04045 else ((signal + 0.055) / 1.055) ** 2.4


def fixed(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def exponent(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def table(count, curve):
    return b"curv\0\0\0\0" + struct.pack(f">I{count}H", count, *(round(65535 * curve(i / (count - 1))) for i in range(count)))


def formula(kind, *parameters):
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + fixed(*parameters)


SRGB = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
CURVES = {
    "srgb-table-1024": table(1024, srgb),
    "srgb-table-4096": table(4096, srgb),
    "srgb-table-26": table(26, srgb),
    "srgb-para-3": formula(3, *SRGB),
    "srgb-para-4": formula(4, *SRGB, 0, 0),
    "2.2-curv": exponent(2.19921875),
    "2.2-para-0": formula(0, 2.2),
    "2.2-para-1": formula(1, 2.2, 1, 0),
    "2.2-para-2": formula(2, 2.2, 1, 0, 0),
    "2.2-para-3": formula(3, 2.2, 1, 0, 0, 0),
    "2.2-para-4": formula(4, 2.2, 1, 0, 0, 0, 0, 0),
    "1.8-table": table(512, lambda signal: signal ** 1.8),
    "linear": table(2, lambda signal: signal),
    "no-entries": b"curv\0\0\0\0\0\0\0\0",
    "black-stretch": formula(1, 2.2, 1.1, -0.1),
}


def profile(space, kind, tags, connection=b"XYZ "):
    """A version 2.4 profile whose name claims sRGB."""
    name = b"sRGB IEC61966-2.1\0"
    tags = [
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78)),
        (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", b"XYZ \0\0\0\0" + fixed(*WHITE)), *tags]
    directory, data = struct.pack(">I", len(tags)), b""
    for tag, content in tags:
        directory += tag + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(">I", 128 + len(directory) + len(data)) + b"\0\0\0\0\2\x40\0\0" + kind + space + connection
    header = header.ljust(36, b"\0") + b"acsp" + bytes(28) + fixed(*WHITE)
    return header.ljust(128, b"\0") + directory + data


def matrix(primaries, curve):
    tags = [(tag, b"XYZ \0\0\0\0" + fixed(*color)) for tag, color in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries)]
    return profile(b"RGB ", b"mntr", tags + [(tag, curve) for tag in (b"rTRC", b"gTRC", b"bTRC")])


def gray(curve):
    return profile(b"GRAY", b"mntr", [(b"kTRC", curve)])


def lab_table(space, grid, color):
    """A 16-bit table from a grid of samples to L*a*b*, in version 2 encoding."""
    inputs = 4 if space == b"CMYK" else 3
    tag = b"mft2\0\0\0\0" + bytes([inputs, 3, grid, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + struct.pack(">HH", 2, 2)
    tag += struct.pack(">HH", 0, 65535) * inputs
    for place in itertools.product(range(grid), repeat=inputs):
        lightness, a, b = color(*(value / (grid - 1) for value in place))
        tag += struct.pack(">HHH", round(lightness * 652.8), round((a + 128) * 256), round((b + 128) * 256))
    tag += struct.pack(">HH", 0, 65535) * 3
    return profile(space, b"prtr" if inputs == 4 else b"scnr", [(b"A2B0", tag)], b"Lab ")


def scanner(r, g, b):
    """Soft colors; white and black stay white and black."""
    return 100 * (0.3 * r + 0.5 * g + 0.2 * b) ** 0.9, 60 * (r - g) * (1 - abs(r + g - 1) * 0.3), 55 * ((r + g) / 2 - b)


def press(c, m, y, k):
    light = (1 - 0.5 * c) * (1 - 0.55 * m) * (1 - 0.1 * y) * (1 - k)
    return 100 * light, (1 - k) * (60 * m - 35 * c), (1 - k) * (70 * y - 40 * c)


def picture(mode):
    """Every combination of sample steps, in flat patches, so that JPEG changes little."""
    steps = (0, 64, 128, 192, 255)
    bands = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    colors = list(itertools.product(steps, repeat=bands)) if bands < 4 else list(itertools.product((0, 128, 255), repeat=4))
    side = int(numpy.ceil(numpy.sqrt(len(colors))))
    data = numpy.zeros((side, side, bands), numpy.uint8)
    for index, color in enumerate(colors):
        data[index // side, index % side] = color
    data = numpy.kron(data, numpy.ones((16, 16, 1), numpy.uint8))
    return Image.fromarray(data[:, :, 0] if bands == 1 else data, mode)


def save(folder, name, image, content):
    formats = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "tif": "TIFF"}
    if image.mode == "CMYK":
        formats = {"jpg": "JPEG", "tif": "TIFF"}
    if image.mode == "L":
        del formats["webp"]
    for extension, format in formats.items():
        options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(format, {})
        out = io.BytesIO()
        image.save(out, format, icc_profile=content, **options)
        (folder / f"{name}.{extension}").write_bytes(out.getvalue())


def make(folder):
    """Writes all files into a folder."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rgb, levels, inks = picture("RGB"), picture("L"), picture("CMYK")
    for curve_name, curve in CURVES.items():
        for name, primaries in PRIMARIES.items():
            save(folder, f"matrix-{name}-{curve_name}", rgb, matrix(primaries, curve))
        save(folder, f"gray-{curve_name}", levels, gray(curve))
    for grid in (2, 9):
        save(folder, f"table-{grid}", rgb, lab_table(b"RGB ", grid, scanner))
        save(folder, f"press-{grid}", inks, lab_table(b"CMYK", grid, press))
    # For samples that the file does not have: ignored.
    save(folder, "unfitting-gray", rgb, gray(exponent(1.8)))
    save(folder, "unfitting-press", rgb, lab_table(b"CMYK", 2, press))
    save(folder, "unfitting-rgb", levels, matrix(PRIMARIES["prophoto"], exponent(1.8)))
