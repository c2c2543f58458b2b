internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight

struct PlatformsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platforms", abstract: "List the platforms and their limits.",
        discussion: "`portable` is the strictest of all: what passes there passes everywhere.")

    @OptionGroup var catalog: CatalogArguments

    @OptionGroup var output: OutputArguments

    func run() throws {
        let catalog = try catalog.load()
        var output = RecordOutput<PlatformRecord>(format: output.resolvedFormat)
        for platform in catalog.platforms { output.write(PlatformRecord(platform: platform)) }
        try output.finish(summary: nil as ImageRecord.Totals?)
    }
}

/// One platform with its limits.
struct PlatformRecord: TabularRecord {
    let platform: ModelCatalog.Platform

    enum CodingKeys: String, CodingKey, CaseIterable {
        case platform, name
        case maxEdge = "max_edge"
        case manyImageMaxEdge = "many_image_max_edge"
        case manyImageThreshold = "many_image_threshold"
        case documentsCount = "documents_count_as_images"
        case maxBase64Bytes = "max_base64_bytes"
        case maxImages = "max_images"
        case maxImagesLargeContext = "max_images_large_context"
        case maxRequestBytes = "max_request_bytes"
        case maxBatchBytes = "max_batch_bytes"
        case maxBatchRequests = "max_batch_requests"
        case sources, aliases
        case fastMode = "fast_mode"
        case usOnly = "us_only"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        let limits = platform.limits
        writer.write(CodingKeys.platform, platform.id)
        writer.write(CodingKeys.name, platform.name)
        writer.write(CodingKeys.maxEdge, limits.maxEdge)
        writer.write(CodingKeys.manyImageMaxEdge, limits.manyImageMaxEdge)
        writer.write(CodingKeys.manyImageThreshold, limits.manyImageThreshold)
        writer.write(CodingKeys.documentsCount, limits.documentsCountAsImages)
        writer.write(CodingKeys.maxBase64Bytes, limits.maxBase64Bytes)
        writer.write(CodingKeys.maxImages, limits.maxImages)
        writer.write(CodingKeys.maxImagesLargeContext, limits.maxImagesLargeContext)
        writer.write(CodingKeys.maxRequestBytes, limits.maxRequestBytes)
        writer.write(CodingKeys.maxBatchBytes, limits.maxBatchBytes)
        writer.write(CodingKeys.maxBatchRequests, limits.maxBatchRequests)
        writer.write(CodingKeys.sources, sources)
        writer.write(
            CodingKeys.aliases, platform.aliases.isEmpty ? nil : platform.aliases.joined(separator: " "))
        writer.write(CodingKeys.fastMode, platform.hasFastMode)
        writer.write(CodingKeys.usOnly, platform.hasUSOnly)
    }

    static let columnNames = CodingKeys.allCases.map(\.stringValue)

    static let headings: [Table.Heading] = [
        .text("PLATFORM"), .number("MAX EDGE"), .number("ABOVE 20 IMAGES"), .number("IMAGE (BASE64)"),
        .number("IMAGES"), .number("AT 1M CONTEXT"), .number("REQUEST"), .number("BATCH"),
        .number("BATCH REQUESTS"), .text("SOURCES"),
    ]

    var cells: [String] {
        let limits = platform.limits
        return [
            platform.id, "\(limits.maxEdge) px", limits.manyImageMaxEdge.map { "\($0) px" } ?? "",
            Amounts.count(limits.maxBase64Bytes), Amounts.count(limits.maxImages),
            Amounts.count(limits.maxImagesLargeContext), limits.maxRequestBytes.map(Amounts.count) ?? "",
            limits.maxBatchBytes.map(Amounts.count) ?? "", limits.maxBatchRequests.map(Amounts.count) ?? "",
            sources,
        ]
    }

    private var sources: String {
        SourceKind.allCases.filter(platform.limits.sources.contains).map(\.rawValue).joined(separator: " ")
    }
}
