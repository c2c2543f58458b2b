"""Writes one file after another and keeps what each was meant to be."""

import json
import math
import pathlib

SENDABLE = {"jpeg", "png", "gif", "webp"}
STANDARD = (1568, 1568)
HIGH = (2576, 4784)


def fits(width, height, tier):
    """Whether the service keeps the size: padded edges and the number of 28 px patches."""
    max_edge, max_tokens = tier
    across, down = math.ceil(width / 28), math.ceil(height / 28)
    return max(across, down) * 28 <= max_edge and across * down <= max_tokens


def seen(width, height, tier):
    """The size that the model sees, px: the largest of the same ratio that fits, by bisection."""
    if fits(width, height, tier):
        return [width, height]
    if height > width:
        return seen(height, width, tier)[::-1]
    ratio = width / height
    low, high = 1, width
    while high - low > 1:
        middle = (low + high) // 2
        # Python's round() is half to even, as the live service's.
        if fits(middle, max(round(middle / ratio), 1), tier):
            low = middle
        else:
            high = middle
    return [low, max(round(low / ratio), 1)]


def tokens(size):
    return math.ceil(size[0] / 28) * math.ceil(size[1] / 28)


class Recorder:
    """Collects files and the lines of expected.jsonl."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.rows = []

    def add(self, path, data, shows, **expected):
        """Writes `data` to `path` and keeps the expectation.

        For a sendable format with a size, the fields that say "nothing unusual" are filled in.
        """
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        row = {"path": path, "shows": shows, "bytes": len(data)}
        if expected.get("format") in SENDABLE and "width" in expected:
            defaults = {"orientation": 1, "frames": 1, "has_alpha": False, "interlaced": False}
            expected = {**expected, **{k: v for k, v in defaults.items() if k not in expected}}
            if max(expected["width"], expected["height"]) > 8000:
                expected.setdefault("error", "I201")
            display = [expected["width"], expected["height"]]
            if (expected["orientation"] or 1) >= 5:
                display.reverse()
            if "error" not in expected:
                for name, tier in (("standard", STANDARD), ("high", HIGH)):
                    size = seen(*display, tier)
                    expected[f"sees_{name}"] = size
                    expected[f"tokens_{name}"] = tokens(size)
        self.rows.append({**row, **expected})

    def finish(self):
        lines = [json.dumps(row, ensure_ascii=False) for row in sorted(self.rows, key=lambda r: r["path"])]
        (self.root / "expected.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
