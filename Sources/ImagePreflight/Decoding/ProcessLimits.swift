internal import PreflightFiles

/// The resources that a worker process may use.
package enum ProcessLimits {
    /// What a worker takes in addition to the pixels: libraries' data, stacks, buffers. 38 MB were measured
    /// with libvips 8.14 after a first, small image; three times that leaves room for other versions.
    static let overhead = 128 << 20

    /// Limits this process's memory for decoding, and keeps it from writing core files.
    ///
    /// On Linux the limit is `RLIMIT_DATA`, which counts writable memory, and not, as `RLIMIT_AS` does, the
    /// address space that libraries and thread stacks only reserve. Darwin enforces neither: only the
    /// estimate from the header applies there.
    ///
    /// A process under a sanitizer gets no limit: the terabytes of its shadow memory count too.
    ///
    /// - Parameter decodingBytes: the most bytes for decoding; nil for no limit.
    package static func apply(decodingBytes: Int?) {
        #if SANITIZED
            let decodingBytes: Int? = nil
        #endif
        OperatingSystem.limit(.coreFiles, to: 0)
        guard let decodingBytes else { return }
        let (sum, overflow) = decodingBytes.addingReportingOverflow(overhead)
        guard !overflow, sum > 0 else { return }
        OperatingSystem.limit(.data, to: sum)
    }
}
