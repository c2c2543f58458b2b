internal import PreflightRecords
internal import ImageHeaders
package import PreflightFiles
package import SystemPackage
package import Vips

/// Identifies a file and its state, so that whoever opens its path again can tell whether it has changed.
package struct FileVersion: Hashable, Codable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    package var byteCount: Int
    var seconds: Int
    var nanoseconds: Int

    /// The version of a regular file. Folders, pipes and devices have none.
    init(of file: FileDescriptor) throws(Errno) {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self.init(status)
        case S_IFDIR: throw .isDirectory
        default: throw .illegalSeek
        }
    }

    /// The version that the system reports.
    package init(_ status: stat) {
        let time = status.modificationTime
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        byteCount = Int(status.st_size)
        (seconds, nanoseconds) = (Int(time.tv_sec), Int(time.tv_nsec))
    }
}

/// The bytes of one image: an open file, or memory. A file is opened once and read to its end at most once;
/// the same bytes are judged, hashed, decoded and copied. Belongs to one thread.
///
/// A file is read, not mapped: a mapped file that another program truncates kills the process.
package final class ImageSource {
    /// The path of the file; nil for memory.
    package let path: FilePath?
    /// The open file; nil for memory.
    let file: FileDescriptor?
    /// The state in which the file was opened; nil for memory.
    package let version: FileVersion?
    /// The format that the name's extension promises; nil for no or an unknown extension.
    let promisedFormat: ImageFormat?
    private var contents: ImageBytes?

    /// Opens a file.
    ///
    /// - Parameter path: the file.
    /// - Throws: `PreflightError.file` when it cannot be opened, or is not a regular file.
    package convenience init(path: FilePath) throws(PreflightError) {
        let file = try fileStep { () throws(FileError) in
            try path.openForReading(.nonBlocking)
        }
        try self.init(file, path: path)
    }

    /// Takes over an open file, which is closed with the source.
    ///
    /// - Parameters:
    ///   - file: the file, open for reading.
    ///   - path: its path.
    /// - Throws: `PreflightError.file` when it is not a regular file.
    init(_ file: FileDescriptor, path: FilePath) throws(PreflightError) {
        do throws(PreflightError) {
            version = try Self.version(of: file, path)
        } catch {
            try? file.close()
            throw error
        }
        self.file = file
        self.path = path
        promisedFormat = path.promisedFormat
    }

    /// An image in memory.
    ///
    /// - Parameters:
    ///   - bytes: the image.
    ///   - name: its file name, if any.
    package init(bytes: ImageBytes, name: String? = nil) {
        contents = bytes
        promisedFormat = name.flatMap { FilePath($0).promisedFormat }
        path = nil
        file = nil
        version = nil
    }

    deinit { try? file?.close() }

    /// Reads the header.
    ///
    /// - Parameter reader: the reader of this thread.
    /// - Returns: what the header says.
    /// - Throws: `PreflightError.file` when the file cannot be read.
    func header(_ reader: inout HeaderReader) throws(PreflightError) -> HeaderReading {
        if let contents { return contents.withUnsafeBytes { HeaderReader.read(bytes: $0) } }
        guard let file, let path else { return HeaderReading(byteCount: 0, header: .failure(.empty)) }
        do throws(FileError) {
            return try reader.read(fileDescriptor: file.rawValue)
        } catch {
            throw .file(FileError(.read, path: "\(path)", errno: error.errno))
        }
    }

    /// Counts the frames.
    ///
    /// - Parameter facts: what the header says.
    /// - Returns: the number of frames; nil if the header cannot be read.
    /// - Throws: `PreflightError.file` when the file cannot be read.
    func countFrames(_ facts: ImageFacts) throws(PreflightError) -> Int? {
        guard facts.framesNeedCounting else { return facts.frames }
        guard contents == nil, let file, let path else {
            return contents?.withUnsafeBytes { try? HeaderReader.countFrames(bytes: $0).get() }
        }
        let count: Result<Int, HeaderError>
        do throws(FileError) {
            var reader = HeaderReader()
            count = try reader.countFrames(fileDescriptor: file.rawValue)
        } catch {
            throw .file(FileError(.read, path: "\(path)", errno: error.errno))
        }
        return try? count.get()
    }

    /// The SHA-256 of the image, in hexadecimal; nil when it cannot be read to its end.
    func sha256() -> String? {
        if let contents { return Digest.sha256(contents) }
        return file.flatMap { Digest.sha256(of: $0) }
    }

    /// Reads the image to its end; the second call returns the same bytes.
    ///
    /// - Parameters:
    ///   - maxBytes: the largest file that is read.
    ///   - willCheck: called when everything is read and before it is checked; for tests.
    /// - Returns: the bytes.
    /// - Throws: a `PreflightError` for a file that cannot be read, is too large, or has changed since it
    ///   was opened: half of one picture and half of another may even decode.
    package func bytes(maxBytes: Int, willCheck: () -> Void = {}) throws(PreflightError) -> ImageBytes {
        if let contents { return contents }
        guard let file, let path, let version else { return ImageBytes(copying: []) }
        let claimed = version.byteCount
        guard claimed <= maxBytes else {
            throw .overLimit(DecodeLimits.Exceeded(kind: .fileBytes, measured: claimed, limit: maxBytes))
        }
        let bytes = try ImageBytes(capacity: claimed) { (memory) throws(PreflightError) in
            try fileStep { () throws(FileError) in
                try FileError.naming(.read, path) { try file.fill(memory) }
            }
        }
        willCheck()
        let now = try Self.version(of: file, path)
        guard now == version, bytes.count == claimed else { throw .changed(path) }
        contents = bytes
        return bytes
    }

    private static func version(
        of file: FileDescriptor, _ path: FilePath
    ) throws(PreflightError) -> FileVersion {
        try fileStep { () throws(FileError) in
            try FileError.naming(.read, path) { try FileVersion(of: file) }
        }
    }
}

extension FilePath {
    /// The format that the extension promises; nil for no or an unknown extension.
    var promisedFormat: ImageFormat? { self.extension.flatMap { ImageFormat(fileExtension: $0) } }
}
