#!/usr/bin/env python3
"""Makes every file of testdata/ anew, and expected.jsonl. See README.md for the versions it was run with.

python3 generate.py            writes into the folder that this program is in
python3 generate.py FOLDER     writes into another folder, to compare
"""

import pathlib
import shutil
import sys

from generator import (
    bad,
    formats_gif_webp,
    formats_jpeg,
    formats_other,
    formats_png,
    limits,
    names,
    orientation,
    photos,
    pixels,
    record,
    screens,
)

GROUPS = ("photos", "screenshots", "formats", "orientation", "limits", "bad", "names")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for group in GROUPS:
        shutil.rmtree(root / group, ignore_errors=True)
    files = record.Recorder(root)
    # bad.py takes its HEIC from formats_other.py: the order matters there.
    for make in (
        photos.make,
        screens.make,
        formats_jpeg.make,
        formats_png.make,
        formats_gif_webp.make_gif,
        formats_gif_webp.make_webp,
        formats_other.make,
        orientation.make,
        limits.make,
        bad.make,
        names.make,
    ):
        make(files)
    files.finish()
    shutil.rmtree(root / "pixels", ignore_errors=True)
    pixels.make(root)
    for group in GROUPS:
        rows = [row for row in files.rows if row["path"].startswith(group + "/")]
        print(f"{group:12} {len(rows):4} files {sum(row['bytes'] for row in rows):10,} bytes")
    print(f"{'together':12} {len(files.rows):4} files {sum(row['bytes'] for row in files.rows):10,} bytes")


if __name__ == "__main__":
    main()
