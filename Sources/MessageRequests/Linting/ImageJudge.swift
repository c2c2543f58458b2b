internal import PreflightRecords
internal import ImageHeaders
internal import VisionRules

/// Judges one image block: the rules about images, then the rules about blocks.
enum ImageJudge {
    private static let ofWholeImages = codes(.wholeImages)
    private static let ofAcceptedImages = codes(.acceptedImages)

    private static func codes(_ scope: Rule.Scope) -> Set<RuleCode> {
        Set(Rule.ofImages.filter { $0.scope == scope }.map(\.code))
    }

    /// The record of one image block.
    ///
    /// - Parameters:
    ///   - block: the block in its request.
    ///   - file: the name for the record.
    ///   - customID: the id of the request in its batch.
    ///   - isReported: whether a finding is reported.
    /// - Returns: the record.
    static func judge(
        _ block: BlockContext, file: PathBytes?, customID: String?, isReported: (Finding) -> Bool
    ) -> LintReport.Image {
        let image = block.image
        let scanned = block.context.request.blocks[image.blockID]
        let found = RequestRule.findings(in: block)
        let destination = block.destination
        var record: ImageRecord?
        var verdict: Verdict?
        var findings = found
        if let reading = image.reading {
            let subject = ImageSubject(
                header: reading.header, byteCount: reading.byteCount, blockPath: block.path)
            var assessment = assess(subject, for: destination)
            if image.base64?.defect?.keepsBytes == false || reading.byteCount == 0 {
                assessment.findings.removeAll { ofWholeImages.contains($0.code) }
            }
            if found.containError {
                assessment.findings.removeAll { ofAcceptedImages.contains($0.code) }
            }
            if let tokens = assessment.seen?.tokens {
                assessment.cost = destination.model.cost(
                    inputTokens: tokens, promptTokens: block.context.promptTokens,
                    terms: destination.pricedTerms)
            }
            assessment.add(found)
            verdict = assessment.verdict
            assessment.findings.removeAll { !isReported($0) }
            findings = assessment.findings
            record = ImageRecord(
                path: nil, subject: subject, assessment: assessment, destination: destination)
        } else {
            if found.containError { verdict = .rejected }
            findings.removeAll { !isReported($0) }
        }
        return LintReport.Image(
            file: file, line: scanned.line, customID: customID, pointer: block.path, imageIndex: block.index,
            source: image.source.name, byteRange: scanned.range, image: record, verdict: verdict,
            model: destination.model.id, platform: destination.platform.id, findings: findings)
    }
}

extension ScannedImage.Source {
    /// The name of the source in the request.
    var name: String? {
        switch self {
        case .base64: "base64"
        case .url: "url"
        case .file: "file"
        case .other(let type): type
        }
    }
}
