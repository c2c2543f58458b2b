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

    /// The path as text, with U+FFFD for what is not UTF-8.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
