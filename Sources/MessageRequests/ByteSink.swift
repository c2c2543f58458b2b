internal import PreflightRecords
internal import PreflightFiles
package import ImageHeaders
internal import VisionRules

/// Receives the bytes of a document as they are produced.
package protocol ByteSink {
    /// Writes bytes.
    ///
    /// - Parameter bytes: the next bytes; valid only during the call.
    /// - Throws: when they cannot be written.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError)
}

extension ByteSink {
    /// Writes a text as UTF-8.
    ///
    /// - Parameter text: the text.
    /// - Throws: when it cannot be written.
    package mutating func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

    /// Writes bytes.
    ///
    /// - Parameter bytes: the next bytes.
    /// - Throws: when they cannot be written.
    package mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withBytes { bytes throws(FileError) in try write(bytes) }
    }

    /// Writes bytes as base64.
    ///
    /// - Parameter bytes: what to encode: everything, or a part of a multiple of 3 bytes with more to follow.
    /// - Throws: when the text cannot be written.
    package mutating func writeBase64(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withBytes { bytes throws(FileError) in try writeBase64(bytes) }
    }

    /// Writes bytes as base64.
    ///
    /// - Parameter bytes: what to encode: everything, or a part of a multiple of 3 bytes with more to follow.
    /// - Throws: when the text cannot be written.
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
    /// `withUnsafeBytes` with a typed error, which the standard library loses before Swift 6.2.
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

    /// Writes bytes.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        self.bytes.append(contentsOf: bytes)
    }
}

/// Writes to an open file, pipe or socket, in pieces of 64 KiB.
///
/// Call ``flush()`` at the end: otherwise buffered bytes are lost, and only it reports whether they were
/// written.
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

    /// Writes bytes.
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
