internal import PreflightRecords
internal import ImageHeaders
internal import VisionRules

/// A request with everything the rules need, computed once.
struct RequestContext {
    let request: ScannedRequest
    let destination: Destination
    /// The body, bytes.
    let bodyBytes: Int
    let kind: Kind
    /// The date on which retirements are judged.
    let date: String
    /// What the model sees of each image; nil if its size is unknown or the format cannot be sent.
    let seen: [SeenSize?]
    /// For an image that is in the request earlier: that image.
    let firstTwins: [Int: Int]
    /// Images in results of the computer and browser tools.
    let screenshots: Set<Int>
    let layout: ImageLayout
    /// Document blocks.
    let documentCount: Int
    /// Pages of the PDF documents whose bytes are in the request; nil if none could be counted.
    let documentPages: Int?
    /// Documents whose number of pages is not known: each has at least one.
    let uncountedDocuments: Int
    /// The visual tokens of all images of known size, including each image's overhead.
    let imageTokens: Int

    /// Where the request is in the file.
    enum Kind { case single, batchItem, conversation }

    init(_ request: ScannedRequest, destination: Destination, bodyBytes: Int, kind: Kind, date: String) {
        self.request = request
        self.bodyBytes = bodyBytes
        self.kind = kind
        self.date = date
        let documents = request.blocks.filter { $0.kind == .document && !$0.isSuperseded }
        let pages = documents.compactMap { $0.document?.pages }
        documentCount = documents.count
        documentPages = pages.isEmpty ? nil : pages.reduce(0) { $0.saturatingAdd($1) }
        uncountedDocuments = documents.count - pages.count
        var destination = destination
        destination.imagesPerRequest = max(
            request.images.count
                + (destination.platform.limits.documentsCountAsImages ? documentCount : 0),
            destination.imagesPerRequest)
        self.destination = destination
        let model = destination.model
        seen = request.images.map { image in
            guard let facts = image.reading?.facts, facts.format.isSendable else { return nil }
            return SeenSize(of: facts.displaySize, tier: model.tier)
        }
        imageTokens = seen.reduce(0) { sum, seen in
            guard let seen else { return sum }
            return sum.saturatingAdd(seen.tokens).saturatingAdd(model.overheadTokensPerImage)
        }
        firstTwins = Self.twins(request.images)
        screenshots = Self.screenshots(request)
        layout = ImageLayout(request)
    }

    /// Tokens of the text, by a rule of thumb: four bytes of UTF-8 are one token. Only notes rely on it.
    var textTokens: Int { request.textBytes / 4 + (request.textBytes % 4 == 0 ? 0 : 1) }

    /// Images and pages of documents, one for each document of unknown length: the minimum that counts
    /// against the limit of images.
    var mediaCount: Int { request.images.count.saturatingAdd(pageCount) }

    /// Pages of documents, one for each document of unknown length.
    var pageCount: Int { (documentPages ?? 0).saturatingAdd(uncountedDocuments) }

    /// An estimate of the image part of all pages, tokens, without their text.
    var documentTokensEstimate: Int? {
        documentPages.map { DocumentEstimate.tokens(pages: $0) }
    }

    private static func twins(_ images: [ScannedImage]) -> [Int: Int] {
        struct Text: Hashable {
            let fingerprint: UInt64
            let count: Int
        }
        var firsts: [Text: Int] = [:]
        var twins: [Int: Int] = [:]
        for (index, image) in images.enumerated() {
            guard let base64 = image.base64, base64.characterCount > 0 else { continue }
            let text = Text(fingerprint: base64.fingerprint, count: base64.range.count)
            if let first = firsts[text] { twins[index] = first } else { firsts[text] = index }
        }
        return twins
    }

    private static func screenshots(_ request: ScannedRequest) -> Set<Int> {
        let names = Set(
            request.tools.filter { $0.type.hasPrefix("computer") || $0.type.hasPrefix("browser") }
                .map(\.name))
        guard !names.isEmpty else { return [] }
        var uses: Set<String> = []
        for block in request.blocks where block.kind == .toolUse && !block.isSuperseded {
            if let id = block.toolUseID, let name = block.toolName, names.contains(name) { uses.insert(id) }
        }
        var screenshots: Set<Int> = []
        for (index, image) in request.images.enumerated() {
            var parent = request.blocks[image.blockID].parent
            while let id = parent {
                let block = request.blocks[id]
                if block.kind == .toolResult, let use = block.toolUseID, uses.contains(use) {
                    screenshots.insert(index)
                }
                parent = block.parent
            }
        }
        return screenshots
    }
}

/// The order of images and texts in the user's messages.
struct ImageLayout: Hashable {
    /// The first image of each message whose only text comes before its images.
    private(set) var afterText: Set<Int> = []
    /// The first unlabeled image of each message with several images, and how many there are.
    private(set) var unlabelled: [Int: Int] = [:]

    init(_ request: ScannedRequest) {
        var imageOfBlock: [Int: Int] = [:]
        for (index, image) in request.images.enumerated() { imageOfBlock[image.blockID] = index }
        var message = Message()
        for (id, block) in request.blocks.enumerated()
        where block.parent == nil && block.message != nil && block.role == .user && !block.isSuperseded {
            if block.message != message.number {
                close(message)
                message = Message(number: block.message)
            }
            message.add(block, image: imageOfBlock[id])
        }
        close(message)
    }

    /// What is remembered of one message's blocks.
    private struct Message {
        var number: Int?
        var images: [Int] = []
        var unlabelled: [Int] = []
        var textBefore = false
        var textAfter = false
        var lastWasText = false

        mutating func add(_ block: ScannedBlock, image: Int?) {
            if let image {
                images.append(image)
                if !lastWasText { unlabelled.append(image) }
                textAfter = false
            } else if let bytes = block.textBytes, bytes > 0 {
                textAfter = true
                if images.isEmpty, !block.isLabel { textBefore = true }
            }
            lastWasText = block.textBytes != nil
        }
    }

    private mutating func close(_ message: Message) {
        guard let first = message.images.first else { return }
        if message.textBefore, !message.textAfter { afterText.insert(first) }
        if message.images.count > 1, let unlabelledFirst = message.unlabelled.first {
            unlabelled[unlabelledFirst] = message.unlabelled.count
        }
    }
}
