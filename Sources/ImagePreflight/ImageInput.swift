public import SystemPackage

/// Where an image comes from: a file (`String`, `URL`, `FilePath`) or memory (`Data`, `[UInt8]`).
public protocol ImageInput: Sendable {
    /// The file; nil for an image in memory.
    var imageFile: FilePath? { get }

    /// Calls the body with the bytes of an image in memory.
    ///
    /// - Parameter body: must not keep the pointer. A file has no bytes here.
    /// - Returns: what the body returns.
    func withImageBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value
}

/// A path to a file or a folder: `String`, `URL` or `FilePath`.
public protocol PathInput: ImageInput {
    /// The path.
    var filePath: FilePath { get }
}

extension PathInput {
    /// The file.
    public var imageFile: FilePath? { filePath }

    /// Calls the body with no bytes: they are in the file.
    public func withImageBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

extension FilePath: PathInput {
    /// The path itself.
    public var filePath: FilePath { self }
}

extension String: PathInput {
    /// The text as a path.
    public var filePath: FilePath { FilePath(self) }
}

extension [UInt8]: ImageInput {
    /// Nil: the image is in memory.
    public var imageFile: FilePath? { nil }

    /// Calls the body with the bytes.
    public func withImageBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        withUnsafeBytes(body)
    }
}
