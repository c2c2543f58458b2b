internal import PreflightRecords
internal import VisionRules

/// Base64 text in a request: checked in place, never copied.
struct Base64Text: Hashable {
    /// The bytes between the quotation marks, JSON escapes (`\/`, `\n`, `\u002b`) as they are written.
    var range: Range<Int>
    /// The bytes of a leading `data:…;base64,`; 0 without one.
    var uriPrefixCount: Int
    /// The letters of the text without that prefix, with escapes counted as the letters they encode: the
    /// service's limit applies to these.
    var characterCount: Int
    /// The bytes that it decodes to, leaving out what is not base64.
    var decodedByteCount: Int
    /// Whether the spaces in it are the result of form encoding `+`.
    var spacesArePluses = false
    /// The first error, except for the prefix.
    var defect: Base64Defect?
    /// Equal for equal texts.
    var fingerprint: UInt64
}

/// What is wrong with base64 text.
struct Base64Defect: Hashable {
    /// The kinds of error.
    enum Kind: Hashable {
        /// Letters that are not in the alphabet.
        case letter(UInt16)
        /// A space, tabulator or line break.
        case whiteSpace
        /// Spaces where each `+` was, as form encoding leaves them.
        case spacesForPluses
        /// `-` or `_`: the url-safe alphabet.
        case urlSafe
        /// `=` anywhere but at the end, or more than two.
        case padding
        /// One `=` at the end where two are needed.
        case halfPadding
        /// The number of letters is not a multiple of four.
        case length(Int)
    }

    /// What is wrong.
    var kind: Kind
    /// The place of the first such letter among the letters, from 0.
    var position: Int

    /// Whether re-encoding gives the same bytes: only white space, the url-safe alphabet and missing padding
    /// are wrong.
    var keepsBytes: Bool {
        switch kind {
        case .whiteSpace, .spacesForPluses, .urlSafe, .halfPadding: true
        case .length(let count): count % 4 != 1
        case .letter, .padding: false
        }
    }

    /// What is wrong, to follow "the data is not base64:".
    var sentence: String {
        switch kind {
        case .letter(let unit):
            if unit > 0x20, unit < 0x7F, let scalar = Unicode.Scalar(unit) {
                "letter \(position + 1) is “\(Character(scalar))”"
            } else {
                "letter \(position + 1) is U+\(Hex.text(unit, digits: 4, uppercase: true))"
            }
        case .whiteSpace: "letter \(position + 1) is white space"
        case .spacesForPluses: "letter \(position + 1) is a space that was “+” before form encoding"
        case .urlSafe: "letter \(position + 1) is from the url-safe alphabet"
        case .padding: "“=” at letter \(position + 1) is misplaced padding"
        case .halfPadding: "“=” at letter \(position + 1) must be followed by another"
        case .length(let count): "\(count) letters are not a multiple of four"
        }
    }
}

extension JSONCursor {
    /// Skips a string and checks it as base64 in the same pass.
    ///
    /// - Returns: what was found; `defect` says whether it is base64 at all.
    /// - Throws: where the text is not JSON.
    mutating func base64String() throws(JSONDefect) -> Base64Text {
        guard peek() == UInt8(ascii: "\"") else { throw defect("a string") }
        let start = offset + 1
        advance(to: start)
        var judge = Base64Judge()
        let prefix = uriPrefixCount(at: start)
        if prefix > 0 { advance(to: start + prefix) }
        let payload = offset
        while offset < text.count {
            judge.passLetters(text, from: offset)
            advance(to: judge.end)
            guard offset < text.count else { break }
            let byte = text[offset]
            if byte == UInt8(ascii: "\"") {
                let end = offset
                if judge.hasNonASCII, let broken = UTF8Check.firstDefect(text, from: start, to: end) {
                    throw JSONDefect(offset: broken, expected: "UTF-8")
                }
                advance(to: end + 1)
                if judge.hasInnerSpaces { judge.settleSpaces(hasPlus: hasPlus(payload..<end)) }
                judge.finish()
                return Base64Text(
                    range: start..<end, uriPrefixCount: payload - start,
                    characterCount: judge.characterCount, decodedByteCount: judge.letterCount * 3 / 4,
                    spacesArePluses: judge.spacesArePluses, defect: judge.defect,
                    fingerprint: judge.fingerprint.value)
            }
            if byte == UInt8(ascii: "\\") {
                judge.add(try escape())
            } else if byte < 0x20 {
                throw defect("an escape instead of a control character")
            } else {
                judge.add(byte)
                advance(to: offset + 1)
            }
        }
        throw defect("the closing “\"” of a string")
    }

    private func hasPlus(_ range: Range<Int>) -> Bool {
        UnsafeRawBufferPointer(rebasing: text[range]).contains(UInt8(ascii: "+"))
    }

    /// The length of a `data:` URI's head up to its comma; 0 without one, or if more of it is escaped than
    /// the slash (`image\/png`, as PHP's `json_encode` writes).
    private func uriPrefixCount(at start: Int) -> Int {
        let scheme: StaticString = "data:"
        guard text.count - start > scheme.utf8CodeUnitCount else { return 0 }
        for index in 0..<scheme.utf8CodeUnitCount
        where text[start + index] | 0x20 != scheme.utf8Start[index] | 0x20 { return 0 }
        // A media type with parameters; anything longer is not the head of a URI.
        for index in start..<min(start + 256, text.count) {
            switch text[index] {
            case UInt8(ascii: ","): return index + 1 - start
            case UInt8(ascii: "\\") where index + 1 < text.count && text[index + 1] == UInt8(ascii: "/"):
                break
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, 0x80...: return 0
            default: break
            }
        }
        return 0
    }
}

/// Counts the letters of base64 text and remembers the first that is wrong.
private struct Base64Judge {
    /// Pieces that stay in the L1 cache between being checked and being fingerprinted; a multiple of the
    /// fingerprint's own step.
    private static let pieceSize = 8192

    /// Where the letters passed last end.
    var end = 0
    /// Letters of the alphabet, of either alphabet.
    var letterCount = 0
    /// Everything but white space.
    var characterCount = 0
    var defect: Base64Defect?
    var hasNonASCII = false
    var fingerprint = TextFingerprint()
    private(set) var spacesArePluses = false
    private var paddingCount = 0
    private var spaces = InnerSpaces()
    private var hasEscapedPlus = false
    private var isURLSafe = false

    /// Whether a space is in the middle of the text.
    var hasInnerSpaces: Bool { spaces.count > 0 }

    /// Skips letters of the alphabet, many at once.
    @inline(__always)
    mutating func passLetters(_ text: UnsafeRawBufferPointer, from start: Int) {
        var offset = start
        while true {
            let limit = min(offset + Self.pieceSize, text.count)
            let count = ByteRuns.base64(text, from: offset, to: limit)
            fingerprint.add(text, from: offset, to: offset + count)
            offset += count
            if offset < limit || limit == text.count { break }
        }
        end = offset
        guard offset > start else { return }
        if paddingCount > 0 { note(.padding, at: characterCount - paddingCount) }
        spaces.endRun(at: letterCount)
        letterCount += offset - start
        characterCount += offset - start
    }

    /// A byte that is not a letter of the alphabet.
    mutating func add(_ byte: UInt8) {
        if byte >= 0x80 { hasNonASCII = true }
        add(UInt16(byte))
    }

    /// A letter that was escaped, or is not in the alphabet.
    mutating func add(_ unit: UInt16) {
        withUnsafeBytes(of: unit) { fingerprint.add($0, from: 0, to: 2) }
        switch unit {
        case UInt16(UInt8(ascii: "=")):
            paddingCount += 1
            characterCount += 1
        case 0x20:
            note(.whiteSpace, at: characterCount)
            if letterCount > 0, paddingCount == 0 { spaces.add() }
        case 0x09, 0x0A, 0x0D:
            note(.whiteSpace, at: characterCount)
        case UInt16(UInt8(ascii: "-")), UInt16(UInt8(ascii: "_")):
            note(.urlSafe, at: characterCount)
            isURLSafe = true
            addLetter()
        case UInt16(UInt8(ascii: "A"))...UInt16(UInt8(ascii: "Z")),
            UInt16(UInt8(ascii: "a"))...UInt16(UInt8(ascii: "z")),
            UInt16(UInt8(ascii: "/"))...UInt16(UInt8(ascii: "9")):
            addLetter()
        case UInt16(UInt8(ascii: "+")):
            hasEscapedPlus = true
            addLetter()
        default:
            note(.letter(unit), at: characterCount)
            characterCount += 1
        }
    }

    private mutating func addLetter() {
        if paddingCount > 0 { note(.padding, at: characterCount - paddingCount) }
        spaces.endRun(at: letterCount)
        letterCount += 1
        characterCount += 1
    }

    /// Decides what the spaces in the middle are: every `+` after form encoding, or line breaks and padding.
    ///
    /// Form encoding leaves no `+` behind. The number of letters settles most cases; where it fits both,
    /// spaces at even distances are breaks of lines.
    mutating func settleSpaces(hasPlus: Bool) {
        guard !hasPlus, !hasEscapedPlus, !isURLSafe else { return }
        let fitsWithout = (letterCount + paddingCount) % 4 == 0
        let fitsWith = (letterCount + spaces.count + paddingCount) % 4 == 0
        if fitsWith == fitsWithout {
            // Unpadded text fits neither way.
            guard fitsWith || paddingCount == 0 && (letterCount + spaces.count) % 4 != 1,
                !spaces.areEven(in: letterCount)
            else { return }
        } else if fitsWithout {
            return
        }
        spacesArePluses = true
        if defect?.kind == .whiteSpace { defect?.kind = .spacesForPluses }
        letterCount += spaces.count
        characterCount += spaces.count
    }

    /// Checks the length at the end.
    mutating func finish() {
        if paddingCount > 2 { note(.padding, at: characterCount - paddingCount) }
        if characterCount % 4 != 0 {
            switch paddingCount {
            case 0: note(.length(characterCount), at: characterCount)
            case 1 where letterCount % 4 == 2: note(.halfPadding, at: characterCount - 1)
            default: note(.padding, at: characterCount)
            }
        } else if paddingCount > 0, letterCount % 4 != 4 - paddingCount {
            note(.padding, at: characterCount - paddingCount)
        }
    }

    /// An error that destroys the bytes takes precedence; among equals the first counts.
    private mutating func note(_ kind: Base64Defect.Kind, at position: Int) {
        let found = Base64Defect(kind: kind, position: position)
        if let defect, !(defect.keepsBytes && !found.keepsBytes) { return }
        defect = found
    }
}

/// The spaces between the letters of a text, without those at its ends.
private struct InnerSpaces {
    /// How many there are.
    private(set) var count = 0
    private var pending = 0
    private var firstGap: Int?
    private var lastPlace = 0
    private var isEven = true

    /// A space behind letters.
    mutating func add() { pending += 1 }

    /// A letter follows, after as many as `place`.
    mutating func endRun(at place: Int) {
        guard pending > 0 else { return }
        let gap = place - lastPlace
        if pending > 1 || gap != firstGap ?? gap { isEven = false }
        firstGap = firstGap ?? gap
        lastPlace = place
        count += pending
        pending = 0
    }

    /// Whether they cut the text into lines of one length, at least two of them.
    func areEven(in letterCount: Int) -> Bool {
        count > 1 && isEven && letterCount - lastPlace <= firstGap ?? 0
    }
}
