public import Foundation

/// Files that tests read: the repository's own, and those that only some machines have next to it.
public enum Resources {
    /// The root of the package: where it was built, or the copy at `IMAGE_PREFLIGHT_ROOT`.
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
    /// They are in `shared` next to the checkout, or in `IMAGE_PREFLIGHT_SHARED`. A test that needs
    /// them is skipped if they are missing: `@Test(.enabled(if: Resources.hasShared))`.
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
