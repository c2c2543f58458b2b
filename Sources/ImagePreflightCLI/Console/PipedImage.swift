internal import PreflightRecords
internal import ImagePreflight

/// The one image from standard input: `check -`, `estimate -`, `prepare -`.
enum PipedImage {
    /// Its name in records.
    static let path = PathBytes("-")
    /// The name of its output in a folder, without an extension.
    static let name = "stdin"

    /// Reads it.
    ///
    /// - Parameter limits: the largest image that is read.
    /// - Returns: its bytes.
    /// - Throws: ``ConsoleError`` when it cannot be read, or is too large.
    static func bytes(_ limits: DecodeLimits = .standard) throws(ConsoleError) -> [UInt8] {
        let bytes = try InputFile.standardInput(limit: limits.maxFileBytes)
        guard bytes.count <= limits.maxFileBytes else {
            throw ConsoleError(
                "standard input is larger than \(limits.maxFileBytes) bytes, the limit for one image")
        }
        return bytes
    }
}
