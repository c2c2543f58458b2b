internal import PreflightFiles

/// What the system lets a worker process take.
package enum ProcessLimits {
    /// What a worker takes beside the pixels: libraries' data, stacks, buffers. 38 MB were measured with
    /// libvips 8.14 after a first, small image; three times that leaves room for other versions.
    static let overhead = 128 << 20

    /// Holds this process to an amount of memory for decoding, and keeps it from writing core files.
    ///
    /// On Linux the limit is `RLIMIT_DATA`, which counts memory that can be written to, and not, as `RLIMIT_AS`
    /// does, the address space that libraries and thread stacks only reserve. Darwin enforces neither: there
    /// the estimate from the header is all that holds.
    ///
    /// A process under a sanitizer gets no limit: the terabytes that it reserves for its own notes count too.
    ///
    /// - Parameter decodingBytes: the most bytes for decoding; nil: no limit.
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
