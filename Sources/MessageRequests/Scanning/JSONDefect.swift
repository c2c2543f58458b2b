/// Where and why a text is not JSON.
package struct JSONDefect: Error, Hashable {
    /// The byte at which reading stopped, from the start of the text.
    package var offset: Int
    /// What was expected there, to follow "expected".
    package var expected: String

    /// What was found there instead.
    ///
    /// - Parameter text: the text.
    /// - Returns: a byte in quotation marks, or "the end of the text".
    package func found(in text: UnsafeRawBufferPointer) -> String {
        guard offset < text.count else { return "the end of the text" }
        let byte = text[offset]
        return byte > 0x20 && byte < 0x7F
            ? "“\(Character(Unicode.Scalar(byte)))”" : "byte 0x\(String(byte, radix: 16, uppercase: true))"
    }
}

/// A place in a text as editors count it.
package struct TextPosition: Hashable {
    /// The line, from 1.
    package var line: Int
    /// The column in characters (Unicode scalars), from 1.
    package var column: Int

    /// The place of a byte.
    ///
    /// - Parameters:
    ///   - offset: the byte, from the start of the text.
    ///   - text: the text.
    ///   - firstLine: the number of the text's first line.
    package init(of offset: Int, in text: UnsafeRawBufferPointer, firstLine: Int) {
        line = firstLine
        var lineStart = 0
        let end = min(offset, text.count)
        for index in 0..<end where text[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        column = 1
        for index in lineStart..<end where text[index] & 0xC0 != 0x80 { column += 1 }
    }
}
