"""Makes images that are hostile or large, byte by byte."""

import random
import struct
import zlib


def png(width, height, rows):
    """A PNG from rows of RGB."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def noise_png(width, height, square, seed):
    """A PNG with squares of random colors."""
    source = random.Random(seed)
    rows = []
    for _ in range(height // square):
        row = b"".join(source.randbytes(3) * square for _ in range(width // square))
        rows += [row] * square
    return png(width, height, rows)


# JPEG

def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_frame(marker, width, height):
    sampling = bytes([1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0])
    return segment(marker, struct.pack(">BHHB", 8, height, width, 3) + sampling)


QUANTIZATION = segment(0xDB, bytes([0]) + bytes([1] * 64))
# The first scan of a progressive JPEG: the DC of all components.
DC_SCAN = segment(0xDA, bytes([3, 1, 0, 2, 0, 3, 0, 0, 0, 0]))


def progressive_giant(side):
    """A progressive JPEG whose frame header claims a size, with nothing after it."""
    return (b"\xff\xd8" + QUANTIZATION + jpeg_frame(0xC2, side, side) + DC_SCAN + b"\0" * 1000 + b"\xff\xd9")


def slow_progressive(side, bands):
    """A black progressive JPEG in which every bit of DC, and of AC in the given bands, has its own scan.

    It is valid: 14 DC scans, and 42 AC scans for each band. Each covers the whole picture.
    """
    # One code of one bit: DC unchanged; a run of 16,384 blocks without AC.
    tables = segment(0xC4, bytes([0x00, 1] + [0] * 15 + [0])) + segment(0xC4, bytes([0x10, 1] + [0] * 15 + [0xE0]))
    luma = (side // 8) ** 2
    blocks = {1: luma, 2: luma // 4, 3: luma // 4}

    def scan(components, first, last, bit, bits_of_data):
        approximation = bit if bit == 13 else (bit + 1) << 4 | bit
        header = bytes([len(components)]) + b"".join(bytes([number, 0]) for number in components)
        return segment(0xDA, header + bytes([first, last, approximation])) + bytes(-(-bits_of_data // 8))

    edges = [1 + 63 * band // bands for band in range(bands + 1)]
    scans = [scan([1, 2, 3], 0, 0, bit, sum(blocks.values())) for bit in range(13, -1, -1)]
    for number, count in blocks.items():
        for first, end in zip(edges, edges[1:]):
            scans += [scan([number], first, end - 1, bit, 15 * (count // 16384 + 1)) for bit in range(13, -1, -1)]
    return b"\xff\xd8" + QUANTIZATION + jpeg_frame(0xC2, side, side) + tables + b"".join(scans) + b"\xff\xd9"


def split_scans(jpeg):
    """The bytes before the first scan, and each scan with its tables."""
    starts = [at for at in range(len(jpeg) - 1) if jpeg[at] == 0xFF and jpeg[at + 1] == 0xDA]
    ends = starts[1:] + [len(jpeg) - 2]
    return jpeg[:starts[0]], [jpeg[start:end] for start, end in zip(starts, ends)]


# GIF

def gif(screen, frames):
    width, height = screen
    header = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + header + b"".join(frames) + b";"


def gif_block(width, height, codes):
    """An image block of LZW codes, given as (code, bits)."""
    bits, value, packed = 0, 0, bytearray()
    for code, length in codes:
        value |= code << bits
        bits += length
        while bits >= 8:
            packed.append(value & 255)
            value >>= 8
            bits -= 8
    if bits:
        packed.append(value & 255)
    blocks = b"".join(bytes([len(packed[at:at + 255])]) + packed[at:at + 255] for at in range(0, len(packed), 255))
    return b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02" + blocks + b"\0"


def gif_of_frames(count, width=2000, height=1500):
    """A full first frame followed by blocks of 1×1 px."""
    codes = []
    for index in range(width * height):
        # Cleared often enough that codes stay three bits wide.
        if index % 2 == 0:
            codes.append((4, 3))
        codes.append((index // 1000 % 2, 3))
    first = gif_block(width, height, codes + [(5, 3)])
    small = b"\x21\xf9\x04\x04\x01\0\0\0" + gif_block(1, 1, [(4, 3), (1, 3), (5, 3)])
    return gif((width, height), [first, small * (count - 1)])


# WebP

def webp_of_code_groups():
    """A lossless WebP of 1600×1600 px with five separate one-symbol codes for each square of 4×4 px.

    Its header does not reveal the tables that a decoder keeps for them. Bits are written least significant first.
    """
    def put(fields):
        return "".join(f"{value:0{width}b}"[::-1] for value, width in fields)
    symbol = [(0b0001, 4)]
    any_byte = [(0, 1), (8, 4), (1 << 33, 36), (1, 1), (3, 3), (254, 8)]
    head = put([(0x2F, 8), (1599, 14), (1599, 14), (0, 4), (0, 1), (1, 1), (11, 4), (1, 1), (0, 3), (0, 1)])
    tiles = "".join(f"{tile & 255:08b}{tile >> 8 & 255:08b}" for tile in range(400 * 400))
    stream = head + put(any_byte * 2 + symbol * 3) + tiles + put(symbol) * 5 * 65536
    stream += "0" * (-len(stream) % 16)
    picture = bytes(int(stream[at:at + 8][::-1], 2) for at in range(0, len(stream), 8))
    chunk = b"WEBPVP8L" + struct.pack("<I", len(picture)) + picture
    return b"RIFF" + struct.pack("<I", len(chunk)) + chunk


# HEIF

def box(kind, content):
    return struct.pack(">I", len(content) + 8) + kind + content


def full_box(kind, content, version=0):
    return box(kind, struct.pack(">I", version << 24) + content)


def derived_heif(kinds, inputs, brand, reference=b"dimg", primary=1):
    """A HEIC or AVIF with only derived images.

    `kinds`: grid, iden or iovl for each. `inputs`: the numbers, from 1, of the images that each is derived from.
    """
    items, references, locations, associations, payloads = b"", b"", b"", b"", b""
    for number, (kind, made_of) in enumerate(zip(kinds, inputs), 1):
        identifier = struct.pack(">H", number)
        size = struct.pack(">HH", 64, 64)
        payload = {
            # Version, flags, rows - 1, columns - 1.
            b"grid": bytes([0, 0, 0, max(len(made_of) - 1, 0)]) + size,
            # Version, flags, canvas color; the offset of each picture.
            b"iovl": bytes(10) + size + bytes(4 * len(made_of)),
            b"iden": b"",
        }[kind]
        items += full_box(b"infe", identifier + b"\0\0" + kind + b"\0", version=2)
        if made_of:
            references += box(reference, identifier + struct.pack(f">H{len(made_of)}H", len(made_of), *made_of))
        # In idat, one extent.
        locations += identifier + struct.pack(">HHHII", 1, 0, 1, len(payloads), len(payload))
        associations += identifier + b"\1\x81"
        payloads += payload
    count = struct.pack(">H", len(kinds))
    size = full_box(b"ispe", struct.pack(">II", 64, 64))
    meta = full_box(b"hdlr", bytes(4) + b"pict" + bytes(13))
    meta += full_box(b"pitm", struct.pack(">H", primary))
    meta += full_box(b"iinf", count + items)
    meta += full_box(b"iref", references)
    meta += box(b"iprp", box(b"ipco", size) + full_box(b"ipma", b"\0\0" + count + associations))
    meta += full_box(b"iloc", b"\x44\0" + count + locations, version=1)
    meta += box(b"idat", payloads)
    return box(b"ftyp", brand + bytes(4) + b"mif1" + brand) + full_box(b"meta", meta)


# ICO

def wide_icon():
    """An icon of 8×255 px by its directory, whose run-length encoded bitmap is 16,777,216 px wide."""
    header = struct.pack("<IiiHHIIiiII", 40, 1 << 24, 2 * 255, 1, 8, 1, 0, 0, 0, 2, 0)
    bitmap = header + bytes(4) + b"\xff\xff\xff\0" + b"\0\1" + bytes(255 * 12)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 8, 255, 2, 0, 1, 8, len(bitmap), 22) + bitmap
