internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import VisionRules

/// A file that is open for reading until it is released.
struct RequestFile: ~Copyable {
    let descriptor: Int32

    /// Opens a file.
    init(path: PathBytes) throws(FileError) {
        descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw FileError(.open, errno: errno) }
    }

    deinit { close(descriptor) }
}
