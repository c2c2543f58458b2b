internal import PreflightRecords
internal import PreflightFiles
package import ImageHeaders
internal import VisionRules

/// Takes the bytes of a document as they are made.
package protocol ByteSink {
    /// Takes bytes.
    ///
    /// - Parameter bytes: the bytes that come next; gone when the call returns.
    /// - Throws: when they cannot be taken.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError)
}

extension ByteSink {
    /// Takes a text as UTF-8.
    ///
    /// - Parameter text: the text.
    /// - Throws: when it cannot be taken.
    package mutating func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

    /// Takes bytes.
    ///
    /// - Parameter bytes: the bytes that come next.
    /// - Throws: when they cannot be taken.
    package mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withBytes { bytes throws(FileError) in try write(bytes) }
    }

    /// Takes bytes as base64.
    ///
    /// - Parameter bytes: what to encode; a whole, or a part of a multiple of 3 bytes that others follow.
    /// - Throws: when the letters cannot be taken.
    package mutating func writeBase64(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withBytes { bytes throws(FileError) in try writeBase64(bytes) }
    }

    /// Takes bytes as base64.
    ///
    /// - Parameter bytes: what to encode; a whole, or a part of a multiple of 3 bytes that others follow.
    /// - Throws: when the letters cannot be taken.
    package mutating func writeBase64(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        let step = 48 * 1024
        let letters = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(Base64Length.encoded(bytes.count), step / 3 * 4), alignment: 16)
        defer { letters.deallocate() }
        var start = 0
        while start < bytes.count {
            let end = min(start + step, bytes.count)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            let count = Base64.encode(piece, into: letters)
            try write(UnsafeRawBufferPointer(rebasing: letters[..<count]))
            start = end
        }
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` for a typed error, which the standard library's own loses before Swift 6.2.
    fileprivate func withBytes(
        _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void
    ) throws(FileError) {
        var failure: FileError?
        withUnsafeBytes { bytes in
            do throws(FileError) { try body(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

/// Collects bytes in memory.
package struct MemorySink: ByteSink, Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// An empty sink.
    package init() {}

    /// Takes bytes.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        self.bytes.append(contentsOf: bytes)
    }
}

/// Writes to an open file, pipe or socket, in pieces of 64 KiB.
///
/// What is still in the buffer is lost unless ``flush()`` is called in the end: only that can say whether
/// it was written.
package struct DescriptorSink: ByteSink, Sendable {
    private static let bufferSize = 64 * 1024

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// A sink for a descriptor, which stays open.
    ///
    /// - Parameter fileDescriptor: open for writing.
    package init(fileDescriptor: Int32) {
        descriptor = fileDescriptor
        buffer.reserveCapacity(Self.bufferSize)
    }

    /// Takes bytes.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count >= Self.bufferSize {
            try send(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    /// Writes what is in the buffer.
    ///
    /// - Throws: when it cannot be written.
    package mutating func flush() throws(FileError) {
        let full = buffer
        try full.withBytes { bytes throws(FileError) in try send(bytes) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        let errno = writeAll(bytes, to: descriptor)
        if errno != 0 { throw FileError(.write, errno: errno) }
    }
}
