internal import PreflightFiles
public import SystemPackage
import Vips

/// Writes files that appear whole or not at all: into a temporary file beside the target, which then takes
/// the target's name. A link that has the target's name is replaced, never followed; a device or a pipe is not
/// replaced.
public struct OutputWriter: Sendable, Hashable {
    /// How the names of temporary files begin. A run that was killed may leave some; they are never results.
    public static let temporaryPrefix = ".image-preflight-"

    /// Whether the bytes and the name are on the disk when a write returns.
    public var isDurable: Bool

    /// A writer.
    ///
    /// - Parameter isDurable: whether the bytes and the name are on the disk when a write returns.
    public init(isDurable: Bool = false) { self.isDurable = isDurable }

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - bytes: all of its bytes.
    ///   - path: its name; an existing file is replaced.
    /// - Throws: `PreflightError.file`; nothing is left behind then.
    public func write(_ bytes: UnsafeRawBufferPointer, to path: FilePath) throws(PreflightError) {
        try write(to: path) { (file) throws(Errno) in try Self.writeAll(bytes, to: file) }
    }

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - bytes: all of its bytes.
    ///   - path: its name; an existing file is replaced.
    /// - Throws: `PreflightError.file`; nothing is left behind then.
    func write(_ bytes: ImageBytes, to path: FilePath) throws(PreflightError) {
        try bytes.withUnsafeBytes { (bytes) throws(PreflightError) in try write(bytes, to: path) }
    }

    /// Writes files that belong together: all of them, or none.
    ///
    /// - Parameters:
    ///   - files: the bytes of each.
    ///   - paths: their names, as many; existing files are replaced.
    /// - Throws: `PreflightError.file`; nothing is left behind then, not even what was replaced.
    func write(_ files: [ImageBytes], to paths: [FilePath]) throws(PreflightError) {
        for (index, (bytes, path)) in zip(files, paths).enumerated() {
            do throws(PreflightError) { try write(bytes, to: path) } catch {
                for written in paths[..<index] { Self.remove(written) }
                throw error
            }
        }
    }

    /// Copies a file that was read already: shares its blocks where the file system can, and writes the bytes
    /// otherwise. The kernel's own copying would save nothing, as the bytes are in memory.
    ///
    /// - Parameters:
    ///   - source: what was read.
    ///   - bytes: what it holds.
    ///   - path: the name of the copy.
    /// - Throws: `PreflightError.file`; nothing is left behind then.
    func copy(_ source: ImageSource, _ bytes: ImageBytes, to path: FilePath) throws(PreflightError) {
        try bytes.withUnsafeBytes { (bytes) throws(PreflightError) in
            try write(to: path) { (file) throws(Errno) in
                // A small file has too few blocks for sharing to be worth the calls.
                let isShared =
                    bytes.count >= 1 << 16
                    && source.file.map { Self.shareBlocks(of: $0, with: file, as: bytes) } ?? false
                if !isShared { try Self.writeAll(bytes, to: file) }
            }
        }
    }

    private func write(
        to path: FilePath, contents: (FileDescriptor) throws(Errno) -> Void
    ) throws(PreflightError) {
        guard FileStatus(path)?.kind != .other else {
            throw .file(FileFailure(action: .create, path: path, errno: .notSupported))
        }
        let (file, temporary) = try Self.createTemporary(beside: path)
        do throws(PreflightError) {
            do throws(PreflightError) {
                try fileStep(.write, path) { () throws(Errno) in try contents(file) }
                if isDurable { try Self.flush(file, path) }
            } catch {
                try? file.close()
                throw error
            }
            // Some file systems report a full disk only here.
            try fileStep(.write, path) { () throws(Errno) in try Self.close(file) }
            try fileStep(.rename, path) { () throws(Errno) in try Self.rename(temporary, path) }
        } catch {
            Self.remove(temporary)
            throw error
        }
        if isDurable { try Self.flushFolder(of: path) }
    }

    private static func createTemporary(
        beside path: FilePath
    ) throws(PreflightError) -> (FileDescriptor, FilePath) {
        while true {
            let temporary = path.removingLastComponent()
                .appending(temporaryPrefix + String(UInt64.random(in: .min ... .max), radix: 36))
            do {
                let file = try FileDescriptor.open(
                    temporary, .readWrite,
                    options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
                return (file, temporary)
            } catch Errno.fileExists {
                continue
            } catch {
                // The name that people know is the target's.
                throw .file(
                    FileFailure(action: .create, path: path, errno: error as? Errno ?? .ioError))
            }
        }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: FileDescriptor) throws(Errno) {
        do { try file.writeAll(bytes) } catch { throw error as? Errno ?? .ioError }
    }

    private static func close(_ file: FileDescriptor) throws(Errno) {
        do { try file.close() } catch { throw error as? Errno ?? .ioError }
    }

    private static func flush(_ file: FileDescriptor, _ path: FilePath) throws(PreflightError) {
        guard fsync(file.rawValue) == 0 else {
            throw .file(FileFailure(action: .flush, path: path, errno: Errno(rawValue: errno)))
        }
    }

    private static func flushFolder(of path: FilePath) throws(PreflightError) {
        let parent = path.removingLastComponent()
        let folder = parent.isEmpty ? FilePath(".") : parent
        let file = try fileStep(.open, folder) { () throws(Errno) in
            do {
                return try FileDescriptor.open(folder, .readOnly, options: [.closeOnExec])
            } catch { throw error as? Errno ?? .ioError }
        }
        defer { try? file.close() }
        try flush(file, folder)
    }

    private static func rename(_ temporary: FilePath, _ path: FilePath) throws(Errno) {
        #if canImport(Darwin)
            let status = temporary.withPlatformString { from in
                path.withPlatformString { Darwin.rename(from, $0) }
            }
        #elseif canImport(Musl)
            let status = temporary.withPlatformString { from in
                path.withPlatformString { Musl.rename(from, $0) }
            }
        #else
            let status = temporary.withPlatformString { from in
                path.withPlatformString { Glibc.rename(from, $0) }
            }
        #endif
        guard status == 0 else { throw Errno(rawValue: errno) }
    }

    private static func remove(_ path: FilePath) {
        _ = path.withPlatformString { unlink($0) }
    }

    /// The file systems that said that they share no blocks: they are not asked for each file again.
    private static let devicesWithoutSharing = Monitor<Set<UInt64>>([])

    /// Lets a new file share the blocks of another one, if these hold what was read of it.
    ///
    /// - Returns: whether it worked; if not, the new file is still empty.
    private static func shareBlocks(
        of source: FileDescriptor, with file: FileDescriptor, as bytes: UnsafeRawBufferPointer
    ) -> Bool {
        #if os(Linux)
            var status = stat()
            guard fstat(file.rawValue, &status) == 0 else { return false }
            let device = UInt64(truncatingIfNeeded: status.st_dev)
            guard !devicesWithoutSharing.withLock({ $0.contains(device) }) else { return false }
            // FICLONE of <linux/fs.h>: _IOW(0x94, 9, int), a macro that Swift does not see.
            guard ioctl(file.rawValue, 0x4004_9409, source.rawValue) == 0 else {
                if errno == EOPNOTSUPP { _ = devicesWithoutSharing.withLock { $0.insert(device) } }
                return false
            }
            if holds(file, bytes) { return true }
            // Changed since it was read: what was judged is what is written.
            _ = ftruncate(file.rawValue, 0)
            return false
        #else
            return false
        #endif
    }

    /// Whether a file holds these bytes and no others. A size and a time would not tell of a change within the
    /// same tick of the file system's clock.
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
