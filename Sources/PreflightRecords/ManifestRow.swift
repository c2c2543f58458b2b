internal import ImageHeaders
public import VisionRules

/// One line of a manifest: a source, what was done with it, and the result.
///
/// An image that became one image has `output` and `map`. One that became tiles (`action` is `tiled`) has
/// `tiles` instead: a list, in reading order, of objects with `part` (from 1), `of`, and an `output` and a
/// `map` of their own. A tile's map says which part of the upright original it shows: `crop_x`, `crop_y`,
/// `crop_width`, `crop_height`. The total cost of all outputs is their sum; a dry run plans maps and leaves
/// the outputs out.
public struct ManifestRow: Sendable, Hashable {
    /// The source, as `check` judges it; nil if it could not be read.
    public var source: ImageRecord?
    /// The path of the source, if ``source`` is nil.
    public var path: PathBytes
    /// The result; nil when it became tiles.
    public var output: Output?
    /// The tiles, in reading order.
    public var tiles: [Tile]
    /// What was done.
    public var action: PrepareAction
    /// Maps a point of the output back to the source; nil when each tile has its own map.
    public var map: CoordinateMap?
    /// The SHA-256 of the source's bytes, in hexadecimal.
    public var sourceSHA256: String?
    /// The perceptual hash of the source, when near duplicates are looked for.
    package var perceptualHash: PerceptualHash?
    /// Findings that only preparing it could show.
    public var findings: [Finding]
    /// Why there is no result.
    public var error: String?
    /// Its share of the run's budget; nil when there was none.
    public var budget: Budget?
    /// Whether the run failed, as opposed to an unsuitable image.
    public var isProblem: Bool
    /// A fingerprint of the options that determine the output: a resumed run reuses only rows with the same
    /// fingerprint.
    public var options: String?

    /// A row of a manifest.
    public init(
        source: ImageRecord?, path: PathBytes, output: Output? = nil, tiles: [Tile] = [],
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

extension ManifestRow: Record {
    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case source, output, tiles, action, map
        case sourceSHA256 = "source_sha256"
        case perceptualHash = "perceptual_hash"
        case findings, error, budget, problem, options
    }

    private enum SourceKeys: String, CodingKey { case path }

    /// A source that could not be read has only a path.
    private struct UnreadSource: Record {
        let path: PathBytes

        func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
            writer.write(SourceKeys.path, path)
        }
    }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
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

extension ManifestRow: Decodable {
    /// Reads a row that ``writeFields(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let source = try container.nestedContainer(keyedBy: RecordKey.self, forKey: .source)
        let hasVerdict = source.contains(RecordKey(ImageRecord.CodingKeys.verdict))
        self.init(
            source: hasVerdict ? try container.decode(ImageRecord.self, forKey: .source) : nil,
            path: try source.decodePath(RecordKey(ImageRecord.CodingKeys.path)) ?? PathBytes(""),
            output: try container.decodeIfPresent(Output.self, forKey: .output),
            tiles: try container.decodeIfPresent([Tile].self, forKey: .tiles) ?? [],
            action: try container.decode(PrepareAction.self, forKey: .action),
            map: try container.contains(.map) ? CoordinateMap(recordIn: container, forKey: .map) : nil,
            sourceSHA256: try container.decodeIfPresent(String.self, forKey: .sourceSHA256),
            findings: try container.decodeIfPresent([Finding].self, forKey: .findings) ?? [],
            error: try container.decodeIfPresent(String.self, forKey: .error),
            isProblem: try container.decodeIfPresent(Bool.self, forKey: .problem) ?? false)
        perceptualHash = try container.decodeIfPresent(PerceptualHash.self, forKey: .perceptualHash)
        budget = try container.decodeIfPresent(Budget.self, forKey: .budget)
        options = try container.decodeIfPresent(String.self, forKey: .options)
    }
}
