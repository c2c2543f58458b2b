internal import ImageHeaders
package import VisionRules

/// One request of a plan.
package struct PlannedRequest: Sendable, Hashable, Codable {
    /// Its place among all requests, from 0.
    package var index: Int
    /// The id of its line in a batch.
    package var customID: String
    /// Its images, by their places in the given order.
    package var images: Range<Int>
    /// The body, bytes; in a batch the line with its line feed.
    package var bodyBytes: Int
    /// The tokens of its images, including each image's overhead.
    package var imageTokens: Int
    /// Those plus an estimate of the text around them.
    package var promptTokens: Int
    /// The cost of the images as input.
    package var cost: Cost
    /// How many of ``images`` are documents.
    package var documents: Int
    /// The pages of those documents.
    package var documentPages: Int
    /// An estimate of the image part of those pages, tokens; included in ``promptTokens``.
    package var documentTokensEstimate: Int

    private enum CodingKeys: String, CodingKey {
        case index
        case customID = "custom_id"
        case images
        case bodyBytes = "body_bytes"
        case imageTokens = "image_tokens"
        case promptTokens = "prompt_tokens"
        case cost = "cost_usd"
        case documents
        case documentPages = "document_pages"
        case documentTokensEstimate = "document_tokens_estimate"
    }
}

/// How images are divided into requests, and requests into batches.
package struct PackPlan: Sendable, Hashable, Codable {
    /// The requests in their order.
    package var requests: [PlannedRequest]
    /// The requests of each batch; empty if single requests are written.
    package var batches: [Range<Int>]

    /// The cost of all images as input.
    package var cost: Cost { requests.reduce(.zero) { $0 + $1.cost } }
}

/// Plans requests within every limit of a destination. Deterministic: the same images give the same plan.
package struct PackPlanner: Sendable {
    /// The text around the images.
    package let template: RequestTemplate
    /// Where the requests are sent.
    package let destination: Destination
    /// The most images in one request, if fewer than the platform accepts.
    package let maxImagesPerRequest: Int?
    /// Whether lines of batches are written.
    package let isBatch: Bool
    /// The prefix of a batch's ids: letters of `a–z A–Z 0–9 _ -`, at most 50.
    package let idPrefix: String

    /// A planner.
    ///
    /// - Parameters:
    ///   - template: the text around the images.
    ///   - destination: where the requests are sent.
    ///   - maxImagesPerRequest: the most images in one request, at least 1.
    ///   - isBatch: whether lines of batches are written.
    ///   - idPrefix: the prefix of a batch's ids; characters not allowed in an id become `-`.
    package init(
        template: RequestTemplate, destination: Destination, maxImagesPerRequest: Int? = nil,
        isBatch: Bool = false, idPrefix: String = "request-"
    ) {
        self.template = template
        var destination = destination
        destination.terms.isBatch = destination.terms.isBatch || isBatch
        self.destination = destination
        self.maxImagesPerRequest = maxImagesPerRequest
        self.isBatch = isBatch
        self.idPrefix = String(
            idPrefix.unicodeScalars.prefix(50).map { BatchIDs.isAllowed($0) ? Character($0) : "-" })
    }

    /// Divides images into requests.
    ///
    /// - Parameter images: the images in their order.
    /// - Returns: the plan; every image is in exactly one request.
    /// - Throws: the first image that fits into no request, or that the platform does not accept batches.
    package func plan(_ images: [RequestImage]) throws(RequestError) -> PackPlan {
        let writer = RequestWriter(template: template)
        // An upper bound while the number of images in a request is not known: the longest label, and a cache
        // breakpoint at each image.
        let idBytes =
            isBatch ? writer.byteCount([], customID: customID(999_999_999)) - writer.byteCount([]) : 0
        let tier = destination.model.tier
        let items = images.map { image in
            let bodyBytes =
                RequestWriter.label(99_999, image).utf8.count
                + writer.blockByteCount(image, isCached: template.cachesImages)
            if let pages = image.documentPages {
                return PackItem(
                    base64Bytes: image.base64Bytes, bodyBytes: bodyBytes,
                    tokens: DocumentEstimate.tokens(pages: pages).saturatingAdd(Self.labelTokens(image)),
                    size: image.size, documentPages: pages)
            }
            let seen = SeenSize(of: image.size, tier: tier)
            return PackItem(
                base64Bytes: image.base64Bytes, bodyBytes: bodyBytes,
                tokens: seen.tokens + destination.model.overheadTokensPerImage + Self.labelTokens(image),
                size: image.size, group: image.part?.source)
        }
        let packer = RequestPacker(
            destination: destination, maxImagesPerRequest: maxImagesPerRequest,
            overheadBytes: writer.overheadByteCount + idBytes,
            overheadTokens: textTokens, answerTokens: template.maxOutputTokens)
        let ranges = try packer.requests(items) { range, index in
            writer.byteCount(images[range], customID: isBatch ? customID(index + 1) : nil)
        }
        let requests = ranges.enumerated().map { index, range in
            planned(index, range, images, items, writer)
        }
        let batches = isBatch ? try packer.batches(requestBytes: requests.map(\.bodyBytes)) : []
        return PackPlan(requests: requests, batches: batches)
    }

    private func planned(
        _ index: Int, _ range: Range<Int>, _ images: [RequestImage], _ items: [PackItem],
        _ writer: RequestWriter
    ) -> PlannedRequest {
        let id = customID(index + 1)
        let labels = images[range].map(Self.labelTokens)
        let pages = images[range].compactMap(\.documentPages)
        let documentTokens = DocumentEstimate.tokens(pages: pages.reduce(0) { $0.saturatingAdd($1) })
        let imageTokens = items[range].reduce(0) { $0 + $1.tokens } - labels.reduce(0, +) - documentTokens
        let shownLabels = zip(images[range], labels).reduce(0) { sum, item in
            sum + (RequestWriter.isLabelled(item.0, of: range.count) ? item.1 : 0)
        }
        let promptTokens = imageTokens + documentTokens + shownLabels + textTokens
        return PlannedRequest(
            index: index, customID: id, images: range,
            bodyBytes: writer.byteCount(images[range], customID: isBatch ? id : nil),
            imageTokens: imageTokens, promptTokens: promptTokens,
            cost: destination.model.cost(
                inputTokens: imageTokens, promptTokens: promptTokens, terms: destination.pricedTerms),
            documents: pages.count, documentPages: pages.reduce(0) { $0.saturatingAdd($1) },
            documentTokensEstimate: documentTokens)
    }

    /// Tokens of `Image 12:` and the block around it, rounded up, and of the text that a part adds.
    private static func labelTokens(_ image: RequestImage) -> Int {
        8 + (image.part?.text.utf8.count ?? 0) / 2
    }
    /// Tokens of the message around everything, rounded up (7 to 14 were measured).
    private static let messageTokens = 20

    /// Tokens of the text, rounded up: three bytes of UTF-8 are one token.
    private var textTokens: Int {
        let bytes =
            template.prompt.utf8.count + (template.system?.utf8.count ?? 0) + template.otherMembers.utf8.count
        return Self.messageTokens + bytes / 3 + 1
    }

    /// Ids that sort in the order of the requests.
    private func customID(_ number: Int) -> String {
        let digits = String(number)
        return idPrefix + String(repeating: "0", count: max(6 - digits.count, 0)) + digits
    }
}
