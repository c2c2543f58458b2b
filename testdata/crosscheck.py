#!/usr/bin/env python3
"""Holds expected.jsonl against libvips (`vipsheader`, `vips`) and Pillow, and prints every difference.

    python3 crosscheck.py [FOLDER]

The expectations come from what the generator meant to make; this shows where another reader disagrees.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from PIL import Image, ImageOps

Image.MAX_IMAGE_PIXELS = None
CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))


def header(path):
    """What libvips reads: its loader, width, height and orientation; nothing where it refuses."""
    fields = {}
    with tempfile.TemporaryDirectory() as folder:
        # A link without brackets in its name: libvips would take them for options.
        link = pathlib.Path(folder, "image")
        (
            os.link(path, link)
            if path.stat().st_dev == os.stat(folder).st_dev
            else link.symlink_to(path.resolve())
        )
        answer = subprocess.run(["vipsheader", "-a", link], capture_output=True, text=True, errors="replace")
    if answer.returncode:
        return None
    for line in answer.stdout.splitlines():
        key, _, value = line.partition(": ")
        fields.setdefault(key, value)
    return fields


def decodes(path):
    """Whether libvips makes every pixel with fail-on truncated."""
    with tempfile.TemporaryDirectory() as folder:
        link = pathlib.Path(folder, "image")
        link.symlink_to(path.resolve())
        answer = subprocess.run(["vips", "avg", f"{link}[fail_on=truncated]"], capture_output=True, text=True)
    return answer.returncode == 0


def corners(path):
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    w, h = upright.size
    places = ((4, 4), (w - 5, 4), (4, h - 5), (w - 5, h - 5))
    return all(max(abs(a - b) for a, b in zip(upright.getpixel(p), c)) < 40 for p, c in zip(places, CORNERS))


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    rows = [json.loads(line) for line in (root / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    differences, known, opened = 0, 0, 0

    def differs(row, what):
        nonlocal differences, known
        if "libvips" in row:
            known += 1
            print(f"{row['path']}: known: {row['libvips']}")
        else:
            differences += 1
            print(f"{row['path']}: {what}")

    for row in rows:
        path = root / row["path"]
        seen = header(path)
        if row.get("error") in ("I102", "I103"):
            if seen:
                differs(row, f"expected {row['error']}, libvips opens it as {seen['width']}x{seen['height']}")
            continue
        if seen is None:
            if row.get("width") and row.get("error") not in ("I106", "I201"):
                differs(row, "libvips does not open it")
            continue
        opened += 1
        size = (int(seen["width"]), int(seen["height"]))
        if row.get("width") and size != (row["width"], row["height"]):
            differs(row, f"expected {row['width']}x{row['height']}, libvips reads {size[0]}x{size[1]}")
        orientation = int(seen.get("orientation", 1))
        if row.get("orientation") is not None and orientation != row["orientation"]:
            differs(row, f"expected orientation {row['orientation']}, libvips reads {orientation}")
        # libvips 8.14 reads an APNG as a still, and does not say that a GIF is interlaced.
        if (
            row.get("frames") is not None
            and row["format"] != "png"
            and int(seen.get("n-pages", 1)) != row["frames"]
        ):
            differs(row, f"expected {row['frames']} frames, libvips counts {seen.get('n-pages', 1)}")
        if row.get("has_alpha") is not None and int(seen["bands"]) in (1, 2, 3, 4):
            alpha = seen["bands"] in ("2", "4") and seen["interpretation"] != "cmyk"
            if alpha != row["has_alpha"]:
                differs(row, f"expected alpha {row['has_alpha']}, libvips has {seen['bands']} bands")
        if (
            row.get("interlaced") is not None
            and row["format"] != "gif"
            and ("interlaced" in seen) != row["interlaced"]
        ):
            differs(row, f"expected interlaced {row['interlaced']}, libvips reads otherwise")
        if row.get("error") == "I106" and decodes(path):
            differs(row, "expected I106, libvips decodes every pixel")
        if "error" not in row and not decodes(path):
            differs(row, "expected a sound picture, libvips cannot decode it")
        if row.get("corners") and row["format"] != "heic" and not corners(path):
            differs(row, "the upright picture has other corners")
    print(f"{len(rows)} files, {opened} opened by libvips, {differences} differences, {known} known ones")


if __name__ == "__main__":
    main()
