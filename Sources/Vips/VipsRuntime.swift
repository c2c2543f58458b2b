import CCodecs
import CVipsShim

/// libvips in this process. It is loaded and started when the first pixel is needed, and never shut down. Its
/// per-thread data is freed when the thread ends.
package enum VipsRuntime {
    private static let isStarted = ipv_start() == 0

    /// Starts libvips unless it is already running.
    ///
    /// - Throws: a ``VipsError`` with code `start`.
    package static func start() throws(VipsError) {
        guard isStarted else { throw VipsError(.start) }
    }

    /// Sets up a process that decodes one image at a time. Call it before starting threads or libvips.
    ///
    /// By default glibc maps each large block anew and returns it at once, and every page of it costs a
    /// fault: a tenth of the time for a photo. With these settings (glibc only) blocks up to 32 MiB are
    /// reused, at most 64 MiB of free memory is kept, and the threads of libvips, which take turns, share
    /// one heap. On Linux, libvips also starts without its modules, which take a third of its start and 5 MB;
    /// the one for HEIC is loaded when it is needed. Loaders that libvips marks as untrusted may then run,
    /// but only those of ``Loader``.
    package static func beWorker() { ipv_be_worker() }

    /// Whether ``beWorker()`` was called.
    package static var isWorker: Bool { ipv_is_worker() }

    /// Clears libvips' error log, so that later messages are not mixed with earlier ones.
    package static func clearLog() { ipv_clear_log() }

    /// The version of libvips, as in `8.14.1`.
    package static var version: String { String(cString: ipv_version()) }

    /// The codecs of this process: each library by the name of its file, which includes the version, and its
    /// length. libvips is not loaded for that if the system reports which file it would be.
    package static let codecs: [String] = directCodecs + vipsCodecs

    private static var directCodecs: [String] {
        [
            (DirectCodecs.hasJPEG, "libturbojpeg", ["0"]), (DirectCodecs.hasPNG, "libdeflate", ["0"]),
            // Always enabled, and not worth loading for its name.
            (DirectCodecs.hasWebP, "libwebp", ["7"]), (true, "libtiff", ["6", "5"]),
        ].filter(\.0).map { "direct " + (LibraryFile.library($0.1, versions: $0.2) ?? $0.1) }
    }

    /// libvips, and its codecs if these are separate libraries.
    private static var vipsCodecs: [String] {
        if let named = ipv_named_library() {
            return [LibraryFile.file(String(cString: named)) ?? startedVersion]
        }
        guard let vips = LibraryFile.library("libvips", versions: ["42"]) else { return [startedVersion] }
        let others: [(String, [String])] = [
            ("libjpeg", ["62", "8"]), ("libspng", ["0"]), ("libpng16", ["16"]), ("libz", ["1"]),
            ("libwebp", ["7"]), ("libtiff", ["6", "5"]), ("libcgif", ["0"]), ("libheif", ["1"]),
            ("liblcms2", ["2"]), ("libopenjp2", ["7"]), ("librsvg-2", ["2"]),
            ("libjxl", ["0.11", "0.10", "0.9", "0.8", "0.7"]),
        ]
        return [vips] + others.compactMap { LibraryFile.library($0.0, versions: $0.1) }
    }

    private static var startedVersion: String { isStarted ? "libvips \(version)" : "no libvips" }

    /// The most bytes of pixels that libvips has held at once in this process, without memory of decoders and
    /// callers.
    package static var peakMemory: Int { ipv_peak_memory() }
}

/// A library by its file: its version can be read there without loading it.
package enum LibraryFile {
    /// The library that would be loaded.
    ///
    /// - Parameters:
    ///   - name: without the ending.
    ///   - versions: of the ABI; the first one found counts.
    /// - Returns: as in `libwebp.so.7.1.5, 461464 bytes`; nil if there is none.
    package static func library(_ name: String, versions: [String]) -> String? {
        for version in versions {
            if let text = text({ ipc_identify_library(name, version, $0, $1) }) { return text }
        }
        return nil
    }

    /// The same of a file, links followed.
    ///
    /// - Parameter path: the file.
    /// - Returns: its name and length; nil if there is none.
    package static func file(_ path: String) -> String? { text { ipc_identify_file(path, $0, $1) } }

    private static func text(_ body: (UnsafeMutablePointer<CChar>, Int) -> Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            guard let start = buffer.baseAddress, body(start, buffer.count) == 0 else { return nil }
            return String(cString: start)
        }
    }
}
