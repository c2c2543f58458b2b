"""Encoders built by hand, for what no ordinary encoder writes, and helpers around Pillow's."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def pillow(image, kind, **options):
    """The bytes of `image` (Pillow, or an array) as Pillow writes them."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# PNG


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def ihdr(width, height, depth=8, colour=RGB, interlace=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def _scanlines(samples, depth):
    height = samples.shape[0]
    flat = samples.reshape(height, -1)
    if depth == 16:
        packed = flat.astype(">u2").view(np.uint8).reshape(height, -1)
    elif depth == 8:
        packed = flat.astype(np.uint8)
    else:
        bits = (flat[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1
        packed = np.packbits(bits.reshape(height, -1).astype(np.uint8), axis=1)
    return np.hstack([np.zeros((height, 1), np.uint8), packed]).tobytes()


def png(samples, depth=8, colour=RGB, interlaced=False, before=b"", after=b""):
    """A PNG of an array (height, width[, channels]) of samples; `before` and `after` stand around IDAT."""
    samples = np.asarray(samples)
    height, width = samples.shape[:2]
    samples = samples.reshape(height, width, CHANNELS[colour])
    if interlaced:
        passes = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        raw = b"".join(_scanlines(p, depth) for p in passes if p.size)
    else:
        raw = _scanlines(samples, depth)
    return (
        PNG_SIGNATURE
        + ihdr(width, height, depth, colour, int(interlaced))
        + before
        + chunk(b"IDAT", zlib.compress(raw, 9))
        + after
        + chunk(b"IEND")
    )


def flat_png(width, height, depth=1, fill=255):
    """A grayscale PNG of any size, white unless told, made without holding its pixels."""
    row = b"\0" + bytes([fill]) * ((width * depth + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return PNG_SIGNATURE + ihdr(width, height, depth, GRAY) + chunk(b"IDAT", data) + chunk(b"IEND")


def insert_chunks(data, chunks):
    """Puts chunks right after IHDR of a finished PNG."""
    return data[:33] + chunks + data[33:]


# JPEG


def segment(marker, payload):
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def after_soi(data, segments):
    return data[:2] + segments + data[2:]


def find_segment(data, markers):
    """The offset of the first segment whose marker is in `markers`."""
    position = 2
    while True:
        marker, length = data[position + 1], struct.unpack_from(">H", data, position + 2)[0]
        if marker in markers:
            return position
        position += 2 + length


def without_segment(data, marker):
    position = find_segment(data, {marker})
    length = struct.unpack_from(">H", data, position + 2)[0]
    return data[:position] + data[position + 2 + length :]


def without_all(data, marker):
    """The JPEG without any segment of the marker that stands before the scan."""
    while marker in markers(data):
        data = without_segment(data, marker)
    return data


def markers(data):
    """The markers up to the first scan."""
    found, position = [], 2
    while not found or found[-1] != 0xDA:
        found.append(data[position + 1])
        position += 2 + struct.unpack_from(">H", data, position + 2)[0]
    return found


def patch(data, position, new):
    return data[:position] + new + data[position + len(new) :]


def icc_segments(profile, pieces=1):
    size = -(-len(profile) // pieces)
    return b"".join(
        segment(0xE2, b"ICC_PROFILE\0" + bytes([i + 1, pieces]) + profile[i * size : (i + 1) * size])
        for i in range(pieces)
    )


# GIF


def lzw(indices, bits):
    """GIF's LZW, in sub-blocks, with the leading byte of the code size."""
    clear, end = 1 << bits, (1 << bits) + 1
    out, value, held = bytearray(), 0, 0

    def put(code, width):
        nonlocal value, held
        value |= code << held
        held += width
        while held >= 8:
            out.append(value & 255)
            value >>= 8
            held -= 8

    width, following, table, prefix = bits + 1, end + 1, {}, None
    put(clear, width)
    for index in indices:
        if prefix is None:
            prefix = index
        elif (prefix, index) in table:
            prefix = table[prefix, index]
        else:
            put(prefix, width)
            table[prefix, index] = following
            if following == 1 << width:
                width += 1
            following += 1
            if following == 4096:
                put(clear, width)
                width, following, table = bits + 1, end + 1, {}
            prefix = index
    put(prefix, width)
    put(end, width)
    if held:
        out.append(value & 255)
    blocks = b"".join(
        bytes([len(out[i : i + 255])]) + bytes(out[i : i + 255]) for i in range(0, len(out), 255)
    )
    return bytes([bits]) + blocks + b"\0"


def gif_start(width, height, palette=None, version=b"GIF89a"):
    """Header and logical screen descriptor; `palette` holds a power of two of RGB triples."""
    flags = 0x80 | 0x70 | (len(palette).bit_length() - 2) if palette else 0x70
    table = b"".join(bytes(c) for c in palette) if palette else b""
    return version + struct.pack("<HHBBB", width, height, flags, 0, 0) + table


def gif_control(delay=0, disposal=1, transparent=None):
    flags = disposal << 2 | (transparent is not None)
    return b"\x21\xf9\x04" + struct.pack("<BHB", flags, delay, transparent or 0) + b"\0"


GIF_LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"


def gif_frame(indices, bits, left=0, top=0, interlaced=False, palette=None):
    """An image block of an array (height, width) of palette indices."""
    height, width = indices.shape
    if interlaced:
        order = [y for start, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(start, height, step)]
        indices = indices[order]
    flags = (0x40 if interlaced else 0) | (0x80 | (len(palette).bit_length() - 2) if palette else 0)
    table = b"".join(bytes(c) for c in palette) if palette else b""
    return (
        b"\x2c"
        + struct.pack("<HHHHB", left, top, width, height, flags)
        + table
        + lzw(indices.ravel().tolist(), bits)
    )


# WebP


def riff(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def vp8x(width, height, icc=False, alpha=False, exif=False, xmp=False, animation=False):
    flags = icc << 5 | alpha << 4 | exif << 3 | xmp << 2 | animation << 1
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return webp_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)


def flat_vp8l(width, height, argb=(255, 70, 130, 180)):
    """A one-colour lossless WebP of any size up to 16384 px: five one-symbol codes, no bits per pixel."""
    value, count = 0, 0

    def put(bits, n):
        nonlocal value, count
        value |= bits << count
        count += n

    put(width - 1, 14)
    put(height - 1, 14)
    put(int(argb[0] < 255), 1)
    put(0, 3 + 1 + 1 + 1)  # version, no transform, no colour cache, no meta codes
    for symbol in (argb[2], argb[1], argb[3], argb[0], 0):  # green, red, blue, alpha, distance
        put(1, 1)  # simple code
        put(0, 1)  # one symbol
        put(1, 1)  # of 8 bits
        put(symbol, 8)
    return webp_chunk(b"VP8L", b"\x2f" + value.to_bytes(-(-count // 8), "little"))
