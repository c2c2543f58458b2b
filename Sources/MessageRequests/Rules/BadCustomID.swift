public import VisionRules

extension RuleCode {
    /// R501 `bad-custom-id`.
    public static let badCustomID = RuleCode(rawValue: "R501")
}

extension RequestRule {
    /// R501: the id of a batch's request is missing, used twice, or has characters that an id may not have.
    static let badCustomID = RequestRule(
        Rule(
            .badCustomID, "bad-custom-id", .error,
            what:
                "A `custom_id` of the batch is missing, used twice, or not made of 1 to 64 of a–z, A–Z, 0–9, "
                + "_ and -.",
            why: "Errors in a batch appear only after the whole batch has ended.",
            example: #""custom_id": "photo 1.jpg""#,
            remedy: "Give every request its own id, made of these characters."))
}

/// Remembers the ids of a batch. Batches of other providers are only checked for duplicate ids.
struct BatchIDs {
    /// The longest id.
    static let maxLength = 64

    private var lines: [String: Int] = [:]

    /// Checks an id and remembers it.
    mutating func check(_ id: CustomID, dialect: BatchDialect, line: Int) -> Finding? {
        switch id {
        case .missing:
            return dialect == .messages ? Finding(.badCustomID, "the request has no custom_id") : nil
        case .notText: return Finding(.badCustomID, "custom_id is not a string")
        case .text(let text):
            if let first = lines[text] {
                return Finding(.badCustomID, "custom_id “\(text)” is already used on line \(first)")
            }
            lines[text] = line
            guard dialect == .messages else { return nil }
            let length = text.unicodeScalars.count
            if !(1...Self.maxLength).contains(length) {
                return Finding(
                    .badCustomID, "custom_id has \(length) characters, 1 to \(Self.maxLength) are accepted",
                    measured: length, limit: Self.maxLength)
            }
            guard let bad = text.unicodeScalars.first(where: { !Self.isAllowed($0) }) else { return nil }
            return Finding(
                .badCustomID,
                "custom_id “\(text)” contains “\(Character(bad))”; a–z, A–Z, 0–9, _ and - are accepted")
        }
    }

    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
