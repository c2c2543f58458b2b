public import ImageHeaders
public import VisionRules

extension ManifestRow {
    /// A prepared image, as in the manifest.
    public struct Output: Sendable, Hashable {
        /// Its path below the output folder.
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
        /// Its cost as input.
        public var cost: Cost
        /// The SHA-256 of its bytes, in hexadecimal; nil if it was only planned.
        public var sha256: String?

        /// The record of an output.
        public init(
            path: PathBytes, format: ImageFormat, byteCount: Int, size: PixelSize, tokens: Int,
            guideTokens: Int,
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
}

extension ManifestRow.Output: Record {
    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case path, format
        case mediaType = "media_type"
        case bytes
        case base64Bytes = "base64_bytes"
        case width, height, tokens
        case tokensGuide = "tokens_guide"
        case costUSD = "cost_usd"
        case sha256
    }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
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

extension ManifestRow.Output: Decodable {
    /// Reads a record that ``writeFields(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: RecordKey.self)
        func count(_ key: CodingKeys) throws -> Int { try container.decodeCount(RecordKey(key)) }
        func side(_ key: CodingKeys) throws -> Int { try container.decodeSide(RecordKey(key)) }
        self.init(
            path: try container.decodePath(RecordKey(CodingKeys.path)) ?? PathBytes(""),
            format: try container.decode(ImageFormat.self, forKey: RecordKey(CodingKeys.format)),
            byteCount: try count(.bytes), size: PixelSize(width: try side(.width), height: try side(.height)),
            tokens: try count(.tokens), guideTokens: try count(.tokensGuide),
            cost: try container.decodeCost(RecordKey(CodingKeys.costUSD)) ?? .zero,
            sha256: try container.decodeIfPresent(String.self, forKey: RecordKey(CodingKeys.sha256)))
    }
}
