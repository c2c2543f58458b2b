internal import PreflightFiles
public import ImageHeaders

/// Reads the headers of the files of batches. One for each thread.
///
/// It keeps the folder of the last files open: the system then looks up one name instead of a whole path,
/// which is a twelfth of the time that a file takes.
public struct BatchReader: ~Copyable {
    private var reader = HeaderReader()
    /// The folder of the last file, with its slash.
    private var folder: [UInt8] = []
    /// That folder, opened; -1 when the file before was elsewhere, or when it cannot be opened.
    private var descriptor: Int32 = -1

    /// A reader that has read nothing.
    public init() {}

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads the header of a file.
    ///
    /// - Parameters:
    ///   - entry: a file of the batch.
    ///   - batch: the batch.
    /// - Returns: what the header says.
    /// - Throws: `FileError` when the file cannot be read.
    public mutating func read(
        _ entry: PathBatch.Entry, of batch: PathBatch
    ) throws(FileError) -> HeaderReading {
        let result: Result<HeaderReading, FileError> = batch.bytes.withUnsafeBytes { bytes in
            let isInFolder = enter(UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.nameStart]))
            guard let base = bytes.assumingMemoryBound(to: CChar.self).baseAddress else {
                return .failure(FileError(errno: ENOENT, operation: .open))
            }
            do throws(FileError) {
                return .success(
                    try reader.read(
                        path: base + (isInFolder ? entry.nameStart : entry.start),
                        of: isInFolder ? descriptor : HeaderReader.presentFolder, isRegular: entry.isRegular))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Whether a folder is open, because the file before was in it too: opening one for a single file
    /// would cost more than it saves.
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
