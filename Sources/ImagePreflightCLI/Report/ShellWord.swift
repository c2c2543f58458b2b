internal import PreflightRecords
internal import ImagePreflight

extension PathBytes {
    /// The path as one word of a POSIX shell: nothing in it is expanded, and it is never an option.
    ///
    /// Bytes that are not UTF-8, and characters that do not fit into a line, are written as `$'\377'` (bash,
    /// zsh, POSIX 2024).
    var shellWord: String {
        bytes.first == UInt8(ascii: "-") ? PathBytes(ArraySlice("./".utf8) + bytes).quotedWord : quotedWord
    }

    /// The bytes as one word of a POSIX shell, in which nothing is expanded; it may be an option.
    var quotedWord: String {
        let word = Array(bytes)
        if let text = PathBytes(word[...]).exactText, Terminal.printable(text) == text {
            let isPlain = word.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "/._-+,:@%".utf8.contains(byte)
                }
            }
            if isPlain, !word.isEmpty { return text }
            let parts = text.split(separator: "'", omittingEmptySubsequences: false)
            return "'" + parts.joined(separator: #"'\''"#) + "'"
        }
        return "$'" + word.map(Self.escaped).joined() + "'"
    }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: #"\"#): #"\"# + String(UnicodeScalar(byte))
        case 0x20...0x7E: String(UnicodeScalar(byte))
        default:
            #"\"# + String(repeating: "0", count: byte < 8 ? 2 : byte < 64 ? 1 : 0) + String(byte, radix: 8)
        }
    }
}
