"""EXIF blocks, XMP and ICC profiles, built by hand so that every byte is known."""

import struct

XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/jpeg"/></rdf:RDF></x:xmpmeta>'
    b'<?xpacket end="w"?>'
)


def _ifd(order, entries, start, following=0):
    """One directory at offset `start`; `entries` are (tag, type, count, value bytes)."""
    overflow_at = start + 2 + 12 * len(entries) + 4
    head, overflow = struct.pack(order + "H", len(entries)), b""
    for tag, kind, count, value in sorted(entries):
        if len(value) > 4:
            field = struct.pack(order + "I", overflow_at + len(overflow))
            overflow += value + b"\0" * (len(value) % 2)
        else:
            field = value.ljust(4, b"\0")
        head += struct.pack(order + "HHI", tag, kind, count) + field
    return head + struct.pack(order + "I", following) + overflow


def exif(orientation=None, order="<", gps=False, maker=None, thumbnail=None):
    """A TIFF block as EXIF wants it, without the `Exif` prefix that only JPEG has."""
    entries = []
    if maker:
        entries.append((0x010F, 2, len(maker) + 1, maker + b"\0"))
    if orientation is not None:
        entries.append((0x0112, 3, 1, struct.pack(order + "H", orientation)))
    entries.append((0x011A, 5, 1, struct.pack(order + "II", 72, 1)))
    if gps:
        entries.append((0x8825, 4, 1, struct.pack(order + "I", 0)))
    first = _ifd(order, entries, 8)
    tail = b""
    if gps:
        place = 8 + len(first)
        entries = [e for e in entries if e[0] != 0x8825]
        entries.append((0x8825, 4, 1, struct.pack(order + "I", place)))

        def degrees(d, m, s):
            return struct.pack(order + "6I", d, 1, m, 1, s, 1)

        # The middle of the Atlantic: nobody's home.
        tail += _ifd(
            order,
            [
                (0, 1, 4, bytes([2, 3, 0, 0])),
                (1, 2, 2, b"N\0"),
                (2, 5, 3, degrees(30, 0, 0)),
                (3, 2, 2, b"W\0"),
                (4, 5, 3, degrees(40, 0, 0)),
            ],
            place,
        )
    following = 0
    if thumbnail:
        following = 8 + len(first) + len(tail)
        size = 2 + 12 * 3 + 4
        tail += (
            _ifd(
                order,
                [
                    (0x0103, 3, 1, struct.pack(order + "H", 6)),
                    (0x0201, 4, 1, struct.pack(order + "I", following + size)),
                    (0x0202, 4, 1, struct.pack(order + "I", len(thumbnail))),
                ],
                following,
            )
            + thumbnail
        )
    magic = b"II" if order == "<" else b"MM"
    return magic + struct.pack(order + "HI", 42, 8) + _ifd(order, entries, 8, following) + tail


def _fixed(value):
    return struct.pack(">i", round(value * 65536))


def icc_profile(name, primaries=None, gamma=2.2):
    """A version 2 display profile: a matrix profile for `primaries` (D50 XYZ), or a gray one without."""

    def text(value):
        raw = value.encode() + b"\0"
        return b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + b"\0" * (4 + 4 + 2 + 1 + 67)

    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(_fixed(v) for v in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    tags = [
        (b"desc", text(name)),
        (b"cprt", b"text\0\0\0\0No copyright, use freely\0"),
        (b"wtpt", xyz((0.9642, 1.0, 0.8249))),
    ]
    if primaries:
        tags += [(key, xyz(values)) for key, values in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries)]
        tags += [(key, curve) for key in (b"rTRC", b"gTRC", b"bTRC")]
    else:
        tags += [(b"kTRC", curve)]
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for key, data in tags:
        table += key + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    header = struct.pack(">I", 128 + len(table) + len(body)) + b"\0\0\0\0" + b"\x02\x10\0\0" + b"mntr"
    header += (b"RGB " if primaries else b"GRAY") + b"XYZ " + struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    header += b"acsp" + b"\0" * 28
    header += _fixed(0.9642) + _fixed(1.0) + _fixed(0.8249)
    return header.ljust(128, b"\0") + table + body


SRGB = icc_profile(
    "sRGB IEC61966-2.1", ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
)
DISPLAY_P3 = icc_profile(
    "Display P3", ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
)
ADOBE_RGB = icc_profile(
    "Adobe RGB (1998)",
    ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)),
    gamma=2.19921875,
)
GRAY_GAMMA = icc_profile("Gray gamma 2.2")
