import CVipsShim

/// What libvips failed at. The code decides; the log is for people only.
package struct VipsError: Error, Sendable, Hashable {
    /// What was being done.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        case start = "start libvips"
        case open = "open the image"
        case readPixels = "read the pixels"
        case convertColors = "convert the colours"
        case orient = "turn the image upright"
        case resize = "resize the image"
        case flatten = "flatten the image"
        case encode = "encode the image"
    }

    /// What was being done.
    package var code: Code
    /// What libvips logged meanwhile. One buffer serves the whole process: with several threads the text can
    /// be empty or another image's, so nothing is ever decided on it.
    package var log: String

    /// The failure of a step that has just returned, with libvips' log, which is emptied.
    ///
    /// - Parameter code: what was being done.
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
