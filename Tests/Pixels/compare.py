"""Prepares folders of images with the command and compares every output with Pillow and lcms, pixel by pixel, on white
and on black.

    compare.py COMMAND OUT FOLDER...          reports, and fails if an output differs without an accepted reason
    compare.py --record FILE COMMAND OUT FOLDER   also writes what Pillow shows at some points, for `make test`

Files with generated profiles (profiles.py) are compared in addition to those in the folders.
"""

import collections
import fnmatch
import io
import json
import pathlib
import shutil
import subprocess
import sys
import warnings

import numpy
from PIL import Image, ImageCms, ImageFile, ImageOps

import profiles

Image.MAX_IMAGE_PIXELS = 1 << 28

# The largest difference of a sample, out of 255, for all but one in 500, by the original's format. JPEG, WebP and
# AVIF leave a decoder some freedom; TIFF may contain a JPEG.
TOLERANCES = {"jpeg": 6, "webp": 4, "heic": 8, "avif": 10, "jp2": 3, "tiff": 6}
DEFAULT_TOLERANCE = 2

# Formats whose decoders are available wherever the tests run.
RECORDED = ("jpeg", "png", "gif", "webp", "tiff", "bmp", "ico", "psd")

# Where the two may differ: a pattern for the path, and why.
CHROMA = "at hard edges libheif repeats chroma samples where libavif interpolates"
FRAMES = "Pillow fills the area that a first frame does not cover with the background color"
LAB = "Pillow shows L*a*b* through an 8-bit profile; expected.jsonl has computed values"
PREVIEW = "Pillow shows the first page, a thumbnail"
ACCEPTED = [
    ("*cmyk*", "CMYK without a profile: Pillow inverts it, libvips treats it as press colors"),
    ("*ycck*", "CMYK without a profile: Pillow inverts it, libvips treats it as press colors"),
    ("*cicp*", "Pillow ignores cICP"),
    ("formats/convertible/photo.avif", CHROMA),
    ("formats/convertible/turned.avif", CHROMA),
    ("formats/gif/frame-offset.gif", FRAMES),
    ("formats/png/exif-after-idat.png", "Pillow reads an orientation after the pixels, a header reader does not"),
    ("pixels/frames/*", FRAMES),
    ("pixels/ico/*-mask.ico", "Pillow 13.0.0 fails to read an icon's mask and shows none"),
    ("pixels/psd/lab.psd", LAB),
    ("pixels/psd/selection.psd", "Pillow mistakes a saved selection for transparency"),
    ("pixels/tiff/lab*", LAB),
    ("pixels/tiff/min-is-white-16.tif", "Pillow does not invert 16-bit gray where 0 is white"),
    ("pixels/tiff/thumbnail*", PREVIEW),
    ("pixels/tiff/ycbcr-2x2.tif", "Pillow reads subsampled YCbCr as if it were not; expected.jsonl has computed values"),
    ("cases/tiff-thumbnail-first.dng", PREVIEW),
    ("cases/small-first-notrans.gif", FRAMES),
    ("cases/stale-2-lab.tif", LAB),
]

SRGB = ImageCms.createProfile("sRGB")
SPACES = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "LA": "GRAY", "CMYK": "CMYK", "LAB": "Lab"}


class Skip(Exception):
    """Pillow provides nothing to compare with."""


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
    # The reference shows what can be read; damage is not checked here.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        image = Image.open(path)
        # The merged picture of a Photoshop file is its frame 1.
        if image.format != "PSD":
            image.seek(0)
        image.load()
    except Exception as error:
        raise Skip(f"Pillow cannot read it: {type(error).__name__}") from error
    profile = image.info.get("icc_profile")
    orientation = image.getexif().get(0x0112, 1)
    # Pillow has already rotated TIFF.
    turned = image.format == "TIFF"
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
    """Runs the command and returns its manifest's rows by path below the folder."""
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


class Comparison:
    """Counts comparisons and keeps the differences."""

    def __init__(self):
        self.totals = collections.defaultdict(collections.Counter)
        self.differences, self.reasons, self.used, self.recorded = [], collections.Counter(), set(), {}

    def compare(self, command, folder, out, record):
        # PNG is copied if possible, so those files become JPEG at the highest quality instead.
        for kind, options in (("png", ["--output-format", "png"]), ("jpeg", ["--output-format", "jpeg", "--quality", "100"])):
            for background, color in (("white", (255, 255, 255)), ("black", (0, 0, 0))):
                for path, row in sorted(prepare(command, folder, out, background, options).items()):
                    if (row["source"].get("format", "") == "png") == (kind == "jpeg"):
                        self.compare_one(folder, path, row, out, background, color, kind, record)

    def compare_one(self, folder, path, row, out, background, color, kind, record):
        source = row["source"].get("format", "unknown")
        name = str(pathlib.Path(path).relative_to(folder)) if path.startswith(str(folder)) else path
        label = f"{folder.name}/{name}"
        count = self.totals[source]
        output = row.get("output")
        if not output:
            count["refused"] += background == "white"
            return
        try:
            shown = reference(path)
            made = numpy.asarray(Image.open(out / output["path"]).convert("RGB")).astype(int)
        except Skip as skip:
            count["not comparable"] += background == "white"
            self.reasons[f"{source}: {skip}"] += background == "white"
            return
        expected = over(shown, color)
        tolerance = TOLERANCES.get(source, DEFAULT_TOLERANCE) + (3 if kind == "jpeg" else 0)
        if made.shape == expected.shape:
            worst = numpy.quantile(numpy.abs(made - expected), 0.998)
            differs, difference = worst > tolerance, f"off by {worst:.0f}, tolerance {tolerance}"
        elif row["action"] == "resized":
            count["resized"] += background == "white"
            return
        else:
            differs, difference = True, f"{made.shape[:2]} px, not {expected.shape[:2]}"
        count[f"compared, {background}"] += 1
        why = accepted(label)
        if why:
            self.used.add(why) if differs else None
        if differs and why:
            count[f"accepted, {background}"] += 1
            self.reasons[why] += 1
        elif differs:
            count[f"differ, {background}"] += 1
            self.differences.append(f"{label} on {background}: {difference}")
        elif background == "white" and record and source in RECORDED:
            height, width = expected.shape[:2]
            spots = [(width * a // 8, height * b // 8) for a, b in ((1, 1), (7, 1), (4, 4), (1, 7), (7, 7))]
            self.recorded[name] = {
                "path": name, "size": [width, height], "tolerance": tolerance,
                "points": [
                    [x, y, expected[y, x].tolist()] for x, y in spots
                    if numpy.abs(made[y, x] - expected[y, x]).max() <= tolerance]}

    def report(self):
        columns = [
            "compared, white", "differ, white", "accepted, white", "compared, black", "differ, black", "accepted, black",
            "resized", "not comparable", "refused"]
        print(f"{'format':8}" + "".join(f"{column:>17}" for column in columns))
        sums = sum(self.totals.values(), collections.Counter())
        for source, count in [*sorted(self.totals.items()), ("all", sums)]:
            print(f"{source:8}" + "".join(f"{count[column]:>17}" for column in columns))
        for reason, number in self.reasons.most_common():
            if number:
                print(f"{number:6}  {reason}")
        for line in self.differences:
            print(f"differs: {line}")
        for why in sorted({why for _, why in ACCEPTED} - self.used):
            print(f"accepted, but nothing differs: {why}")


def main():
    warnings.simplefilter("ignore")
    arguments = sys.argv[1:]
    record = None
    if arguments[0] == "--record":
        record, arguments = pathlib.Path(arguments[1]), arguments[2:]
    command, out, folders = arguments[0], pathlib.Path(arguments[1]), [pathlib.Path(name) for name in arguments[2:]]
    comparison = Comparison()
    if not record:
        shutil.rmtree(out / "profiles", ignore_errors=True)
        profiles.make(out / "profiles")
        folders.append(out / "profiles")
    for folder in folders:
        comparison.compare(command, folder, out / "prepared", record)
    comparison.report()
    if record:
        rows = [json.dumps(comparison.recorded[name]) for name in sorted(comparison.recorded)]
        record.write_text("\n".join(rows) + "\n")
    shutil.rmtree(out / "prepared", ignore_errors=True)
    sys.exit(1 if comparison.differences else 0)


if __name__ == "__main__":
    main()
