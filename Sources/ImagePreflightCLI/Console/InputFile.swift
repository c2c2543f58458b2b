internal import PreflightFiles
internal import ImagePreflight
internal import SystemPackage

/// Files that the user names beside the images, and standard input.
enum InputFile {
    /// Opens a file for reading.
    ///
    /// - Parameter path: the file.
    /// - Returns: its descriptor, which the caller closes.
    /// - Throws: ``ConsoleError`` that names the file and says why it cannot be opened.
    static func opened(_ path: PathBytes) throws(ConsoleError) -> Int32 {
        let descriptor = FilePath(path).withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .system("open", path.text) }
        return descriptor
    }

    /// All bytes of a file.
    ///
    /// - Parameter path: the file.
    /// - Returns: its bytes.
    /// - Throws: ``ConsoleError`` that names the file and says why it cannot be read.
    static func bytes(of path: PathBytes) throws(ConsoleError) -> [UInt8] {
        let descriptor = try opened(path)
        defer { close(descriptor) }
        return try bytes(from: descriptor, name: path.text)
    }

    /// All bytes of standard input.
    ///
    /// - Parameter limit: the bytes after which reading stops: what is longer is longer than this, too.
    /// - Returns: its bytes.
    /// - Throws: ``ConsoleError`` when it cannot be read.
    static func standardInput(limit: Int = .max) throws(ConsoleError) -> [UInt8] {
        try bytes(from: STDIN_FILENO, name: "standard input", limit: limit)
    }

    private static func bytes(
        from descriptor: Int32, name: String, limit: Int = .max
    ) throws(ConsoleError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("read", name) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
