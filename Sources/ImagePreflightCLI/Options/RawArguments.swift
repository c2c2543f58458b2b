internal import ImagePreflight

/// The arguments as the system gave them. Swift repairs what is not UTF-8, and a repaired path names no file.
enum RawArguments {
    /// The bytes of arguments that Swift shows as these texts, in the order of the command line.
    static func paths(_ texts: [String]) -> [PathBytes] {
        var start = 0
        return texts.map { text in
            guard text.unicodeScalars.contains("\u{FFFD}") else { return PathBytes(text) }
            // Different names are repaired to the same text, so each search goes on behind the last find.
            for index in start..<Int(CommandLine.argc) {
                guard let argument = CommandLine.unsafeArgv[index] else { continue }
                let bytes = UnsafeRawBufferPointer(start: argument, count: length(argument))
                if String(decoding: bytes, as: UTF8.self) == text {
                    start = index + 1
                    return PathBytes(ArraySlice(bytes))
                }
            }
            return PathBytes(text)
        }
    }

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }
}
