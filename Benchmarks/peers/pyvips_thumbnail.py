"""pyvips, with the newer libvips from its binary package."""

import os
import sys

import peer


def start():
    os.environ["VIPS_CONCURRENCY"] = "1"
    import pyvips

    pyvips.cache_set_max(0)


def thumbnail(source):
    import pyvips

    width, height = peer.size()
    image = pyvips.Image.thumbnail(source, width, height=height, size="force")
    path = peer.target(source)
    if path.endswith(".jpg"):
        image.jpegsave(path, Q=peer.quality(), keep="none")
    elif path.endswith(".webp"):
        image.webpsave(path, lossless=True, keep="none")
    else:
        image.pngsave(path, keep="none")


def header(source):
    import pyvips

    return pyvips.Image.new_from_file(source).width


if __name__ == "__main__":
    if sys.argv[1] == "describe":
        import pyvips

        library = ".".join(str(pyvips.version(part)) for part in range(3))
        version = f"{pyvips.__version__}, libvips {library}"
        every = "jpg,progressive,png,gif,webp"
        peer.describe(
            ("thumbnail", f"pyvips thumbnail (libvips {library})", version, "prepare", every, "jpg,png,webp", ""),
            ("open", f"pyvips open (libvips {library})", version, "check", every, "-", "slow"),
        )
    else:
        peer.run({"prepare thumbnail": thumbnail, "check open": header}, start)
