internal import ImageHeaders
package import VisionRules

/// A refusal of the service, explained.
package struct ServiceErrorExplanation: Sendable, Hashable {
    /// The rule that finds the same problem before sending.
    package var rule: Rule
    /// The text that was recognized.
    package var text: ServiceText
    /// The path of the offending block, as in `messages.0.content.1`, if the service names it.
    package var blockPath: String?
    /// The values of the text's placeholders: numbers, media types, sizes.
    package var values: [ServiceText.Hole: String]

    /// What the service would answer to a block in which a rule finds an error; nil if it answers about the
    /// request.
    package init(_ rule: Rule, at blockPath: String?) {
        self.rule = rule
        text = rule.serviceTexts.first ?? rule.sharedTexts.first ?? .notProcessed
        self.blockPath = blockPath
        values = [:]
    }

    init(
        rule: Rule, text: ServiceText, blockPath: String?, values: [ServiceText.Hole: String]
    ) {
        self.rule = rule
        self.text = text
        self.blockPath = blockPath
        self.values = values
    }

    /// The code of the rule that finds the same problem before sending.
    package var code: RuleCode { rule.code }

    /// What was measured, in the unit of the rule: the sum of images and documents, which is compared with
    /// the limit.
    package var measured: Int? {
        guard let measured = number(.measured) else { return nil }
        guard let documents = number(.documents) else { return measured }
        return measured.saturatingAdd(documents)
    }

    /// The largest value that passes, in the same unit.
    package var limit: Int? { number(.limit) }

    /// Why the service refused, in a sentence or two.
    package var cause: String { rule.what + " " + rule.why }

    /// How to fix it.
    package var remedy: String { rule.remedy }

    /// The command that fixes it, if there is one.
    package var command: String? { rule.command }

    private func number(_ hole: ServiceText.Hole) -> Int? { values[hole].flatMap { Int($0) } }
}

/// Recognizes the service's refusals in any text: an error message, a stack trace, a log.
///
/// Gateways prepend text to a refusal and quote it as JSON, once or several times; terminals wrap it, between
/// words or within them. So escapes are undone first, and white space is ignored.
package enum ServiceErrorExplainer {
    /// The refusals in a text, in order; each text with the same path once.
    ///
    /// - Parameter text: an error message, a stack trace, a log.
    /// - Returns: what was recognized; empty if nothing was.
    package static func explain(_ text: String) -> [ServiceErrorExplanation] {
        let bytes = PlainText.bytes(of: text)
        var explanations: [ServiceErrorExplanation] = []
        var place = 0
        while place < bytes.count {
            guard let match = match(in: bytes, at: place) else {
                place += 1
                continue
            }
            let explanation = ServiceErrorExplanation(
                rule: match.pattern.rule, text: match.pattern.text,
                blockPath: BlockPath.before(place, in: bytes), values: match.values)
            if !explanations.contains(explanation) { explanations.append(explanation) }
            place = match.end
        }
        return explanations
    }

    private typealias Match = (pattern: TextPattern, values: [ServiceText.Hole: String], end: Int)

    private static func match(in bytes: [UInt8], at place: Int) -> Match? {
        for pattern in patternsByFirstByte[Int(bytes[place])] {
            var values: [ServiceText.Hole: String] = [:]
            if let end = pattern.end(in: bytes, from: place, values: &values) {
                return (pattern, values, end)
            }
        }
        return nil
    }

    /// The patterns by their first byte, so that most places of a long log are passed at once.
    private static let patternsByFirstByte: [[TextPattern]] = {
        var table = [[TextPattern]](repeating: [], count: 256)
        // One text may be a prefix of another.
        let patterns = Rule.all.flatMap(TextPattern.patterns).sorted { $0.literalCount > $1.literalCount }
        for pattern in patterns {
            if let first = pattern.firstByte { table[Int(first)].append(pattern) }
        }
        return table
    }()
}

/// The searchable form of a text: lower case, escapes undone, box-drawing characters blanked.
enum PlainText {
    static func bytes(of text: String) -> [UInt8] {
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let byte = source[index]
            switch byte {
            case UInt8(ascii: "\\"):
                index = unescape(source, at: index, into: &bytes)
            case UInt8(ascii: "|"):
                bytes.append(UInt8(ascii: " "))
                index += 1
            case 0xE2 where index + 2 < source.count && source[index + 1] == 0x94:
                // U+2500–U+253F: the lines with which terminals draw boxes.
                bytes.append(UInt8(ascii: " "))
                index += 3
            case 0xC2 where index + 1 < source.count && source[index + 1] == 0xA0:
                bytes.append(UInt8(ascii: " "))
                index += 2
            default:
                bytes.append(lowercased(byte))
                index += 1
            }
        }
        return bytes
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

    /// Undoes one escape of JSON, however often it was escaped again, and returns the place after it.
    private static func unescape(_ source: [UInt8], at start: Int, into bytes: inout [UInt8]) -> Int {
        var index = start
        while index < source.count, source[index] == UInt8(ascii: "\\") { index += 1 }
        guard index < source.count else { return index }
        switch source[index] {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            bytes.append(UInt8(ascii: " "))
            return index + 1
        case UInt8(ascii: "u"):
            // `\u003e` for `>`, as Go writes it; only ASCII occurs in the service's texts.
            let digits = source[(index + 1)...].prefix(4)
            if digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(value < 0x80 ? lowercased(UInt8(value)) : UInt8(ascii: " "))
                return index + 5
            }
            bytes.append(source[index])
            return index + 1
        case let byte:
            bytes.append(lowercased(byte))
            return index + 1
        }
    }
}
