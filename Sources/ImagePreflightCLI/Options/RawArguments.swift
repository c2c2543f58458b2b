internal import ImagePreflight

/// The arguments as the system gave them. Swift repairs what is not UTF-8, and a repaired path names no file.
enum RawArguments {
    /// The bytes of the argument that Swift shows as this text.
    static func path(_ text: String) -> PathBytes {
        guard text.unicodeScalars.contains("\u{FFFD}") else { return PathBytes(text) }
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            let bytes = UnsafeRawBufferPointer(start: argument, count: length(argument))
            if String(decoding: bytes, as: UTF8.self) == text { return PathBytes(ArraySlice(bytes)) }
        }
        return PathBytes(text)
    }

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }
}
