internal import PreflightFiles
package import ImageHeaders
internal import SystemPackage

/// Reads the headers of the files of batches. One for each thread.
///
/// It keeps the folder of the last files open: the system then looks up one name instead of a whole path,
/// which saves a twelfth of the time for a file.
package struct BatchReader: ~Copyable {
    private var reader = HeaderReader()
    /// The folder of the last file, with its slash.
    private var folder: [UInt8] = []
    /// That folder, opened; -1 when the previous file was elsewhere, or when it cannot be opened.
    private var descriptor: Int32 = -1

    /// A reader that has read nothing.
    package init() {}

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads the header of a file.
    ///
    /// - Parameters:
    ///   - entry: a file of the batch.
    ///   - batch: the batch.
    /// - Returns: what the header says.
    /// - Throws: `FileError` when the file cannot be read.
    package mutating func read(
        _ entry: PathBatch.Entry, of batch: PathBatch
    ) throws(FileError) -> HeaderReading {
        try withPath(of: entry, in: batch) { (reader, path, folder) throws(FileError) in
            try reader.read(path: path, of: folder, isRegular: entry.isRegular)
        }
    }

    /// Opens a file when more than its header is read.
    ///
    /// - Parameters:
    ///   - entry: a file of the batch.
    ///   - batch: the batch.
    /// - Returns: the open file.
    /// - Throws: `PreflightError.file` when it cannot be opened, or is not a regular file.
    mutating func open(
        _ entry: PathBatch.Entry, of batch: PathBatch
    ) throws(PreflightError) -> ImageSource {
        let path = FilePath(batch.path(of: entry))
        let descriptor: Int32
        do throws(FileError) {
            descriptor = try withPath(of: entry, in: batch) { (_, path, folder) throws(FileError) in
                try HeaderReader.open(path: path, of: folder)
            }
        } catch {
            throw .file(FileError(.open, path: "\(path)", errno: error.errno))
        }
        return try ImageSource(FileDescriptor(rawValue: descriptor), path: path)
    }

    /// Reads the header of an open file.
    mutating func header(of source: ImageSource) throws(PreflightError) -> HeaderReading {
        try source.header(&reader)
    }

    private mutating func withPath<Value>(
        of entry: PathBatch.Entry, in batch: PathBatch,
        _ body: (inout HeaderReader, UnsafePointer<CChar>, Int32) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        let result: Result<Value, FileError> = batch.bytes.withUnsafeBytes { bytes in
            let isInFolder = enter(UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.nameStart]))
            guard let base = bytes.assumingMemoryBound(to: CChar.self).baseAddress else {
                return .failure(FileError(.open, errno: ENOENT))
            }
            do throws(FileError) {
                return .success(
                    try body(
                        &reader, base + (isInFolder ? entry.nameStart : entry.start),
                        isInFolder ? descriptor : HeaderReader.presentFolder))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Whether a folder is open, because the previous file was in it too: opening one for a single file would
    /// cost more than it saves.
    private mutating func enter(_ path: UnsafeRawBufferPointer) -> Bool {
        guard let start = path.baseAddress, !path.isEmpty else { return false }
        let isSame = folder.withUnsafeBytes { last in
            guard let last = last.baseAddress, folder.count == path.count else { return false }
            return memcmp(last, start, path.count) == 0
        }
        guard isSame else {
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
            folder.removeAll(keepingCapacity: true)
            folder.append(contentsOf: path)
            return false
        }
        if descriptor < 0 {
            folder.append(0)
            descriptor = folder.withUnsafeBytes { path in
                guard let path = path.assumingMemoryBound(to: CChar.self).baseAddress else { return -1 }
                return openat(HeaderReader.presentFolder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
            folder.removeLast()
        }
        return descriptor >= 0
    }
}
