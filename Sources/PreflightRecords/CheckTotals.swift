public import VisionRules

extension ImageRecord {
    /// The totals of a run over many images.
    public struct Totals: Sendable, Hashable {
        /// Files that were checked.
        public var images = 0
        /// Accepted as they are.
        public var accepted = 0
        /// Accepted, but downsized.
        public var downsized = 0
        /// Refused, or not images.
        public var rejected = 0
        /// Images with at least one warning and no error.
        public var warned = 0
        /// Files and folders that could not be read: errors of the run, not of an image.
        public var problems = 0
        /// The size of the files in bytes.
        public var bytes = 0
        /// The base64 text of the files in bytes.
        public var base64Bytes = 0
        /// Exact visual tokens.
        public var tokens = 0
        /// The guide's estimate, tokens.
        public var guideTokens = 0
        /// The cost of the images as input: the sum of the costs in the records.
        public var cost = Cost.zero

        /// Empty totals.
        public init() {}

        /// Counts one image.
        public mutating func count(_ record: ImageRecord) {
            images += 1
            switch record.verdict {
            case .accepted: accepted += 1
            case .downsized: downsized += 1
            case .rejected: rejected += 1
            }
            if record.verdict != .rejected, record.findings.contains(where: { $0.severity == .warning }) {
                warned += 1
            }
            bytes += record.byteCount
            base64Bytes += Base64Length.encoded(record.byteCount)
            tokens += record.tokens ?? 0
            guideTokens += record.guideTokens ?? 0
            cost += record.cost ?? .zero
        }

        /// Adds the totals of another part of the run.
        public static func += (left: inout Totals, right: Totals) {
            left.images += right.images
            left.accepted += right.accepted
            left.downsized += right.downsized
            left.rejected += right.rejected
            left.warned += right.warned
            left.problems += right.problems
            left.bytes += right.bytes
            left.base64Bytes += right.base64Bytes
            left.tokens += right.tokens
            left.guideTokens += right.guideTokens
            left.cost += right.cost
        }
    }
}

extension ImageRecord.Totals: Record {
    enum CodingKeys: String, CodingKey {
        case images, accepted, downsized, rejected, warned, problems, bytes
        case base64Bytes = "base64_bytes"
        case tokens
        case tokensGuide = "tokens_guide"
        case costUSD = "cost_usd"
    }

    /// Writes the fields.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.images, images)
        writer.write(CodingKeys.accepted, accepted)
        writer.write(CodingKeys.downsized, downsized)
        writer.write(CodingKeys.rejected, rejected)
        writer.write(CodingKeys.warned, warned)
        writer.write(CodingKeys.problems, problems)
        writer.write(CodingKeys.bytes, bytes)
        writer.write(CodingKeys.base64Bytes, base64Bytes)
        writer.write(CodingKeys.tokens, tokens)
        writer.write(CodingKeys.tokensGuide, guideTokens)
        writer.write(CodingKeys.costUSD, cost)
    }
}

extension ImageRecord.Totals: Decodable {
    /// Reads encoded totals.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        images = try container.decodeCount(.images)
        accepted = try container.decodeCount(.accepted)
        downsized = try container.decodeCount(.downsized)
        rejected = try container.decodeCount(.rejected)
        warned = try container.decodeCount(.warned)
        problems = try container.decodeCount(.problems)
        bytes = try container.decodeCount(.bytes)
        base64Bytes = try container.decodeCount(.base64Bytes)
        tokens = try container.decodeCount(.tokens)
        guideTokens = try container.decodeCount(.tokensGuide)
        cost = try container.decodeCost(.costUSD) ?? .zero
    }
}
