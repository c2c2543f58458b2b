package import ImageHeaders
public import VisionRules

extension ManifestRow {
    /// The totals of a run that prepares images.
    public struct Totals: Sendable, Hashable {
        /// Files that were examined.
        public var images = 0
        /// How many ended with each action.
        public var actions: [PrepareAction: Int] = [:]
        /// Images that could not be prepared, for a reason in the image itself.
        public var refused = 0
        /// Files and folders that could not be read, and outputs that could not be written.
        public var problems = 0
        /// The originals of all that was prepared, bytes.
        public var bytesBefore = 0
        /// The outputs, bytes.
        public var bytesAfter = 0
        /// The exact visual tokens of the originals that could be sent.
        public var tokensBefore = 0
        /// The exact visual tokens of the outputs.
        public var tokensAfter = 0
        /// The cost of the originals that could be sent, as input.
        public var costBefore = Cost.zero
        /// The cost of the outputs, as input.
        public var costAfter = Cost.zero
        /// Images whose outputs the service would accept, but not as people expect.
        public var warned = 0
        /// Whether outputs were only planned, so that ``bytesAfter`` is not known.
        public var isPlan = false
        /// How the budget was divided; nil when there was none.
        public var budget: Totals.Budget?

        /// Empty totals.
        public init() {}

        /// Counts one row of a manifest.
        ///
        /// - Parameter row: the row.
        public mutating func count(_ row: ManifestRow) {
            images += 1
            actions[row.action, default: 0] += 1
            if row.isProblem {
                problems += 1
            } else if row.action == .failed {
                refused += 1
            }
            let outputs = row.outputs
            guard !outputs.isEmpty, let source = row.source else { return }
            bytesBefore = bytesBefore.saturatingAdd(source.byteCount)
            tokensBefore = tokensBefore.saturatingAdd(source.tokens ?? 0)
            costBefore += source.cost ?? .zero
            for output in outputs {
                bytesAfter = bytesAfter.saturatingAdd(output.byteCount)
                tokensAfter = tokensAfter.saturatingAdd(output.tokens)
                costAfter += output.cost
            }
        }

        /// Counts the planned result of a dry run for an image.
        ///
        /// - Parameters:
        ///   - sizes: the outputs in px.
        ///   - source: the image as it is.
        ///   - destination: where it is sent.
        package mutating func count(
            planned sizes: [PixelSize], of source: ImageRecord?, for destination: Destination
        ) {
            bytesBefore = bytesBefore.saturatingAdd(source?.byteCount ?? 0)
            tokensBefore = tokensBefore.saturatingAdd(source?.tokens ?? 0)
            costBefore += source?.cost ?? .zero
            for size in sizes {
                let tokens = SeenSize(of: size, tier: destination.model.tier).tokens
                tokensAfter = tokensAfter.saturatingAdd(tokens)
                costAfter += destination.cost(imageTokens: tokens)
            }
        }

        /// Subtracts one row of a manifest from the totals.
        package mutating func discount(_ row: ManifestRow) {
            var other = Totals()
            other.count(row)
            images -= other.images
            actions[row.action, default: 0] -= 1
            refused -= other.refused
            problems -= other.problems
            bytesBefore -= other.bytesBefore
            bytesAfter -= other.bytesAfter
            tokensBefore -= other.tokensBefore
            tokensAfter -= other.tokensAfter
            costBefore = Cost(microdollars: costBefore.microdollars - other.costBefore.microdollars)
            costAfter = Cost(microdollars: costAfter.microdollars - other.costAfter.microdollars)
        }

        /// Adds the totals of another part of the run.
        public static func += (left: inout Totals, right: Totals) {
            left.images += right.images
            left.actions.merge(right.actions, uniquingKeysWith: +)
            left.refused += right.refused
            left.problems += right.problems
            left.bytesBefore = left.bytesBefore.saturatingAdd(right.bytesBefore)
            left.bytesAfter = left.bytesAfter.saturatingAdd(right.bytesAfter)
            left.tokensBefore = left.tokensBefore.saturatingAdd(right.tokensBefore)
            left.tokensAfter = left.tokensAfter.saturatingAdd(right.tokensAfter)
            left.costBefore += right.costBefore
            left.costAfter += right.costAfter
            left.warned += right.warned
            left.budget = left.budget ?? right.budget
        }
    }
}

extension ManifestRow.Totals: Record {
    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case images, copied, resized, converted, tiled, skipped, failed, refused, problems
        case bytesBefore = "bytes_before"
        case bytesAfter = "bytes_after"
        case tokensBefore = "tokens_before"
        case tokensAfter = "tokens_after"
        case costBefore = "cost_before_usd"
        case costAfter = "cost_after_usd"
        case budget
    }

    /// Each action of this version is counted under its own name.
    private static let actionKeys = PrepareAction.known.compactMap { action in
        CodingKeys(stringValue: action.rawValue).map { ($0, action) }
    }

    /// Writes the fields.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.images, images)
        for (key, action) in Self.actionKeys {
            writer.write(key, actions[action, default: 0])
        }
        writer.write(CodingKeys.refused, refused)
        writer.write(CodingKeys.problems, problems)
        writer.write(CodingKeys.bytesBefore, bytesBefore)
        writer.write(CodingKeys.bytesAfter, isPlan ? nil : bytesAfter)
        writer.write(CodingKeys.tokensBefore, tokensBefore)
        writer.write(CodingKeys.tokensAfter, tokensAfter)
        writer.write(CodingKeys.costBefore, costBefore)
        writer.write(CodingKeys.costAfter, costAfter)
        writer.write(CodingKeys.budget, record: budget)
    }
}

extension ManifestRow.Totals: Decodable {
    /// Reads encoded totals. ``warned`` is not encoded, and is 0.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        images = try container.decodeCount(.images)
        for (key, action) in Self.actionKeys {
            let count = try container.decodeCount(key)
            if count > 0 { actions[action] = count }
        }
        refused = try container.decodeCount(.refused)
        problems = try container.decodeCount(.problems)
        bytesBefore = try container.decodeCount(.bytesBefore)
        bytesAfter = try container.decodeCountIfPresent(.bytesAfter) ?? 0
        isPlan = !container.contains(.bytesAfter)
        tokensBefore = try container.decodeCount(.tokensBefore)
        tokensAfter = try container.decodeCount(.tokensAfter)
        costBefore = try container.decodeCost(.costBefore) ?? .zero
        costAfter = try container.decodeCost(.costAfter) ?? .zero
        budget = try container.decodeIfPresent(Budget.self, forKey: .budget)
    }
}
