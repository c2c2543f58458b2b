internal import PreflightFiles
internal import SystemPackage

/// Folders for outputs.
enum OutputFolder {
    /// Makes a folder and all above it that are missing.
    static func make(_ folder: FilePath) throws(PreflightError) {
        guard !folder.isEmpty, mkdir(folder) != 0 else { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try make(folder.removingLastComponent())
            // Another worker may have made it meanwhile.
            guard mkdir(folder) != 0, errno != EEXIST else { return }
            throw .file(FileFailure(action: .create, path: folder, errno: Errno(rawValue: errno)))
        default:
            throw .file(FileFailure(action: .create, path: folder, errno: Errno(rawValue: errno)))
        }
    }

    /// Whether names that differ in case only are one in a folder, as on most disks of macOS and Windows. So it is
    /// said, too, where it cannot be found out.
    static func foldsCase(_ folder: FilePath) -> Bool {
        let name = OutputWriter.temporaryPrefix + "case"
        let small = folder.appending(name)
        let file = try? FileDescriptor.open(
            small, .writeOnly, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        guard let file else { return true }
        defer { _ = small.withPlatformString { unlink($0) } }
        try? file.close()
        return FileStatus.isTaken(folder.appending(name.uppercased()))
    }

    private static func mkdir(_ folder: FilePath) -> Int32 {
        folder.withPlatformString { path in
            #if canImport(Darwin)
                Darwin.mkdir(path, 0o777)
            #elseif canImport(Musl)
                Musl.mkdir(path, 0o777)
            #else
                Glibc.mkdir(path, 0o777)
            #endif
        }
    }
}
