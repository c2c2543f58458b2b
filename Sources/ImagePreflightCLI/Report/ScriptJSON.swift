/// JSON inside a `<script type="application/json">`, where HTML's own escapes do not apply.
enum ScriptJSON {
    /// The same JSON without any `<`, `>` or `&`: no text in it can end the element or begin a comment. These
    /// characters occur only inside JSON strings, where `\u003c` means the same.
    static func safe(_ json: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.underestimatedCount)
        append(json, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the same JSON without any `<`, `>` or `&`.
    static func append(_ json: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in json {
            switch byte {
            case UInt8(ascii: "<"): bytes += #"\u003c"#.utf8
            case UInt8(ascii: ">"): bytes += #"\u003e"#.utf8
            case UInt8(ascii: "&"): bytes += #"\u0026"#.utf8
            default: bytes.append(byte)
            }
        }
    }
}
