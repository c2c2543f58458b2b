"""Pillow: `thumbnail`-like resizing as most Python programs do it, and with the JPEG decoder's own scaling."""

import sys

import peer


def save(image, source):
    path = peer.target(source)
    if path.endswith(".jpg"):
        image.convert("RGB").save(path, quality=peer.quality())
    elif path.endswith(".webp"):
        image.save(path, lossless=True)
    else:
        image.save(path)


def colors(image):
    return image.convert("RGB") if image.mode == "P" else image


def draft(source):
    from PIL import Image

    with Image.open(source) as image:
        image.draft("RGB", peer.size())
        save(colors(image).resize(peer.size(), Image.Resampling.LANCZOS), source)


def bicubic(source):
    from PIL import Image

    with Image.open(source) as image:
        image.draft("RGB", peer.size())
        save(colors(image).resize(peer.size(), Image.Resampling.BICUBIC), source)


def plain(source):
    from PIL import Image

    with Image.open(source) as image:
        save(colors(image).resize(peer.size(), Image.Resampling.LANCZOS), source)


def header(source):
    from PIL import Image

    with Image.open(source) as image:
        return image.size


def main(name, is_simd):
    if sys.argv[1] == "describe":
        import PIL

        # Pillow-SIMD installs itself under Pillow's name; its versions end with a post number.
        if ("post" in PIL.__version__) != is_simd:
            sys.exit(3)
        every, written = "jpg,progressive,png,gif,webp", "jpg,png,webp"
        peer.describe(
            ("draft", f"{name}, draft + Lanczos", PIL.__version__, "prepare", every, written, ""),
            ("bicubic", f"{name}, draft + bicubic", PIL.__version__, "prepare", "jpg,progressive", "jpg", ""),
            ("plain", f"{name}, Lanczos", PIL.__version__, "prepare", "jpg,progressive", written, "slow"),
            ("open", f"{name} Image.open", PIL.__version__, "check", every, "-", "slow"),
        )
        return
    peer.run({"prepare draft": draft, "prepare bicubic": bicubic, "prepare plain": plain, "check open": header})


if __name__ == "__main__":
    main("Pillow", is_simd=False)
