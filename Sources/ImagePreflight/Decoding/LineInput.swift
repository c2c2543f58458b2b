internal import PreflightFiles

/// Reads lines and raw bytes from a pipe, with or without a deadline.
package struct LineInput: ~Copyable {
    /// Why there is no line.
    package enum Failure: Error, Hashable {
        /// The input has ended; a line without its line feed does not count.
        case end
        /// The deadline has passed.
        case timedOut
        /// The line is too long; it was skipped.
        case lineTooLong
        /// The input is not what was expected.
        case nonsense
    }

    private let fileDescriptor: Int32
    private let maxLineBytes: Int
    private var buffer: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)
    /// The position in the buffer of the next unread byte.
    private var start = 0

    /// The lines of a stream.
    ///
    /// - Parameters:
    ///   - fileDescriptor: the input; stays open.
    ///   - maxLineBytes: the longest line that is kept; at most this much of a longer one is in memory.
    package init(fileDescriptor: Int32, maxLineBytes: Int) {
        self.fileDescriptor = fileDescriptor
        self.maxLineBytes = maxLineBytes
    }

    /// The next line, without its line feed.
    ///
    /// - Parameter deadline: when to give up; nil for never.
    /// - Returns: the bytes of the line.
    /// - Throws: why there is none.
    package mutating func line(by deadline: ContinuousClock.Instant? = nil) throws(Failure) -> ArraySlice<
        UInt8
    > {
        var searched = start
        var isTooLong = false
        while true {
            if let end = lineFeed(from: searched) {
                defer { start = end + 1 }
                if isTooLong { throw .lineTooLong }
                return buffer[start..<end]
            }
            if buffer.count - start > maxLineBytes {
                isTooLong = true
                start = buffer.count
            }
            try fill(by: deadline)
            // `fill` moves unread bytes to the front.
            searched = max(buffer.count - lastCount, start)
        }
    }

    /// The bytes after the last line feed.
    package var rest: ArraySlice<UInt8> { buffer[start...] }

    /// The next raw bytes.
    ///
    /// - Parameters:
    ///   - memory: filled to its end.
    ///   - deadline: when to give up.
    /// - Throws: why they did not arrive.
    mutating func bytes(
        into memory: UnsafeMutableRawBufferPointer, by deadline: ContinuousClock.Instant?
    ) throws(Failure) {
        var done = 0
        while done < memory.count {
            if start == buffer.count { try fill(by: deadline) }
            let count = min(memory.count - done, buffer.count - start)
            let target = UnsafeMutableRawBufferPointer(rebasing: memory[done..<done + count])
            target.copyBytes(from: buffer[start..<start + count])
            done += count
            start += count
        }
    }

    private func lineFeed(from index: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, index < bytes.count,
                let found = memchr(base + index, Int32(UInt8(ascii: "\n")), bytes.count - index)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private var lastCount = 0

    private mutating func fill(by deadline: ContinuousClock.Instant?) throws(Failure) {
        if let deadline { try Self.wait(for: Int16(POLLIN), of: fileDescriptor, until: deadline) }
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        var count = 0
        repeat {
            count = chunk.withUnsafeMutableBytes { read(fileDescriptor, $0.baseAddress, $0.count) }
        } while count < 0 && errno == EINTR
        buffer.append(contentsOf: chunk.prefix(max(count, 0)))
        lastCount = max(count, 0)
        if count <= 0 { throw .end }
    }

    /// Waits until a pipe can be read or written.
    ///
    /// - Parameters:
    ///   - events: `POLLIN` or `POLLOUT`.
    ///   - fileDescriptor: the end of the pipe.
    ///   - deadline: when to give up.
    /// - Throws: `timedOut`, or `end` if it is not a pipe.
    static func wait(
        for events: Int16, of fileDescriptor: Int32, until deadline: ContinuousClock.Instant
    ) throws(Failure) {
        while true {
            // Checked once even after the deadline: a run that was suspended finds its answer waiting.
            let left = max(ContinuousClock.now.duration(to: deadline), .zero)
            // An hour at a time: a deadline that means "never" does not fit into milliseconds.
            let stretch = min(left, .seconds(3600)).components
            let milliseconds = stretch.seconds * 1000 + stretch.attoseconds / 1_000_000_000_000_000
            var item = pollfd(fd: fileDescriptor, events: events, revents: 0)
            let status = poll(&item, 1, Int32(clamping: left > .zero ? milliseconds + 1 : 0))
            if status > 0 { return }
            if status == 0 && left == .zero { throw .timedOut }
            // Interrupted by a signal, or this interval is over: check the clock again.
            if status < 0 && errno != EINTR { throw .end }
        }
    }
}
