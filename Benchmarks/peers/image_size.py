"""imagesize: a pure Python header reader, the usual choice where Pillow is too much."""

import sys

import peer


def header(source):
    import imagesize

    return imagesize.get(source)


if __name__ == "__main__":
    if sys.argv[1] == "describe":
        import importlib.metadata

        import imagesize  # noqa: F401

        version = importlib.metadata.version("imagesize")
        peer.describe(("get", "Python imagesize", version, "check", "jpg,png,gif,webp", "-", ""))
    else:
        peer.run({"check get": header})
