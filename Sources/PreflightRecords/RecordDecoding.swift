package import VisionRules
package import ImageHeaders

// Records are read back from manifests and from worker processes. Writing goes through `writeFields`, which
// is fast and knows how to show money and paths; these functions are its inverse, with the same keys.

extension KeyedDecodingContainer {
    /// A path, from its exact bytes if they are next to its text.
    ///
    /// - Parameter key: the key of the text.
    /// - Returns: the path; nil if there is none.
    /// - Throws: a `DecodingError` when it is not a text.
    package func decodePath(_ key: Key) throws -> PathBytes? {
        if let exact = Key(stringValue: PathBytes.Base64Key(of: key).stringValue),
            let base64 = try decodeIfPresent(String.self, forKey: exact), let path = PathBytes(base64: base64)
        {
            return path
        }
        return try decodeIfPresent(String.self, forKey: key).map { PathBytes($0) }
    }

    /// An amount that is written in USD.
    ///
    /// - Parameter key: the key of the amount.
    /// - Returns: the amount; nil if there is none.
    /// - Throws: a `DecodingError` when it is not a number, or not a possible amount.
    package func decodeCost(_ key: Key) throws -> Cost? {
        guard let usd = try decodeIfPresent(Double.self, forKey: key) else { return nil }
        guard let microdollars = Int(exactly: (usd * 1_000_000).rounded()),
            (0...1 << 53).contains(microdollars)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: RecordKey.outOfRange)
        }
        return Cost(microdollars: microdollars)
    }

    /// A number of bytes, px or tokens. Sums and products of a few of them do not overflow.
    ///
    /// - Parameter key: the key of the number.
    /// - Returns: the number, from 0 to 2^53, which every reader of JSON reads exactly.
    /// - Throws: a `DecodingError` that names the key when it is not a number, or out of range.
    package func decodeCount(_ key: Key) throws -> Int {
        let count: Int
        do { count = try decode(Int.self, forKey: key) } catch {
            switch error as? DecodingError {
            // A number that is too large for an Int, which Foundation may report with an error of its own.
            case .dataCorrupted, nil: count = -1
            default: throw error
            }
        }
        guard (0...1 << 53).contains(count) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: RecordKey.outOfRange)
        }
        return count
    }

    /// An optional number of bytes, px or tokens.
    ///
    /// - Parameter key: the key of the number.
    /// - Returns: the number, from 0 to 2^53; nil if there is none.
    /// - Throws: a `DecodingError` that names the key when it is not a number, or out of range.
    package func decodeCountIfPresent(_ key: Key) throws -> Int? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try decodeCount(key)
    }

    /// A side of an image in px.
    ///
    /// - Parameter key: the key of the side.
    /// - Returns: the side, from 0 to the 2^32 - 1 that a header can claim.
    /// - Throws: a `DecodingError` that names the key when it is not a number, or out of range.
    package func decodeSide(_ key: Key) throws -> Int {
        let side = try decodeCount(key)
        guard side <= Int(UInt32.max) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: RecordKey.outOfRange)
        }
        return side
    }

    /// A size from its two sides.
    ///
    /// - Parameters:
    ///   - width: the key of the width in px.
    ///   - height: the key of the height in px.
    /// - Returns: the size; nil unless both are present.
    /// - Throws: a `DecodingError` when one is not a number.
    package func decodeSize(_ width: Key, _ height: Key) throws -> PixelSize? {
        guard contains(width), contains(height) else { return nil }
        return PixelSize(width: try decodeSide(width), height: try decodeSide(height))
    }
}

/// A key of any name: the keys of a record, and the additional ones of a path.
package struct RecordKey: CodingKey, Sendable {
    /// The name.
    package let stringValue: String
    /// Records have no numbered fields.
    package var intValue: Int? { nil }

    /// The description of a `DecodingError` for a number that no record has.
    package static let outOfRange = "a number out of range"

    /// The key of a record's field.
    package init(_ key: some CodingKey) { stringValue = key.stringValue }

    /// A key of any name.
    package init?(stringValue: String) { self.stringValue = stringValue }

    /// Records have no numbered fields.
    package init?(intValue: Int) { nil }
}

extension ImageRecord: Decodable {
    /// Reads a record that ``writeFields(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: RecordKey.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: RecordKey(key))
        }
        path = try container.decodePath(RecordKey(CodingKeys.path))
        format = try value(.format)
        byteCount = try container.decodeCountIfPresent(RecordKey(CodingKeys.bytes)) ?? 0
        size = try container.decodeSize(RecordKey(CodingKeys.width), RecordKey(CodingKeys.height))
        orientation = try value(.orientation)
        frames = try container.decodeCountIfPresent(RecordKey(CodingKeys.frames))
        framesAreExact = try value(.framesExact)
        hasAlpha = try value(.hasAlpha)
        isInterlaced = try value(.interlaced)
        verdict = try container.decode(Verdict.self, forKey: RecordKey(CodingKeys.verdict))
        seenSize = try container.decodeSize(
            RecordKey(CodingKeys.seesWidth), RecordKey(CodingKeys.seesHeight))
        tokens = try container.decodeCountIfPresent(RecordKey(CodingKeys.tokens))
        guideTokens = try container.decodeCountIfPresent(RecordKey(CodingKeys.tokensGuide))
        cost = try container.decodeCost(RecordKey(CodingKeys.costUSD))
        textXHeight = try value(.textXHeight)
        seenTextXHeight = try value(.seesTextXHeight)
        textLetters = try container.decodeCountIfPresent(RecordKey(CodingKeys.textLetters))
        documentPages = try container.decodeCountIfPresent(RecordKey(CodingKeys.documentPages))
        documentTokensEstimate = try container.decodeCountIfPresent(
            RecordKey(CodingKeys.documentTokensEstimate))
        model = try value(.model) ?? ""
        platform = try value(.platform) ?? ""
        findings = try value(.findings) ?? []
    }
}
