internal import PreflightFiles
internal import ImageHeaders

/// One JSON text of a file: the whole file, or a line of it.
struct DocumentText {
    /// The bytes; gone when the next text comes.
    var bytes: UnsafeRawBufferPointer
    /// Where it begins in the file.
    var offset: Int
    /// The number of its first line.
    var line: Int
    /// Whether the file is JSONL.
    var isLine: Bool
}

/// What was seen of a file beside its JSON.
struct DocumentFacts {
    /// The size of the file in bytes, known when all texts have been read.
    var byteCount = 0
    /// Lines that begin with `//` or `#`.
    var commentLines = 0
    /// Whether the file begins with a byte order mark.
    var hasByteOrderMark = false
}

/// Takes a file apart into JSON texts.
///
/// A file is JSONL when its first line (comments and empty lines aside) is a whole JSON value, or a broken
/// one that ends with `}`, and something follows. Of JSONL only the lines at hand are held.
struct DocumentReader: ~Copyable {
    private var feed: TextFeed
    private var start = 0
    private var line = 1
    private(set) var facts = DocumentFacts()

    /// A reader of a feed.
    init(_ feed: consuming TextFeed) { self.feed = feed }

    /// Hands every JSON text of the file to `body`.
    ///
    /// - Parameter body: gets each text.
    /// - Throws: what the system says.
    mutating func readAll(_ body: (DocumentText) -> Void) throws(FileError) {
        try skipByteOrderMark()
        try skipEmptyLines()
        if try isJSONL() {
            while start < feed.window.count || !feed.isAtEnd {
                let end = try lineEnd()
                if start < end { body(text(to: end, isLine: true)) }
                start = end + 1
                line += 1
                try skipEmptyLines()
            }
        } else {
            while !feed.isAtEnd { try feed.refill(keeping: start); start = 0 }
            body(text(to: feed.window.count, isLine: false))
            start = feed.window.count
        }
        facts.byteCount = feed.windowOffset + feed.window.count
    }

    private func text(to end: Int, isLine: Bool) -> DocumentText {
        DocumentText(
            bytes: UnsafeRawBufferPointer(rebasing: feed.window[start..<end]),
            offset: feed.windowOffset + start, line: line, isLine: isLine)
    }

    /// The end of the line at `start`, with all of it in the window.
    private mutating func lineEnd() throws(FileError) -> Int {
        var searched = start
        while true {
            if let end = LineSearch.newline(feed.window, from: searched) { return end }
            guard !feed.isAtEnd else { return feed.window.count }
            searched = feed.window.count - start
            try feed.refill(keeping: start)
            start = 0
        }
    }

    private mutating func skipByteOrderMark() throws(FileError) {
        while feed.window.count < 3, !feed.isAtEnd { try feed.refill(keeping: 0) }
        if feed.window.starts(with: [0xEF, 0xBB, 0xBF]) {
            facts.hasByteOrderMark = true
            start = 3
        }
    }

    /// Passes empty lines and comments, up to the first byte of another line, or the end.
    private mutating func skipEmptyLines() throws(FileError) {
        while true {
            var offset = start
            while offset < feed.window.count, Self.isBlank(feed.window[offset]) { offset += 1 }
            if offset + 1 >= feed.window.count, !feed.isAtEnd {
                try feed.refill(keeping: start)
                start = 0
                continue
            }
            guard offset < feed.window.count else {
                start = offset
                return
            }
            let byte = feed.window[offset]
            if byte == UInt8(ascii: "\n") {
                start = offset + 1
                line += 1
                continue
            }
            let next = offset + 1 < feed.window.count ? feed.window[offset + 1] : 0
            guard byte == UInt8(ascii: "#") || byte == UInt8(ascii: "/") && next == byte else { return }
            facts.commentLines += 1
            start = try lineEnd() + 1
            line += 1
            if start >= feed.window.count, feed.isAtEnd {
                start = feed.window.count
                return
            }
        }
    }

    private mutating func isJSONL() throws(FileError) -> Bool {
        let end = try lineEnd()
        guard end < feed.window.count else { return false }
        // Is there anything but white space behind the line?
        var searched = end
        while true {
            while searched < feed.window.count, feed.window[searched] <= 0x20 { searched += 1 }
            if searched < feed.window.count { break }
            if feed.isAtEnd { return false }
            // lineEnd() moved the window to `start`, so that offsets within it stay what they are.
            let passed = start
            try feed.refill(keeping: passed)
            start = 0
            searched -= passed
        }
        guard let lineEnd = LineSearch.newline(feed.window, from: start) else { return false }
        let line = UnsafeRawBufferPointer(rebasing: feed.window[start..<lineEnd])
        var cursor = JSONCursor(line)
        do throws(JSONDefect) {
            try cursor.skipValue()
            return cursor.peek() == nil
        } catch {
            let last = line.last { $0 > 0x20 }
            return error.offset < line.count && last == UInt8(ascii: "}")
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}

/// Finds the ends of lines.
enum LineSearch {
    /// The first line feed from `start` on.
    static func newline(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < text.count, let base = text.baseAddress,
            let found = memchr(base + start, 0x0A, text.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
