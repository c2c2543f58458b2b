internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import ImagePreflight
internal import MessageRequests
internal import SystemPackage

/// One file of requests.
struct PackedFile {
    let path: FilePath
    let requests: Range<Int>
    let isBatch: Bool

    /// The files of a plan: one for each batch, or one for each request if there are no batches.
    static func files(of plan: PackPlan, in folder: FilePath) -> [PackedFile] {
        guard plan.batches.isEmpty else {
            return plan.batches.enumerated().map { index, requests in
                PackedFile(
                    path: folder.appending(name(index, isBatch: true)), requests: requests, isBatch: true)
            }
        }
        return plan.requests.map { request in
            PackedFile(
                path: folder.appending(name(request.index, isBatch: false)),
                requests: request.index..<request.index + 1, isBatch: false)
        }
    }

    /// Files of an earlier run that the new ones do not replace: they are numbered without gaps.
    static func others(in folder: FilePath, than files: [PackedFile]) -> [FilePath] {
        let isBatch = files.first?.isBatch ?? false
        return [true, false].flatMap { form in
            ((form == isBatch ? files.count : 0)...).lazy.map { folder.appending(name($0, isBatch: form)) }
                .prefix { FileStatus.isTaken($0) }
        }
    }

    /// The name of the file with an index.
    private static func name(_ index: Int, isBatch: Bool) -> String {
        isBatch
            ? "batch-\(String(index + 1).zeroPadded(to: 4)).jsonl"
            : "request-\(String(index + 1).zeroPadded(to: 6)).json"
    }

    /// Writes the file; it appears whole or not at all.
    func write(
        _ images: [RequestImage], _ plan: PackPlan, _ writer: RequestWriter
    ) throws(ConsoleError) {
        let new = try consoleStep { () throws(FileError) in try AtomicFile(at: path) }
        var sink = DescriptorSink(fileDescriptor: new.file.rawValue)
        do throws(RequestWriteError) {
            for request in plan.requests[requests] {
                try writer.write(
                    images[request.images], customID: isBatch ? request.customID : nil, to: &sink)
            }
            do throws(FileError) { try sink.flush() } catch { throw .write(error) }
        } catch {
            throw ConsoleError("\(path): \(error)")
        }
        do throws(FileError) { try new.commit(isDurable: false) } catch { throw ConsoleError(error) }
    }
}
