"""Screenshots, a long page, a diagram, a chart, a scan and a logo: flat colours and small text."""

import math
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from . import encode

SENTENCES = (
    "The longest side of the picture decides what the model sees.",
    "A side of 1568 pixels is kept as it is.",
    "Small text becomes unreadable long before the picture looks small.",
    "The invoice is due on 30 June.",
    "Rows 12 to 48 were added by the night run.",
    "See appendix B for the table of limits.",
    "Nobody reads a page that is scaled to a fifth of its size.",
    "Cut it into tiles instead.",
    "Orientation is stored beside the pixels, not in them.",
    "Total: 4,812.50 EUR, of which 19 % is tax.",
)
CODE = (
    ("let", " size = PixelSize(width: 2560, height: 1440)"),
    ("guard", " size.longEdge <= limit else { return }"),
    ("for", " image in folder.images {"),
    ("    if", " image.frames > 1 { note(.onlyFirstFrameIsRead) }"),
    ("    let", " tokens = patches(image.size)"),
    ("    total +=", " tokens * price"),
    ("}", ""),
    ("return", " total"),
    ("//", " 28 px a side, rounded up"),
    ("func", " patches(_ size: PixelSize) -> Int {"),
)


def font(size):
    # The typeface that Pillow carries inside itself: the same on every machine.
    return ImageFont.load_default(size)


def editor(width, height):
    """A code editor with a file list, text and a terminal."""
    image = Image.new("RGB", (width, height), (30, 31, 38))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, width, 52], (45, 47, 57))
    for i, colour in enumerate(((236, 95, 86), (245, 190, 70), (90, 200, 90))):
        draw.ellipse([24 + 36 * i, 15, 46 + 36 * i, 37], colour)
    draw.text((width // 2 - 120, 12), "Preflight.swift", (190, 195, 210), font(22))
    draw.rectangle([0, 52, 420, height], (37, 39, 48))
    for i in range((height - 90) // 38):
        draw.text((48 + 26 * (i % 3), 80 + 38 * i), f"Source{i:02d}.swift", (165, 170, 185), font(20))
    split = int(height * 0.72)
    for i in range((split - 80) // 32):
        word, rest = CODE[(i * 7 + i // 3) % len(CODE)]
        draw.text((450, 72 + 32 * i), f"{i + 1:3d}", (95, 100, 115), font(20))
        draw.text((520, 72 + 32 * i), word, (200, 130, 220), font(20))
        draw.text((520 + draw.textlength(word, font(20)), 72 + 32 * i), rest, (205, 210, 220), font(20))
    draw.rectangle([420, split, width, height], (22, 23, 28))
    for i in range((height - split - 30) // 30):
        draw.text(
            (450, split + 16 + 30 * i),
            f"[{i + 1}/9] " + SENTENCES[i % len(SENTENCES)],
            (140, 210, 150),
            font(19),
        )
    return image


def page(width, height, dark=False):
    """A long page of headings, paragraphs, tables and boxes."""
    paper, ink = ((18, 20, 24), (215, 218, 225)) if dark else ((255, 255, 255), (35, 38, 45))
    image = Image.new("RGB", (width, height), paper)
    draw = ImageDraw.Draw(image)
    margin, y, section = width // 12, height // 60 + 20, 0
    draw.rectangle([0, 0, width, y], (60, 105, 190))
    y += 40
    while y < height - 120:
        draw.text(
            (margin, y), f"{section + 1}. {SENTENCES[section % 10]}", (60, 105, 190), font(width // 40 + 8)
        )
        y += width // 24 + 24
        for line in range(6):
            text = " ".join(SENTENCES[(section * 3 + line + k) % 10] for k in range(3))
            while draw.textlength(text, font(width // 90 + 8)) > width - 2 * margin:
                text = text[: text.rindex(" ")]
            draw.text((margin, y), text, ink, font(width // 90 + 8))
            y += width // 50 + 12
        y += 20
        if section % 2:
            for row in range(5):
                for column in range(4):
                    x = margin + column * (width - 2 * margin) // 4
                    box = [x, y, x + (width - 2 * margin) // 4, y + 44]
                    draw.rectangle(box, (235, 239, 248) if row == 0 and not dark else None, (150, 160, 180))
                    draw.text(
                        (x + 12, y + 10),
                        f"{(section * 97 + row * 31 + column * 7) % 1000}.50",
                        ink if row or not dark else (120, 170, 240),
                        font(20),
                    )
                y += 44
            y += 40
        section += 1
    return image


def phone(width, height):
    """A chat on a telephone."""
    image = Image.new("RGB", (width, height), (242, 242, 247))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, width, 150], (250, 250, 252))
    draw.text((60, 50), "9:41", (20, 20, 20), font(48))
    draw.text((width // 2 - 90, 90), "Pictures", (20, 20, 20), font(44))
    y = 200
    for i in range(12):
        text, mine = SENTENCES[i % 10][:38], i % 3 == 1
        wide = draw.textlength(text, font(40)) + 70
        x = width - wide - 40 if mine else 40
        draw.rounded_rectangle([x, y, x + wide, y + 110], 40, (40, 130, 250) if mine else (255, 255, 255))
        draw.text((x + 35, y + 30), text, (255, 255, 255) if mine else (20, 20, 20), font(40))
        y += 150
    draw.rounded_rectangle(
        [40, height - 170, width - 40, height - 70], 50, (255, 255, 255), (200, 200, 205), 3
    )
    return image


def diagram(width, height):
    """Boxes and arrows."""
    image = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    names = ("path", "HeaderReader", "ImageFacts", "rules", "plan", "pixels", "ByteFit", "output")
    centres = []
    for i, name in enumerate(names):
        cx = int(width * (0.14 + 0.24 * (i % 4)))
        cy = int(height * (0.3 + 0.4 * (i // 4)))
        centres.append((cx, cy))
        fill = ((222, 235, 252), (226, 245, 226), (253, 238, 214), (246, 224, 240))[i % 4]
        draw.rounded_rectangle(
            [cx - width // 12, cy - 70, cx + width // 12, cy + 70], 24, fill, (60, 70, 90), 4
        )
        draw.text((cx, cy), name, (30, 35, 45), font(34), anchor="mm")
    for (ax, ay), (bx, by) in zip(centres, centres[1:]):
        if ay == by:
            start, end = (ax + width // 12, ay), (bx - width // 12, by)
        else:
            start, end = (ax, ay + 70), (bx, by - 70)
        draw.line([start, end], (60, 70, 90), 5)
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        draw.polygon(
            [end]
            + [(end[0] - 26 * math.cos(angle + s), end[1] - 26 * math.sin(angle + s)) for s in (-0.4, 0.4)],
            (60, 70, 90),
        )
    draw.text((width // 2, 70), "The way of an image", (30, 35, 45), font(52), anchor="mm")
    return image


def chart(width, height):
    """A line chart with a legend."""
    rng = np.random.default_rng(zlib.crc32(b"chart"))
    image = Image.new("RGB", (width, height), (250, 250, 252))
    draw = ImageDraw.Draw(image)
    left, right, top, bottom = 130, width - 60, 90, height - 110
    for i in range(6):
        y = bottom - i * (bottom - top) // 5
        draw.line([left, y, right, y], (220, 222, 228), 2)
        draw.text((left - 20, y), str(i * 300), (90, 95, 105), font(26), anchor="rm")
    for series, colour in enumerate(((50, 110, 200), (220, 90, 60), (60, 160, 90))):
        values = np.cumsum(rng.standard_normal(40)) + 8 + 3 * series
        values = (values - values.min()) / (values.max() - values.min() + 1)
        points = [(left + i * (right - left) / 39, bottom - v * (bottom - top)) for i, v in enumerate(values)]
        draw.line(points, colour, 6, joint="curve")
        draw.text((left + 260 * series, height - 50), f"series {series + 1}", colour, font(30))
    return image


def logo(side):
    """A ring and a patch on nothing: smooth edges in alpha."""
    large = Image.new("RGBA", (side * 4, side * 4), (0, 0, 0, 0))
    draw = ImageDraw.Draw(large)
    s = side * 4
    draw.ellipse([s * 0.05, s * 0.05, s * 0.95, s * 0.95], (40, 90, 200, 255))
    draw.ellipse([s * 0.2, s * 0.2, s * 0.8, s * 0.8], (0, 0, 0, 0))
    draw.rounded_rectangle([s * 0.36, s * 0.36, s * 0.64, s * 0.64], s * 0.05, (245, 150, 40, 180))
    return large.resize((side, side), Image.Resampling.LANCZOS)


def make(record):
    """The group screenshots/."""

    def add(name, image, shows, kind="png", **options):
        pillow_kind = {"png": "PNG", "webp": "WEBP", "jpg": "JPEG"}[kind]
        if kind == "png":
            options.setdefault("optimize", True)
        model = {"RGB": "rgb", "RGBA": "rgb", "L": "grayscale", "1": "grayscale", "P": "indexed"}[image.mode]
        extra = {} if kind == "webp" else {"color_model": model}
        record.add(
            f"screenshots/{name}.{kind}",
            encode.pillow(image, pillow_kind, **options),
            shows,
            format="jpeg" if kind == "jpg" else kind,
            width=image.width,
            height=image.height,
            has_alpha=image.mode == "RGBA",
            **extra,
        )

    add(
        "editor-2560x1440",
        editor(2560, 1440),
        "a code editor on a large screen: the standard tier downsizes it",
    )
    add(
        "page-1440x4000",
        page(1440, 4000).quantize(32),
        "a tall web page: text is lost when it is scaled to fit",
    )
    add(
        "page-dark-1280x800", page(1280, 800, dark=True).quantize(32), "a page in dark colours, kept as it is"
    )
    add("phone-1170x2532", phone(1170, 2532), "a telephone's screen")
    add("editor-1920x1080", editor(1920, 1080), "a screenshot that somebody saved as JPEG", "jpg", quality=60)
    add("diagram-1800x1200", diagram(1800, 1200).quantize(64), "boxes and arrows, few colours, palette PNG")
    add("chart-1600x900", chart(1600, 900), "a line chart, lossless WebP", "webp", lossless=True)
    add("logo-800x800", logo(800), "a logo on a transparent ground")
    rng = np.random.default_rng(zlib.crc32(b"scan"))
    sheet = np.asarray(page(1240, 1754).convert("L")).astype(np.float32)
    sheet = sheet * 0.92 + rng.standard_normal(sheet.shape, dtype=np.float32) * 1.5
    scan = Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8)).rotate(0.7, fillcolor=235)
    add("scan-1240x1754", scan, "a scanned sheet in gray, slightly turned", "jpg", quality=40)
    add(
        "fax-1728x2200",
        page(1728, 2200).convert("1", dither=Image.Dither.NONE),
        "black and white, one bit a pixel",
    )
