// The only platform import of everything above ImageHeaders. The target is not a product, so its re-exports
// stay inside this package.
#if canImport(Darwin)
    @_exported public import Darwin
#elseif canImport(Musl)
    @_exported public import Musl
#else
    @_exported public import Glibc
#endif

package import SystemPackage

/// What differs between systems, so that no other file needs to know which one it is built for.
package enum OperatingSystem {
    // MARK: Processes

    /// Whether this is macOS.
    package static var isMacOS: Bool {
        #if os(macOS)
            true
        #else
            false
        #endif
    }

    /// The path of the running program; nil if the system does not report it.
    package static var currentExecutable: FilePath? {
        #if canImport(Darwin)
            var size: UInt32 = 0
            _NSGetExecutablePath(nil, &size)
            var path = [CChar](repeating: 0, count: Int(size) + 1)
            return _NSGetExecutablePath(&path, &size) == 0 ? FilePath(platformString: path) : nil
        #else
            // Resolved by the child itself, so that a program that was replaced in the meantime still starts
            // its own version.
            return "/proc/self/exe"
        #endif
    }

    #if canImport(Darwin)
        /// The actions on the child's descriptors before it starts.
        package typealias SpawnActions = posix_spawn_file_actions_t?
        /// The attributes of the child.
        package typealias SpawnAttributes = posix_spawnattr_t?
    #else
        /// The actions on the child's descriptors before it starts.
        package typealias SpawnActions = posix_spawn_file_actions_t
        /// The attributes of the child.
        package typealias SpawnAttributes = posix_spawnattr_t
    #endif

    /// What the peak memory use of a child that is started now begins at, bytes. Linux counts it from that of the
    /// process that starts it (`exec_mmap` in fs/exec.c), which is not the peak that `getrusage` reports for that.
    package static var inheritedPeakBytes: Int {
        #if canImport(Darwin)
            return 0
        #else
            let status = FilePath("/proc/self/status").beginning(maxBytes: 4096) ?? []
            let line = status.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "VmHWM:".utf8) }
            // As in `VmHWM:     1234 kB`.
            let number = line?.filter { 0x30...0x39 ~= $0 } ?? []
            return (Int(String(decoding: number, as: UTF8.self)) ?? 0) * 1024
        #endif
    }

    /// Actions and attributes for `posix_spawn`, not initialized yet, and the flag that makes a child inherit
    /// nothing, if there is one.
    package static func spawnParts() -> (SpawnActions, SpawnAttributes, isolation: Int32) {
        #if canImport(Darwin)
            (nil, nil, POSIX_SPAWN_CLOEXEC_DEFAULT)
        #else
            (SpawnActions(), SpawnAttributes(), 0)
        #endif
    }

    // MARK: Limits

    /// The limits that can be set on a process.
    package enum Resource {
        /// Core files.
        case coreFiles
        /// Writable memory. Darwin does not enforce it, and is not asked to.
        case data
    }

    /// Limits this process's use of a resource.
    ///
    /// - Parameters:
    ///   - resource: the resource.
    ///   - bytes: the limit.
    package static func limit(_ resource: Resource, to bytes: Int) {
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        // Glibc declares the resources as an enumeration of its own, other systems as numbers.
        #if canImport(Darwin)
            if resource == .coreFiles { setrlimit(RLIMIT_CORE, &limit) }
        #elseif canImport(Musl)
            setrlimit(resource == .coreFiles ? RLIMIT_CORE : RLIMIT_DATA, &limit)
        #else
            let number = resource == .coreFiles ? RLIMIT_CORE : RLIMIT_DATA
            setrlimit(__rlimit_resource_t(number.rawValue), &limit)
        #endif
    }

    // MARK: Threads

    /// How often the calling thread gave up its core to wait. Darwin counts this only for the process, so it
    /// is always 0 there.
    package static var waitsOfThisThread: Int {
        #if canImport(Darwin)
            return 0
        #else
            // RUSAGE_THREAD, which glibc declares only with its GNU extensions.
            let callingThread: Int32 = 1
            var usage = rusage()
            return getrusage(callingThread, &usage) == 0 ? usage.ru_nvcsw : 0
        #endif
    }

    /// Starts a thread; nil if the system has none left.
    package static func startThread(
        _ attributes: inout pthread_attr_t, _ body: @escaping () -> Void
    ) -> pthread_t? {
        let box = Unmanaged.passRetained(ThreadBody(body))
        #if canImport(Darwin)
            var handle: pthread_t?
            let status = pthread_create(
                &handle, &attributes,
                { argument in
                    Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, box.toOpaque())
        #else
            var handle = pthread_t()
            let status = pthread_create(
                &handle, &attributes,
                { argument in
                    if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
                    return nil
                }, box.toOpaque())
        #endif
        if status == 0 { return handle }
        box.release()
        return nil
    }

    private final class ThreadBody {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    // MARK: Memory and files

    /// Asks for large pages, which speed up a long read; does nothing on a system without them.
    package static func preferLargePages(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
        #if os(Linux)
            madvise(memory, byteCount, Int32(MADV_HUGEPAGE))
        #endif
    }

    /// Makes an empty file share the blocks of another one.
    ///
    /// - Returns: whether it does; if not, `errno` is `EOPNOTSUPP` where the file system cannot do it.
    package static func shareBlocks(of source: FileDescriptor, with file: FileDescriptor) -> Bool {
        #if os(Linux)
            // FICLONE of <linux/fs.h>: _IOW(0x94, 9, int), a macro that Swift does not see.
            return ioctl(file.rawValue, 0x4004_9409, source.rawValue) == 0
        #else
            errno = EOPNOTSUPP
            return false
        #endif
    }
}

extension rusage {
    /// The peak memory use, bytes.
    package var peakBytes: Int {
        #if canImport(Darwin)
            Int(ru_maxrss)
        #else
            Int(ru_maxrss) * 1024
        #endif
    }
}

extension stat {
    /// When the contents were last changed.
    package var modificationTime: timespec {
        #if canImport(Darwin)
            st_mtimespec
        #else
            st_mtim
        #endif
    }
}
