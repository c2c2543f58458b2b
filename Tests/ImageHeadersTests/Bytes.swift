import ImageHeaders

/// Bytes put together for a test.
struct Bytes: ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    var array: [UInt8] = []

    init(_ array: [UInt8] = []) { self.array = array }
    init(arrayLiteral elements: UInt8...) { array = elements }
    init(stringLiteral text: String) { array = Array(text.utf8) }
    init(_ text: String) { array = Array(text.utf8) }

    static func be16(_ value: Int) -> Bytes { Bytes([UInt8(value >> 8 & 255), UInt8(value & 255)]) }
    static func be32(_ value: Int) -> Bytes { be16(value >> 16) + be16(value) }
    static func le16(_ value: Int) -> Bytes { Bytes(be16(value).array.reversed()) }
    static func le24(_ value: Int) -> Bytes { le16(value) + Bytes([UInt8(value >> 16 & 255)]) }
    static func le32(_ value: Int) -> Bytes { Bytes(be32(value).array.reversed()) }
    static func zeros(_ count: Int) -> Bytes { Bytes(Array(repeating: 0, count: count)) }

    static func + (left: Bytes, right: Bytes) -> Bytes { Bytes(left.array + right.array) }

    /// The bytes with one of them replaced.
    func setting(_ offset: Int, to byte: UInt8) -> Bytes {
        var copy = self
        copy.array[offset] = byte
        return copy
    }

    var header: Result<ImageFacts, HeaderError> { HeaderReader.read(bytes: array).header }

    /// The facts; without any, the test fails with the error.
    var facts: ImageFacts { get throws(HeaderError) { try header.get() } }

    /// The error, if there are no facts.
    var error: HeaderError? {
        if case .failure(let error) = header { error } else { nil }
    }
}

/// A TIFF structure with one directory, as in an EXIF block or a small TIFF.
func tiff(
    _ entries: [(tag: Int, type: Int, value: Int)], bigEndian: Bool = true, next: Int = 0
) -> Bytes {
    func n16(_ value: Int) -> Bytes { bigEndian ? .be16(value) : .le16(value) }
    func n32(_ value: Int) -> Bytes { bigEndian ? .be32(value) : .le32(value) }
    var bytes = Bytes(bigEndian ? "MM" : "II") + n16(42) + n32(8) + n16(entries.count)
    for entry in entries {
        bytes = bytes + n16(entry.tag) + n16(entry.type) + n32(1)
        switch entry.type {
        case 1: bytes = bytes + [UInt8(entry.value), 0, 0, 0]
        case 3: bytes = bytes + n16(entry.value) + n16(0)
        default: bytes = bytes + n32(entry.value)
        }
    }
    return bytes + n32(next)
}

enum JPEG {
    static func segment(_ marker: UInt8, _ content: Bytes) -> Bytes {
        [0xFF, marker] + .be16(content.array.count + 2) + content
    }

    static func frame(
        _ marker: UInt8 = 0xC0, width: Int = 640, height: Int = 480, components: Int = 3, depth: UInt8 = 8
    ) -> Bytes {
        var content = Bytes([depth]) + .be16(height) + .be16(width) + [UInt8(components)]
        for index in 0..<components { content = content + [UInt8(index + 1), 0x11, 0] }
        return segment(marker, content)
    }

    static let scan = segment(0xDA, [1, 1, 0, 0, 63, 0]) + [0x55, 0x55, 0xFF, 0xD9]
    static func exif(_ block: Bytes) -> Bytes { segment(0xE1, Bytes("Exif\0\0") + block) }
    static func adobe(_ transform: UInt8) -> Bytes {
        segment(0xEE, Bytes("Adobe") + [0, 100, 0, 0, 0, 0, transform])
    }

    /// A file with these segments, including a frame, before the scan.
    static func file(_ segments: Bytes...) -> Bytes {
        segments.reduce([0xFF, 0xD8], +) + scan
    }
}

enum PNG {
    static let signature: Bytes = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func chunk(_ type: String, _ content: Bytes = []) -> Bytes {
        let body = Bytes(type) + content
        return .be32(content.array.count) + body + .be32(Int(crc32(body.array)))
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
    }

    static func header(
        width: Int = 640, height: Int = 480, depth: UInt8 = 8, color: UInt8 = 2, interlace: UInt8 = 0
    ) -> Bytes {
        chunk("IHDR", .be32(width) + .be32(height) + [depth, color, 0, 0, interlace])
    }

    static let image = chunk("IDAT", [1, 2, 3]) + chunk("IEND")

    static func file(_ chunks: Bytes...) -> Bytes { chunks.reduce(signature, +) + image }
}

enum GIF {
    static func screen(width: Int = 10, height: Int = 8) -> Bytes {
        Bytes("GIF89a") + .le16(width) + .le16(height) + [0x80, 0, 0] + [0, 0, 0, 255, 255, 255]
    }

    static func control(transparent: Bool = false, delay: Int = 0) -> Bytes {
        [0x21, 0xF9, 4, transparent ? 1 : 0] + .le16(delay) + [0, 0]
    }

    static let loop: Bytes = [0x21, 0xFF, 11] + Bytes("NETSCAPE2.0") + [3, 1, 0, 0, 0]

    static func image(
        left: Int = 0, top: Int = 0, width: Int = 10, height: Int = 8, flags: UInt8 = 0, blocks: Int = 1
    ) -> Bytes {
        var bytes: Bytes =
            [0x2C] + .le16(left) + .le16(top) + .le16(width) + .le16(height) + [flags, 2]
        let block = [255] + [UInt8](repeating: 0x2C, count: 255)
        bytes.array.reserveCapacity(blocks * 256)
        for _ in 0..<blocks { bytes.array += block }
        return bytes + [0]
    }

    static let trailer: Bytes = [0x3B]
}

enum WebP {
    static func chunk(_ type: String, _ content: Bytes) -> Bytes {
        Bytes(type) + .le32(content.array.count) + content + .zeros(content.array.count & 1)
    }

    static func file(_ chunks: Bytes...) -> Bytes {
        let body = chunks.reduce(Bytes("WEBP"), +)
        return Bytes("RIFF") + .le32(body.array.count) + body
    }

    static func lossy(width: Int = 640, height: Int = 480) -> Bytes {
        chunk("VP8 ", [0x30, 1, 0, 0x9D, 1, 0x2A] + .le16(width) + .le16(height) + .zeros(8))
    }

    static func lossless(width: Int = 640, height: Int = 480, alpha: Bool = false) -> Bytes {
        chunk("VP8L", [0x2F] + .le32((width - 1) | (height - 1) << 14 | (alpha ? 1 << 28 : 0)) + .zeros(5))
    }

    static func extended(_ flags: UInt8, width: Int = 640, height: Int = 480) -> Bytes {
        chunk("VP8X", [flags, 0, 0, 0] + .le24(width - 1) + .le24(height - 1))
    }

    static let frame = chunk("ANMF", .zeros(16) + lossy(width: 4, height: 4))
}

enum ISO {
    static func box(_ type: String, _ content: Bytes) -> Bytes {
        .be32(content.array.count + 8) + Bytes(type) + content
    }

    static func size(_ width: Int, _ height: Int) -> Bytes {
        box("ispe", .be32(0) + .be32(width) + .be32(height))
    }

    /// A file whose primary item is number 2, with every given property except the first.
    /// Other boxes may come before those of the item.
    static func file(brand: String = "heic", meta: Bytes = [], _ properties: Bytes...) -> Bytes {
        let numbers = Bytes((2...max(properties.count, 2)).map { UInt8($0) })
        let associations =
            Bytes.be32(0) + .be32(2) + .be16(1) + [1, 1] + .be16(2) + [UInt8(numbers.array.count)] + numbers
        let contents = properties.reduce(Bytes(), +)
        let item = box("iprp", box("ipco", contents) + box("ipma", associations))
        return box("ftyp", Bytes(brand) + .zeros(4) + Bytes("mif1"))
            + box("meta", .zeros(4) + box("pitm", .be32(0) + .be16(2)) + meta + item)
            + box("mdat", .zeros(20))
    }
}

/// A small valid file of every format whose size is read.
let samples: [(format: ImageFormat, bytes: Bytes)] = [
    (.jpeg, JPEG.file(JPEG.exif(tiff([(0x0112, 3, 6)])), JPEG.frame())),
    (.png, PNG.file(PNG.header(), PNG.chunk("tEXt", Bytes("Title\0x")))),
    (.gif, GIF.screen() + GIF.loop + GIF.control() + GIF.image() + GIF.image() + GIF.trailer),
    (.webp, WebP.file(WebP.lossy())),
    (.webp, WebP.file(WebP.lossless())),
    (.webp, WebP.file(WebP.extended(8), WebP.lossy(), WebP.chunk("EXIF", tiff([(0x0112, 3, 6)])))),
    (.heic, ISO.file(ISO.size(9, 9), ISO.size(640, 480), ISO.box("irot", [1]))),
    (.avif, ISO.file(brand: "avif", ISO.size(9, 9), ISO.size(640, 480))),
    (.tiff, tiff([(256, 3, 640), (257, 4, 480), (258, 3, 8), (262, 3, 2), (277, 3, 3)])),
    (.tiff, bigTIFF),
    (.bmp, bitmap(width: 640, height: -480, bits: 24)),
    (.ico, icon([(0, 0), (16, 16)])),
    (.jxl, [0xFF, 0x0A] + jxlSmall),
    (.jxl, jxlContainer),
    (.jp2, codestream),
    (.jp2, jp2Container),
    (.psd, Bytes("8BPS") + .be16(1) + .zeros(6) + .be16(3) + .be32(480) + .be32(640) + .be16(8) + .be16(3)),
    (.svg, Bytes("<svg xmlns='http://www.w3.org/2000/svg' width='640' height='480'></svg>")),
]

let bigTIFF =
    Bytes("II") + .le16(43) + .le16(8) + .le16(0) + .le32(16) + .le32(0) + .le32(2) + .le32(0)
    + .le16(256) + .le16(3) + .le32(1) + .le32(0) + .le32(640) + .le32(0)
    + .le16(257) + .le16(16) + .le32(1) + .le32(0) + .le32(480) + .le32(0) + .zeros(8)

func bitmap(width: Int, height: Int, bits: Int) -> Bytes {
    Bytes("BM") + .le32(100) + .zeros(4) + .le32(54) + .le32(40) + .le32(width) + .le32(height) + .le16(1)
        + .le16(bits) + .zeros(24)
}

func icon(_ sizes: [(UInt8, UInt8)]) -> Bytes {
    var bytes: Bytes = [0, 0, 1, 0] + .le16(sizes.count)
    for size in sizes {
        bytes = bytes + [size.0, size.1, 0, 0, 1, 0, 32, 0] + .le32(40) + .le32(6 + 16 * sizes.count)
    }
    return bytes + .le32(40) + .zeros(36)
}

/// 16×8 px: small, height (0 + 1) * 8, no ratio, width (1 + 1) * 8, then everything usual.
let jxlSmall: Bytes = [0b0000_0001, 0b0100_0010, 0, 0]

let jxlContainer: Bytes =
    [0, 0, 0, 12] + Bytes("JXL ") + [0x0D, 0x0A, 0x87, 0x0A] + ISO.box("ftyp", Bytes("jxl ") + .zeros(8))
    + ISO.box("jxlp", .be32(0) + [0xFF, 0x0A] + jxlSmall)

let codestream: Bytes =
    [0xFF, 0x4F, 0xFF, 0x51] + .be16(47) + .be16(0) + .be32(650) + .be32(500) + .be32(10) + .be32(20)
    + .be32(640) + .be32(480) + .be32(0) + .be32(0) + .be16(3) + [7, 1, 1, 7, 1, 1, 7, 1, 1]

let jp2Container: Bytes =
    [0, 0, 0, 12] + Bytes("jP  ") + [0x0D, 0x0A, 0x87, 0x0A] + ISO.box("ftyp", Bytes("jp2 ") + .zeros(8))
    + ISO.box("jp2h", ISO.box("colr", [1, 0, 0] + .be32(16))) + ISO.box("jp2c", codestream)
