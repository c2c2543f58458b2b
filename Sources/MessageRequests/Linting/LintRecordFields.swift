public import PreflightRecords
internal import VisionRules

extension LintReport.Image: Record, Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }

    /// The names of the fields before those of `ImageRecord`, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case file, line
        case customID = "custom_id"
        case pointer
        case imageIndex = "image_index"
        case source, verdict, model, platform, findings
    }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.file, file)
        writer.write(CodingKeys.line, line)
        writer.write(CodingKeys.customID, customID)
        writer.write(CodingKeys.pointer, pointer)
        writer.write(CodingKeys.imageIndex, imageIndex)
        writer.write(CodingKeys.source, source)
        if let image {
            image.writeFields(to: &writer)
            return
        }
        writer.write(CodingKeys.verdict, verdict?.rawValue)
        writer.write(CodingKeys.model, model)
        writer.write(CodingKeys.platform, platform)
        writer.write(CodingKeys.findings, records: findings)
    }
}

extension LintReport.Request: Record, Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }

    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case file, line
        case customID = "custom_id"
        case model, platform, images, documents
        case documentPages = "document_pages"
        case bodyBytes = "body_bytes"
        case imageTokens = "image_tokens"
        case documentTokensEstimate = "document_tokens_estimate"
        case textBytes = "text_bytes"
        case costUSD = "cost_usd"
        case findings, note
    }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.file, file)
        writer.write(CodingKeys.line, line)
        writer.write(CodingKeys.customID, customID)
        writer.write(CodingKeys.model, model)
        writer.write(CodingKeys.platform, platform)
        writer.write(CodingKeys.images, images)
        writer.write(CodingKeys.documents, documents)
        writer.write(CodingKeys.documentPages, documentPages)
        writer.write(CodingKeys.bodyBytes, bodyBytes)
        writer.write(CodingKeys.imageTokens, imageTokens)
        writer.write(CodingKeys.documentTokensEstimate, documentTokensEstimate)
        writer.write(CodingKeys.textBytes, textBytes)
        writer.write(CodingKeys.costUSD, cost)
        writer.write(CodingKeys.findings, records: findings)
        writer.write(CodingKeys.note, notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
}

extension LintReport.File: Record, Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }

    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case file, bytes, requests, images
        case imageTokens = "image_tokens"
        case costUSD = "cost_usd"
        case errors, warnings, notes, findings, note
    }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.file, file)
        writer.write(CodingKeys.bytes, bytes)
        writer.write(CodingKeys.requests, requests)
        writer.write(CodingKeys.images, images)
        writer.write(CodingKeys.imageTokens, imageTokens)
        writer.write(CodingKeys.costUSD, cost)
        writer.write(CodingKeys.errors, errors)
        writer.write(CodingKeys.warnings, warnings)
        writer.write(CodingKeys.notes, noteFindings)
        writer.write(CodingKeys.findings, records: findings)
        writer.write(CodingKeys.note, notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
}

extension LintEvent: Encodable {
    /// Encodes the event's record.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .image(let image): try image.encode(to: encoder)
        case .request(let request): try request.encode(to: encoder)
        case .file(let file): try file.encode(to: encoder)
        }
    }
}
