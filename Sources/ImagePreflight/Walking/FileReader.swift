internal import PreflightFiles
import SystemPackage
import Vips

/// Reads whole files, once: the same bytes are judged, hashed, decoded and copied.
///
/// They are read, not mapped: a mapped file that another program cuts short kills the process.
enum FileReader {
    /// All bytes of a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - maxBytes: the largest file that is read.
    ///   - willCheck: called when all was read and nothing is decided; for tests.
    /// - Returns: the bytes.
    /// - Throws: a `PreflightError` for a file that cannot be read, is too large, or was changed meanwhile: half
    ///   of one picture and half of another may even decode.
    static func bytes(
        of path: FilePath, maxBytes: Int, willCheck: () -> Void = {}
    ) throws(PreflightError) -> ImageBytes {
        let file = try fileStep(.open, path) { () throws(Errno) in
            try openFile(path)
        }
        defer { try? file.close() }
        let before = try fileStep(.read, path) { () throws(Errno) in try version(of: file) }
        let claimed = before.byteCount
        guard claimed <= maxBytes else {
            throw .overLimit(ExceededLimit(kind: .fileBytes, measured: claimed, limit: maxBytes))
        }
        let bytes = try ImageBytes(capacity: claimed) { (memory) throws(PreflightError) in
            try fileStep(.read, path) { () throws(Errno) in try fill(memory, from: file) }
        }
        willCheck()
        let after = try fileStep(.read, path) { () throws(Errno) in try version(of: file) }
        guard after == before, bytes.count == claimed else { throw .changed(path) }
        return bytes
    }

    /// What changes when a file is written to.
    private struct Version: Equatable {
        var byteCount: Int
        var seconds: Int
        var nanoseconds: Int
    }

    private static func openFile(_ path: FilePath) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch { throw error as? Errno ?? .ioError }
    }

    /// The size and time of a regular file. Folders, pipes and devices have none.
    private static func version(of file: FileDescriptor) throws(Errno) -> Version {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            #if canImport(Darwin)
                let time = status.st_mtimespec
            #else
                let time = status.st_mtim
            #endif
            return Version(
                byteCount: Int(status.st_size), seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
        case S_IFDIR: throw .isDirectory
        default: throw .illegalSeek
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
