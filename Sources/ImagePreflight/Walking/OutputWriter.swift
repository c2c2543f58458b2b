internal import ImageHeaders
internal import PreflightFiles
internal import SystemPackage
internal import Vips

/// Writes outputs that appear whole or not at all.
struct OutputWriter: Sendable, Hashable {
    /// Whether the bytes and the name are flushed to disk before a write returns.
    var isDurable = false

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - bytes: all of its bytes.
    ///   - path: its name; an existing file is replaced.
    /// - Throws: `PreflightError.file`; nothing is left behind in that case.
    func write(_ bytes: ImageBytes, to path: FilePath) throws(PreflightError) {
        try fileStep { () throws(FileError) in
            try bytes.withUnsafeBytes { (bytes) throws(FileError) in
                try path.writeWhole(bytes, isDurable: isDurable)
            }
        }
    }

    /// Writes files that belong together: all of them, or none.
    ///
    /// - Parameters:
    ///   - files: the bytes of each.
    ///   - paths: their names, as many; existing files are replaced.
    /// - Throws: `PreflightError.file`; nothing is left behind in that case, not even what was replaced.
    func write(_ files: [ImageBytes], to paths: [FilePath]) throws(PreflightError) {
        for (index, (bytes, path)) in zip(files, paths).enumerated() {
            do throws(PreflightError) { try write(bytes, to: path) } catch {
                for written in paths[..<index] { written.remove() }
                throw error
            }
        }
    }

    /// Copies a file that is already read: shares its blocks if the file system can, otherwise writes the
    /// bytes. Copying in the kernel would save nothing, as the bytes are in memory.
    ///
    /// - Parameters:
    ///   - source: what was read.
    ///   - bytes: what it holds.
    ///   - path: the name of the copy.
    /// - Throws: `PreflightError.file`; nothing is left behind in that case.
    func copy(_ source: ImageSource, _ bytes: ImageBytes, to path: FilePath) throws(PreflightError) {
        try fileStep { () throws(FileError) in
            try bytes.withUnsafeBytes { (bytes) throws(FileError) in
                let output = try AtomicFile(at: path)
                // A small file has too few blocks for sharing to be worth the calls.
                let isShared =
                    bytes.count >= 1 << 16
                    && source.file.map { Self.shareBlocks(of: $0, with: output.file, as: bytes) } ?? false
                if !isShared { try output.write(bytes) }
                try output.commit(isDurable: isDurable)
            }
        }
    }

    /// The file systems that cannot share blocks: they are not asked again for each file.
    private static let devicesWithoutSharing = Monitor<Set<UInt64>>([])

    /// Makes a new file share the blocks of another one, if these hold what was read from it.
    ///
    /// - Returns: whether it worked; if not, the new file is still empty.
    private static func shareBlocks(
        of source: FileDescriptor, with file: FileDescriptor, as bytes: UnsafeRawBufferPointer
    ) -> Bool {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { return false }
        let device = UInt64(truncatingIfNeeded: status.st_dev)
        guard !devicesWithoutSharing.withLock({ $0.contains(device) }) else { return false }
        guard OperatingSystem.shareBlocks(of: source, with: file) else {
            if errno == EOPNOTSUPP { _ = devicesWithoutSharing.withLock { $0.insert(device) } }
            return false
        }
        if holds(file, bytes) { return true }
        // Changed since it was read: write what was judged.
        _ = ftruncate(file.rawValue, 0)
        return false
    }

    /// Whether a file has exactly these bytes. A size and a time would not show a change within the same tick
    /// of the file system's clock.
    static func holds(_ file: FileDescriptor, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        var offset = 0
        while let count = try? file.read(fromAbsoluteOffset: Int64(offset), into: buffer) {
            if count == 0 { return offset == bytes.count }
            guard let read = buffer.baseAddress, let wanted = bytes.baseAddress,
                count <= bytes.count - offset,
                memcmp(read, wanted + offset, count) == 0
            else { return false }
            offset += count
        }
        return false
    }
}
