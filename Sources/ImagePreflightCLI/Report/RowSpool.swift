internal import ImageHeaders
internal import MessageRequests
internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage

/// The rows of the grid as JSON, separated by commas.
///
/// A page begins with sums that only the last row completes, and a million rows take half a gigabyte. Whatever exceeds
/// a buffer is kept in a file next to the page, where there must be room for it anyway; the file has no name, so
/// nothing is left behind.
final class RowSpool {
    private static let bufferSize = 1 << 20

    private let page: FilePath
    private var file: AtomicFile?
    /// How many bytes are in the file.
    private var filedCount = 0
    private var buffer: [UInt8] = []
    private var writer = JSONFieldWriter(capacity: 4096)
    /// How many rows there are.
    private(set) var count = 0

    /// An empty spool.
    ///
    /// - Parameter page: where the page is going to be.
    init(beside page: FilePath) { self.page = page }

    /// The bytes of all rows.
    var byteCount: Int { filedCount + buffer.count }

    /// Adds a row.
    func append(_ row: ReportRow) throws(FileError) {
        if count > 0 { buffer.append(UInt8(ascii: ",")) }
        count += 1
        writer.removeAll()
        writer.appendObject(row)
        ScriptJSON.append(writer.bytes, to: &buffer)
        if buffer.count >= Self.bufferSize { try empty() }
    }

    private func empty() throws(FileError) {
        if file == nil {
            file = try AtomicFile(at: page)
            file?.temporary.remove()
        }
        let bytes = buffer
        let descriptor = file?.file
        try FileError.naming(.write, page) { _ = try descriptor?.writeAll(bytes) }
        filedCount += bytes.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Passes on all rows.
    func copy(to sink: inout some ByteSink) throws(FileError) {
        var offset = 0
        while offset < filedCount, let descriptor = file?.file {
            let part = try FileError.naming(.read, page) {
                try descriptor.bytes(atMost: min(Self.bufferSize, filedCount - offset), from: offset)
            }
            guard !part.isEmpty else { throw FileError(.read, page, .ioError) }
            try sink.write(part)
            offset += part.count
        }
        try sink.write(buffer)
    }
}

/// A page that can be written.
struct FinishedReport {
    let beginning: String
    let rows: RowSpool
    let end: String

    /// Writes it whole or not at all.
    ///
    /// - Parameter path: where to.
    /// - Returns: how many bytes it has.
    /// - Throws: `FileError`; nothing is left behind in that case.
    func write(to path: FilePath) throws(FileError) -> Int {
        let file = try AtomicFile(at: path)
        var sink = DescriptorSink(fileDescriptor: file.file.rawValue)
        do throws(FileError) {
            try sink.write(beginning)
            try rows.copy(to: &sink)
            try sink.write(end)
            try sink.flush()
        } catch {
            throw FileError(error.operation, path: "\(path)", errno: error.errno)
        }
        try file.commit(isDurable: false)
        return beginning.utf8.count + rows.byteCount + end.utf8.count
    }
}
