public import SystemPackage

#if canImport(Darwin)
    import Darwin
#endif

/// How decoding is kept apart from the run: each thread has a worker process that decodes for it. A decoder
/// that crashes, hangs or eats memory then costs one file, not the run.
public struct Isolation: Sendable, Hashable {
    /// The program whose `worker` subcommand speaks ``WorkerProtocol``: `image-preflight`.
    public var executable: FilePath
    /// The most seconds that one image may take.
    public var timeout: Int

    /// What is allowed when nothing else is said: more than any image within the other limits takes, even on
    /// a busy machine.
    public static let defaultTimeout = 120

    /// Isolation.
    ///
    /// - Parameters:
    ///   - executable: the path of `image-preflight`.
    ///   - timeout: the most seconds that one image may take, at least 1.
    public init(executable: FilePath, timeout: Int = Isolation.defaultTimeout) {
        self.executable = executable
        self.timeout = max(timeout, 1)
    }

    /// The program that is running, for `image-preflight` itself.
    public static var currentExecutable: FilePath? {
        #if canImport(Darwin)
            var size: UInt32 = 0
            _NSGetExecutablePath(nil, &size)
            var path = [CChar](repeating: 0, count: Int(size) + 1)
            return _NSGetExecutablePath(&path, &size) == 0 ? FilePath(platformString: path) : nil
        #else
            // Resolved by the child itself, so that a program that was replaced meanwhile still starts its like.
            return "/proc/self/exe"
        #endif
    }
}
