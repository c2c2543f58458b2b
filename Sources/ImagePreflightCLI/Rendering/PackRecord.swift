internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

/// One request that was packed, or would be.
struct PackRecord: TabularRecord {
    /// The file that contains it.
    let path: PathBytes
    /// Its line in a batch, from 1.
    let line: Int?
    let request: PlannedRequest
    /// The paths of its images and documents, in their order.
    let images: [PathBytes]

    /// How many of them are images.
    var imageCount: Int { images.count - request.documents }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case path, line
        case customID = "custom_id"
        case images
        case bodyBytes = "body_bytes"
        case imageTokens = "image_tokens"
        case promptTokens = "prompt_tokens"
        case costUSD = "cost_usd"
        case documents
        case documentPages = "document_pages"
        case documentTokensEstimate = "document_tokens_estimate"
        case sources
    }

    /// One image of the request.
    private struct Source: Record {
        let path: PathBytes

        enum CodingKeys: String, CodingKey { case path }

        func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
            writer.write(CodingKeys.path, path)
        }
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.path, path)
        writer.write(CodingKeys.line, line)
        writer.write(CodingKeys.customID, line == nil ? nil : request.customID)
        let hasDocuments = request.documents > 0
        writer.write(CodingKeys.images, imageCount)
        writer.write(CodingKeys.bodyBytes, request.bodyBytes)
        writer.write(CodingKeys.imageTokens, request.imageTokens)
        writer.write(CodingKeys.promptTokens, request.promptTokens)
        writer.write(CodingKeys.costUSD, request.cost)
        writer.write(CodingKeys.documents, hasDocuments ? request.documents : nil)
        writer.write(CodingKeys.documentPages, hasDocuments ? request.documentPages : nil)
        writer.write(
            CodingKeys.documentTokensEstimate, hasDocuments ? request.documentTokensEstimate : nil)
        writer.write(CodingKeys.sources, records: images.map { Source(path: $0) })
    }

    /// A list of paths does not fit into a column.
    static let columnNames = CodingKeys.allCases.filter { $0 != .sources }.map(\.stringValue)

    static let headings: [Table.Heading] = [
        .text("REQUEST"), .number("IMAGES"), .number("BYTES"), .number("TOKENS"), .number("COST"),
        .path("FIRST IMAGE"),
    ]

    var cells: [String] {
        [
            path.text + (line.map { ":\($0)" } ?? ""), Amounts.count(imageCount),
            Amounts.bytes(request.bodyBytes),
            Amounts.count(request.imageTokens), request.cost.shortText, images.first?.text ?? "",
        ]
    }
}

/// The totals of packing.
struct PackSummary: Record {
    var files = 0
    private(set) var requests = 0
    private(set) var images = 0
    private(set) var documents = 0
    private(set) var documentPages = 0
    private(set) var documentTokensEstimate = 0
    private(set) var bytes = 0
    private(set) var imageTokens = 0
    private(set) var cost = Cost.zero
    /// Images that the service would refuse.
    var refused = 0
    /// Files that could not be read.
    var problems = 0

    enum CodingKeys: String, CodingKey {
        case files, requests, images, refused, problems, bytes
        case imageTokens = "image_tokens"
        case costUSD = "cost_usd"
        case documents
        case documentPages = "document_pages"
        case documentTokensEstimate = "document_tokens_estimate"
    }

    mutating func count(_ record: PackRecord) {
        requests += 1
        images += record.imageCount
        documents += record.request.documents
        documentPages = documentPages.saturatingAdd(record.request.documentPages)
        documentTokensEstimate = documentTokensEstimate.saturatingAdd(record.request.documentTokensEstimate)
        bytes += record.request.bodyBytes
        imageTokens += record.request.imageTokens
        cost += record.request.cost
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.files, files)
        writer.write(CodingKeys.requests, requests)
        writer.write(CodingKeys.images, images)
        writer.write(CodingKeys.refused, refused)
        writer.write(CodingKeys.problems, problems)
        writer.write(CodingKeys.bytes, bytes)
        writer.write(CodingKeys.imageTokens, imageTokens)
        writer.write(CodingKeys.costUSD, cost)
        guard documents > 0 else { return }
        writer.write(CodingKeys.documents, documents)
        writer.write(CodingKeys.documentPages, documentPages)
        writer.write(CodingKeys.documentTokensEstimate, documentTokensEstimate)
    }

    /// The last line on standard error.
    var line: String {
        var parts = [
            "\(Amounts.count(images, "image")) in \(Amounts.count(requests, "request"))",
            Amounts.count(files, "file"), Amounts.count(imageTokens, "image token"), cost.shortText,
            Amounts.bytes(bytes),
        ]
        if documents > 0 {
            parts.append(
                "\(Amounts.count(documents, "document")) of \(Amounts.count(documentPages, "page")) "
                    + "(about \(Amounts.count(documentTokensEstimate, "token")))")
        }
        if refused > 0 { parts.append("\(Amounts.count(refused, "image")) would be refused and left out") }
        if problems > 0 { parts.append("\(Amounts.count(problems)) could not be read") }
        return parts.joined(separator: ", ")
    }
}
