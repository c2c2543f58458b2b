/// Tells text formats apart: SVG, web pages, other XML, plain text; and a PDF that follows text.
enum TextProbe {
    static func format(_ source: inout ByteSource) -> ImageFormat? {
        if let markup = Markup.root(&source) { return markup.format }
        let isText = isText(&source)
        // A PDF may have other bytes before its header. Text that only quotes such a header stays text.
        if !isText, containsPDFHeader(&source) { return .pdf }
        return isText ? .text : nil
    }

    /// Whether the first bytes are UTF-8 without control characters, or begin with the mark of UTF-16.
    private static func isText(_ source: inout ByteSource) -> Bool {
        if let mark = try? source.u16be(at: 0), mark == 0xFEFF || mark == 0xFFFE { return true }
        var pending = 0  // continuation bytes that must follow
        for offset in 0..<min(source.byteCount, HeaderBounds.textProbeBytes) {
            guard let byte = source.byte(at: offset) else { return true }  // so far
            switch byte {
            case 0x80...0xBF where pending > 0: pending -= 1
            case _ where pending > 0: return false
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1B, 0x20...0x7E: break
            case 0xC2...0xDF: pending = 1
            case 0xE0...0xEF: pending = 2
            case 0xF0...0xF4: pending = 3
            default: return false
            }
        }
        return true
    }

    private static func containsPDFHeader(_ source: inout ByteSource) -> Bool {
        for offset in 0..<min(source.byteCount, HeaderBounds.textProbeBytes)
        where source.byte(at: offset) == 0x25 && source.hasPrefix("%PDF-", at: offset) { return true }
        return false
    }
}

/// The first element of a markup file.
struct Markup {
    /// What the element makes of the file: ``ImageFormat/svg``, ``ImageFormat/html`` or ``ImageFormat/xml``.
    var format: ImageFormat
    /// Where the attributes begin, after the name of the element.
    var attributes: Int

    /// Finds the first element after byte order mark, white space, declarations, comments and document
    /// type; nil if the file is not markup.
    static func root(_ source: inout ByteSource) -> Markup? {
        var offset = source.hasPrefix("\u{FEFF}") ? 3 : 0
        var isXML = false
        let limit = min(source.byteCount, HeaderBounds.maxPrologBytes)
        while offset < limit {
            guard let byte = source.byte(at: offset) else { return nil }
            if isSpace(byte) {
                offset += 1
                continue
            }
            guard byte == 0x3C else { return nil }
            if source.hasPrefix("<?", at: offset) {
                isXML = isXML || source.hasPrefix("<?xml", at: offset)
                guard let end = find("?>", &source, from: offset + 2, limit) else { break }
                offset = end
            } else if source.hasPrefix("<!--", at: offset) {
                guard let end = find("-->", &source, from: offset + 4, limit) else {
                    // A comment that never ends is still more like a web page than anything else.
                    return Markup(format: isXML ? .xml : .html, attributes: offset)
                }
                offset = end
            } else if source.hasPrefix("<!", at: offset) {
                let name = readName(&source, at: skipName(&source, at: offset + 2))
                if name.equals("html") { return Markup(format: .html, attributes: name.end) }
                isXML = true
                guard let end = endOfDocumentType(&source, from: offset + 2, limit) else { break }
                offset = end
            } else {
                return element(&source, at: offset + 1, isXML: isXML)
            }
        }
        return isXML ? Markup(format: .xml, attributes: offset) : nil
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Elements that web pages begin with when their writers left out the required ones.
    private static let webElements = [
        "html", "head", "body", "title", "meta", "link", "script", "style", "div", "span", "p", "a", "h1",
        "h2", "table", "center", "font", "br", "iframe", "img",
    ]

    private static func element(_ source: inout ByteSource, at offset: Int, isXML: Bool) -> Markup? {
        let name = readName(&source, at: offset)
        guard !name.bytes.isEmpty else { return isXML ? Markup(format: .xml, attributes: offset) : nil }
        // A name that is cut off by the file's end or a strange character is not an element.
        guard isXML || name.isEnded else { return nil }
        if name.local == Array("svg".utf8) { return Markup(format: .svg, attributes: name.end) }
        if webElements.contains(where: name.equals) { return Markup(format: .html, attributes: name.end) }
        return Markup(format: .xml, attributes: name.end)
    }

    /// The name of an element.
    private struct Name {
        var bytes: [UInt8] = []
        var end = 0
        /// Whether white space or the end of the tag follows.
        var isEnded = false

        /// The name without its namespace prefix.
        var local: [UInt8] {
            bytes.split(separator: 0x3A, omittingEmptySubsequences: false).last.map(Array.init) ?? []
        }

        func equals(_ text: String) -> Bool {
            bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } == Array(text.utf8)
        }
    }

    private static func readName(_ source: inout ByteSource, at offset: Int) -> Name {
        var name = Name(end: offset)
        while let byte = source.byte(at: name.end), name.bytes.count < 64 {
            let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
            let isOther = (0x30...0x3A).contains(byte) || byte == 0x2D || byte == 0x2E
            guard isLetter || (isOther && !name.bytes.isEmpty) else {
                name.isEnded = isSpace(byte) || byte == 0x3E || byte == 0x2F
                return name
            }
            name.bytes.append(byte)
            name.end += 1
        }
        return name
    }

    /// The offset after one name and the white space after it, as in `DOCTYPE `.
    private static func skipName(_ source: inout ByteSource, at offset: Int) -> Int {
        var end = readName(&source, at: offset).end
        while let byte = source.byte(at: end), isSpace(byte), end - offset < 256 { end += 1 }
        return end
    }

    /// The offset after a text.
    private static func find(
        _ text: StaticString, _ source: inout ByteSource, from start: Int, _ limit: Int
    ) -> Int? {
        var offset = start
        while offset < limit {
            if source.hasPrefix(text, at: offset) { return offset + text.utf8CodeUnitCount }
            offset += 1
        }
        return nil
    }

    /// The offset after the `>` that ends a document type, skipping quoted text and its `[…]`.
    private static func endOfDocumentType(
        _ source: inout ByteSource, from start: Int, _ limit: Int
    ) -> Int? {
        var quote: UInt8?
        var depth = 0
        var offset = start
        while offset < limit, let byte = source.byte(at: offset) {
            offset += 1
            switch (byte, quote) {
            case (let byte, .some(let open)): if byte == open { quote = nil }
            case (0x22, nil), (0x27, nil): quote = byte
            case (0x5B, nil): depth += 1
            case (0x5D, nil): depth -= 1
            case (0x3E, nil) where depth <= 0: return offset
            default: break
            }
        }
        return nil
    }
}
