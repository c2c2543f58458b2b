package import VisionRules
package import ImageHeaders

/// The subject of an estimate: a file, or only a size.
package enum EstimateSubject: Sendable, Hashable {
    /// A file, by its header; the record has this path.
    case file(PathBytes?, ImageSubject)
    /// A size in px, of an image that may not exist yet.
    case size(PixelSize)
}

/// The cost of one image with one model.
package struct EstimateRecord: Sendable, Hashable {
    /// The image; nil for a size.
    package let path: PathBytes?
    /// The displayed size in px; nil if the header cannot be read.
    package let size: PixelSize?
    /// The id of the model.
    package let model: String
    /// The id of the platform.
    package let platform: String
    /// What the service would do with it.
    package let verdict: Verdict
    /// What the model sees, and its exact visual tokens.
    package let seen: SeenSize?
    /// The guide's estimate, tokens.
    package let guideTokens: Int?
    /// The cost as input.
    package let cost: Cost?
    /// The cost by the guide's estimate.
    package let guideCost: Cost?
    /// The cost of a thousand of them.
    package let costPerThousand: Cost?
    /// The cost of a thousand of them by the guide's estimate.
    package let guideCostPerThousand: Cost?
    /// The pages of a PDF; nil for an image, and if unknown.
    package let documentPages: Int?
    /// An estimate of the image part of those pages, tokens, without their text. The estimated cost of a PDF
    /// is based on it.
    package let documentTokensEstimate: Int?
    /// The findings; empty for a PDF that can be sent in a document block.
    package let findings: [Finding]

    /// Estimates a file or a size.
    ///
    /// - Parameters:
    ///   - subject: what is estimated.
    ///   - destination: the model that sees it, and the platform that receives it.
    package init(_ subject: EstimateSubject, destination: Destination) {
        model = destination.model.id
        platform = destination.platform.id
        var assessment: Assessment
        var document: DocumentSubject?
        switch subject {
        case .file(let path, let image):
            self.path = path
            size = image.facts?.displaySize
            document = image.document
            assessment = assess(image, for: destination)
            if document?.isTaken(byteCount: image.byteCount, by: destination) == true {
                assessment.verdict = .accepted
                assessment.findings.removeAll { $0.code == .unsupportedFormat }
                assessment.cost = document?.tokensEstimate.map { destination.cost(imageTokens: $0) }
            }
        case .size(let size):
            path = nil
            self.size = size
            assessment = assess(ImageSubject(planned: size), for: destination)
        }
        verdict = assessment.verdict
        seen = assessment.seen
        guideTokens = assessment.guideTokens
        cost = assessment.cost
        guideCost = assessment.guideTokens.map { destination.cost(imageTokens: $0) }
        let tokens = assessment.seen?.tokens ?? (assessment.cost == nil ? nil : document?.tokensEstimate)
        costPerThousand = tokens.map { destination.cost(imageTokens: $0, count: 1000) }
        guideCostPerThousand = assessment.guideTokens.map { destination.cost(imageTokens: $0, count: 1000) }
        documentPages = document?.pages
        documentTokensEstimate = document?.tokensEstimate
        findings = assessment.findings
    }
}

extension EstimateRecord: Record {
    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case path, width, height, model, platform, verdict
        case seesWidth = "sees_width"
        case seesHeight = "sees_height"
        case tokens
        case tokensGuide = "tokens_guide"
        case costUSD = "cost_usd"
        case costGuideUSD = "cost_guide_usd"
        case costPerThousandUSD = "cost_per_1000_usd"
        case costGuidePerThousandUSD = "cost_guide_per_1000_usd"
        case documentPages = "document_pages"
        case documentTokensEstimate = "document_tokens_estimate"
        case findings
    }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.path, path)
        writer.write(CodingKeys.width, size?.width)
        writer.write(CodingKeys.height, size?.height)
        writer.write(CodingKeys.model, model)
        writer.write(CodingKeys.platform, platform)
        writer.write(CodingKeys.verdict, verdict.rawValue)
        writer.write(CodingKeys.seesWidth, seen?.size.width)
        writer.write(CodingKeys.seesHeight, seen?.size.height)
        writer.write(CodingKeys.tokens, seen?.tokens)
        writer.write(CodingKeys.tokensGuide, guideTokens)
        writer.write(CodingKeys.costUSD, cost)
        writer.write(CodingKeys.costGuideUSD, guideCost)
        writer.write(CodingKeys.costPerThousandUSD, costPerThousand)
        writer.write(CodingKeys.costGuidePerThousandUSD, guideCostPerThousand)
        writer.write(CodingKeys.documentPages, documentPages)
        writer.write(CodingKeys.documentTokensEstimate, documentTokensEstimate)
        writer.write(CodingKeys.findings, records: findings)
    }
}
