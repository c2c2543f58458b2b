import CVipsShim

/// libvips in this process. It is loaded and started when the first pixel is needed, and never shut down. What it keeps for
/// a thread is freed when the thread ends.
package enum VipsRuntime {
    private static let isStarted = ipv_start() == 0

    /// Starts libvips unless it runs already.
    ///
    /// - Throws: a ``VipsError`` with code `start`.
    package static func start() throws(VipsError) {
        guard isStarted else { throw VipsError(.start) }
    }

    /// Sets up a process that decodes one image at a time. To be called before it starts threads or libvips.
    ///
    /// By default glibc maps each large block anew and gives it back at once, and every page of it costs a fault:
    /// a tenth of the time of a photo. With these settings (glibc only) blocks up to 32 MiB are reused, at most
    /// 64 MiB of free memory are kept, and the threads of libvips, which take turns, share one heap. On Linux,
    /// libvips also starts without its modules, which take a third of its start and 5 MB; the one for HEIC is
    /// loaded when it is needed. Loaders that libvips marks as untrusted may run then, those of ``Loader`` only.
    package static func beWorker() { ipv_be_worker() }

    /// Whether ``beWorker()`` was called.
    package static var isWorker: Bool { ipv_is_worker() }

    /// Empties libvips' log of errors, so that what comes next is not taken for part of what was before.
    package static func clearLog() { ipv_clear_log() }

    /// The version of libvips, as in `8.14.1`.
    package static var version: String { String(cString: ipv_version()) }

    /// What decodes and encodes in this process, by name, with the version where a library says it. Starts libvips.
    package static var codecs: [String] {
        var codecs = [isStarted ? "libvips \(version)" : "no libvips"]
        if DirectCodecs.hasPNG { codecs.append("libdeflate") }
        if DirectCodecs.hasWebP { codecs.append("libwebp") }
        return codecs
    }

    /// The most bytes of pixels that libvips has held at once in this process. What decoders and the
    /// callers' own buffers take is not in it.
    package static var peakMemory: Int { ipv_peak_memory() }
}
