#!/usr/bin/env python3
"""Makes the requests of this folder and expected.jsonl anew; needs nothing but Python 3.

For each code one file that triggers it and, with `-ok` in its name, one beside it that triggers nothing. The
pictures are headers without pixels: the linter looks no further.
"""

import base64
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
MODEL = "claude-sonnet-4-5"
rows = []


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + b"\0\0\0\0"


def png(width, height, depth=8, interlace=0, chunks=b"", salt=0):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, interlace))
    return b"\x89PNG\r\n\x1a\n" + header + chunks + chunk(b"IDAT", b"%d" % salt) + chunk(b"IEND")


def exif(orientation=1, gps=False):
    entries = [struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)]
    end = 8 + 2 + 12 * (2 if gps else 1) + 4
    if gps:
        entries.append(struct.pack("<HHII", 0x8825, 4, 1, end))
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + b"\0\0\0\0"
    if gps:
        block += struct.pack("<H", 1) + struct.pack("<HHI", 1, 2, 2) + b"N\0\0\0" + b"\0\0\0\0"
    return chunk(b"eXIf", block)


def gif(frames):
    frame = b"," + struct.pack("<HHHHB", 0, 0, 980, 980, 0) + b"\x02\x01\x44\x00"
    loop = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0" if frames > 1 else b""
    return b"GIF89a" + struct.pack("<HHBBB", 980, 980, 0, 0, 0) + loop + frame * frames + b";"


def text(words):
    return {"type": "text", "text": words}


def image(data, media_type="image/png", **more):
    source = {"type": "base64"}
    if media_type:
        source["media_type"] = media_type
    source["data"] = data if isinstance(data, str) else base64.b64encode(data).decode()
    return {"type": "image", "source": source, **more}


def request(*blocks, model=MODEL):
    return {"model": model, "max_tokens": 64, "messages": [{"role": "user", "content": list(blocks)}]}


def labelled(pictures):
    blocks = []
    for number, picture in enumerate(pictures, 1):
        blocks += [text(f"Image {number}:"), picture]
    return blocks + [text("What differs?")]


def write(name, body, codes, platform="claude-api", lines=False):
    if isinstance(body, str):
        content = body
    elif lines:
        content = "".join(json.dumps(line) + "\n" for line in body)
    else:
        content = json.dumps(body) + "\n"
    (HERE / name).write_text(content)
    rows.append({"file": name, "platform": platform, "codes": codes})


def pair(code, name, bad, good, codes=None, platform="claude-api", lines=False, good_platform=None):
    suffix = "jsonl" if lines else "json"
    write(f"{code}-{name}.{suffix}", bad, codes or [code], platform, lines)
    write(f"{code}-{name}-ok.{suffix}", good, [], good_platform or platform, lines)


def one(picture, media_type="image/png", **more):
    return request(image(picture, media_type, **more), text("What is this?"))


def images():
    plain = png(980, 980)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 16
    pair("I101", "unsupported-format", one(heic), one(plain))
    pair("I103", "unreadable-image", one(plain[:24]), one(plain))
    pair("I105", "only-first-frame-is-read", one(gif(2), "image/gif"), one(gif(1), "image/gif"))
    pair("I201", "edge-over-limit", one(png(8001, 980)), request(image(png(1568, 784)), text("?")))
    small = [image(png(980, 980, salt=number)) for number in range(20)]
    wide = [image(png(2001, 980))]
    pair(
        "I202", "edge-over-many-image-limit", request(*labelled(small + wide)),
        request(*labelled(small + [image(png(980, 952))])))
    pair("I301", "downsized-by-service", one(png(1960, 980)), one(png(1568, 784)))
    pair("I302", "small-edge", one(png(980, 196)), one(png(980, 224)))
    pair("I303", "tiny-image", one(png(980, 7)), one(png(980, 252)))
    pair("I304", "detail-lost", one(png(3920, 3920)), one(png(1092, 1092)), ["I301", "I304"])
    pair("I305", "wasted-patches", one(png(981, 980)), one(png(980, 980)))
    pair("I401", "orientation-in-metadata", one(png(980, 980, chunks=exif(6))), one(png(980, 980, chunks=exif(1))))
    pair("I402", "location-in-metadata", one(png(980, 980, chunks=exif(gps=True))), one(png(980, 980, chunks=exif())))
    pair("I403", "colour-to-convert", one(png(980, 980, depth=16)), one(plain))
    pair("I404", "costly-to-decode", one(png(980, 980, interlace=1)), one(plain))


def blocks():
    plain = png(980, 980)
    good = base64.b64encode(png(980, 980, salt=10)).decode()
    url = {"type": "image", "source": {"type": "url", "url": "https://example.com/photo.jpg"}}
    pair("R201", "media-type-mismatch", one(plain, "image/jpeg"), one(plain))
    pair("R202", "unsupported-media-type", one(plain, "image/jpg"), one(plain))
    pair("R203", "missing-media-type", one(plain, None), one(plain))
    pair("R204", "invalid-base64", one(good[:20] + "\n" + good[20:]), one(good))
    pair("R205", "data-uri-in-data", one("data:image/png;base64," + good), one(good))
    pair("R206", "empty-image", one(""), one(plain))
    file = {"type": "image", "source": {"type": "file", "file_id": "file_011"}}
    pair(
        "R207", "source-not-on-platform", request(file, text("?")), request(file, text("?")), platform="bedrock",
        good_platform="claude-api")
    pair("R208", "url-cannot-be-checked", request(url, text("?")), one(plain))
    pair("R401", "image-after-text", request(text("What is this?"), image(plain)), one(plain))
    two = [image(plain), image(png(980, 952))]
    pair("R402", "unlabelled-images", request(*two, text("?")), request(*labelled(two)))
    error = {"transformations": {"oversized_image": "error"}}
    pair("R404", "oversized-image-set-to-error", one(png(1593, 2324), **error), one(png(896, 1316), **error))

    def screenshot(picture):
        body = request(text("Take a screenshot."))
        body["tools"] = [{"type": "computer_20250124", "name": "computer", "display_width_px": 1024, "display_height_px": 768}]
        use = {"type": "tool_use", "id": "toolu_1", "name": "computer", "input": {"action": "screenshot"}}
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [image(picture)]}
        body["messages"] += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
        return body

    pair("R405", "screenshot-over-tier", screenshot(png(2560, 1440)), screenshot(png(1456, 819)))
    pair("R406", "repeated-image", request(*labelled([image(plain)] * 2)), request(*labelled(two)))


def requests():
    plain = png(980, 980)
    body = one(plain)
    pair("R101", "not-json", json.dumps(body)[:-1] + "\n", body)
    lacking = dict(body)
    del lacking["max_tokens"]
    pair("R102", "not-a-request", lacking, body)
    many = [image(png(980, 980, salt=number)) for number in range(101)]
    pair("R301", "too-many-images", request(*labelled(many)), request(*labelled(many[:100])))
    sonnet = "claude-sonnet-5-5"
    # 2000 px is the limit among many images: 1960 × 1876 px are 4690 tokens.
    large = [image(png(1960, 1876, salt=number)) for number in range(214)]
    pair(
        "R304", "context-window-exceeded", request(*labelled(large), model=sonnet),
        request(*labelled(large[:213]), model=sonnet))
    haiku = "claude-haiku-5-5"
    pair(
        "R305", "price-step-crossed", request(*labelled(large[:22]), model=haiku),
        request(*labelled(large[:21]), model=haiku))
    pair("R403", "empty-text-block", request(image(plain), text("")), request(image(plain)))
    batch = [{"custom_id": name, "params": body} for name in ("photo 1.jpg", "photo-1", "photo-2")]
    pair("R501", "bad-custom-id", batch, batch[1:], lines=True)


def main():
    for old in HERE.glob("*.json*"):
        old.unlink()
    images()
    blocks()
    requests()
    rows.sort(key=lambda row: row["file"])
    (HERE / "expected.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


main()
