"""Reads a tall page of small text with an OCR program: from its tiles, and from the downsized page.

Usage: ocr.py IMAGE_PREFLIGHT OUT

Needs tesseract, Pillow and the DejaVu fonts; if one is missing, says so and succeeds.
"""

import json
import pathlib
import random
import re
import shutil
import subprocess
import sys

WIDTH, HEIGHT, FONT_SIZE, PITCH = 1440, 8570, 12, 18
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
WORDS = (
    "invoice total amount payment customer address street number order delivery please review account balance "
    "monthly statement transfer received department manager telephone quantity product description discount "
    "shipping warehouse return policy warranty contract signature document reference section paragraph"
).split()


def make_page(path):
    """Draws lines of random words, without repeats in a line, and returns the lines with their tops."""
    from PIL import Image, ImageDraw, ImageFont

    random.seed(2026)
    font = ImageFont.truetype(FONT, FONT_SIZE)
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(page)
    lines = []
    for top in range(20, HEIGHT - 2 * PITCH, PITCH):
        words = random.sample(WORDS, random.choice([3, 8, 12]))
        draw.text((40, top), " ".join(words), font=font, fill="black")
        lines.append((top, words))
    page.save(path)
    return lines


def read(path, scale):
    """The words that the OCR program finds in the enlarged image: it works best on large letters."""
    from PIL import Image

    image = Image.open(path).convert("L")
    enlarged = image.resize((image.width * scale, image.height * scale), Image.Resampling.LANCZOS)
    large = path.with_suffix(".ocr.png")
    enlarged.save(large)
    run = subprocess.run(
        ["tesseract", str(large), "-", "--psm", "6", "-l", "eng"], capture_output=True, text=True, check=True)
    large.unlink()
    return [re.sub(r"[^a-z]", "", word.lower()) for word in run.stdout.split()]


def found(expected, words):
    """How many of the expected words were read; each occurrence counts once."""
    left = {}
    for word in words:
        left[word] = left.get(word, 0) + 1
    count = 0
    for word in expected:
        if left.get(word, 0) > 0:
            left[word] -= 1
            count += 1
    return count


def prepare(tool, page, folder, *options):
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([tool, "prepare", str(page), "-o", str(folder), "-q", *options], check=True, stdout=subprocess.PIPE)
    return json.loads((folder / "manifest.jsonl").read_text())


def main():
    tool, out = sys.argv[1], pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    try:
        import PIL  # noqa: F401
    except ImportError:
        print("skipped: Pillow is missing")
        return
    if not shutil.which("tesseract") or not pathlib.Path(FONT).exists():
        print("skipped: tesseract or the DejaVu fonts are missing")
        return
    tool = str(pathlib.Path(tool).resolve())
    page = out / "page.png"
    lines = make_page(page)
    total = sum(len(words) for _, words in lines)

    row = prepare(tool, page, out / "tiles", "--tile")
    worst, shown = 1.0, set()
    for tile in row["tiles"]:
        top, height = tile["map"]["crop_y"], tile["map"]["crop_height"]
        inside = [(y, words) for y, words in lines if top <= y and y + FONT_SIZE + 3 <= top + height]
        shown.update(y for y, _ in inside)
        expected = [word for _, words in inside for word in words]
        share = found(expected, read(out / "tiles" / tile["output"]["path"], 3)) / len(expected)
        print(f"tile {tile['part']:2} of {tile['of']}: {share:7.2%} of {len(expected)} words")
        worst = min(worst, share)
    whole = len(shown) == len(lines)
    print(f"every line complete on a tile: {'yes' if whole else 'NO'}")

    best = 0.0
    for fit in ("recommended", "native"):
        row = prepare(tool, page, out / fit, "--fit", fit)
        size = f"{row['output']['width']}x{row['output']['height']}"
        everything = [word for _, words in lines for word in words]
        share = found(everything, read(out / fit / row["output"]["path"], 3)) / total
        print(f"made smaller, --fit {fit}, {size}: {share:7.2%} of {total} words")
        best = max(best, share)
    if not whole or worst < 0.9 or best > 0.1:
        sys.exit("FAILED: 12 px text must be readable on every tile, and not on the downsized page")


main()
