"""vision-squeezer, the closest product: it also fits images into a token budget. It chooses its own sizes."""

import sys

import peer


def squeeze(source):
    import vision_squeezer

    width, height = peer.size()
    # As many tokens as the requested size has.
    budget = -(-width // 28) * -(-height // 28)
    vision_squeezer.optimize_image(source, model="claude", quality=peer.quality(), max_tokens=budget,
                                   output_path=peer.target(source))


def count():
    """Prints the tokens of each size, read as `WIDTH HEIGHT` lines from standard input."""
    import vision_squeezer

    for line in sys.stdin:
        width, height = map(int, line.split())
        print(vision_squeezer.estimate_tokens(width, height, model="claude")["tokens"])


if __name__ == "__main__":
    if sys.argv[1] == "describe":
        import importlib.metadata

        import vision_squeezer

        peer.describe(
            ("squeeze", "vision-squeezer, sizes of its own", importlib.metadata.version("vision-squeezer"),
             "prepare,count", "jpg,progressive,png", "jpg", "unscaled,slow"),
        )
    elif sys.argv[1] == "count":
        count()
    else:
        peer.run({"prepare squeeze": squeeze})
