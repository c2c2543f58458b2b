internal import ImagePreflight
internal import SystemPackage

/// How large the pictures of a report are: `--thumbnails auto|none|N`.
enum ThumbnailSize: Sendable, Hashable {
    case none, auto
    case edge(Int)

    /// The long edge in px; nil: no pictures.
    ///
    /// The steps are chosen so that pictures of usual photos stay below ``ReportLimits/maxBytes``.
    func edge(imageCount: Int) -> Int? {
        switch self {
        case .none: nil
        case .edge(let edge): edge
        case .auto:
            switch imageCount {
            case ...250: 320
            case ...1_000: 192
            case ...2_500: 144
            case ...5_000: 112
            case ...12_000: 80
            default: 56
            }
        }
    }
}

/// What a report may take.
enum ReportLimits {
    /// The most bytes of a report with pictures. Those that would take it over are left out.
    static let maxBytes = 58_000_000
    /// How many images share one block of pictures, which the page reads when it shows one of them.
    static let imagesPerBlock = 50
}

/// The two pictures of one image as base64 of JPEG; empty: there is none; `same`: that of the original.
struct Thumbnails: Sendable {
    var before = ""
    var after = ""
    static let same = "="

    var byteCount: Int { before.utf8.count + after.utf8.count + 6 }
    var json: String { "[\"\(before)\",\"\(after)\"]" }
}

/// Makes the pictures of a report, several at once.
struct ThumbnailMaker: Sendable {
    private let preflighter: Preflighter
    private let outputFolder: FilePath
    private let workerCount: Int

    init(edge: Int, destination: Destination, outputFolder: FilePath, workerCount: Int) {
        preflighter = Preflighter(
            destination: destination,
            options: PrepareOptions(
                fit: FitOptions(fit: .limits, maxEdge: edge), outputFormat: .jpeg,
                quality: edge < 100 ? 55 : 70))
        self.outputFolder = outputFolder
        self.workerCount = workerCount
    }

    /// Makes the pictures of images.
    ///
    /// - Parameters:
    ///   - rows: the images.
    ///   - control: tells how far it is, and stops it.
    ///   - emit: takes the pictures, in the order of the images.
    func make(_ rows: [ReportRow], control: RunControl, emit: (Thumbnails) -> Void) {
        var rest = rows[...]
        WorkerPool(workerCount: workerCount, window: 64 * workerCount).run(
            next: { control.isStopped ? nil : rest.popFirst() },
            makeWorker: { { row in (make(row), row.action == .failed) } },
            emit: { thumbnails, isRefused in
                control.add(done: 1, refused: isRefused ? 1 : 0, bytes: 0)
                emit(thumbnails)
                return true
            })
    }

    private func make(_ row: ReportRow) -> Thumbnails {
        var result = Thumbnails()
        if row.record?.format != nil { result.before = picture(FilePath(row.source)) }
        if let output = row.outputs.first {
            let path = outputFolder.pushing(FilePath(output.path))
            // Together, tiles show what the original shows.
            result.after =
                (row.action == .copied || row.tileCount > 0) && !result.before.isEmpty
                ? Thumbnails.same : picture(path)
        }
        return result
    }

    /// A file that is gone or broken has no picture; the report shows a placeholder.
    private func picture(_ path: FilePath) -> String {
        guard let bytes = Self.read(path, maxBytes: preflighter.options.limits.maxFileBytes),
            let image = try? preflighter.prepare(bytes: bytes)
        else { return "" }
        return PathBytes(image.bytes[...]).base64
    }

    private static func read(_ path: FilePath, maxBytes: Int) -> [UInt8]? {
        guard
            let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        else { return nil }
        defer { try? file.close() }
        guard let size = try? file.seek(offset: 0, from: .end), size > 0, size <= maxBytes,
            (try? file.seek(offset: 0, from: .start)) != nil
        else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            while count < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[count...]))
                guard let read = try? file.read(into: rest), read > 0 else { return }
                count += read
            }
        }
    }
}
