"""Prepares folders of images with the command and compares every output with Pillow and lcms, pixel by pixel, on white
and on black.

    compare.py COMMAND OUT FOLDER...          reports, and fails where an output differs for no accepted reason
    compare.py --record FILE COMMAND OUT FOLDER   also writes what Pillow shows at some points, for `make test`
"""

import collections
import fnmatch
import io
import json
import pathlib
import shutil
import subprocess
import sys

import numpy
from PIL import Image, ImageCms, ImageFile, ImageOps

Image.MAX_IMAGE_PIXELS = 1 << 28

# The largest difference of a sample, of 255, for all but one in 500 of them, by the original's format. JPEG, WebP and
# AVIF leave a decoder some freedom; TIFF may hold a JPEG.
TOLERANCES = {"jpeg": 6, "webp": 4, "heic": 8, "avif": 8, "jp2": 3, "tiff": 6}
DEFAULT_TOLERANCE = 2

# Where the two may differ: a pattern for the path, and why.
ACCEPTED = [
    ("*cmyk*", "CMYK without a profile: Pillow inverts it, libvips takes it as press colors"),
    ("*ycck*", "CMYK without a profile: Pillow inverts it, libvips takes it as press colors"),
    ("*gama*", "Pillow ignores gAMA and cHRM"),
    ("*cicp*", "Pillow ignores cICP"),
    ("pixels/frames/*", "Pillow fills what a first frame does not cover with the background color"),
    ("pixels/tiff/float*", "Pillow does not scale floating-point samples"),
    ("pixels/tiff/lab*", "Pillow shows L*a*b* through a profile of 8 bits; expected.jsonl has computed values"),
    ("pixels/tiff/spot*", "Pillow does not read spot colors"),
    ("pixels/tiff/thumbnail*", "Pillow shows the first page, a thumbnail"),
    ("cases/tiff-thumbnail-first.dng", "Pillow shows the first page, a thumbnail"),
    ("cases/small-first-notrans.gif", "Pillow fills what a first frame does not cover with the background color"),
    ("cases/stale-2-lab.tif", "Pillow shows L*a*b* through a profile of 8 bits; expected.jsonl has computed values"),
]

SRGB = ImageCms.createProfile("sRGB")
SPACES = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "LA": "GRAY", "CMYK": "CMYK", "LAB": "Lab"}


class Skip(Exception):
    """Pillow has nothing to compare with."""


def eight_bits(image):
    """The image with 8 bits per sample."""
    if image.mode.startswith("I;16"):
        data = numpy.asarray(image).astype(numpy.uint16)
        return Image.fromarray(((data.astype(numpy.uint32) * 255 + 32767) // 65535).astype(numpy.uint8))
    if image.mode in ("I", "F"):
        raise Skip("Pillow does not know the range of the samples")
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if "transparency" in image.info and image.mode in ("L", "RGB"):
        return image.convert("RGBA")
    if image.mode in ("RGBa", "La"):
        return image.convert(image.mode[:-1] + "A")
    if image.mode in ("RGBX", "YCbCr", "HSV"):
        return image.convert("RGB")
    return image


def reference(path):
    """What Pillow and lcms show: upright sRGB with alpha."""
    # The referee looks at what is there; whether a file is damaged is not its question.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        image = Image.open(path)
        image.seek(0)
        image.load()
    except Exception as error:
        raise Skip(f"Pillow cannot read it: {type(error).__name__}") from error
    profile = image.info.get("icc_profile")
    orientation = image.getexif().get(0x0112, 1)
    # Pillow has turned HEIC, AVIF and TIFF already.
    turned = image.format in ("AVIF", "HEIF", "TIFF")
    image = eight_bits(image)
    if not turned and orientation in range(2, 9):
        image = ImageOps.exif_transpose(image)
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    if alpha is not None:
        image = image.convert(image.mode[:-1])
    if profile:
        try:
            opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if opened.profile.xcolor_space.strip() == SPACES.get(image.mode):
                image = ImageCms.profileToProfile(image, opened, SRGB, renderingIntent=0, outputMode="RGB")
        except ImageCms.PyCMSError:
            pass
    image = image.convert("RGB")
    image.putalpha(alpha or 255)
    return image


def over(image, color):
    """The image over a color."""
    ground = Image.new("RGBA", image.size, color + (255,))
    return numpy.asarray(Image.alpha_composite(ground, image).convert("RGB")).astype(int)


def prepare(command, folder, out, background, arguments):
    """Runs the command; the rows of its manifest by the path below the folder."""
    shutil.rmtree(out, ignore_errors=True)
    run = subprocess.run(
        [command, "prepare", folder, "-o", out, "--fit", "limits", "--background", background, *arguments],
        capture_output=True, text=True)
    manifest = pathlib.Path(out, "manifest.jsonl")
    if run.returncode not in (0, 1) or not manifest.exists():
        sys.exit(f"prepare failed with {run.returncode}: {run.stderr[-2000:]}")
    rows = [json.loads(line) for line in manifest.read_text().splitlines()]
    return {row["source"]["path"]: row for row in rows if row.get("source")}


def accepted(name):
    return next((why for pattern, why in ACCEPTED if fnmatch.fnmatch(name, pattern)), None)


def main():
    arguments = sys.argv[1:]
    record = None
    if arguments[0] == "--record":
        record, arguments = pathlib.Path(arguments[1]), arguments[2:]
    command, out, folders = arguments[0], pathlib.Path(arguments[1]), arguments[2:]
    totals = collections.defaultdict(collections.Counter)
    differences, reasons, recorded = [], collections.Counter(), {}
    for folder in map(pathlib.Path, folders):
        # PNG is copied where it can be: those become JPEG of the highest quality instead.
        for kind, options in (("png", ["--output-format", "png"]), ("jpeg", ["--output-format", "jpeg", "--quality", "100"])):
            for background, color in (("white", (255, 255, 255)), ("black", (0, 0, 0))):
                target = out / "prepared"
                for path, row in sorted(prepare(command, folder, target, background, options).items()):
                    name = str(pathlib.Path(path).relative_to(folder)) if path.startswith(str(folder)) else path
                    source = row["source"].get("format", "")
                    if (source == "png") != (kind == "jpeg"):
                        continue
                    count = totals[source]
                    output = row.get("output")
                    if not output:
                        if background == "white":
                            count["refused"] += 1
                        continue
                    try:
                        shown = reference(path)
                        made = numpy.asarray(Image.open(target / output["path"]).convert("RGB")).astype(int)
                    except Skip as skip:
                        if background == "white":
                            count["not comparable"] += 1
                            reasons[f"{source}: {skip}"] += 1
                        continue
                    label = f"{folder.name}/{name}"
                    short = name if folder.name in ("testdata",) else label
                    expected = over(shown, color)
                    tolerance = TOLERANCES.get(source, DEFAULT_TOLERANCE) + (3 if kind == "jpeg" else 0)
                    if made.shape != expected.shape:
                        if row["action"] == "resized":
                            count["resized, not comparable"] += background == "white"
                            continue
                        difference, differs = f"{made.shape[:2]} px, not {expected.shape[:2]}", True
                    else:
                        distance = numpy.abs(made - expected)
                        worst = numpy.quantile(distance, 0.998)
                        differs = worst > tolerance
                        difference = f"off by {worst:.0f}, tolerance {tolerance}"
                    count["compared"] += 1
                    why = accepted(short) or accepted(label)
                    if differs and why:
                        count["differ for an accepted reason"] += 1
                        reasons[why] += 1
                    elif differs:
                        count["differ"] += 1
                        differences.append(f"{label} on {background}: {difference}")
                    elif background == "white" and record:
                        height, width = expected.shape[:2]
                        spots = [(width * a // 8, height * b // 8) for a, b in ((1, 1), (7, 1), (4, 4), (1, 7), (7, 7))]
                        recorded[name] = {
                            "path": name, "size": [width, height], "tolerance": tolerance,
                            "points": [[x, y, expected[y, x].tolist()] for x, y in spots]}
    columns = ["compared", "differ", "differ for an accepted reason", "resized, not comparable", "not comparable", "refused"]
    print(f"{'format':8}" + "".join(f"{column:>32}" for column in columns))
    for source, count in sorted(totals.items()):
        print(f"{source:8}" + "".join(f"{count[column]:>32}" for column in columns))
    for reason, number in reasons.most_common():
        print(f"{number:6}  {reason}")
    for line in differences:
        print(f"differs: {line}")
    if record:
        rows = [json.dumps(recorded[name]) for name in sorted(recorded)]
        record.write_text("\n".join(rows) + "\n")
    shutil.rmtree(out / "prepared", ignore_errors=True)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
