internal import PreflightFiles
internal import ImageHeaders

/// Ranges of a document, from memory or from a file.
enum RangeSource {
    case memory(UnsafeRawBufferPointer)
    case file(Int32)

    /// How many bytes are copied at once.
    private static let copySize = 256 * 1024

    /// Copies a range.
    func copy(_ range: Range<Int>, to sink: inout some ByteSink) throws(RepairError) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(start + Self.copySize, range.upperBound)
            switch self {
            case .memory(let bytes):
                try Self.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), to: &sink)
            case .file:
                let piece = try bytes(start..<end)
                do throws(FileError) { try sink.write(piece) } catch { throw .write(error) }
            }
            start = end
        }
    }

    /// The bytes of a range.
    func bytes(_ range: Range<Int>) throws(RepairError) -> [UInt8] {
        switch self {
        case .memory(let bytes): return Array(bytes[range])
        case .file(let descriptor):
            var failure: RepairError?
            let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
                while count < range.count {
                    let read = pread(
                        descriptor, buffer.baseAddress.map { $0 + count }, range.count - count,
                        off_t(range.lowerBound + count))
                    if read < 0 {
                        if errno == EINTR { continue }
                        failure = .read(FileError(.read, errno: errno))
                        return
                    }
                    if read == 0 {
                        failure = .changed
                        return
                    }
                    count += read
                }
            }
            if let failure { throw failure }
            return bytes
        }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to sink: inout some ByteSink
    ) throws(RepairError) {
        do throws(FileError) { try sink.write(bytes) } catch { throw .write(error) }
    }
}
