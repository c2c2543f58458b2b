internal import SystemPackage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

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
