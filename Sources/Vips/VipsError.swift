import CVipsShim

/// A failure of libvips. The code decides; the log is only for people.
package struct VipsError: Error, Sendable, Hashable {
    /// The step that failed.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        case start = "start libvips"
        case open = "open the image"
        case readPixels = "read the pixels"
        case convertColors = "convert the colors"
        case orient = "turn the image upright"
        case resize = "resize the image"
        case flatten = "flatten the image"
        case encode = "encode the image"
    }

    /// The step that failed.
    package var code: Code
    /// What libvips logged in the meantime. One buffer serves the whole process: with several threads the
    /// text can be empty or another image's, so no decision is based on it.
    package var log: String

    /// The failure of a step that has just returned, with libvips' log, which is cleared.
    ///
    /// - Parameter code: the step that failed.
    package init(_ code: Code) {
        self.code = code
        log = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { text in
            guard let start = text.baseAddress else { return "" }
            start.initialize(repeating: 0, count: text.count)
            ipv_take_log(start, text.count)
            return String(cString: start)
        }
        while let last = log.last, last.isWhitespace { log.removeLast() }
    }
}

extension VipsError: CustomStringConvertible {
    /// As in `libvips could not open the image`.
    package var description: String { "libvips could not \(code.rawValue)" }
}
