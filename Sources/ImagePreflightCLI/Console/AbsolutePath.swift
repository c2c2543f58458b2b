internal import SystemPackage

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension FilePath {
    /// The path from the root, without `.` and `..`. Links are not followed.
    var absolute: FilePath {
        let current = FilePath(FileManager.default.currentDirectoryPath)
        return (isAbsolute ? self : current.pushing(self)).lexicallyNormalized()
    }
}
