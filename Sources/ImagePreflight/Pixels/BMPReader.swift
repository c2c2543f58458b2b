import ImageHeaders
import Vips

/// Decodes BMP files: palettes of 1, 4 and 8 bits, plain or run-length encoded, 16, 24 and 32 bits a px, with or
/// without bit fields, bottom-up or top-down.
///
/// Source: Microsoft, "Bitmap Storage" (BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV4HEADER, BITMAPV5HEADER) and
/// "Bitmap Compression" (BI_RLE8, BI_RLE4).
enum BMPReader {
    /// The pixels of a file.
    ///
    /// - Parameter file: the whole file.
    /// - Returns: RGB, or RGBA when a mask for alpha is given.
    /// - Throws: a `PreflightError` with findings: I108 for other compressions, I106 for broken and truncated files.
    static func pixels(of file: UnsafeRawBufferPointer) throws(PreflightError) -> PixelBuffer {
        let header = try Header(file)
        let bands = header.alpha == nil ? 3 : 4
        let pixels = PixelBuffer(width: header.width, height: header.height, bands: bands, colors: .rgb)
        if header.isRunLengthEncoded {
            try header.decodeRuns(of: file, to: pixels)
            return pixels
        }
        for row in 0..<header.height {
            let stored = header.isTopDown ? row : header.height - 1 - row
            let source = UnsafeRawBufferPointer(
                rebasing: file[(header.offset + stored * header.stride)...].prefix(header.stride))
            let target = UnsafeMutableRawBufferPointer(
                rebasing: pixels.samples[(row * pixels.stride)...].prefix(pixels.stride))
            try header.decode(source, to: target, bands: bands)
        }
        return pixels
    }
}

/// One channel's bits in a px.
private struct Mask {
    let shift: UInt32
    let largest: UInt32

    /// Nil for no bits; a mask with gaps counts as broken and is also nil.
    init?(_ bits: UInt32) {
        guard bits != 0 else { return nil }
        shift = UInt32(bits.trailingZeroBitCount)
        largest = bits >> shift
        guard largest & (largest &+ 1) == 0 else { return nil }
    }

    func sample(_ pixel: UInt32) -> UInt8 {
        let value = UInt64(pixel >> shift & largest)
        return UInt8(truncatingIfNeeded: (value * 255 + UInt64(largest) / 2) / UInt64(largest))
    }
}

private struct Header {
    var width = 0
    var height = 0
    var isTopDown = false
    var isRunLengthEncoded = false
    var bitsPerPixel = 0
    /// Where the first stored row begins, bytes.
    var offset = 0
    /// Bytes from one stored row to the next.
    var stride = 0
    /// Blue, green, red of each entry.
    var palette: [(red: UInt8, green: UInt8, blue: UInt8)] = []
    var red: Mask?
    var green: Mask?
    var blue: Mask?
    var alpha: Mask?

    init(_ file: UnsafeRawBufferPointer) throws(PreflightError) {
        guard file.count >= 26, file[0] == 0x42, file[1] == 0x4D else { throw Self.broken }
        offset = Int(file.littleEndian32(10))
        let length = Int(file.littleEndian32(14))
        guard length == 12 || length >= 40, 14 + length <= file.count else { throw Self.broken }
        let isCore = length == 12
        var compression: UInt32 = 0
        if isCore {
            width = Int(file.littleEndian16(18))
            height = Int(file.littleEndian16(20))
            bitsPerPixel = Int(file.littleEndian16(24))
        } else {
            width = Int(Int32(bitPattern: file.littleEndian32(18)))
            let signed = Int(Int32(bitPattern: file.littleEndian32(22)))
            height = abs(signed)
            isTopDown = signed < 0
            bitsPerPixel = Int(file.littleEndian16(28))
            compression = file.littleEndian32(30)
        }
        guard width > 0, height > 0, width <= 1 << 24, height <= 1 << 24 else { throw Self.broken }
        try readMasks(file, compression: compression, headerLength: length)
        if bitsPerPixel <= 8 { try readPalette(file, headerLength: length, isCore: isCore) }

        if isRunLengthEncoded {
            guard offset < file.count, !isTopDown else { throw Self.broken }
            return
        }
        stride = (width * bitsPerPixel + 31) / 32 * 4
        guard offset <= file.count, stride * height <= file.count - offset else {
            throw .image([.damaged])
        }
    }

    private mutating func readMasks(
        _ file: UnsafeRawBufferPointer, compression: UInt32, headerLength: Int
    ) throws(PreflightError) {
        switch (compression, bitsPerPixel) {
        case (0, 1), (0, 4), (0, 8), (0, 24): return
        case (1, 8), (2, 4):
            isRunLengthEncoded = true
            return
        case (0, 16): (red, green, blue) = (Mask(0x7C00), Mask(0x03E0), Mask(0x001F))
        case (0, 32): (red, green, blue) = (Mask(0xFF0000), Mask(0xFF00), Mask(0xFF))
        case (3, 16), (3, 32), (6, 16), (6, 32):
            // The masks follow a header of 40 bytes, and are fields of the longer ones at the same place.
            guard file.count >= 70 else { throw Self.broken }
            red = Mask(file.littleEndian32(54))
            green = Mask(file.littleEndian32(58))
            blue = Mask(file.littleEndian32(62))
            if headerLength >= 56 || compression == 6 { alpha = Mask(file.littleEndian32(66)) }
        default:
            let names: [UInt32: String] = [4: "with a JPEG inside", 5: "with a PNG inside"]
            let name = names[compression] ?? "with compression \(compression) and \(bitsPerPixel) bits per px"
            throw .image([.cannotBeDecodedHere("a BMP \(name)")])
        }
        guard red != nil, green != nil, blue != nil else { throw Self.broken }
    }

    private mutating func readPalette(
        _ file: UnsafeRawBufferPointer, headerLength: Int, isCore: Bool
    ) throws(PreflightError) {
        let claimed = isCore ? 0 : Int(file.littleEndian32(46))
        let count = claimed == 0 ? 1 << bitsPerPixel : min(claimed, 1 << bitsPerPixel)
        let entryLength = isCore ? 3 : 4
        let start = 14 + headerLength
        guard start + count * entryLength <= file.count else { throw Self.broken }
        palette = (0..<count).map { index in
            let entry = start + index * entryLength
            return (red: file[entry + 2], green: file[entry + 1], blue: file[entry])
        }
    }

    func decode(
        _ row: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, bands: Int
    ) throws(PreflightError) {
        switch bitsPerPixel {
        case 24:
            for x in 0..<width {
                target[3 * x] = row[3 * x + 2]
                target[3 * x + 1] = row[3 * x + 1]
                target[3 * x + 2] = row[3 * x]
            }
        case 16, 32:
            guard let red, let green, let blue else { throw Self.broken }
            for x in 0..<width {
                let pixel =
                    bitsPerPixel == 16 ? UInt32(row.littleEndian16(2 * x)) : row.littleEndian32(4 * x)
                target[bands * x] = red.sample(pixel)
                target[bands * x + 1] = green.sample(pixel)
                target[bands * x + 2] = blue.sample(pixel)
                if let alpha { target[bands * x + 3] = alpha.sample(pixel) }
            }
        default:
            for x in 0..<width {
                let bit = x * bitsPerPixel
                let index = Int(row[bit / 8]) >> (8 - bitsPerPixel - bit % 8) & (1 << bitsPerPixel - 1)
                // An index past the palette is black in every viewer.
                let color = index < palette.count ? palette[index] : (red: 0, green: 0, blue: 0)
                target[3 * x] = color.red
                target[3 * x + 1] = color.green
                target[3 * x + 2] = color.blue
            }
        }
    }

    /// Rows as runs of px: a count and an index, or 0 and an escape. Px without a run have the first color.
    func decodeRuns(of file: UnsafeRawBufferPointer, to pixels: PixelBuffer) throws(PreflightError) {
        let blank = palette.first ?? (red: 0, green: 0, blue: 0)
        for index in 0..<width * height { set(blank, at: index, in: pixels) }
        var at = offset
        var (x, y) = (0, 0)
        var isAtEnd = false
        func put(_ index: Int) {
            guard x < width, y < height else { return }
            let color = index < palette.count ? palette[index] : (red: 0, green: 0, blue: 0)
            set(color, at: (height - 1 - y) * width + x, in: pixels)
            x += 1
        }
        while !isAtEnd, y < height {
            guard at + 2 <= file.count else { throw .image([.damaged]) }
            let (count, value) = (Int(file[at]), Int(file[at + 1]))
            at += 2
            switch (count, value) {
            case (0, 0): (x, y) = (0, y + 1)
            case (0, 1): isAtEnd = true
            case (0, 2):
                guard at + 2 <= file.count else { throw .image([.damaged]) }
                (x, y) = (x + Int(file[at]), y + Int(file[at + 1]))
                at += 2
            case (0, _):
                // This many literal px, padded to an even number of bytes.
                let length = bitsPerPixel == 8 ? value : (value + 1) / 2
                guard at + length <= file.count else { throw .image([.damaged]) }
                for index in 0..<value {
                    let byte = Int(file[at + (bitsPerPixel == 8 ? index : index / 2)])
                    put(bitsPerPixel == 8 ? byte : index % 2 == 0 ? byte >> 4 : byte & 15)
                }
                at += (length + 1) / 2 * 2
            default:
                for index in 0..<count {
                    put(bitsPerPixel == 8 ? value : index % 2 == 0 ? value >> 4 : value & 15)
                }
            }
        }
    }

    private func set(
        _ color: (red: UInt8, green: UInt8, blue: UInt8), at index: Int, in pixels: PixelBuffer
    ) {
        pixels.samples[3 * index] = color.red
        pixels.samples[3 * index + 1] = color.green
        pixels.samples[3 * index + 2] = color.blue
    }

    private static let broken = PreflightError.image([.unreadable("its BMP header is broken")])
}
