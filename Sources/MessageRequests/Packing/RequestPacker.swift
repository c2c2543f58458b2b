package import ImageHeaders
package import VisionRules

/// One image to put into a request.
package struct PackItem: Sendable, Codable, Hashable {
    /// The base64 text of the image, bytes; 0 for an image that is sent by URL or file id.
    package var base64Bytes: Int
    /// What the image adds to the body in total, bytes: the base64 text, the block around it, its label.
    package var bodyBytes: Int
    /// What the image adds to the prompt in total, tokens: its patches, its overhead, its label.
    package var tokens: Int
    /// The size of the image in px.
    package var size: PixelSize
    /// Its group: neighbors in one group stay in one request if it can hold them.
    package var group: String?
    /// The pages of a document, each of which counts as an image; nil for an image.
    package var documentPages: Int?

    /// An image with the sizes that count.
    package init(
        base64Bytes: Int, bodyBytes: Int, tokens: Int, size: PixelSize, group: String? = nil,
        documentPages: Int? = nil
    ) {
        self.base64Bytes = base64Bytes
        self.bodyBytes = bodyBytes
        self.tokens = tokens
        self.size = size
        self.group = group
        self.documentPages = documentPages
    }
}

/// Divides images into requests, and requests into batches, greedily and in the given order.
///
/// The many-image rule is met by closing a request before it would have more images than the threshold (20)
/// with any of them over the rule's limit (2000 px): only requests of small images grow longer. The price
/// step is met by closing a request before its price would rise; an image that crosses the step alone is sent
/// alone. The parts of one picture stay together if a request can hold all of them.
package struct RequestPacker: Sendable, Hashable {
    /// Where the requests are sent.
    package var destination: Destination
    /// The most images in one request, if fewer than the platform accepts; the caller's own choice.
    package var maxImagesPerRequest: Int?
    /// What every request has in its body in addition to the images (prompt, JSON), bytes.
    package var overheadBytes: Int
    /// What every request has in its prompt in addition to the images (prompt, system), tokens.
    package var overheadTokens: Int
    /// What every request keeps free in its context for the answer, tokens; not part of the prompt, so it
    /// does not decide the price step.
    package var answerTokens: Int
    /// Whether a request stays below the model's price step.
    package var staysBelowPriceStep: Bool

    /// A packer.
    ///
    /// - Parameters:
    ///   - destination: where the requests are sent.
    ///   - maxImagesPerRequest: the most images in one request, at least 1.
    ///   - overheadBytes: what every request has in its body in addition to the images, bytes.
    ///   - overheadTokens: what every request has in its prompt in addition to the images, tokens.
    ///   - answerTokens: what every request keeps free in its context for the answer, tokens.
    ///   - staysBelowPriceStep: whether a request stays below the model's price step.
    package init(
        destination: Destination, maxImagesPerRequest: Int? = nil, overheadBytes: Int = 0,
        overheadTokens: Int = 0, answerTokens: Int = 0, staysBelowPriceStep: Bool = true
    ) {
        self.destination = destination
        self.maxImagesPerRequest = maxImagesPerRequest
        self.overheadBytes = overheadBytes
        self.overheadTokens = overheadTokens
        self.answerTokens = answerTokens
        self.staysBelowPriceStep = staysBelowPriceStep
    }

    /// Divides images into requests.
    ///
    /// - Parameter items: the images in their order.
    /// - Returns: the images of each request; every request holds at least one.
    /// - Throws: the first image that fits into no request.
    package func requests(_ items: [PackItem]) throws(RequestError) -> [Range<Int>] {
        try requests(items) { _, _ in nil }
    }

    /// Divides images into requests, up to the last byte.
    ///
    /// - Parameters:
    ///   - items: the images in their order, each with the maximum that it can add to a body.
    ///   - bodyBytes: the body of a request with these images, by its place among the requests; called
    ///     where the sum of the items is too large. Nil to rely on the sum.
    /// - Returns: the images of each request; every request holds at least one.
    /// - Throws: the first image that fits into no request.
    func requests(
        _ items: [PackItem], bodyBytes: (_ images: Range<Int>, _ request: Int) -> Int?
    ) throws(RequestError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var open = Load(overheadBytes: overheadBytes, overheadTokens: overheadTokens)
        var start = 0
        for (index, item) in items.enumerated() {
            var next = open
            next.add(item)
            settle(&next, start..<index + 1, ranges.count, bodyBytes)
            if start < index,
                isOver(next)
                    || isBeforeGroup(items, at: index)
                        && splitsGroup(items, at: index, open, start, ranges.count, bodyBytes)
            {
                ranges.append(start..<index)
                start = index
                next = Load(overheadBytes: overheadBytes, overheadTokens: overheadTokens)
                next.add(item)
                settle(&next, index..<index + 1, ranges.count, bodyBytes)
            }
            // Items that still violate a limit do so alone.
            if let over = ownViolation(item) ?? violation(next) {
                throw RequestError(
                    .imageOverLimit(
                        index: index, code: over.code, measured: over.measured, limit: over.limit))
            }
            if start == index { open = Load(overheadBytes: overheadBytes, overheadTokens: overheadTokens) }
            open.add(item)
        }
        if start < items.count { ranges.append(start..<items.count) }
        return ranges
    }

    /// Divides the requests of a batch job into batches.
    ///
    /// - Parameter requestBytes: each request's line in the batch, its newline included, bytes.
    /// - Returns: the requests of each batch; every batch holds at least one.
    /// - Throws: the first request that fits into no batch, or that the platform does not accept batches.
    package func batches(requestBytes: [Int]) throws(RequestError) -> [Range<Int>] {
        let limits = destination.platform.limits
        guard let maxBytes = limits.maxBatchBytes, let maxRequests = limits.maxBatchRequests else {
            throw RequestError(.noBatches(platformID: destination.platform.id))
        }
        var ranges: [Range<Int>] = []
        var start = 0
        var bytes = 0
        for (index, lineBytes) in requestBytes.enumerated() {
            guard lineBytes <= maxBytes else {
                throw RequestError(.requestOverBatchLimit(index: index, measured: lineBytes, limit: maxBytes))
            }
            if start < index, lineBytes > maxBytes - bytes || index - start >= maxRequests {
                ranges.append(start..<index)
                start = index
                bytes = 0
            }
            bytes += lineBytes
        }
        if start < requestBytes.count { ranges.append(start..<requestBytes.count) }
        return ranges
    }

    // MARK: - Groups

    /// Whether a group of several items begins here.
    private func isBeforeGroup(_ items: [PackItem], at index: Int) -> Bool {
        guard let group = items[index].group, index + 1 < items.count else { return false }
        return items[index + 1].group == group && (index == 0 || items[index - 1].group != group)
    }

    /// Whether the group that begins here fits into a request of its own, but not into the open one.
    private func splitsGroup(
        _ items: [PackItem], at index: Int, _ open: Load, _ start: Int, _ request: Int,
        _ bodyBytes: (Range<Int>, Int) -> Int?
    ) -> Bool {
        var open = open
        var alone = Load(overheadBytes: overheadBytes, overheadTokens: overheadTokens)
        let group = items[index...].prefix { $0.group == items[index].group }
        for item in group {
            open.add(item)
            alone.add(item)
        }
        settle(&open, start..<group.endIndex, request, bodyBytes)
        settle(&alone, index..<group.endIndex, request + 1, bodyBytes)
        return isOver(open) && !isOver(alone)
    }

    /// Measures a request that is too large by the maximum that its images can add.
    private func settle(
        _ load: inout Load, _ images: Range<Int>, _ request: Int, _ bodyBytes: (Range<Int>, Int) -> Int?
    ) {
        guard let limit = destination.platform.limits.maxRequestBytes, load.bytes > limit,
            let exact = bodyBytes(images, request)
        else { return }
        load.bytes = exact
    }

    // MARK: - Limits

    /// The contents of a request so far.
    private struct Load {
        var images = 0
        var documents = 0
        var pages = 0
        var bytes: Int
        var tokens: Int
        var longEdge = 0

        init(overheadBytes: Int, overheadTokens: Int) {
            bytes = overheadBytes
            tokens = overheadTokens
        }

        mutating func add(_ item: PackItem) {
            if let count = item.documentPages {
                documents += 1
                pages = pages.saturatingAdd(count)
            } else {
                images += 1
            }
            bytes = bytes.saturatingAdd(item.bodyBytes)
            tokens = tokens.saturatingAdd(item.tokens)
            longEdge = max(longEdge, item.size.longEdge)
        }
    }

    private typealias Violation = (code: RuleCode, measured: Int, limit: Int)

    /// The first limit of a whole request that a load exceeds.
    private func violation(_ load: Load) -> Violation? {
        let limits = destination.platform.limits
        let maxImages = limits.maxImages(contextWindow: destination.model.contextWindow)
        let count = load.images.saturatingAdd(load.pages)
        if count > max(maxImages, 1) { return (.tooManyImages, count, maxImages) }
        if let own = maxImagesPerRequest, load.images + load.documents > max(own, 1) {
            return (.tooManyImages, load.images + load.documents, own)
        }
        let blocks = load.images + (limits.documentsCountAsImages ? load.documents : 0)
        let maxEdge = limits.maxEdge(imagesPerRequest: blocks)
        if blocks > 1, load.longEdge > maxEdge {
            return (.edgeOverManyImageLimit, load.longEdge, maxEdge)
        }
        if let maxBytes = limits.maxRequestBytes, load.bytes > maxBytes {
            return (.requestTooLarge, load.bytes, maxBytes)
        }
        let contextTokens = load.tokens.saturatingAdd(answerTokens)
        if contextTokens > destination.model.contextWindow {
            return (.contextWindowExceeded, contextTokens, destination.model.contextWindow)
        }
        return nil
    }

    /// The limit of a single image that an item exceeds.
    private func ownViolation(_ item: PackItem) -> Violation? {
        guard item.documentPages == nil else { return nil }
        let limits = destination.platform.limits
        if item.size.longEdge > limits.maxEdge {
            return (.edgeOverLimit, item.size.longEdge, limits.maxEdge)
        }
        if item.base64Bytes > limits.maxBase64Bytes {
            return (.bytesOverLimit, item.base64Bytes, limits.maxBase64Bytes)
        }
        return nil
    }

    /// Whether a request with more than one image would have to be closed before it.
    private func isOver(_ load: Load) -> Bool { violation(load) != nil || crossesPriceStep(load) }

    private func crossesPriceStep(_ load: Load) -> Bool {
        let steps = destination.model.priceSteps
        guard staysBelowPriceStep, steps.count > 1 else { return false }
        return load.tokens > steps[1].abovePromptTokens
    }
}
