internal import PreflightFiles
internal import ImageHeaders

/// One JSON text of a file: the whole file, or a line of it.
struct DocumentText {
    /// The bytes; valid until the next text.
    var bytes: UnsafeRawBufferPointer
    /// Where it begins in the file.
    var offset: Int
    /// The number of its first line.
    var line: Int
    /// Whether it is cut off: it is not JSON, so the rest need not be held.
    var isCut: Bool
    /// Whether it is too long to be sent, JSON or not.
    var isTooLong = false
}

/// The contents of a line that may be the first of many.
struct ScannedText {
    private(set) var items: [ScannedItem] = []
    /// Why it is not JSON.
    private(set) var defect: JSONDefect?

    /// Scans a line; nil if the file's lines are not separate JSON values: the first is neither JSON nor a
    /// broken object.
    init?(line: DocumentText) {
        var scanner = ItemScanner(line.bytes, baseOffset: line.offset, baseLine: line.line)
        var items: [ScannedItem] = []
        do throws(JSONDefect) {
            try scanner.scan { items.append($0) }
        } catch {
            let last = line.bytes.last { $0 > 0x20 }
            guard error.offset < line.bytes.count, last == UInt8(ascii: "}") else { return nil }
            items.removeAll {
                if case .other = $0 { true } else { false }
            }
            defect = error
        }
        self.items = items
    }
}

/// What a file has in addition to its JSON.
struct DocumentFacts {
    /// The size of the file in bytes, known when all texts have been read.
    var byteCount = 0
    /// Lines that begin with `//` or `#`.
    var commentLines = 0
    /// Whether the file begins with a byte order mark.
    var hasByteOrderMark = false
}

/// Splits a file into JSON texts.
///
/// A file is JSONL when its first line (comments and empty lines aside) is a whole JSON value, or a broken
/// one that ends with `}`, and something follows. Of JSONL only the current lines are held.
struct DocumentReader: ~Copyable {
    /// The bytes of a line to hold before checking whether it can be JSON.
    private static let firstLook = 64 << 10
    /// The bytes of a line after which all of it is checked, each time that it has doubled. The largest
    /// bodies that the service accepts are half as long.
    private static let fullLook = 64 << 20

    private var feed: TextFeed
    /// The longest line or document that is held, bytes.
    private let maxTextBytes: Int
    private var start = 0
    private var line = 1
    private var isCut = false
    private var isTooLong = false
    private(set) var facts = DocumentFacts()

    /// A reader of a feed.
    init(_ feed: consuming TextFeed, maxTextBytes: Int) {
        self.feed = feed
        self.maxTextBytes = maxTextBytes
    }

    /// Skips what is before the first text.
    mutating func begin() throws(FileError) {
        try skipByteOrderMark()
        try skipEmptyLines()
    }

    /// The first line; nil if nothing follows it, so that it is the whole document.
    mutating func firstLine() throws(FileError) -> DocumentText? {
        let end = try lineEnd()
        guard !isCut, end < feed.window.count else { return nil }
        // Is there anything but white space after the line?
        let length = end - start
        var searched = end
        while true {
            while searched < feed.window.count, feed.window[searched] <= 0x20 { searched += 1 }
            if searched < feed.window.count { return text(to: start + length) }
            if feed.isAtEnd { return nil }
            let passed = start
            try feed.refill(keeping: passed)
            start = 0
            searched -= passed
        }
    }

    /// The next line that is neither empty nor a comment; nil at the end.
    mutating func nextLine() throws(FileError) -> DocumentText? {
        guard start < feed.window.count || !feed.isAtEnd else { return nil }
        let end = try lineEnd()
        return start < end ? text(to: end) : nil
    }

    /// Everything from here on as one text. Anything that cannot be JSON is not held as a whole.
    mutating func document() throws(FileError) -> DocumentText {
        isCut = false
        while !feed.isAtEnd, !isCut {
            isCut =
                feed.window.count - start > maxTextBytes
                || feed.window.count - start >= Self.firstLook && !mayBeJSON()
            if isCut { break }
            try feed.refill(keeping: start)
            start = 0
        }
        isTooLong = feed.window.count - start > maxTextBytes
        return text(to: feed.window.count)
    }

    /// Skips the rest.
    mutating func passAll() throws(FileError) {
        while !feed.isAtEnd { try feed.refill(keeping: feed.window.count) }
        facts.byteCount = feed.windowOffset + feed.window.count
    }

    /// Continues after a line, and after empty lines and comments.
    mutating func pass(_ text: DocumentText) throws(FileError) {
        try passLine(to: text.offset - feed.windowOffset + text.bytes.count)
        try skipEmptyLines()
        facts.byteCount = feed.windowOffset + feed.window.count
    }

    private func text(to end: Int) -> DocumentText {
        DocumentText(
            bytes: UnsafeRawBufferPointer(rebasing: feed.window[start..<end]),
            offset: feed.windowOffset + start, line: line, isCut: isCut, isTooLong: isTooLong)
    }

    /// The end of the line at `start`, with all of it in the window; for a line that is not JSON, the end of
    /// the part that shows it, and ``isCut``.
    private mutating func lineEnd() throws(FileError) -> Int {
        let end = try searchedLineEnd()
        isTooLong = end - start > maxTextBytes
        return end
    }

    private mutating func searchedLineEnd() throws(FileError) -> Int {
        isCut = false
        var searched = start
        var nextLook = Self.firstLook
        while true {
            if let end = LineSearch.newline(feed.window, from: searched) { return end }
            guard !feed.isAtEnd else { return feed.window.count }
            let held = feed.window.count - start
            if held > maxTextBytes {
                isCut = true
                return feed.window.count
            }
            if held >= nextLook {
                isCut = !mayBeJSON() || held >= Self.fullLook && isBroken()
                if isCut { return feed.window.count }
                nextLook = max(held * 2, Self.fullLook)
            }
            searched = held
            try feed.refill(keeping: start)
            start = 0
        }
    }

    /// Whether the text at `start` begins like JSON, white space aside.
    private func mayBeJSON() -> Bool {
        for byte in feed.window[start...] where !Self.isBlank(byte) && byte != UInt8(ascii: "\n") {
            return byte < 0x80 && "{[\"-0123456789tfn".utf8.contains(byte)
        }
        return false
    }

    /// Whether the text at `start` is broken before the window ends.
    private func isBroken() -> Bool {
        var cursor = JSONCursor(UnsafeRawBufferPointer(rebasing: feed.window[start...]))
        do throws(JSONDefect) {
            try cursor.skipValue()
            return cursor.peek() != nil
        } catch {
            return error.offset + 8 < feed.window.count - start
        }
    }

    /// Continues after the line feed at `end`, or, if the line was cut, after the next one.
    private mutating func passLine(to end: Int) throws(FileError) {
        line += 1
        guard isCut else {
            start = min(end + 1, feed.window.count)
            return
        }
        isCut = false
        start = end
        while true {
            if let found = LineSearch.newline(feed.window, from: start) {
                start = found + 1
                return
            }
            start = feed.window.count
            guard !feed.isAtEnd else { return }
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

    /// Skips empty lines and comments, up to the first byte of another line, or the end.
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
            try passLine(to: try lineEnd())
            if start >= feed.window.count, feed.isAtEnd { return }
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
