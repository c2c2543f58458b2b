/// Windows icons and cursors: the largest picture. Source: Microsoft's ICONDIR.
enum ICOHeader {
    /// Whether more than the four bytes `00 00 01 00` suggests an icon: a plausible entry.
    static func isPlausible(_ source: inout ByteSource) -> Bool {
        guard let start = try? source.u32be(at: 0), start == 0x0000_0100 || start == 0x0000_0200,
            let count = try? source.u16le(at: 4), count > 0,
            let length = try? source.u32le(at: 14), length > 0,
            let offset = try? source.u32le(at: 18)
        else { return false }
        return offset >= 6 + 16 * UInt32(count)
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .ico
        let entry = try IconEntry.largest(of: &source)
        guard entry.size.shortEdge > 0 else { throw .malformed(.ico, .impossibleSize) }
        var facts = ImageFacts(format: .ico, size: entry.size)
        facts.frames = Int(try source.u16le(at: 4))
        facts.hasAlpha = true
        return facts
    }
}

/// One picture of an icon.
package struct IconEntry: Sendable, Hashable {
    /// Where it is in the file.
    package var place: Range<Int>
    /// Its size in px.
    package var size: PixelSize
    /// Whether it is a PNG; otherwise a bitmap without a file header.
    package var isPNG: Bool
    private var bits: Int

    /// The most pictures that are examined.
    private static let maxEntries = 64

    /// The largest picture of a whole file; of several, the one with the most colors.
    ///
    /// - Returns: nil if the file ends before it.
    package static func largest(of file: UnsafeRawBufferPointer) -> IconEntry? {
        var source = ByteSource(bytes: file, byteCount: file.count)
        source.format = .ico
        return try? largest(of: &source)
    }

    static func largest(of source: inout ByteSource) throws(HeaderError) -> IconEntry {
        let count = min(Int(try source.u16le(at: 4)), maxEntries)
        guard count > 0 else { throw .malformed(.ico, .noImage) }
        // A picture that cannot be read does not hide the others.
        var largest: IconEntry?
        var failure = HeaderError.malformed(.ico, .noImage)
        for index in 0..<count {
            do throws(HeaderError) {
                let entry = try IconEntry(&source, at: 6 + 16 * index)
                if let best = largest,
                    (best.size.pixelCount, best.bits) >= (entry.size.pixelCount, entry.bits)
                {
                    continue
                }
                largest = entry
            } catch {
                failure = error
            }
        }
        guard let largest else { throw failure }
        return largest
    }

    private init(_ source: inout ByteSource, at offset: Int) throws(HeaderError) {
        let length = Int(try source.u32le(at: offset + 8))
        let start = Int(try source.u32le(at: offset + 12))
        place = start..<start + length
        isPNG = try source.u32be(at: start) == 0x8950_4E47
        if isPNG {
            size = PixelSize(
                width: Int(try source.u32be(at: start + 16)), height: Int(try source.u32be(at: start + 20)))
            bits = 32
        } else {
            // The bitmap counts the rows of its mask too. The bytes of the entry are often wrong.
            let width = Int(Int32(bitPattern: try source.u32le(at: start + 4)))
            let height = Int(Int32(bitPattern: try source.u32le(at: start + 8))) / 2
            if (1...4096).contains(width), (1...4096).contains(height) {
                size = PixelSize(width: width, height: height)
            } else {
                // 0 means 256 px.
                func side(_ byte: UInt8) -> Int { byte == 0 ? 256 : Int(byte) }
                size = PixelSize(
                    width: side(try source.u8(at: offset)), height: side(try source.u8(at: offset + 1)))
            }
            bits = Int(try source.u16le(at: start + 14))
        }
    }
}
