import ImageHeaders
import Vips

/// Decodes the merged picture of a Photoshop file: 1, 8 and 16 bits, raw or PackBits.
///
/// Source: Adobe Photoshop File Formats Specification ("File Header", "Image Resources", "Layer and Mask
/// Information", "Image Data"; resources 1039, 1047 and 1057).
enum PSDReader {
    /// The merged picture.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: 8- or 16-bit gray, RGB or CMYK, with its profile.
    /// - Throws: a `PreflightError` with findings: I108 for files without a merged picture and kinds that are not decoded.
    static func image(of bytes: ImageBytes) throws(PreflightError) -> VipsImage {
        let (samples, colors, profile) = try bytes.withUnsafeBytes {
            (file) throws(PreflightError) -> (SampleBuffer, SampleColors, Range<Int>?) in
            let document = try PhotoshopDocument(file)
            let planes = try document.planes(of: file)
            return (document.interleaved(planes, file), document.sampleColors, document.profile)
        }
        return try vipsStep { () throws(VipsError) in
            let image = try VipsImage(
                wrapping: UnsafeRawBufferPointer(samples.memory), owner: samples, width: samples.width,
                height: samples.height, bands: samples.bands, bytesPerSample: samples.bytesPerSample,
                colors: colors)
            guard let profile else { return image }
            return try image.withProfile(bytes.withUnsafeBytes { Array($0[profile]) })
        }
    }
}

/// Where the parts of a Photoshop file are.
private struct PhotoshopDocument {
    var width: Int
    var height: Int
    var channels: Int
    var depth: Int
    var mode: Int
    var isLarge: Bool
    /// Where the palette is, 256 reds, greens and blues.
    var palette = 0..<0
    var profile: Range<Int>?
    var transparentIndex: Int?
    /// Whether the first channel after the colors is the transparency of the merged picture.
    var hasAlpha = false
    /// Where the merged picture begins.
    var pixels = 0

    init(_ file: UnsafeRawBufferPointer) throws(PreflightError) {
        guard file.count >= 40 else { throw .image([.damaged]) }
        isLarge = file.bigEndian16(4) == 2
        channels = Int(file.bigEndian16(12))
        height = Int(file.bigEndian32(14))
        width = Int(file.bigEndian32(18))
        depth = Int(file.bigEndian16(22))
        mode = Int(file.bigEndian16(24))
        var offset = 26
        /// Moves past a section, and returns its contents.
        func section(lengthOf bytes: Int) throws(PreflightError) -> Range<Int> {
            guard bytes <= file.count - offset else { throw .image([.damaged]) }
            let length = (0..<bytes).reduce(0) { $0 << 8 | Int(file[offset + $1]) }
            guard length >= 0, length <= file.count - offset - bytes else { throw .image([.damaged]) }
            let content = offset + bytes..<offset + bytes + length
            offset = content.upperBound
            return content
        }
        palette = try section(lengthOf: 4)
        let resources = try section(lengthOf: 4)
        let layers = try section(lengthOf: isLarge ? 8 : 4)
        pixels = offset
        try readResources(file, resources)
        let lengthSize = isLarge ? 8 : 4
        if layers.count >= lengthSize + 2 {
            // A negative count of layers: the first extra channel is the merged picture's transparency.
            hasAlpha = Int16(bitPattern: file.bigEndian16(layers.lowerBound + lengthSize)) < 0
        }
        hasAlpha = hasAlpha && channels > colorCount && colorCount != 4
        // An index has 8 bits.
        guard
            (depth == 1 && mode == 0) || (depth == 8 && mode != 0) || (depth == 16 && mode != 0 && mode != 2)
        else {
            throw .image([.cannotBeDecodedHere("a Photoshop file with \(depth) bits per channel")])
        }
        guard [0, 1, 2, 3, 4, 8, 9].contains(mode), channels >= colorCount, mode != 2 || palette.count >= 768
        else {
            throw .image([.cannotBeDecodedHere("a Photoshop file of color mode \(mode)")])
        }
    }

    private mutating func readResources(
        _ file: UnsafeRawBufferPointer, _ resources: Range<Int>
    ) throws(PreflightError) {
        var offset = resources.lowerBound
        while offset + 12 <= resources.upperBound, file.bigEndian32(offset) == 0x3842_494D {  // 8BIM
            let identifier = file.bigEndian16(offset + 4)
            // A Pascal string, padded to an even length.
            offset += 6 + (Int(file[offset + 6]) + 2) / 2 * 2
            guard offset + 4 <= resources.upperBound else { return }
            let length = Int(file.bigEndian32(offset))
            offset += 4
            guard length <= resources.upperBound - offset else { return }
            switch identifier {
            case 1039: profile = offset..<offset + length
            case 1047 where length >= 2: transparentIndex = Int(file.bigEndian16(offset))
            case 1057 where length >= 5:
                guard file[offset + 4] != 0 else {
                    throw .image([
                        .cannotBeDecodedHere(
                            "a Photoshop file that was saved without its merged picture "
                                + "(\"Maximize compatibility\" was off)")
                    ])
                }
            default: break
            }
            offset += (length + 1) / 2 * 2
        }
    }

    /// Channels that are color.
    var colorCount: Int {
        switch mode {
        case 3, 9: 3
        case 4: 4
        default: 1
        }
    }

    var sampleColors: SampleColors {
        switch mode {
        case 2, 3, 9: .rgb
        case 4: .cmyk
        default: .gray
        }
    }

    /// The bytes of one row of one channel.
    private var rowLength: Int { (width * depth + 7) / 8 }

    /// The needed channels, one after the other.
    func planes(of file: UnsafeRawBufferPointer) throws(PreflightError) -> [UInt8] {
        guard pixels + 2 <= file.count else { throw .image([.damaged]) }
        let count = colorCount + (hasAlpha ? 1 : 0)
        let size = rowLength * height * count
        let start = pixels + 2
        switch file.bigEndian16(pixels) {
        case 0:
            guard size <= file.count - start else { throw .image([.damaged]) }
            return Array(file[start..<start + size])
        case 1:
            let lengthSize = isLarge ? 4 : 2
            var offset = start + channels * height * lengthSize
            guard offset <= file.count else { throw .image([.damaged]) }
            var planes = [UInt8](repeating: 0, count: size)
            for row in 0..<count * height {
                let place = start + row * lengthSize
                let length = isLarge ? Int(file.bigEndian32(place)) : Int(file.bigEndian16(place))
                guard length <= file.count - offset else { throw .image([.damaged]) }
                let packed = UnsafeRawBufferPointer(rebasing: file[offset..<offset + length])
                let isWhole = planes.withUnsafeMutableBytes { planes in
                    Self.unpack(packed, into: planes, at: row * rowLength, count: rowLength)
                }
                guard isWhole else { throw .image([.damaged]) }
                offset += length
            }
            return planes
        default: throw .image([.cannotBeDecodedHere("a Photoshop file whose merged picture is zipped")])
        }
    }

    /// PackBits: a count below 128 precedes that many bytes and one more, one above precedes a byte to
    /// repeat.
    private static func unpack(
        _ packed: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, at start: Int,
        count: Int
    ) -> Bool {
        var (from, to, end) = (0, start, start + count)
        while to < end, from < packed.count {
            let control = Int(packed[from])
            from += 1
            if control < 128 {
                let length = control + 1
                guard length <= packed.count - from, length <= end - to else { return false }
                for index in 0..<length { target[to + index] = packed[from + index] }
                from += length
                to += length
            } else if control > 128 {
                let length = 257 - control
                guard from < packed.count, length <= end - to else { return false }
                for index in 0..<length { target[to + index] = packed[from] }
                from += 1
                to += length
            }
        }
        end = to
        return end == start + count
    }

    /// The samples of each px, interleaved.
    func interleaved(_ planes: [UInt8], _ file: UnsafeRawBufferPointer) -> SampleBuffer {
        let size = PixelSize(width: width, height: height)
        let hasClearIndex = mode == 2 && transparentIndex != nil
        let colorBands = sampleColors == .rgb ? 3 : colorCount
        let bands = colorBands + (hasAlpha || hasClearIndex ? 1 : 0)
        let isWide = depth == 16 && mode != 9
        let result = SampleBuffer(size, bands: bands, bytesPerSample: isWide ? 2 : 1)
        let plane = rowLength * height
        /// A sample of a channel, 0...255 or 0...65535.
        func sample(_ channel: Int, _ x: Int, _ y: Int) -> Int {
            let row = channel * plane + y * rowLength
            switch depth {
            case 1: return planes[row + x / 8] >> (7 - x % 8) & 1 == 1 ? 0 : 255
            case 16: return Int(planes[row + 2 * x]) << 8 | Int(planes[row + 2 * x + 1])
            default: return Int(planes[row + x])
            }
        }
        for y in 0..<height {
            let row = result.row(y)
            func set(_ value: Int, _ x: Int, _ band: Int) {
                if isWide {
                    row.storeBytes(of: UInt16(value), toByteOffset: 2 * (x * bands + band), as: UInt16.self)
                } else {
                    row[x * bands + band] = UInt8(value)
                }
            }
            for x in 0..<width {
                switch mode {
                case 2:
                    let index = sample(0, x, y)
                    for band in 0..<3 { set(Int(file[palette.lowerBound + 256 * band + index]), x, band) }
                    if let transparentIndex { set(index == transparentIndex ? 0 : 255, x, 3) }
                case 9:
                    let scale = depth == 16 ? 257.0 : 1
                    let color = CIELab(
                        lightness: Double(sample(0, x, y)) / scale / 2.55,
                        a: Double(sample(1, x, y)) / scale - 128, b: Double(sample(2, x, y)) / scale - 128
                    ).sRGB
                    set(Int(color.red), x, 0)
                    set(Int(color.green), x, 1)
                    set(Int(color.blue), x, 2)
                default:
                    for channel in 0..<colorCount {
                        let value = sample(channel, x, y)
                        // Ink is stored inverted.
                        set(mode == 4 ? (isWide ? 65535 : 255) - value : value, x, channel)
                    }
                }
                if hasAlpha {
                    let value = sample(colorCount, x, y)
                    set(depth == 16 && !isWide ? value >> 8 : value, x, bands - 1)
                }
            }
        }
        return result
    }
}
