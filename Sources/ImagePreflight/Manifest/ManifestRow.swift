public import ImageHeaders
public import VisionRules

/// What was done with one image.
public enum PrepareAction: String, Sendable, Codable, Hashable, CaseIterable {
    /// Its bytes were good as they are.
    case copied
    /// It was made smaller, and perhaps converted too.
    case resized
    /// It was re-encoded at its size.
    case converted
    /// It became several overlapping images.
    case tiled
    /// It was left as it was: an earlier run had done it, or nothing was to be written (`--dry-run`).
    case skipped
    /// It could not be prepared; `findings` or `error` say why.
    case failed
}

/// A prepared image as the manifest tells of it.
public struct OutputRecord: Sendable, Hashable {
    /// Where it lies, below the output folder.
    public var path: PathBytes
    /// Its format.
    public var format: ImageFormat
    /// Its size in bytes.
    public var byteCount: Int
    /// Its size in px.
    public var size: PixelSize
    /// Its exact visual tokens.
    public var tokens: Int
    /// The guide's estimate, tokens.
    public var guideTokens: Int
    /// What it costs as input.
    public var cost: Cost
    /// The SHA-256 of its bytes, in hexadecimal; nil when it was only planned.
    public var sha256: String?

    /// A record, each parameter as the property of the same name says.
    public init(
        path: PathBytes, format: ImageFormat, byteCount: Int, size: PixelSize, tokens: Int, guideTokens: Int,
        cost: Cost, sha256: String?
    ) {
        self.path = path
        self.format = format
        self.byteCount = byteCount
        self.size = size
        self.tokens = tokens
        self.guideTokens = guideTokens
        self.cost = cost
        self.sha256 = sha256
    }
}

/// One line of a manifest: a source, what was done with it, and what it became.
///
/// An image that became one image has `output` and `map`. One that became tiles (`action` is `tiled`) has
/// `tiles` instead: a list, in reading order, of objects with `part` (from 1), `of`, and an `output` and a
/// `map` of their own. The part of the upright original that a tile shows stands in its map: `crop_x`,
/// `crop_y`, `crop_width`, `crop_height`. What all outputs cost together is their sum; `--dry-run` plans maps
/// and leaves the outputs out.
public struct ManifestRow: Sendable, Hashable {
    /// The source, as `check` judges it; nil where it could not even be read.
    public var source: ImageRecord?
    /// The path of the source, where ``source`` is nil.
    public var path: PathBytes
    /// What it became; nil when it became tiles.
    public var output: OutputRecord?
    /// The tiles that it became, in reading order.
    public var tiles: [TileRecord]
    /// What was done.
    public var action: PrepareAction
    /// What takes a point of the output back onto the source; nil when each tile has one.
    public var map: CoordinateMap?
    /// The SHA-256 of the source's bytes, in hexadecimal.
    public var sourceSHA256: String?
    /// What the source looks like, where near duplicates are looked for.
    public var perceptualHash: PerceptualHash?
    /// What only preparing found.
    public var findings: [Finding]
    /// Why nothing was made.
    public var error: String?
    /// What it got of the run's budget; nil when there was none.
    public var budget: BudgetRecord?
    /// Whether the job could not be done, as opposed to an image that is not good for it.
    public var isProblem: Bool
    /// A fingerprint of all that decides the output beside the source: a resumed run takes over only rows
    /// with its own.
    public var options: String?

    /// A row, each parameter as the property of the same name says.
    public init(
        source: ImageRecord?, path: PathBytes, output: OutputRecord? = nil, tiles: [TileRecord] = [],
        action: PrepareAction, map: CoordinateMap? = nil, sourceSHA256: String? = nil,
        findings: [Finding] = [], error: String? = nil, isProblem: Bool = false
    ) {
        self.source = source
        self.path = path
        self.output = output
        self.tiles = tiles
        self.action = action
        self.map = map
        self.sourceSHA256 = sourceSHA256
        self.findings = findings
        self.error = error
        self.isProblem = isProblem
    }
}

extension OutputRecord: Record {
    /// The names of the fields, in the order of the contract.
    public enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case path, format
        case mediaType = "media_type"
        case bytes
        case base64Bytes = "base64_bytes"
        case width, height, tokens
        case tokensGuide = "tokens_guide"
        case costUSD = "cost_usd"
        case sha256
    }

    /// Hands the fields to a writer in the order of the contract.
    public func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.path, path)
        writer.write(CodingKeys.format, format.rawValue)
        writer.write(CodingKeys.mediaType, format.mediaType)
        writer.write(CodingKeys.bytes, byteCount)
        writer.write(CodingKeys.base64Bytes, Base64Length.encoded(byteCount))
        writer.write(CodingKeys.width, size.width)
        writer.write(CodingKeys.height, size.height)
        writer.write(CodingKeys.tokens, tokens)
        writer.write(CodingKeys.tokensGuide, guideTokens)
        writer.write(CodingKeys.costUSD, cost)
        writer.write(CodingKeys.sha256, sha256)
    }
}

extension CoordinateMap: Record {
    /// The names of the fields of a manifest's `map`.
    public enum RecordKeys: String, CodingKey, CaseIterable, Sendable {
        case sourceWidth = "source_width"
        case sourceHeight = "source_height"
        case orientation
        case cropX = "crop_x"
        case cropY = "crop_y"
        case cropWidth = "crop_width"
        case cropHeight = "crop_height"
        case outputWidth = "output_width"
        case outputHeight = "output_height"
    }

    /// Hands the fields to a writer.
    public func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(RecordKeys.sourceWidth, sourceSize.width)
        writer.write(RecordKeys.sourceHeight, sourceSize.height)
        writer.write(RecordKeys.orientation, orientation.rawValue)
        writer.write(RecordKeys.cropX, cropX)
        writer.write(RecordKeys.cropY, cropY)
        writer.write(RecordKeys.cropWidth, cropSize.width)
        writer.write(RecordKeys.cropHeight, cropSize.height)
        writer.write(RecordKeys.outputWidth, outputSize.width)
        writer.write(RecordKeys.outputHeight, outputSize.height)
    }
}

extension ManifestRow: Record {
    /// The names of the fields, in the order of the contract.
    public enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case source, output, tiles, action, map
        case sourceSHA256 = "source_sha256"
        case perceptualHash = "perceptual_hash"
        case findings, error, budget, problem, options
    }

    private enum SourceKeys: String, CodingKey { case path }

    /// A source that could not be read is known by its path alone.
    private struct UnreadSource: Record {
        let path: PathBytes

        func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
            writer.write(SourceKeys.path, path)
        }
    }

    /// Hands the fields to a writer in the order of the contract.
    public func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        if let source {
            writer.write(CodingKeys.source, record: source)
        } else {
            writer.write(CodingKeys.source, record: UnreadSource(path: path))
        }
        writer.write(CodingKeys.output, record: output)
        if !tiles.isEmpty { writer.write(CodingKeys.tiles, records: tiles) }
        writer.write(CodingKeys.action, action.rawValue)
        writer.write(CodingKeys.map, record: map)
        writer.write(CodingKeys.sourceSHA256, sourceSHA256)
        writer.write(CodingKeys.perceptualHash, perceptualHash?.description)
        writer.write(CodingKeys.findings, records: findings)
        writer.write(CodingKeys.error, error)
        writer.write(CodingKeys.budget, record: budget)
        writer.write(CodingKeys.problem, isProblem ? true : nil)
        writer.write(CodingKeys.options, options)
    }
}
