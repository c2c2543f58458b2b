internal import PreflightRecords

/// The keys that define a request's structure. All others are skipped.
enum Field: Hashable {
    case type, text, role, name, id, url, input, source, content, system, model, tools, messages, image
    case document, bytes, format, data, params, requests, request, body, message, recordID, modelInput
    case mediaType, maxTokens, customID, toolUseID, fileID, cacheControl, transformations, oversizedImage
    case anthropicVersion, toolResult, toolUse, toolUseIDInConverse, isSidechain, subtype, s3Location
    case agentID, parentUUID, uuid, leafUUID, attachment, prompt, mimeType
    case imageURL, thinking, reasoning, blockBinding, prefixMismatch, modelFields
    case stream, temperature, topP, topK, stopSequences, serviceTier, container

    /// The field that a key names; nil for every other key.
    init?(_ key: JSONString, in cursor: JSONCursor) {
        if key.hasEscapes {
            // Each letter may be escaped, in six letters.
            guard key.range.count <= 6 * Self.longest else { return nil }
            let text = cursor.decoded(key)
            guard let row = Self.all.first(where: { "\($0.literal)" == text }) else { return nil }
            self = row.field
            return
        }
        // The length first: it leaves two or three candidates.
        for row in Self.byLength[min(key.range.count, Self.longest)] where cursor.matches(key, row.literal) {
            self = row.field
            return
        }
        return nil
    }

    private typealias Row = (literal: StaticString, field: Field)

    private static let all: [Row] = [
        ("type", .type), ("text", .text), ("role", .role), ("name", .name), ("id", .id), ("url", .url),
        ("input", .input), ("source", .source), ("content", .content), ("system", .system),
        ("model", .model), ("tools", .tools), ("messages", .messages), ("image", .image),
        ("document", .document), ("bytes", .bytes), ("format", .format), ("data", .data),
        ("params", .params), ("requests", .requests), ("request", .request), ("body", .body),
        ("message", .message), ("recordId", .recordID), ("modelInput", .modelInput),
        ("media_type", .mediaType), ("max_tokens", .maxTokens), ("custom_id", .customID),
        ("tool_use_id", .toolUseID), ("file_id", .fileID), ("cache_control", .cacheControl),
        ("transformations", .transformations), ("oversized_image", .oversizedImage),
        ("anthropic_version", .anthropicVersion), ("toolResult", .toolResult), ("toolUse", .toolUse),
        ("toolUseId", .toolUseIDInConverse), ("isSidechain", .isSidechain), ("subtype", .subtype),
        ("s3Location", .s3Location), ("agentId", .agentID), ("parentUuid", .parentUUID), ("uuid", .uuid),
        ("leafUuid", .leafUUID), ("attachment", .attachment), ("prompt", .prompt), ("mimeType", .mimeType),
        ("image_url", .imageURL), ("thinking", .thinking), ("reasoningContent", .reasoning),
        ("block_binding", .blockBinding), ("prefix_mismatch_behavior", .prefixMismatch),
        ("additionalModelRequestFields", .modelFields),
        ("stream", .stream), ("temperature", .temperature), ("top_p", .topP), ("top_k", .topK),
        ("stop_sequences", .stopSequences), ("service_tier", .serviceTier), ("container", .container),
    ]

    private static let longest = 28

    private static let byLength: [[Row]] = (0...longest).map { length in
        all.filter { $0.literal.utf8CodeUnitCount == length }
    }
}
