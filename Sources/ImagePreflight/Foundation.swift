public import ImageHeaders
public import SystemPackage
public import VisionRules

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

#if canImport(System)
    public import System

    extension System.FilePath: PathInput {
        /// The path as swift-system's type.
        public var filePath: SystemPackage.FilePath {
            withPlatformString { SystemPackage.FilePath(platformString: $0) }
        }
    }
#endif

// Everything that this target uses of Foundation, and its equivalents on Apple's systems.

extension URL: PathInput {
    /// The path of a file URL. A URL of another kind names no file, so its path cannot be opened.
    public var filePath: SystemPackage.FilePath {
        SystemPackage.FilePath(isFileURL ? path(percentEncoded: false) : absoluteString)
    }
}

extension Data: ImageInput {
    /// Nil: the image is in memory.
    public var imageFile: SystemPackage.FilePath? { nil }

    /// Calls the body with the bytes.
    public func withImageBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        withUnsafeBytes(body)
    }
}

extension PreparedImage {
    /// The file.
    public var data: Data { Data(bytes) }
}

// `localizedDescription` of the errors: `ImageHeaders` and `VisionRules` have no Foundation.

extension PreflightError: LocalizedError {
    /// The error as a sentence.
    public var errorDescription: String? { description }
}

extension FileError: LocalizedError {
    /// The error as a sentence.
    public var errorDescription: String? { description }
}

extension HeaderError: LocalizedError {
    /// The error as a sentence.
    public var errorDescription: String? { description }
}

extension CatalogError: LocalizedError {
    /// The error as a sentence.
    public var errorDescription: String? { description }
}

/// Values as single lines of JSON. Rows of manifests are written by `JSONFieldWriter` instead, in the order of the
/// contract.
package enum JSONLine {
    /// Reads a value.
    ///
    /// - Parameters:
    ///   - type: what to read.
    ///   - line: the text.
    /// - Returns: the value.
    /// - Throws: a `DecodingError`.
    package static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from line: some Sequence<UInt8>
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(line))
    }

    /// Writes a value, its keys in alphabetic order.
    ///
    /// - Parameter value: the value.
    /// - Returns: the text, without a line feed.
    /// - Throws: an `EncodingError`.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}

/// The environment of this process.
package var environmentVariables: [String: String] { ProcessInfo.processInfo.environment }
