/// What is read of an XMP packet: one property, `tiff:Orientation`, in either form that RDF has for it.
/// Source: ISO 16684-1, 7.4 and 7.5.
enum XMPPacket {
    /// Looks for the orientation between two offsets of the file.
    ///
    /// - Throws: if the rest of the packet is not available, because only the start of the file is.
    static func orientation(
        _ source: inout ByteSource, from start: Int, to end: Int
    ) throws(HeaderError) -> Orientation? {
        guard end > start else { return nil }
        if source.isCut(before: end) { throw .truncated(source.format) }
        // A packet that continues beyond the end of the file ends with it.
        guard let packet = try? source.bytes(at: start, atMost: min(end - start, HeaderBounds.maxXMPBytes))
        else { return nil }
        return orientation(in: packet)
    }

    /// Looks for the orientation in a packet.
    static func orientation(in packet: UnsafeRawBufferPointer) -> Orientation? {
        guard let base = packet.baseAddress else { return nil }
        var offset = 0
        // Capital letters are rare in XMP: most of it is skipped in one step.
        while offset < packet.count,
            let found = Platform.find(UInt8(ascii: "O"), in: base + offset, byteCount: packet.count - offset)
        {
            let place = offset + found
            offset = place + 1
            guard packet.has("tiff:", endingAt: place), packet.has("Orientation", at: place) else { continue }
            if let orientation = value(of: packet, at: place + 11) { return orientation }
        }
        return nil
    }

    /// The digit behind `="` or `>`.
    private static func value(of packet: UnsafeRawBufferPointer, at start: Int) -> Orientation? {
        var offset = start
        func skipSpace() {
            while offset < packet.count, Markup.isSpace(packet[offset]) { offset += 1 }
        }
        skipSpace()
        guard offset < packet.count else { return nil }
        if packet[offset] == UInt8(ascii: "=") {
            offset += 1
            skipSpace()
            guard offset < packet.count, packet[offset] == 0x22 || packet[offset] == 0x27 else { return nil }
        } else if packet[offset] != UInt8(ascii: ">") {
            return nil
        }
        offset += 1
        skipSpace()
        // One digit and no second one.
        guard offset + 1 < packet.count, !(0x30...0x39).contains(packet[offset + 1]) else { return nil }
        return Orientation(rawValue: Int(packet[offset]) - 0x30)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes at an offset are those of a text.
    func has(_ text: StaticString, at offset: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard offset >= 0, offset <= self.count - count else { return false }
        for index in 0..<count where self[offset + index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether the bytes before an offset are those of a text.
    func has(_ text: StaticString, endingAt offset: Int) -> Bool {
        has(text, at: offset - text.utf8CodeUnitCount)
    }
}
