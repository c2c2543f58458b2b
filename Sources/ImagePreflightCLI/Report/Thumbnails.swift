internal import PreflightFiles
internal import PreflightRecords
internal import ImagePreflight
internal import SystemPackage

/// The size of the pictures in a report: `--thumbnails auto|none|N`.
enum ThumbnailSize: Sendable, Hashable {
    case none, auto
    case edge(Int)

    /// The long edge in px; nil for no pictures.
    ///
    /// The steps are chosen so that pictures of typical photos stay below ``ReportLimits/maxBytes``.
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

/// The limits of a report.
enum ReportLimits {
    /// The most bytes of a report with pictures. Those that would exceed it are left out.
    static let maxBytes = 58_000_000
    /// How many images share one block of pictures, which the page reads when it shows one of them.
    static let imagesPerBlock = 50
}

/// The parts of a row that its pictures need.
struct PicturedRow: Sendable {
    /// The source, if its bytes are an image.
    let source: PathBytes?
    let sourceSHA256: String?
    /// The result, or its first tile.
    let output: PathBytes?
    let outputSHA256: String?
    /// Whether the result shows what the source shows, so that one picture is enough.
    let isAlike: Bool
    /// Whether nothing was prepared.
    let isFailed: Bool

    init(_ row: ReportRow) {
        source = row.record?.format == nil ? nil : row.source
        sourceSHA256 = row.sourceSHA256
        output = row.outputs.first?.path
        outputSHA256 = row.outputs.first?.sha256
        // Together, tiles show what the original shows.
        isAlike = row.action == .copied || row.tileCount > 0
        isFailed = row.action == .failed
    }
}

/// The two pictures of one image as base64 of JPEG; empty if there is none; `same` for that of the original.
struct Thumbnails: Sendable {
    var before = ""
    var after = ""
    /// Why decoding failed, if it did.
    var problems: [PathBatch.Problem] = []
    static let same = "="

    var byteCount: Int { before.utf8.count + after.utf8.count + 6 }
    var json: String { "[\"\(before)\",\"\(after)\"]" }
}

/// Makes the pictures of a report, several at once.
struct ThumbnailMaker: Sendable {
    private let preflighter: Preflighter
    private let outputFolder: FilePath
    private let trustsPaths: Bool
    private let workerCount: Int

    /// Makes pictures with a long edge of at most `edge` px.
    ///
    /// Unless it trusts paths, it reads only files that are in the manifest's folder or have the hash in the
    /// manifest: a manifest may come from someone else, and the page may be sent back there.
    init(
        edge: Int, destination: Destination, outputFolder: FilePath, trustsPaths: Bool, workerCount: Int,
        limits: DecodeLimits, decoder: Preflighter.Decoder
    ) {
        preflighter = Preflighter(
            destination: destination,
            options: PrepareOptions(
                fit: FitOptions(fit: .limits, maxEdge: edge), outputFormat: .jpeg,
                quality: edge < 100 ? 55 : 70, limits: limits),
            decoder: decoder)
        self.outputFolder = outputFolder
        self.trustsPaths = trustsPaths
        self.workerCount = workerCount
    }

    /// Makes the pictures of images.
    ///
    /// - Parameters:
    ///   - rows: the images.
    ///   - control: reports progress, and stops it.
    ///   - emit: receives the pictures, in the order of the images.
    func make(_ rows: [PicturedRow], control: RunControl, emit: (Thumbnails) -> Void) {
        var rest = rows[...]
        WorkerPool(workerCount: workerCount, window: 64 * workerCount).run(
            next: { control.isStopped ? nil : rest.popFirst() },
            makeWorker: { { row in (make(row), row.isFailed) } },
            emit: { thumbnails, isRefused in
                control.add(done: 1, refused: isRefused ? 1 : 0, bytes: 0)
                emit(thumbnails)
                return true
            })
    }

    private func make(_ row: PicturedRow) -> Thumbnails {
        var result = Thumbnails()
        // Images that could not be prepared are not decoded again.
        guard !row.isFailed else { return result }
        if let source = row.source {
            result.before = picture(FilePath(source), sha256: row.sourceSHA256, &result.problems)
        }
        if let output = row.output {
            let path = outputFolder.pushing(FilePath(output))
            result.after =
                row.isAlike && !result.before.isEmpty
                ? Thumbnails.same : picture(path, sha256: row.outputSHA256, &result.problems)
        }
        return result
    }

    /// A file that is gone, damaged or not trusted has no picture; the report shows a placeholder.
    private func picture(
        _ path: FilePath, sha256: String?, _ problems: inout [PathBatch.Problem]
    ) -> String {
        guard trustsPaths || isInOutputFolder(path) || holds(path, sha256) else { return "" }
        do throws(PreflightError) {
            return Base64.text(try preflighter.prepare(path).bytes)
        } catch {
            if error.findings.contains(where: { $0.code == .decoderFailed }) {
                problems.append(PathBatch.Problem(path: PathBytes(path), reason: error.namedText))
            }
            return ""
        }
    }

    /// Whether a file has a hash. A device may be endless, and is not read.
    private func holds(_ path: FilePath, _ sha256: String?) -> Bool {
        guard let sha256, FileStatus(path)?.kind == .file else { return false }
        return Digest.sha256(of: path) == sha256
    }

    /// Whether a path leads to a file in the folder of the prepared images, with links resolved.
    private func isInOutputFolder(_ path: FilePath) -> Bool {
        FileStatus(path)?.identity.lies(at: path, below: outputFolder.isEmpty ? "." : outputFolder) == true
    }
}
