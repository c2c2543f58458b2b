"""Images whose pixels are easy to get wrong: kinds of TIFF, raw files, frames that do not cover their screen.

Each shows four quarters of known colors. pixels/expected.jsonl says what a converted image shows at the middle of
each quarter, or which finding refuses it; it comes from the colors here, never from the product.
"""

import io
import json
import struct
import zlib

from PIL import Image

from . import metadata

WIDTH, HEIGHT = 64, 48
QUARTERS = ((200, 30, 40), (30, 180, 60), (40, 60, 200), (230, 220, 210))
MIDDLES = ((16, 12), (48, 12), (16, 36), (48, 36))
CLEAR = [0, 0, 0, 0]


def quarter(x, y):
    return (2 if 2 * y >= HEIGHT else 0) + (1 if 2 * x >= WIDTH else 0)


def samples(colors, kind="B"):
    """Rows of the quarters, each a tuple of samples, big or small as `kind` says."""
    packed = [struct.pack("<" + kind * len(color), *color) for color in colors]
    return b"".join(packed[quarter(x, y)] for y in range(HEIGHT) for x in range(WIDTH))


def rgb_image():
    return Image.frombytes("RGB", (WIDTH, HEIGHT), samples(QUARTERS))


def ycbcr(color):
    r, g, b = color
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return tuple(round(v) for v in (y, 128 + (b - y) / 1.772, 128 + (r - y) / 1.402))


def gray(color):
    r, g, b = color
    return round(0.299 * r + 0.587 * g + 0.114 * b)


# --- TIFF ---

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 11: 4, 12: 8, 13: 4}
CODES = {1: "B", 3: "H", 4: "I", 11: "f", 12: "d", 13: "I"}


class Directory:
    """One directory, its strips or tiles, and the directories below it."""

    def __init__(self, tags, data, below=()):
        self.tags, self.data, self.below = dict(tags), data, below


def directory(photometric, bits, data, width=WIDTH, height=HEIGHT, below=(), **more):
    """A directory of one strip (or of the strips or tiles in a list)."""
    tags = {256: (4, [width]), 257: (4, [height]), 258: (3, list(bits)), 259: (3, [1])}
    tags |= {262: (3, [photometric]), 277: (3, [len(bits)])}
    names = {
        "compression": 259, "planar": 284, "extra": 338, "format": 339, "kind": 254, "subsampling": 530,
        "palette": 320, "inks": 332, "positioning": 531, "orientation": 274,
    }
    for name, value in more.items():
        if name == "tile":
            tags[322], tags[323] = (4, [value]), (4, [value])
        elif name == "profile":
            tags[34675] = (7, value)
        elif name == "dng":
            tags[50706] = (1, [1, 4, 0, 0])
        elif name == "range":
            tags[340], tags[341] = (11, [value[0]]), (11, [value[1]])
        elif name == "jpeg":
            tags[513], tags[514] = (4, ["strip"]), (4, [value])
        else:
            tags[names[name]] = (4 if name == "kind" else 3, value if isinstance(value, list) else [value])
    parts = data if isinstance(data, list) else [data]
    offsets, counts = (324, 325) if "tile" in more else (273, 279)
    if offsets == 273:
        tags[278] = (4, [height])
    tags[offsets], tags[counts] = (4, ["strip"] * len(parts)), (4, [len(part) for part in parts])
    return Directory(tags, parts, below)


def tiff(*pages, marker=b""):
    """A little-endian TIFF of these pages."""
    out = bytearray(b"II*\0\0\0\0\0" + marker)
    if marker:
        out += b"\0" * (16 - len(out))

    def write(page):
        places = []
        for part in page.data:
            places.append(len(out))
            out.extend(part + b"\0" * (len(part) % 2))
        below = [write(child)[0] for child in page.below]
        tags = dict(page.tags)
        if below:
            tags[330] = (13, below)
        start = len(out)
        head, tail = struct.pack("<H", len(tags)), b""
        overflow = start + 2 + 12 * len(tags) + 4
        for tag, (kind, values) in sorted(tags.items()):
            if isinstance(values, bytes):
                count, raw = len(values), values
            else:
                queue = list(places)
                values = [queue.pop(0) if value == "strip" else value for value in values]
                count, raw = len(values), struct.pack("<" + CODES[kind] * len(values), *values)
            if len(raw) > 4:
                field = struct.pack("<I", overflow + len(tail))
                tail += raw + b"\0" * (len(raw) % 2)
            else:
                field = raw.ljust(4, b"\0")
            head += struct.pack("<HHI", tag, kind, count) + field
        out.extend(head + b"\0\0\0\0" + tail)
        return start, start + 2 + 12 * len(tags)

    link = 4
    for page in pages:
        start, following = write(page)
        out[link:link + 4] = struct.pack("<I", start)
        link = following
    return bytes(out)


def subsampled(across, down):
    """Units of across × down brightnesses and one pair of color differences."""
    pixels = [[ycbcr(QUARTERS[quarter(x, y)]) for x in range(WIDTH)] for y in range(HEIGHT)]
    out = bytearray()
    for top in range(0, HEIGHT, down):
        for left in range(0, WIDTH, across):
            for y in range(top, top + down):
                for x in range(left, left + across):
                    out.append(pixels[y][x][0])
            out += bytes(pixels[top][left][1:])
    return bytes(out)


def lab(color):
    """CIE L*a*b* under D50 of an sRGB color."""
    light = [v / 255 / 12.92 if v <= 0.04045 * 255 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in color]
    rows = ((0.4360747, 0.3850649, 0.1430804), (0.2225045, 0.7168786, 0.0606169), (0.0139322, 0.0971045, 0.7141733))
    white = (0.96422, 1.0, 0.82521)
    f = []
    for row, w in zip(rows, white):
        t = sum(a * b for a, b in zip(row, light)) / w
        f.append(t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def packed_bits(values, bits):
    out = bytearray()
    for y in range(HEIGHT):
        buffer = count = 0
        for x in range(WIDTH):
            for value in values[quarter(x, y)]:
                buffer, count = buffer << bits | value, count + bits
                while count >= 8:
                    out.append(buffer >> (count - 8) & 255)
                    count -= 8
        if count:
            out.append(buffer << (8 - count) & 255)
    return bytes(out)


def tiles(colors, side):
    """The samples of one band, in tiles."""
    out = []
    for top in range(0, HEIGHT, side):
        for left in range(0, WIDTH, side):
            out.append(bytes(
                colors[quarter(min(x, WIDTH - 1), min(y, HEIGHT - 1))]
                for y in range(top, top + side) for x in range(left, left + side)))
    return out


class Cases:
    def __init__(self, root):
        self.root, self.rows = root / "pixels", []

    def add(self, path, data, shows, quarters=QUARTERS, tolerance=2, points=None, size=(WIDTH, HEIGHT), **more):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        points = points or [[*at, list(color)] for at, color in zip(MIDDLES, quarters)]
        self.rows.append(
            {"path": path, "shows": shows, "size": list(size), "tolerance": tolerance, "points": points, **more})

    def refuse(self, path, data, shows, code="I108", says=None, **more):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.rows.append({"path": path, "shows": shows, "refused": code, "says": says, **more})

    def finish(self):
        rows = sorted(self.rows, key=lambda row: row["path"])
        text = "\n".join(json.dumps({k: v for k, v in row.items() if v is not None}) for row in rows)
        (self.root / "expected.jsonl").write_text(text + "\n")


def make_tiff(cases):
    eight = (8, 8, 8)
    data = samples(QUARTERS)
    converted = samples([ycbcr(color) for color in QUARTERS])
    grays = [(gray(color),) * 3 for color in QUARTERS]
    jpeg = io.BytesIO()
    rgb_image().save(jpeg, "JPEG", quality=95, subsampling=0)
    jpeg = jpeg.getvalue()

    def add(name, *pages, shows, **more):
        cases.add(f"tiff/{name}.tif", tiff(*pages), shows, **more)

    def refuse(name, *pages, shows, **more):
        cases.refuse(f"tiff/{name}.tif", tiff(*pages), shows, **more)

    add("ycbcr-1x1", directory(6, eight, converted, subsampling=[1, 1]), shows="YCbCr, not compressed", needs="libtiff")
    add("ycbcr-2x2", directory(6, eight, subsampled(2, 2), subsampling=[2, 2], positioning=1),
        shows="YCbCr, colors halved both ways", needs="libtiff")
    add("ycbcr-2x1-deflate",
        directory(6, eight, zlib.compress(subsampled(2, 1)), subsampling=[2, 1], compression=8, positioning=1),
        shows="YCbCr, colors halved across, deflate", needs="libtiff")
    add("ycbcr-old-jpeg", directory(6, eight, jpeg, compression=6, subsampling=[1, 1], jpeg=len(jpeg)),
        shows="old-style JPEG, one JPEG stream", tolerance=6, needs="libtiff")
    new = io.BytesIO()
    rgb_image().save(new, "TIFF", compression="jpeg", quality=95)
    cases.add("tiff/ycbcr-jpeg.tif", new.getvalue(), "new-style JPEG, as Pillow writes it", tolerance=6)

    labs = [lab(color) for color in QUARTERS]
    signed = [(round(l * 2.55), round(a) & 255, round(b) & 255) for l, a, b in labs]
    shifted = [(round(l * 2.55), round(a) + 128, round(b) + 128) for l, a, b in labs]
    wide = [(round(l * 655.35), round(a * 256) & 65535, round(b * 256) & 65535) for l, a, b in labs]
    add("lab-8", directory(8, eight, samples(signed)), shows="CIE L*a*b*, 8 bits", tolerance=4)
    add("lab-16", directory(8, (16,) * 3, samples(wide, "H")), shows="CIE L*a*b*, 16 bits")
    add("lab-icc", directory(9, eight, samples(shifted)), shows="ICC L*a*b*, 8 bits", tolerance=4)
    add("lab-8-rgb-profile", directory(8, eight, samples(signed), profile=metadata.DISPLAY_P3),
        shows="L*a*b* with an RGB profile, which does not fit", tolerance=4)

    unit = [tuple(v / 255 for v in color) for color in QUARTERS]
    add("float-rgb", directory(2, (32,) * 3, samples(unit, "f"), format=[3, 3, 3]), shows="32-bit float, 0...1")
    add("float-gray", directory(1, (32,), samples([(v[0] / 255,) for v in grays], "f"), format=[3]),
        quarters=grays, shows="32-bit float gray, 0...1")
    refuse("jpeg-2000", directory(2, eight, bytes.fromhex("ff4fff51") + bytes(60), compression=34712),
           shows="JPEG 2000 inside, which this libtiff may lack", says="JPEG 2000")
    refuse("float-64", directory(2, (64,) * 3, samples(unit, "d"), format=[3, 3, 3]), shows="64-bit float, 0...1",
           says="64-bit float")
    add("float-range", directory(1, (32,), samples([(v[0] * 10.0 - 500,) for v in grays], "f"), format=[3],
                                 range=(-500.0, 2050.0)),
        quarters=grays, shows="float with SMinSampleValue and SMaxSampleValue")
    refuse("float-without-range", directory(1, (32,), samples([(v[0] * 10.0 - 500,) for v in grays], "f"), format=[3]),
           shows="float values far beyond 0...1", says="float")
    refuse("float-16", directory(1, (16,), samples([(v[0] / 255,) for v in grays], "e"), format=[3]),
           shows="16-bit float", says="16-bit float")
    refuse("signed-16", directory(1, (16,), samples([(v[0] * 100,) for v in grays], "h"), format=[2]),
           shows="signed samples", says="signed")
    refuse("integer-32", directory(1, (32,), samples([(v[0] << 24,) for v in grays], "I")),
           shows="32-bit integers", says="32 bits")
    refuse("gray-12", directory(1, (12,), packed_bits([(v[0] << 4,) for v in grays], 12)), shows="12 bits",
           says="12 bits")
    refuse("rgb-565", directory(2, (5, 6, 5), bytes(WIDTH * HEIGHT * 2)), shows="5, 6 and 5 bits", says="5, 6 and 5 bits")

    extra = [color + (77,) for color in QUARTERS]
    add("extra-unspecified", directory(2, (8,) * 4, samples(extra), extra=0), shows="RGB and a sample that is not alpha")
    add("spot-colors", directory(2, (8,) * 6, samples([color + (77, 5, 200) for color in QUARTERS]), extra=[0, 0, 0]),
        shows="RGB and three spot colors")
    add("spot-16", directory(2, (16,) * 5, samples([tuple(v * 257 for v in color + (7, 9)) for color in QUARTERS], "H"),
                             extra=[0, 0]), shows="16-bit RGB and two spot colors")
    half = [color + (128,) for color in QUARTERS]
    alpha = [color + (128,) for color in QUARTERS]
    add("alpha-unassociated", directory(2, (8,) * 4, samples(half), extra=2), quarters=alpha, shows="alpha")
    add("alpha-associated",
        directory(2, (8,) * 4, samples([tuple(round(v * 128 / 255) for v in c) + (128,) for c in QUARTERS]), extra=1),
        quarters=alpha, tolerance=3, shows="colors multiplied by alpha")
    add("alpha-after-spot", directory(2, (8,) * 5, samples([color + (9, 128) for color in QUARTERS]), extra=[0, 2]),
        quarters=alpha, shows="a spot color, then alpha")
    add("gray-extra", directory(1, (8,) * 2, samples([(v[0], 90) for v in grays]), extra=0), quarters=grays,
        shows="gray and a sample that is not alpha")
    add("cmyk-spot", directory(5, (8,) * 5, samples([(0, 0, 0, 0, 200)] * 4), extra=0),
        quarters=[(255, 255, 255)] * 4, tolerance=6, shows="CMYK and a spot color")
    refuse("inks", directory(5, (8,) * 4, samples([(0, 0, 0, 0)] * 4), inks=2), shows="four inks that are not CMYK",
           says="ink")

    planes = [bytes(QUARTERS[quarter(x, y)][band] for y in range(HEIGHT) for x in range(WIDTH)) for band in range(3)]
    add("planar", directory(2, eight, planes, planar=2), shows="one strip a band")
    add("planar-tiled", directory(2, eight, sum((tiles([c[b] for c in QUARTERS], 32) for b in range(3)), []), planar=2,
                                  tile=32), shows="tiles, one set a band", needs="libtiff")
    add("min-is-white", directory(0, (8,), samples([(255 - v[0],) for v in grays])), quarters=grays, shows="white is 0")
    add("min-is-white-16", directory(0, (16,), samples([(65535 - v[0] * 257,) for v in grays], "H")), quarters=grays,
        shows="white is 0, 16 bits")
    add("min-is-white-1", directory(0, (1,), packed_bits([(0,), (1,), (1,), (0,)], 1)),
        quarters=[(255,) * 3, (0,) * 3, (0,) * 3, (255,) * 3], shows="white is 0, 1 bit")
    add("gray-4", directory(1, (4,), packed_bits([(3,), (6,), (9,), (15,)], 4)),
        quarters=[(v,) * 3 for v in (51, 102, 153, 255)], shows="4 bits")
    add("gray-2", directory(1, (2,), packed_bits([(0,), (1,), (2,), (3,)], 2)),
        quarters=[(v,) * 3 for v in (0, 85, 170, 255)], shows="2 bits")
    colors = list(QUARTERS) + [(0, 0, 0)] * 12
    palette = [color[band] * 257 for band in range(3) for color in colors]
    add("palette-4", directory(3, (4,), packed_bits([(0,), (1,), (2,), (3,)], 4), palette=palette), shows="palette, 4 bits")

    small = directory(2, eight, bytes(8 * 6 * 3), width=8, height=6, kind=1)
    other = directory(2, eight, bytes([9, 99, 199]) * (WIDTH * HEIGHT))
    add("pages", directory(2, eight, data), other, shows="two pages: the first")
    add("thumbnail-first", small, directory(2, eight, data, kind=0), shows="the first page is a thumbnail")
    add("thumbnail-above", directory(2, eight, bytes(8 * 6 * 3), width=8, height=6, kind=1,
                                     below=[directory(2, eight, data, kind=0)]),
        shows="the picture is a directory below its thumbnail")
    add("pyramid", directory(2, eight, data, below=[directory(2, eight, bytes(32 * 24 * 3), width=32, height=24, kind=1)]),
        shows="smaller copies below the picture")

    raw = directory(32803, (16,), bytes(WIDTH * HEIGHT * 2), kind=0)
    preview = dict(width=8, height=6, kind=1)
    cases.refuse("tiff/raw.dng", tiff(directory(2, eight, bytes(8 * 6 * 3), below=[raw], dng=True, **preview)),
                 "a preview above the sensor's samples", says="raw")
    cases.refuse("tiff/raw.nef", tiff(directory(
        2, eight, bytes(8 * 6 * 3), **preview,
        below=[directory(6, eight, jpeg, compression=6, kind=1, jpeg=len(jpeg)), raw])),
        "a JPEG preview beside the sensor's samples", says="raw")
    cases.refuse("tiff/raw.cr2", tiff(directory(6, eight, jpeg, compression=6), marker=b"CR\x02\0"),
                 "a JPEG of full size, and the sensor's samples elsewhere", says="raw")
    cases.refuse("tiff/linear.dng", tiff(directory(34892, (16,) * 3, bytes(WIDTH * HEIGHT * 6), kind=0, dng=True)),
                 "light as the sensor saw it", says="raw")
    refuse("log-luv", directory(32845, (16,) * 3, bytes(WIDTH * HEIGHT * 6), compression=1), shows="LogLuv", says="LogLuv")
    refuse("lerc", directory(1, (8,), bytes(64), compression=34887), shows="a compression that libtiff may lack",
           says="LERC")
    refuse("unknown-photometric", directory(99, eight, data), shows="a photometric interpretation that nobody knows",
           says="99")
    cut = tiff(directory(2, eight, data))
    start = struct.unpack("<I", cut[4:8])[0]
    damaged = bytearray(cut)
    # The strip is said to go on behind the end of the file.
    at = damaged.index(struct.pack("<HHI", 273, 4, 1), start)
    damaged[at + 8:at + 12] = struct.pack("<I", len(cut) - 100)
    refuse("damaged", directory(2, eight, data), shows="rows that are not there", code="I106")
    (cases.root / "tiff/damaged.tif").write_bytes(bytes(damaged))


# --- frames that do not cover their screen ---


def lzw(indices, size):
    """GIF's LZW without a dictionary: a clear code before the codes grow."""
    clear, buffer, count, out, run = 1 << size, 0, 0, bytearray(), 0

    def put(code):
        nonlocal buffer, count
        buffer |= code << count
        count += size + 1
        while count >= 8:
            out.append(buffer & 255)
            buffer >>= 8
            count -= 8

    put(clear)
    for index in indices:
        put(index)
        run += 1
        if run == clear - 2:
            put(clear)
            run = 0
    put(clear + 1)
    if count:
        out.append(buffer & 255)
    blocks = b"".join(bytes([len(out[i:i + 255])]) + out[i:i + 255] for i in range(0, len(out), 255))
    return bytes([size]) + blocks + b"\0"


def gif(screen, frames, transparent=None, background=0):
    palette = b"".join(bytes(color) for color in QUARTERS) + bytes(3) * 4
    out = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x82, background, 0) + palette
    for left, top, width, height in frames:
        if transparent is not None:
            out += b"\x21\xf9\x04\x01\0\0" + bytes([transparent]) + b"\0"
        indices = [(2 if 2 * y >= height else 0) + (1 if 2 * x >= width else 0) for y in range(height) for x in range(width)]
        out += b"," + struct.pack("<HHHHB", left, top, width, height, 0) + lzw(indices, 3)
    return out + b";"


def framed(left, top, width, height, clear=None, inside=None):
    """Points in the quarters of a frame, and what is outside of it."""
    points = []
    for index, (x, y) in enumerate(((1, 1), (3, 1), (1, 3), (3, 3))):
        color = CLEAR if inside == index else [*QUARTERS[index], 255]
        points.append([left + width * x // 4, top + height * y // 4, color])
    return points + [[x, y, CLEAR] for x, y in clear or ()]


def make_frames(cases):
    for name, frame, clear in (
        ("smaller", (0, 0, 20, 16), [(40, 10), (10, 30)]),
        ("offset", (24, 16, 20, 16), [(10, 10), (60, 40), (30, 40)]),
    ):
        cases.add(f"frames/gif-{name}.gif", gif((64, 48), [frame]), "a first frame that does not cover the screen",
                  points=framed(*frame, clear=clear))
        cases.add(f"frames/gif-{name}-transparent.gif", gif((64, 48), [frame], transparent=1),
                  "the same with a transparent color", points=framed(*frame, clear=clear, inside=1))
    cases.add("frames/gif-background.gif", gif((64, 48), [(8, 8, 20, 16)], background=3),
              "a background color, which viewers ignore", points=framed(8, 8, 20, 16, clear=[(2, 2), (50, 40)]))
    cases.add("frames/gif-beyond.gif", gif((40, 30), [(24, 16, 32, 24)]), "a frame that goes beyond the screen",
              points=framed(24, 16, 32, 24, clear=[(10, 10)]), size=(56, 40))
    cases.add("frames/gif-no-screen.gif", gif((0, 0), [(4, 6, 40, 30)]), "a screen of 0x0",
              points=framed(4, 6, 40, 30, clear=[(1, 1)]), size=(44, 36))
    cases.add("frames/gif-640x480.gif", gif((640, 480), [(0, 0, 60, 40)]), "a screen that libnsgif does not believe",
              points=framed(0, 0, 60, 40, clear=[(300, 200)]), size=(640, 480))
    cases.add("frames/gif-later-frame.gif", gif((64, 48), [(0, 0, 20, 16), (0, 0, 64, 48)]),
              "a second frame that covers the screen", points=framed(0, 0, 20, 16, clear=[(40, 30)]))
    cases.add("frames/gif-later-frame-beyond.gif", gif((30, 20), [(0, 0, 30, 20), (0, 0, 64, 48)]),
              "a second frame that goes beyond the screen", size=(30, 20),
              points=[[x, y, c[:3]] for x, y, c in framed(0, 0, 30, 20)])

    def chunk(kind, data):
        return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    def three(value):
        return struct.pack("<I", value)[:3]

    for name, flags, background in (("plain", 0x02, b"\0\0\0\xff"), ("alpha", 0x12, b"\xff\xff\xff\xff")):
        for place, (left, top, width, height), clear in (
            ("smaller", (0, 0, 20, 16), [(40, 10), (10, 30)]), ("offset", (24, 16, 20, 16), [(10, 10), (60, 40)]),
        ):
            still = io.BytesIO()
            Image.frombytes("RGB", (width, height), b"".join(
                bytes(QUARTERS[(2 if 2 * y >= height else 0) + (1 if 2 * x >= width else 0)])
                for y in range(height) for x in range(width))).save(still, "WEBP", lossless=True)
            picture = still.getvalue()[12:]
            frame = three(left // 2) + three(top // 2) + three(width - 1) + three(height - 1) + three(100) + b"\0"
            body = chunk(b"VP8X", bytes([flags, 0, 0, 0]) + three(63) + three(47))
            body += chunk(b"ANIM", background + b"\0\0") + chunk(b"ANMF", frame + picture) * 2
            cases.add(f"frames/webp-{place}-{name}.webp", b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body,
                      "a first frame that does not cover the canvas",
                      points=framed(left, top, width, height, clear=clear))


# --- formats with readers of their own ---


def dib(bits, rows, palette=(), mask=None, doubled=True, compression=0, size=None):
    """A bitmap without a file header; icons count the rows of their mask too."""
    height = HEIGHT * 2 if doubled else HEIGHT
    head = struct.pack("<IiiHHIIiiII", 40, WIDTH, height, 1, bits, compression, len(rows), 0, 0, len(palette), 0)
    return head + b"".join(bytes((b, g, r, 0)) for r, g, b in palette) + rows + (mask or b"")


def bottom_up(pixel, stride):
    out = b""
    for y in reversed(range(HEIGHT)):
        row = b"".join(pixel(x, y) for x in range(WIDTH))
        out += row + b"\0" * (stride - len(row))
    return out


def ico(*pictures):
    """An icon of (width, height, bytes)."""
    at, head, body = 6 + 16 * len(pictures), struct.pack("<HHH", 0, 1, len(pictures)), b""
    for width, height, data in pictures:
        head += struct.pack("<BBBBHHII", width % 256, height % 256, 0, 0, 1, 32, len(data), at + len(body))
        body += data
    return head + body


def make_icons(cases):
    small = io.BytesIO()
    Image.new("RGB", (16, 16), (1, 2, 3)).save(small, "PNG")
    small = (16, 16, small.getvalue())
    large = io.BytesIO()
    rgb_image().save(large, "PNG")
    cases.add("ico/png-second.ico", ico(small, (WIDTH, HEIGHT, large.getvalue())), "the largest picture is a PNG")
    # The right half of the mask is transparent.
    mask = bottom_up(lambda x, y: b"", 0) + b"".join(b"\0" * 4 + b"\xff" * 4 for _ in range(HEIGHT))
    masked = [[*at, [*color, 255] if at[0] < WIDTH // 2 else CLEAR] for at, color in zip(MIDDLES, QUARTERS)]
    rows = bottom_up(lambda x, y: bytes(reversed(QUARTERS[quarter(x, y)])), WIDTH * 3)
    cases.add("ico/rgb-mask.ico", ico((WIDTH, HEIGHT, dib(24, rows, mask=mask)), small), "24 bits and a mask", points=masked)
    rows = bottom_up(lambda x, y: bytes([quarter(x, y)]), WIDTH)
    cases.add("ico/palette-mask.ico", ico((WIDTH, HEIGHT, dib(8, rows, QUARTERS, mask))), "8 bits and a mask", points=masked)
    rows = bottom_up(lambda x, y: bytes((*reversed(QUARTERS[quarter(x, y)]), 128 if x < 32 else 255)), WIDTH * 4)
    alpha = [[*at, [*color, 128 if at[0] < WIDTH // 2 else 255]] for at, color in zip(MIDDLES, QUARTERS)]
    cases.add("ico/alpha.ico", ico((WIDTH, HEIGHT, dib(32, rows, mask=mask))), "32 bits with alpha", points=alpha)


def make_bmp(cases):
    def bmp(bits, rows, compression, palette=QUARTERS):
        data = dib(bits, rows, palette, doubled=False, compression=compression)
        return b"BM" + struct.pack("<IHHI", 14 + len(data), 0, 0, 14 + 40 + 4 * len(palette)) + data

    eight = four = mixed = b""
    for y in reversed(range(HEIGHT)):
        left, right = quarter(0, y), quarter(WIDTH - 1, y)
        eight += bytes([32, left, 32, right, 0, 0])
        four += bytes([32, left * 17, 32, right * 17, 0, 0])
        # Px as they are, and a move.
        mixed += bytes([0, 32]) + bytes([left]) * 32 + bytes([0, 2, 16, 0, 16, right, 0, 0])
    end = bytes([0, 1])
    cases.add("bmp/rle8.bmp", bmp(8, eight + end, 1), "run lengths of 8 bits")
    cases.add("bmp/rle4.bmp", bmp(4, four + end, 2), "run lengths of 4 bits")
    cases.add("bmp/rle8-moves.bmp", bmp(8, mixed + end, 1), "px as they are, and moves over px of the first color",
              points=[[*at, list(c)] for at, c in zip(((16, 12), (56, 12), (16, 36), (56, 36)), QUARTERS)]
              + [[40, 12, list(QUARTERS[0])], [40, 36, list(QUARTERS[0])]])
    cases.refuse("bmp/rle8-cut.bmp", bmp(8, eight[:100], 1), "runs that end early", code="I106")
    cases.refuse("bmp/jpeg-inside.bmp", bmp(0, b"\xff\xd8", 4, ()), "a JPEG inside", says="JPEG inside")


def psd(mode, depth, planes, packed=False, palette=b"", layers=0, resources=b"", large=False, extra=0):
    """A Photoshop file of these channels."""
    head = b"8BPS" + struct.pack(">H6xHIIHH", 2 if large else 1, len(planes), HEIGHT, WIDTH, depth, mode)
    info = b""
    if layers:
        info = struct.pack(">Qh" if large else ">Ih", 2, layers)
    out = head + struct.pack(">I", len(palette)) + palette + struct.pack(">I", len(resources)) + resources
    out += struct.pack(">Q" if large else ">I", len(info)) + info
    if not packed:
        return out + b"\0\0" + b"".join(planes)
    stride = len(planes[0]) // HEIGHT
    lengths, body = b"", b""
    for plane in planes:
        for y in range(HEIGHT):
            row = plane[y * stride:(y + 1) * stride]
            left = row[:stride // 2]
            # A run where all are the same, and bytes as they are.
            data = bytes([257 - len(left), left[0], len(left) - 1]) + row[len(left):]
            lengths += struct.pack(">I" if large else ">H", len(data))
            body += data
    return out + b"\0\1" + lengths + body


def resource(identifier, data):
    return b"8BIM" + struct.pack(">H2xI", identifier, len(data)) + data + b"\0" * (len(data) % 2)


def make_psd(cases):
    def plane(values, form="B"):
        return b"".join(struct.pack(">" + form, values[quarter(x, y)]) for y in range(HEIGHT) for x in range(WIDTH))

    planes = [plane([c[band] for c in QUARTERS]) for band in range(3)]
    grays = [(gray(c),) * 3 for c in QUARTERS]
    cases.add("psd/rgb-raw.psd", psd(3, 8, planes), "RGB, not packed")
    cases.add("psd/rgb-packed.psd", psd(3, 8, planes, packed=True), "RGB, PackBits")
    cases.add("psd/rgb-large.psb", psd(3, 8, planes, packed=True, large=True), "a large document")
    clear = planes + [plane([255, 128, 255, 0])]
    alpha = [[*at, [*c, a] if a else CLEAR] for at, c, a in zip(MIDDLES, QUARTERS, (255, 128, 255, 0))]
    cases.add("psd/transparent.psd", psd(3, 8, clear, layers=-1), "transparency of the merged picture", points=alpha)
    cases.add("psd/selection.psd", psd(3, 8, clear), "a saved selection, which is not transparency")
    cases.add("psd/rgb-16.psd", psd(3, 16, [plane([c[b] * 257 for c in QUARTERS], "H") for b in range(3)]), "16 bits")
    cases.add("psd/gray.psd", psd(1, 8, [plane([c[0] for c in grays])]), "gray", quarters=grays)
    palette = bytes(c[b] if c else 0 for b in range(3) for c in list(QUARTERS) + [None] * 252)
    cases.add("psd/palette.psd", psd(2, 8, [plane([0, 1, 2, 3])], palette=palette), "a palette")
    labs = [lab(c) for c in QUARTERS]
    cases.add("psd/lab.psd", psd(9, 8, [plane([round(v[0] * 2.55) for v in labs]), plane([round(v[1]) + 128 for v in labs]),
                                        plane([round(v[2]) + 128 for v in labs])]), "L*a*b*", tolerance=4)
    cases.add("psd/cmyk-white.psd", psd(4, 8, [plane([255] * 4)] * 4), "CMYK without ink", quarters=[(255,) * 3] * 4,
              tolerance=4)
    cases.add("psd/profile.psd", psd(3, 8, planes, resources=resource(1039, metadata.GRAY_GAMMA)),
              "a profile for gray, which does not fit")
    cases.refuse("psd/no-merged-picture.psd", psd(3, 8, planes, resources=resource(1057, struct.pack(">IB", 1, 0))),
                 "saved without its merged picture", says="merged picture")
    cases.refuse("psd/float.psd", psd(3, 32, [plane([0.0] * 4, "f")] * 3), "32 bits", says="32 bits")
    cases.refuse("psd/cut.psd", psd(3, 8, planes)[:-100], "rows that are not there", code="I106")


def make(root):
    cases = Cases(root)
    make_tiff(cases)
    make_frames(cases)
    make_icons(cases)
    make_bmp(cases)
    make_psd(cases)
    cases.finish()
