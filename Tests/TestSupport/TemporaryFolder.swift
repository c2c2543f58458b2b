public import Foundation

/// A fresh folder that is removed after the test.
public final class TemporaryFolder: Sendable {
    /// Its location, with links resolved.
    public let url: URL

    /// Creates one in the system's folder for temporary files.
    public init() throws {
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        url = base.appending(path: "image-preflight-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        // Tests remove permissions; restore them, or nothing below can be deleted.
        let manager = FileManager.default
        for case let child as URL in manager.enumerator(at: url, includingPropertiesForKeys: nil) ?? .init() {
            try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: child.path)
        }
        try? manager.removeItem(at: url)
    }

    /// The path of the folder.
    public var path: String { url.path }

    /// Writes a file, creating the folders above it.
    ///
    /// - Parameters:
    ///   - name: its path below this folder.
    ///   - bytes: its contents.
    /// - Returns: its path.
    /// - Throws: the system's error.
    @discardableResult
    public func write(_ name: String, _ bytes: some Collection<UInt8> = []) throws -> String {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// The names of all files below the folder, sorted.
    ///
    /// - Returns: paths below this folder.
    /// - Throws: the system's error.
    public func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
            return !(isThere && isFolder.boolValue)
        }.sorted()
    }

    /// The bytes of a file.
    ///
    /// - Parameter name: its path below this folder.
    /// - Returns: its contents.
    /// - Throws: the system's error.
    public func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url.appending(path: name)))
    }
}
