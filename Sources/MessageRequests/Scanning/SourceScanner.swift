internal import ImageHeaders

extension BlockScanner {
    /// Scans the `source` of an image or document block.
    ///
    /// - Returns: the image that it would be; nil if the source is not an object.
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
                // A document made of blocks.
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

    /// Reads the header of an image's bytes: a few KB, and more only if the header is longer.
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
    /// Reads the structure of a document's bytes; nil if they are not in the request.
    ///
    /// All of them are decoded: the list of pages is at the end of a PDF.
    func readDocument(_ source: ScannedImage) -> ScannedDocument? {
        guard source.source == .base64, let base64 = source.base64 else { return nil }
        // Converse also accepts other kinds of documents, whose pages are not counted.
        if source.dialect == .converse, source.declared != .text("application/pdf") { return nil }
        let bytes = Base64Decoder.decode(base64, in: cursor.text, limit: base64.decodedByteCount)
        return ScannedDocument(
            declared: source.declared, pdf: PDFReader.read(bytes: bytes), byteCount: bytes.count)
    }
}

/// Reads headers out of base64 text.
enum HeaderWindow {
    /// How many bytes are decoded at first; 16 times as many each time the header continues.
    private static let firstSize = 4096
    private static let growth = 16
    /// The bytes in which a second frame is looked for: as many as in a file.
    private static let walkSize = 4 * 1024 * 1024

    /// What the start of the decoded bytes says.
    ///
    /// - Parameters:
    ///   - base64: the text's place.
    ///   - text: the JSON text that contains it.
    /// - Returns: the reading, with the size of all decoded bytes.
    static func read(_ base64: Base64Text, in text: UnsafeRawBufferPointer) -> HeaderReading {
        var size = firstSize
        while true {
            let bytes = Base64Decoder.decode(base64, in: text, limit: size)
            let isWhole = bytes.count < size
            // Text that is not base64 may end before the bytes that its length implies.
            let promised = isWhole ? bytes.count : base64.decodedByteCount
            let reading = bytes.withUnsafeBytes { HeaderReader.read(start: $0, byteCount: promised) }
            if isWhole || size >= base64.decodedByteCount || !goesOn(reading, seen: size) {
                return HeaderReading(byteCount: base64.decodedByteCount, header: reading.header)
            }
            size = size.multipliedReportingOverflow(by: growth).partialValue
        }
    }

    /// Whether more bytes can change the result. Formats that cannot be sent are not read further: their size
    /// decides nothing.
    private static func goesOn(_ reading: HeaderReading, seen: Int) -> Bool {
        switch reading.header {
        case .success(let facts): !facts.framesAreExact && facts.frames < 2 && seen < walkSize
        case .failure(let error): error.code == .truncated && error.format?.isSendable == true
        }
    }
}
