internal import ImageHeaders

extension BlockScanner {
    /// Scans the `source` of an image or document block.
    ///
    /// - Returns: the image that it would be; nil where the source is no object.
    mutating func scanSource(
        blockID: Int, dialect: ScannedImage.Dialect
    ) throws(JSONDefect) -> ScannedImage? {
        guard cursor.peek() == UInt8(ascii: "{") else {
            try cursor.skipValue()
            return nil
        }
        var image = ScannedImage(blockID: blockID, dialect: dialect)
        image.insertionOffset = cursor.offset + 1 + baseOffset
        var type: String?
        var url: String?
        var members = try cursor.beginObject()
        while let key = try cursor.nextKey(&members) {
            switch Field(key, in: cursor) {
            case .type: type = try text(limit: 100)
            case .mediaType: (image.declared, image.declaredRange) = try scanDeclaredType()
            case .data, .bytes:
                if cursor.peek() == UInt8(ascii: "\"") {
                    image.base64 = try cursor.base64String()
                } else {
                    try cursor.skipValue()
                    image.base64 = nil
                }
            case .url: url = try text(limit: 2048)
            case .content:
                // A document that is made of blocks.
                try scanContent(parent: blockID, message: request.blocks[blockID].message)
            case .s3Location:
                type = "s3Location"
                try cursor.skipValue()
            default: try cursor.skipValue()
            }
        }
        switch type {
        case "base64": image.source = .base64
        case "url": image.source = .url(url ?? "")
        case "file": image.source = .file
        case nil where dialect == .converse && image.base64 != nil: image.source = .base64
        default: image.source = .other(type)
        }
        return image
    }

    /// Reads the header of an image's bytes: a few KB, and more only where the header is longer.
    func readHeader(_ image: inout ScannedImage) {
        guard image.source == .base64, let base64 = image.base64 else {
            image.base64 = nil
            return
        }
        image.reading = HeaderWindow.read(base64, in: cursor.text)
        image.base64?.range = place(base64.range)
    }
}

extension BlockScanner {
    /// Reads the structure of a document's bytes; nil where they are not in the request.
    ///
    /// All of them are decoded: where the pages are is at the end of a PDF.
    func readDocument(_ source: ScannedImage) -> ScannedDocument? {
        guard source.source == .base64, let base64 = source.base64 else { return nil }
        // Converse takes other kinds of documents too, which have no pages that anybody counts.
        if source.dialect == .converse, source.declared != .text("application/pdf") { return nil }
        let bytes = Base64Decoder.decode(base64, in: cursor.text, limit: base64.decodedByteCount)
        return ScannedDocument(
            declared: source.declared, pdf: PDFReader.read(bytes: bytes), byteCount: bytes.count)
    }
}

/// Reads headers out of base64 text.
enum HeaderWindow {
    /// The bytes that are decoded at first, and as many times more each time that the header goes on.
    private static let firstSize = 4096
    private static let growth = 16
    /// The bytes in which a second frame is looked for: as many as are walked through in a file.
    private static let walkSize = 4 * 1024 * 1024

    /// What the start of the decoded bytes says.
    ///
    /// - Parameters:
    ///   - base64: the text's place.
    ///   - text: the JSON text it stands in.
    /// - Returns: the reading, with the size of all decoded bytes.
    static func read(_ base64: Base64Text, in text: UnsafeRawBufferPointer) -> HeaderReading {
        var size = firstSize
        while true {
            let bytes = Base64Decoder.decode(base64, in: text, limit: size)
            let isWhole = bytes.count < size
            // Text that is no base64 may end before the bytes that its length promises.
            let promised = isWhole ? bytes.count : base64.decodedByteCount
            let reading = bytes.withUnsafeBytes { HeaderReader.read(start: $0, byteCount: promised) }
            if isWhole || size >= base64.decodedByteCount || !goesOn(reading, seen: size) {
                return HeaderReading(byteCount: base64.decodedByteCount, header: reading.header)
            }
            size = size.multipliedReportingOverflow(by: growth).partialValue
        }
    }

    /// Whether more bytes can change the answer. What cannot be sent is not looked at any longer: its size
    /// decides nothing.
    private static func goesOn(_ reading: HeaderReading, seen: Int) -> Bool {
        switch reading.header {
        case .success(let facts): !facts.framesAreExact && facts.frames < 2 && seen < walkSize
        case .failure(let error): error.code == .truncated && error.format?.isSendable == true
        }
    }
}
