internal import CFuzz
@testable internal import ImageHeaders

/// The PDF structure reader.
enum PDFTarget {
    /// Counts the pages of a document and of its first half.
    ///
    /// - Parameter bytes: the document.
    static func attack(_ bytes: UnsafeRawBufferPointer) {
        check(PDFReader.read(bytes: bytes), bytes.count)
        let half = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
        check(PDFReader.read(bytes: half), half.count)
    }

    private static func check(_ result: Result<PDFFacts, HeaderError>, _ count: Int) {
        guard case .success(let facts) = result else { return }
        precondition(facts.byteCount == count)
        precondition((facts.pages == nil) == (facts.problem != nil), "pages are unknown, and nobody says why")
        guard let pages = facts.pages else { return }
        precondition(pages >= 0, "fewer pages than none")
        precondition(pages <= 8_388_607, "more pages than a PDF may have objects")
    }
}

/// Inflate, compared with zlib.
enum InflateTarget {
    /// Decompresses data and compares the result with zlib's.
    ///
    /// - Parameter bytes: the data.
    static func attack(_ bytes: UnsafeRawBufferPointer) {
        let limit = 1 << 16
        let result = Inflate.unpack(bytes, limit: limit)
        precondition(result.bytes.count <= limit)
        let expected = zlib(bytes, room: limit)
        switch result.ending {
        case .complete, .outputFull: precondition(result.bytes == expected, "not what zlib unpacks")
        case .inputEnds, .damaged:
            // zlib may stop a little earlier or later within a faulty block.
            precondition(
                result.bytes.starts(with: expected) || expected.starts(with: result.bytes),
                "not what zlib unpacks")
        }
        let fixed = UnsafeMutableRawBufferPointer.allocate(byteCount: 300, alignment: 16)
        defer { fixed.deallocate() }
        let (count, _) = Inflate.unpack(bytes, into: fixed)
        precondition(
            result.bytes.prefix(count).elementsEqual(fixed[..<count]), "a small buffer changes the data")
    }

    private static func zlib(_ bytes: UnsafeRawBufferPointer, room: Int) -> [UInt8] {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return [] }
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            if let room = buffer.baseAddress { count = fuzz_unpack(start, bytes.count, room, buffer.count) }
        }
    }
}
