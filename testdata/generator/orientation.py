"""The eight EXIF orientations. Shown upright, every picture has the same corners: red at the top left,
green at the top right, blue at the bottom left, white at the bottom right."""

from PIL import Image, ImageDraw

from . import encode, metadata

T = Image.Transpose
# What turns the upright picture into the stored one: the inverse of what a viewer does.
STORED = {
    1: None,
    2: T.FLIP_LEFT_RIGHT,
    3: T.ROTATE_180,
    4: T.FLIP_TOP_BOTTOM,
    5: T.TRANSPOSE,
    6: T.ROTATE_90,
    7: T.TRANSVERSE,
    8: T.ROTATE_270,
}


def upright(width, height):
    image = Image.new("RGB", (width, height), (128, 128, 128))
    draw = ImageDraw.Draw(image)
    w, h = width // 3, height // 3
    draw.rectangle([0, 0, w - 1, h - 1], (255, 0, 0))
    draw.rectangle([width - w, 0, width - 1, h - 1], (0, 255, 0))
    draw.rectangle([0, height - h, w - 1, height - 1], (0, 0, 255))
    draw.rectangle([width - w, height - h, width - 1, height - 1], (255, 255, 255))
    # An F in the middle, for the eye.
    x, y, u = width // 2 - width // 16, height // 2 - height // 7, max(min(width, height) // 28, 2)
    draw.rectangle([x, y, x + u, y + 8 * u], (0, 0, 0))
    draw.rectangle([x, y, x + 5 * u, y + u], (0, 0, 0))
    draw.rectangle([x, y + 3 * u, x + 4 * u, y + 4 * u], (0, 0, 0))
    return image


def stored(width, height, orientation):
    image = upright(width, height)
    how = STORED[orientation]
    return image.transpose(how) if how is not None else image


def make(record):
    """The group orientation/."""
    for orientation in range(1, 9):

        def add(name, image, data, kind, shows):
            record.add(
                f"orientation/{name}",
                data,
                shows,
                format=kind,
                width=image.width,
                height=image.height,
                orientation=orientation,
                corners="upright",
            )

        for shape, (width, height) in {"landscape": (301, 203), "portrait": (203, 301)}.items():
            image = stored(width, height, orientation)
            for order, word in (("<", "little"), (">", "big")):
                block = b"Exif\0\0" + metadata.exif(orientation, order)
                add(
                    f"jpeg-{shape}-{orientation}-{word}-endian.jpg",
                    image,
                    encode.pillow(image, "JPEG", quality=90, subsampling=0, exif=block, optimize=True),
                    "jpeg",
                    f"{shape}, orientation {orientation}, EXIF {word}-endian",
                )
        image = stored(301, 203, orientation)
        order = "<>"[orientation % 2]
        data = encode.insert_chunks(
            encode.pillow(image, "PNG", optimize=True),
            encode.chunk(b"eXIf", metadata.exif(orientation, order)),
        )
        add(f"png-exif-{orientation}.png", image, data, "png", f"PNG eXIf with orientation {orientation}")
        picture = encode.pillow(image, "WEBP", lossless=True)[12:]
        data = encode.riff(
            encode.vp8x(image.width, image.height, exif=True),
            picture,
            encode.webp_chunk(b"EXIF", metadata.exif(orientation, order)),
        )
        add(f"webp-exif-{orientation}.webp", image, data, "webp", f"WebP EXIF with orientation {orientation}")
        image = stored(2001, 1501, orientation)
        add(
            f"jpeg-large-{orientation}.jpg",
            image,
            encode.pillow(
                image, "JPEG", quality=85, optimize=True, exif=b"Exif\0\0" + metadata.exif(orientation)
            ),
            "jpeg",
            f"odd sides of 2001 and 1501 px that have to be resized, orientation {orientation}",
        )
