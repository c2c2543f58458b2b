public import Foundation

/// Files that tests read: the repository's own, and those that only some machines have beside it.
public enum Resources {
    /// The root of the package: where it was built, or where `IMAGE_PREFLIGHT_ROOT` says that a copy is.
    public static let packageRoot: URL = {
        if let path = ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_ROOT"] {
            return URL(filePath: path)
        }
        return URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }()

    /// The files that the project made itself.
    public static let testdata = packageRoot.appending(path: "testdata")

    /// Real files that the project did not make and never commits: `corpus`, `requests`, `vectors`.
    ///
    /// They lie in `shared` beside the checkout, or where `IMAGE_PREFLIGHT_SHARED` says. A test that needs
    /// them is skipped where they are missing: `@Test(.enabled(if: Resources.hasShared))`.
    public static let shared: URL = {
        if let path = ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_SHARED"] {
            return URL(filePath: path)
        }
        return packageRoot.deletingLastPathComponent().appending(path: "shared")
    }()

    /// Whether ``shared`` exists here.
    public static let hasShared = FileManager.default.fileExists(
        atPath: shared.appending(path: "vectors").path)
}
