internal import VisionRules

/// A file path as the system has it: bytes without NUL, which need not be UTF-8.
///
/// A slice, so that the paths of one batch can share one buffer.
public struct PathBytes: Sendable, Hashable {
    /// The bytes, without a terminating NUL.
    public var bytes: ArraySlice<UInt8>

    /// A path from its bytes.
    public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// A path from text.
    public init(_ text: String) { bytes = ArraySlice(text.utf8) }

    /// The path as text, with U+FFFD for invalid UTF-8.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether ``text`` is exact.
    public var isUTF8: Bool {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue: continue
            case .emptyInput: return true
            case .error: return false
            }
        }
    }

    /// ``text`` if it is exact.
    package var exactText: String? { isUTF8 ? text : nil }

    /// The last component of the path.
    public var fileName: ArraySlice<UInt8> {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes }
        return bytes[(slash + 1)...]
    }

    /// The part of the file name after its last dot; nil if there is none or the name begins with it.
    public var fileExtension: ArraySlice<UInt8>? {
        let name = fileName
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return nil }
        return name[(dot + 1)...]
    }
}

extension PathBytes {
    /// Calls `body` with the bytes and a terminating NUL, as system calls need it.
    ///
    /// - Parameter body: must not keep the pointer.
    /// - Returns: what `body` returns.
    package func withCString<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            let end = buffer.initialize(fromContentsOf: bytes.lazy.map { CChar(bitPattern: $0) })
            buffer.initializeElement(at: end, to: 0)
            // There is room for at least the NUL, so there is an address.
            return body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
        }
    }
}

extension PathBytes: CustomStringConvertible {
    /// The path in readable form: ``text``.
    public var description: String { text }
}

extension PathBytes: ExpressibleByStringLiteral {
    /// A path from the source code.
    public init(stringLiteral text: String) { self.init(text) }
}

extension PathBytes {
    /// The exact bytes as base64 text.
    public var base64: String { Base64.text(bytes) }

    /// The bytes encoded by a base64 text; nil if it is not base64.
    ///
    /// - Parameter base64: standard base64.
    public init?(base64: String) {
        guard let decoded = Base64.decoded(base64) else { return nil }
        bytes = decoded[...]
    }

    /// The key of a path's exact bytes: the key of its text with `_base64` appended.
    struct Base64Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(of key: some CodingKey) { stringValue = key.stringValue + "_base64" }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
