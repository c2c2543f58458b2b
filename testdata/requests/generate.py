#!/usr/bin/env python3
"""Makes every request of testdata/requests/ anew, and expected.jsonl. Needs nothing but Python itself.

python3 generate.py            writes into the folder that this program is in
python3 generate.py FOLDER     writes into another folder, to compare

For each rule about requests, and each rule about images that can be seen in a request, there is a file in which
`lint` finds exactly what expected.jsonl says, and beside it one (`….ok.json`) in which it finds nothing. Files of
many megabytes are not here: the tests make them. Pictures that are hard to make come from the folders beside.
"""

import base64
import json
import pathlib
import struct
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent
HIGH, STANDARD = "claude-sonnet-5-5", "claude-opus-4-5"


# Pictures ------------------------------------------------------------------------------------------------------------


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, grey=128, depth=1, interlace=0, extra=b""):
    """A PNG of one grey: 1 bit with a palette, or 16 bits. Sides that are multiples of 28 and at least 200 px draw
    no finding of any rule."""
    passes = [(0, 0, 1, 1)]
    if interlace:  # Adam7: first column, first row, steps
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b""
    for left, top, across, down in passes:
        columns, lines = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and lines > 0:
            rows += (b"\0" + bytes((columns * depth + 7) // 8)) * lines
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 3 if depth < 16 else 0, 0, 0, interlace))
        + (chunk(b"PLTE", bytes([grey] * 3)) if depth < 16 else b"")
        + extra
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def gif(frames):
    """A GIF of 224x224 px, one shade a frame."""
    palette = bytes(shade for shade in (0, 85, 170, 255) for _ in range(3))
    blocks = b"".join(
        b"\x21\xf9\x04\0\x0a\0\0\0" + b"," + struct.pack("<HHHHB", 0, 0, 224, 224, 0) + lzw(shade, 224 * 224)
        for shade in range(frames)
    )
    return b"GIF89a" + struct.pack("<HHBBB", 224, 224, 0x81, 0, 0) + palette + blocks + b";"


def lzw(shade, count):
    """One shade `count` times in GIF's LZW: each code is a run that is one longer than the last."""
    clear, end = 4, 5
    value = used = 0
    while count > 0:
        value, used = value | clear << used, used + 3
        run, width, free = 1, 3, end + 1
        while count > 0 and free < 4096:
            # Code 6 is a run of two, code 7 of three, and so on; a code is known one step before it is told.
            run = min(run, count)
            value, used = value | (shade if run == 1 else end + run - 1) << used, used + width
            count, run = count - run, run + 1
            free += run > 2
            width += free == 1 << width and width < 12
    value, used = value | end << used, used + width
    data = value.to_bytes((used + 7) // 8, "little")
    blocks = (data[start : start + 255] for start in range(0, len(data), 255))
    return b"\x02" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def bmp(width, height):
    rows = bytes(-(-width * 3 // 4) * 4 * height)
    return (
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 54 + len(rows), 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0) + rows
    )


def exif(entries, behind=b""):
    """A PNG's eXIf chunk: one TIFF directory of (tag, type, count, value)."""
    fields = b"".join(struct.pack(">HHII", *entry) for entry in entries)
    return chunk(
        b"eXIf", b"MM\0*" + struct.pack(">IH", 8, len(entries)) + fields + struct.pack(">I", 0) + behind
    )


def orientation(value):
    return exif([(0x0112, 3, 1, value << 16)])


def location():
    # GPSInfo points behind the directory (8 + 2 + 12 + 4 = 26), to GPSLatitudeRef `N`.
    return exif(
        [(0x8825, 4, 1, 26)],
        struct.pack(">HHHI", 1, 1, 2, 2) + b"N\0\0\0" + struct.pack(">I", 0),
    )


def beside(path):
    return (HERE.parent / path).read_bytes()


# Requests ------------------------------------------------------------------------------------------------------------


def image(data, media_type="image/png", **more):
    source = {"type": "base64", "media_type": media_type, "data": data}
    if isinstance(data, bytes):
        source["data"] = base64.b64encode(data).decode()
    if media_type is None:
        del source["media_type"]
    return {"type": "image", "source": source, **more}


def document(data):
    source = {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(data).decode()}
    return {"type": "document", "source": source}


def pdf(pages, trailer=b""):
    """A PDF whose page tree says how many pages it has."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count " + str(pages).encode() + b">>endobj\n"
        b"trailer<</Root 1 0 R" + trailer + b">>\n%%EOF\n"
    )


def text(words):
    return {"type": "text", "text": words}


def labelled(images):
    """Images as the documentation recommends them: each with a text in front."""
    blocks = []
    for number, block in enumerate(images, 1):
        blocks += [text(f"Image {number}:"), block]
    return blocks


def request(*blocks, model=HIGH, **more):
    content = list(blocks) + [text("What is in the picture?")]
    return {"model": model, "max_tokens": 1024, "messages": [{"role": "user", "content": content}], **more}


def bedrock(*blocks):
    body = request(*blocks, anthropic_version="bedrock-2023-05-31")
    del body["model"]
    return body


def screenshot(data):
    return {
        "model": STANDARD,
        "max_tokens": 1024,
        "tools": [
            {"type": "computer_20250124", "name": "computer", "display_width_px": 1280, "display_height_px": 800}
        ],
        "messages": [
            {"role": "user", "content": "Open the settings."},
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": "toolu_1", "name": "computer", "input": {"action": "screenshot"}}
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [image(data)]}],
            },
        ],
    }


def without(body, key):
    return {name: value for name, value in body.items() if name != key}


def turns(*answer, first=None, last=None):
    """A question, an answer of the assistant, and another question."""
    body = request(text("What is in the picture?"))
    question = body["messages"][0]["content"]
    body["messages"] = [
        {"role": "user", "content": (first or []) + question},
        {"role": "assistant", "content": list(answer)},
        {"role": "user", "content": last or question},
    ]
    return body


def batch(*ids):
    return [{"custom_id": custom_id, "params": request(image(GOOD))} for custom_id in ids]


GOOD = png(224, 224)


def title(number):
    return chunk(b"tEXt", b"Title\0" + f"{number:03} ".encode() * 16)


def many(count, first=GOOD):
    """Different pictures, with labels: the first, then squares of 224 px."""
    others = [image(png(224, 224, grey, extra=title(grey))) for grey in range(1, count)]
    return request(*labelled([image(first)] + others))


def price(count):
    pictures = [image(png(1960, 1484, grey, extra=title(grey))) for grey in range(1, count + 1)]
    return request(*labelled(pictures), model="claude-haiku-5-5")


# (code and name, what is found, the file that draws it, the file that does not, options of lint)
def cases():
    good = base64.b64encode(GOOD).decode()
    jpeg = beside("orientation/jpeg-landscape-1-big-endian.jpg")
    asks = {"transformations": {"oversized_image": "error"}}
    url = {"type": "image", "source": {"type": "url", "url": "https://example.com/photo.jpg"}}
    api = ["--platform", "claude-api"]
    ok = request(image(GOOD))
    flipped = request(image(GOOD))
    flipped["messages"][0]["content"].reverse()
    yield "I101-unsupported-format", ["I101"], request(image(bmp(4, 4))), ok, []
    yield "I103-unreadable-image", ["I103"], request(image(GOOD[:20])), ok, []
    yield "I105-only-first-frame-is-read", ["I105"], *(
        request(image(gif(frames), "image/gif")) for frames in (2, 1)
    ), []
    yield "I201-edge-over-limit", ["I201"], *(request(image(png(side, 224))) for side in (8001, 2576)), []
    yield "I202-edge-over-many-image-limit", ["I202"], many(21, png(2016, 224)), many(20, png(2016, 224)), []
    yield "I301-downsized-by-service", ["I301"], *(
        request(image(png(2240, 1120)), model=model) for model in (STANDARD, HIGH)
    ), []
    yield "I302-small-edge", ["I302"], *(request(image(png(224, side))) for side in (196, 224)), []
    yield "I303-tiny-image", ["I303"], request(image(png(4, 4))), ok, []
    # What is seen at less than half of each side is always downsized too.
    yield "I304-detail-lost", ["I301", "I304"], request(image(png(5376, 3584))), ok, []
    yield "I305-wasted-patches", ["I305"], *(request(image(png(side, 224))) for side in (226, 224)), []
    yield "I401-orientation-in-metadata", ["I401"], *(
        request(image(png(224, 280, extra=orientation(value)))) for value in (6, 1)
    ), []
    yield "I402-location-in-metadata", ["I402"], request(image(png(224, 224, extra=location()))), ok, []
    yield "I403-colour-to-convert", ["I403"], *(request(image(png(224, 224, depth=bits))) for bits in (16, 1)), []
    yield "I404-costly-to-decode", ["I404"], *(
        request(image(png(224, 224, interlace=flag))) for flag in (1, 0)
    ), []
    yield "R101-not-json", ["R101"], json.dumps(ok)[:-3], ok, []
    yield "R102-not-a-request", ["R102"], without(ok, "model"), ok, []
    foreign = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + good}}
    yield "R103-not-a-block", ["R103"], request(foreign), ok, []
    yield "R104-image-in-assistant-turn", ["R104"], turns(image(GOOD), text("A square.")), ok, []
    yield "R201-media-type-mismatch", ["R201"], *(request(image(GOOD, f"image/{name}")) for name in ("jpeg", "png")), []
    yield "R202-unsupported-media-type", ["R202"], *(
        request(image(jpeg, f"image/{name}")) for name in ("jpg", "jpeg")
    ), []
    yield "R203-missing-media-type", ["R203"], request(image(GOOD, None)), ok, []
    broken = "\n".join(good[start : start + 76] for start in range(0, len(good), 76))
    yield "R204-invalid-base64", ["R204"], request(image(broken)), ok, []
    yield "R205-data-uri-in-data", ["R205"], request(image("data:image/png;base64," + good)), ok, []
    yield "R206-empty-image", ["R206"], request(image("")), ok, []
    yield "R207-source-not-on-platform", ["R207"], bedrock(url), bedrock(image(GOOD)), []
    yield "R208-url-cannot-be-checked", ["R208"], request(url), ok, api
    uploaded = {"type": "image", "source": {"type": "file", "file_id": "file_011CNha8iCJcU1wXNR6q4V8w"}}
    yield "R209-file-needs-beta-header", ["R209"], request(uploaded), ok, api
    yield "R301-too-many-images", ["R301"], many(101), many(100), []
    yield "R305-price-step-crossed", ["R305"], price(27), price(26), []
    yield "R306-unusable-pdf", ["R306"], request(document(pdf(2, b"/Encrypt<<>>"))), request(document(pdf(2))), []
    yield "R401-image-after-text", ["R401"], flipped, ok, []
    pair = [image(GOOD), image(png(224, 252))]
    yield "R402-unlabelled-images", ["R402"], request(*pair), request(*labelled(pair)), []
    yield "R403-empty-text-block", ["R403"], request(image(GOOD), text("")), request(image(GOOD), text("A.")), []
    yield "R404-oversized-image-set-to-error", ["R404"], *(
        request(image(png(2240, 1120), **asks), model=model) for model in (STANDARD, HIGH)
    ), []
    yield "R405-screenshot-over-tier", ["R405"], screenshot(png(2240, 1120)), screenshot(png(1400, 700)), []
    yield "R406-repeated-image", ["R406"], *(
        request(*labelled([image(GOOD), image(png(224, side))])) for side in (224, 252)
    ), []
    thought = {"type": "thinking", "thinking": "A square.", "signature": "EqQBCkYIBhgCKkBz"}
    long = image(png(8001, 224))
    yield "R407-thinking-bound-to-prefix", ["I201", "R407"], *(
        turns(thought, text("A square."), first=[picture], last=[text("Is it grey?")])
        for picture in (long, image(GOOD))
    ), []
    yield "R501-bad-custom-id", ["R501"], batch("photo-1", "photo 2.jpg"), batch("photo-1", "photo-2"), []
    yield "R502-model-retired", ["R502"], *(
        request(image(GOOD), model=model) for model in ("claude-3-7-sonnet-20250219", HIGH)
    ), []


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    root.mkdir(parents=True, exist_ok=True)
    for old in root.glob("*.json*"):
        old.unlink()
    rows = []
    for name, codes, bad, good, options in cases():
        for body, found, ending in ((bad, codes, ""), (good, [], ".ok")):
            if isinstance(body, list):
                content, kind = "".join(json.dumps(line) + "\n" for line in body), "jsonl"
            else:
                content, kind = body if isinstance(body, str) else json.dumps(body) + "\n", "json"
            file = f"{name}{ending}.{kind}"
            (root / file).write_text(content, encoding="utf-8")
            rows.append({"file": file, "codes": found, "options": options})
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (root / "expected.jsonl").write_text(lines, encoding="utf-8")
    print(f"{len(rows)} requests, {sum(path.stat().st_size for path in root.glob('*.json*')):,} bytes")


if __name__ == "__main__":
    main()
