internal import PreflightRecords
public import ArgumentParser
public import ImagePreflight

/// The arguments as the system gave them, in strings that keep every byte.
///
/// Swift replaces bytes that are not UTF-8 with U+FFFD, and a path with one names no file. Here each such
/// byte becomes U+FFFD followed by a variation selector, which is invisible and says which byte it was.
enum RawArguments {
    /// The arguments after the name of the program.
    static var texts: [String] {
        (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
            CommandLine.unsafeArgv[index].map { argument in
                text(UnsafeRawBufferPointer(start: argument, count: length(argument)))
            }
        }
    }

    /// The bytes from which ``text(_:)`` made a text.
    static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if selectors.contains(scalar.value), bytes.suffix(replacement.count) == replacement {
                bytes.removeLast(replacement.count)
                bytes.append(UInt8(scalar.value - selectors.lowerBound) + 0x80)
            } else {
                bytes += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
        return bytes
    }

    /// A text from bytes that need not be UTF-8.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var rest = Array(bytes)[...]
        if let text = PathBytes(rest).exactText { return text }
        var text = ""
        while let byte = rest.first {
            // The shortest valid beginning is one scalar.
            let valid = (1...4).lazy.compactMap { PathBytes(rest.prefix($0)).exactText }.first
            if let valid {
                text += valid
                rest = rest.dropFirst(valid.utf8.count)
            } else {
                text.unicodeScalars.append("\u{FFFD}")
                text.unicodeScalars.append(
                    Unicode.Scalar(selectors.lowerBound + UInt32(byte) - 0x80) ?? "\u{FFFD}")
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// Variation selectors from the 17th on, for the bytes from 0x80 on.
    private static let selectors: ClosedRange<UInt32> = 0xE0100...0xE017F
    private static let replacement: [UInt8] = Array("\u{FFFD}".utf8)

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }
}

extension PathBytes: ExpressibleByArgument {
    /// A path of the command line, byte by byte.
    public init?(argument: String) { self.init(RawArguments.bytes(argument)[...]) }
}
