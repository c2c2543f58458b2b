/// Whether a colour profile says that it is sRGB. Source: ICC.1:2022, sections 7.2, 7.3 and 10.15.
enum ICCProfile {
    /// Reads the profile between two offsets of the file, of which only the first part may be there (a JPEG
    /// cuts large ones). It is sRGB when its description says so; everything else is another profile.
    static func read(_ source: inout ByteSource, from start: Int, to end: Int) -> ColorProfile {
        (try? describesSRGB(&source, from: start, to: end)) == true ? .sRGB : .other
    }

    private static func describesSRGB(
        _ source: inout ByteSource, from start: Int, to end: Int
    ) throws(HeaderError) -> Bool {
        guard end - start >= 132 else { return false }
        let tagCount = Int(try source.u32be(at: start + 128))
        // A profile has about 10 to 20 tags, and the description comes among the first.
        for index in 0..<min(tagCount, 64) {
            let entry = start + 132 + index * 12
            guard entry + 12 <= end else { return false }
            guard try source.u32be(at: entry) == 0x6465_7363 else { continue }  // desc
            let offset = Int(try source.u32be(at: entry + 4))
            let count = min(Int(try source.u32be(at: entry + 8)), 256)
            guard offset <= end - start, count <= end - start - offset else { return false }
            return try containsSRGB(&source, from: start + offset, to: start + offset + count)
        }
        return false
    }

    /// Looks for the letters as one byte each (version 2 profiles) or two (version 4).
    private static func containsSRGB(
        _ source: inout ByteSource, from start: Int, to end: Int
    ) throws(HeaderError) -> Bool {
        var letters: UInt32 = 0
        for offset in start..<end {
            let byte = try source.u8(at: offset)
            if byte == 0 { continue }
            letters = letters << 8 | UInt32(byte)
            if letters == 0x7352_4742 { return true }  // sRGB
        }
        return false
    }
}
