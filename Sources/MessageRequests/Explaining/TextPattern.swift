internal import VisionRules

/// One of the service's texts, compiled for searching the bytes of ``PlainText``.
struct TextPattern: Sendable {
    private enum Piece: Sendable {
        /// Lower-case bytes without white space.
        case literal([UInt8])
        case hole(ServiceText.Hole)
    }

    let rule: Rule
    let text: ServiceText
    private let pieces: [Piece]

    /// The patterns of the texts that a rule explains: one for each stable part.
    static func patterns(of rule: Rule) -> [TextPattern] {
        rule.serviceTexts.flatMap { text in text.stableParts.map { TextPattern(rule, text, $0) } }
    }

    private init(_ rule: Rule, _ text: ServiceText, _ stablePart: String) {
        self.rule = rule
        self.text = text
        pieces = ServiceText.pieces(of: stablePart).map { piece in
            switch piece {
            case .hole(let hole): .hole(hole)
            case .literal(let literal):
                .literal(literal.utf8.filter { !PlainText.isSpace($0) }.map(PlainText.lowercased))
            }
        }
    }

    /// How many characters the text has before its first placeholder: the more, the more certain the match.
    var literalCount: Int {
        if case .literal(let literal) = pieces.first { literal.count } else { 0 }
    }

    /// The byte with which the text begins; every text begins with a letter, not with a placeholder.
    var firstByte: UInt8? {
        if case .literal(let literal) = pieces.first { literal.first } else { nil }
    }

    /// Where the text that begins at `start` ends; nil when it is not there.
    func end(in bytes: [UInt8], from start: Int, values: inout [ServiceText.Hole: String]) -> Int? {
        var place = start
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let literal):
                guard let end = Self.end(of: literal, in: bytes, from: place) else { return nil }
                place = end
            case .hole(let hole):
                var next: [UInt8] = []
                if index + 1 < pieces.count, case .literal(let literal) = pieces[index + 1] { next = literal }
                guard let (value, end) = Self.value(of: hole, before: next, in: bytes, from: place) else {
                    return nil
                }
                values[hole] = value
                place = end
            }
        }
        return place
    }

    /// Where a literal ends; white space between its bytes is passed over.
    private static func end(of literal: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        var place = start
        for byte in literal {
            while place < bytes.count, PlainText.isSpace(bytes[place]) { place += 1 }
            guard place < bytes.count, bytes[place] == byte else { return nil }
            place += 1
        }
        return place
    }

    /// The value of a placeholder, and where it ends.
    ///
    /// White space within the value is a line break in its middle if the text continues after it, and its end
    /// if the placeholder is the last piece: the next line of a log may begin with a number.
    private static func value(
        of hole: ServiceText.Hole, before next: [UInt8], in bytes: [UInt8], from start: Int
    ) -> (value: String, end: Int)? {
        var place = start
        while place < bytes.count, PlainText.isSpace(bytes[place]) { place += 1 }
        var value: [UInt8] = []
        while value.count < 100 {
            if !next.isEmpty {
                // The whole stretch at once: from each of its bytes, a long stretch would be read as often.
                while place < bytes.count, PlainText.isSpace(bytes[place]) { place += 1 }
                if !value.isEmpty, end(of: next, in: bytes, from: place) != nil { break }
            }
            guard place < bytes.count, hole.takes(bytes[place]) else { break }
            value.append(bytes[place])
            place += 1
        }
        // A period after a media type ends the sentence.
        while value.last == UInt8(ascii: ".") { value.removeLast() }
        return value.isEmpty ? nil : (String(decoding: value, as: UTF8.self), place)
    }
}

extension ServiceText.Hole {
    /// Whether a value of this placeholder can contain a byte.
    fileprivate func takes(_ byte: UInt8) -> Bool {
        switch self {
        case .measured, .limit, .documents: PlainText.isDigit(byte)
        case .megabytes: PlainText.isDigit(byte) || byte == UInt8(ascii: ".")
        case .size, .fittedSize: PlainText.isDigit(byte) || byte == UInt8(ascii: "x")
        case .declared, .actual:
            PlainText.isDigit(byte) || (0x61...0x7A).contains(byte) || "/+-.".utf8.contains(byte)
        case .tag: PlainText.isDigit(byte) || (0x61...0x7A).contains(byte) || "_-".utf8.contains(byte)
        }
    }
}

/// The path of a block before one of the service's texts.
enum BlockPath {
    /// The path that leads up to `place`: `messages.0.content.1` in `messages.0.content.1.image.source.base64: …`.
    ///
    /// Only a path directly before it counts, not one from another line of a log.
    static func before(_ place: Int, in bytes: [UInt8]) -> String? {
        // Walks back over the letters of a path. White space may be a line break anywhere in it.
        var compact: [UInt8] = []
        var index = place - 1
        while index >= 0, compact.count < 160 {
            let byte = bytes[index]
            if isPathByte(byte) { compact.append(byte) } else if !PlainText.isSpace(byte) { break }
            index -= 1
        }
        compact.reverse()
        return path(in: compact)
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        PlainText.isDigit(byte) || (0x61...0x7A).contains(byte) || "._:".utf8.contains(byte)
    }

    /// The last block path in letters without white space.
    private static func path(in bytes: [UInt8]) -> String? {
        let head = Array("messages.".utf8)
        guard bytes.count >= head.count else { return nil }
        for start in stride(from: bytes.count - head.count, through: 0, by: -1)
        where bytes[start...].starts(with: head) {
            var end = start
            guard take("messages.", in: bytes, &end), number(in: bytes, &end),
                take(".content.", in: bytes, &end), number(in: bytes, &end)
            else { continue }
            var inner = end
            if take(".tool_result.content.", in: bytes, &inner), number(in: bytes, &inner) { end = inner }
            return leadsOn(bytes[end...]) ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
        }
        return nil
    }

    /// Whether only the rest of the field's name, up to its colon, follows a path.
    private static func leadsOn(_ rest: ArraySlice<UInt8>) -> Bool {
        let name = rest.last == UInt8(ascii: ":") ? rest.dropLast() : rest
        return (name.isEmpty || name.first == UInt8(ascii: ".")) && !name.contains(UInt8(ascii: ":"))
    }

    private static func take(_ text: String, in bytes: [UInt8], _ place: inout Int) -> Bool {
        guard bytes[place...].starts(with: text.utf8) else { return false }
        place += text.utf8.count
        return true
    }

    private static func number(in bytes: [UInt8], _ place: inout Int) -> Bool {
        let start = place
        while place < bytes.count, PlainText.isDigit(bytes[place]) { place += 1 }
        return place > start
    }
}
