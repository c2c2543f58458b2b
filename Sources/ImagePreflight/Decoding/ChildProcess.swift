internal import PreflightFiles
package import SystemPackage

/// A child process with a pipe to its standard input and one from its standard output. Its standard error is
/// discarded unless requested: what a crashing library prints does not belong in any record.
///
/// It is in a process group of its own, so that Ctrl-C stops the run and not the process it is waiting for.
package struct ChildProcess: ~Copyable {
    /// How a child ended.
    package struct End: Hashable, Sendable {
        /// The signal that killed it; nil when it exited by itself.
        package var signal: Int32?
        /// Its exit status.
        package var exitStatus: Int32
        /// The most memory it had in use, bytes; 0 where the system does not show it.
        package var peakBytes: Int
    }

    /// Its process id.
    package let processID: Int32
    /// The write end of its standard input.
    let input: Int32
    /// The read end of its standard output.
    package let output: Int32
    /// The read end of its standard error; nil when that is discarded.
    package let errors: Int32?
    /// What its peak began at, bytes: only a higher one is its own.
    private let inheritedPeakBytes: Int

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: its path; it is not searched for.
    ///   - arguments: its arguments, without its name.
    ///   - keepsErrors: whether its standard error is read.
    ///   - environment: variables in addition to those of this process.
    /// - Throws: the system's error.
    package init(
        _ executable: FilePath, _ arguments: [String], keepsErrors: Bool = false,
        environment: [String: String] = [:]
    ) throws(Errno) {
        // One at a time: between pipe(2) and fcntl(2) another thread's child would inherit the ends, and keep
        // a worker's input open.
        pthread_mutex_lock(spawnLock.mutex)
        defer { pthread_mutex_unlock(spawnLock.mutex) }
        let toChild = try Pipe()
        let fromChild = try Pipe()
        let errorsOfChild = try Pipe()
        var (actions, attributes, isolation) = OperatingSystem.spawnParts()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, toChild.read, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, fromChild.write, STDOUT_FILENO)
        if keepsErrors {
            posix_spawn_file_actions_adddup2(&actions, errorsOfChild.write, STDERR_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        posix_spawnattr_setflags(
            &attributes,
            Int16(isolation) | Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)

        var processID: pid_t = 0
        let status = executable.withPlatformString { path in
            Self.withCStrings(["image-preflight"] + arguments) { arguments in
                Self.withCStrings(Self.variables(environment)) { environment in
                    posix_spawn(&processID, path, &actions, &attributes, arguments, environment)
                }
            }
        }
        guard status == 0 else { throw Errno(rawValue: status) }
        self.processID = processID
        inheritedPeakBytes = OperatingSystem.inheritedPeakBytes
        input = toChild.takeWrite()
        output = fromChild.takeRead()
        errors = keepsErrors ? errorsOfChild.takeRead() : nil
    }

    /// Ends the child, if it is alive, and waits for it.
    ///
    /// - Parameter isKilled: whether it is killed; otherwise it ends because its input does.
    /// - Returns: how it ended.
    package consuming func end(isKilled: Bool) -> End {
        if isKilled { kill(processID, SIGKILL) }
        close(input)
        close(output)
        if let errors { close(errors) }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(processID, &status, 0, &usage) < 0 && errno == EINTR {}
        // The macros of <sys/wait.h>, which Swift does not see.
        let signal = status & 0x7F
        return End(
            signal: signal == 0 ? nil : signal, exitStatus: status >> 8 & 0xFF,
            peakBytes: usage.peakBytes > inheritedPeakBytes ? usage.peakBytes : 0)
    }

    /// The variables of this process. A crash of the child is a row, not a minute of collecting a backtrace.
    private static func variables(_ more: [String: String]) -> [String] {
        var variables = environmentVariables.merging(more) { $1 }
        variables["SWIFT_BACKTRACE"] = "enable=no"
        return variables.map { "\($0.key)=\($0.value)" }
    }

    private static func withCStrings<Value>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// `@unchecked Sendable` is safe because the mutex is created once and never changes.
private final class SpawnLock: @unchecked Sendable {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() { pthread_mutex_init(mutex, nil) }
}

private let spawnLock = SpawnLock()

/// The two ends of a pipe, neither of which another child inherits.
private struct Pipe: ~Copyable {
    private(set) var read: Int32
    private(set) var write: Int32

    init() throws(Errno) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        read = ends[0]
        write = ends[1]
    }

    /// Returns the read end and closes the other.
    consuming func takeRead() -> Int32 {
        defer { read = -1 }
        return read
    }

    /// Returns the write end and closes the other.
    consuming func takeWrite() -> Int32 {
        defer { write = -1 }
        return write
    }

    deinit {
        for end in [read, write] where end >= 0 { close(end) }
    }
}
