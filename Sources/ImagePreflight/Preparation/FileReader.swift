import SystemPackage
import Vips

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads whole files, once: the same bytes are judged, hashed, decoded and copied.
///
/// They are read, not mapped: a mapped file that another program cuts short kills the process.
enum FileReader {
    /// All bytes of a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - maxBytes: the largest file that is read.
    /// - Returns: the bytes.
    /// - Throws: a `PreflightError` for a file that cannot be read or is too large.
    static func bytes(of path: FilePath, maxBytes: Int) throws(PreflightError) -> ImageBytes {
        let file = try fileStep(.open, path) { () throws(Errno) in
            try openFile(path)
        }
        defer { try? file.close() }
        let claimed = try fileStep(.read, path) { () throws(Errno) in try byteCount(of: file) }
        guard claimed <= maxBytes else {
            throw .overLimit(ExceededLimit(kind: .fileBytes, measured: claimed, limit: maxBytes))
        }
        return try ImageBytes(capacity: claimed) { (memory) throws(PreflightError) in
            try fileStep(.read, path) { () throws(Errno) in try fill(memory, from: file) }
        }
    }

    private static func openFile(_ path: FilePath) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch { throw error as? Errno ?? .ioError }
    }

    /// The size of a regular file. Folders, pipes and devices have none.
    private static func byteCount(of file: FileDescriptor) throws(Errno) -> Int {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return Int(status.st_size)
        case S_IFDIR: throw .isDirectory
        default: throw .invalidArgument
        }
    }

    /// Reads until the memory is full or the file ends; it may have become shorter meanwhile.
    private static func fill(
        _ memory: UnsafeMutableRawBufferPointer, from file: FileDescriptor
    ) throws(Errno) -> Int {
        var count = 0
        while count < memory.count {
            do {
                let rest = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
                let read = try file.read(into: rest)
                if read == 0 { break }
                count += read
            } catch { throw error as? Errno ?? .ioError }
        }
        return count
    }
}

/// Does something with a file.
///
/// - Parameters:
///   - action: what is being done.
///   - path: to which file.
///   - body: the step.
/// - Returns: what the step returns.
/// - Throws: a `PreflightError` in place of the system's error.
func fileStep<Result>(
    _ action: FileFailure.Action, _ path: FilePath, _ body: () throws(Errno) -> Result
) throws(PreflightError) -> Result {
    do throws(Errno) {
        return try body()
    } catch {
        throw .file(FileFailure(action: action, path: path, errno: error))
    }
}
