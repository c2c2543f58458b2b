/// How many bytes of a file are not its picture, as stored. Decoders copy them into memory.
///
/// Sources: ITU-T T.81, annex B; PNG (third edition), section 11.3; RFC 9649, section 2.7. Other formats keep
/// their metadata where it cannot be identified without reading it, and count as 0.
package struct MetadataSize: Sendable, Hashable {
    /// The color profile, bytes; packed in a PNG.
    package var profile = 0
    /// EXIF, XMP, texts, previews, comments: bytes.
    package var other = 0
    /// The packed texts of a PNG, bytes as stored. Decoders unpack them, up to 1,032 bytes from each, only to
    /// discard them.
    package var packedText = 0

    /// Adds up what is before the picture of a JPEG or PNG, packed texts after it, and the whole of a WebP.
    ///
    /// - Parameters:
    ///   - file: the whole file. A broken one is counted up to where it breaks.
    ///   - format: its format.
    package init(of file: UnsafeRawBufferPointer, format: ImageFormat) {
        var source = ByteSource(bytes: file, byteCount: file.count)
        // The sum ends where the bytes end.
        switch format {
        case .jpeg: try? addSegments(&source)
        case .png: try? addChunks(&source)
        case .webp: try? addRIFFChunks(&source)
        default: break
        }
    }

    private mutating func add(_ count: Int, isProfile: Bool) {
        // No sum of lengths within a file overflows: each is cut to what is there.
        if isProfile { profile += count } else { other += count }
    }

    private mutating func addSegments(_ source: inout ByteSource) throws(HeaderError) {
        var offset = 2
        while true {
            // Anything between two segments is skipped, as decoders do.
            guard try source.u8(at: offset) == 0xFF else {
                offset += 1
                continue
            }
            let marker = try source.u8(at: offset + 1)
            switch marker {
            case 0xFF: offset += 1
            case 0x00, 0x01, 0xD0...0xD8: offset += 2
            case 0xD9, 0xDA: return
            default:
                let length = max(Int(try source.u16be(at: offset + 2)), 2)
                let end = min(offset + 2 + length, source.byteCount)
                if (0xE0...0xEF).contains(marker) || marker == 0xFE {
                    let isProfile = marker == 0xE2 && source.hasPrefix("ICC_PROFILE\0", at: offset + 4)
                    add(end - offset, isProfile: isProfile)
                }
                offset = end
            }
        }
    }

    private mutating func addChunks(_ source: inout ByteSource) throws(HeaderError) {
        var offset = 8
        var isBehindPicture = false
        while true {
            let type = try source.u32be(at: offset + 4)
            let end = min(offset + 12 + Int(try source.u32be(at: offset)), source.byteCount)
            // zTXt is always packed, iTXt if it says so after its keyword.
            if type == 0x7A54_5874 || type == 0x6954_5874 && Self.isPacked(&source, offset + 8..<end) {
                packedText += end - offset
            }
            switch type {
            case 0x4945_4E44: return  // IEND
            case 0x4944_4154: isBehindPicture = true  // IDAT
            case _ where isBehindPicture: break
            case 0x6943_4350: add(end - offset, isProfile: true)  // iCCP
            // The names of chunks that are not needed for the pixels begin with a lower-case letter.
            case _ where type & 0x2000_0000 != 0: add(end - offset, isProfile: false)
            default: break
            }
            offset = end
        }
    }

    /// Whether the text of an iTXt chunk is packed.
    private static func isPacked(_ source: inout ByteSource, _ chunk: Range<Int>) -> Bool {
        for offset in chunk.prefix(80) where (try? source.u8(at: offset)) == 0 {
            return (try? source.u8(at: offset + 1)) == 1
        }
        return false
    }

    private mutating func addRIFFChunks(_ source: inout ByteSource) throws(HeaderError) {
        var offset = 12
        while true {
            let type = try source.u32be(at: offset)
            let length = Int(try source.u32le(at: offset + 4))
            let end = min(offset + 8 + length + length & 1, source.byteCount)
            switch type {
            case 0x4943_4350: add(end - offset, isProfile: true)  // ICCP
            case 0x5650_3820, 0x5650_384C, 0x5650_3858, 0x414C_5048, 0x414E_494D, 0x414E_4D46:
                break  // VP8, VP8L, VP8X, ALPH, ANIM, ANMF
            default: add(end - offset, isProfile: false)
            }
            offset = end
        }
    }
}
