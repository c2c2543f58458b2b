internal import ImageHeaders
internal import VisionRules

/// Judges one image block: the rules about images, then the rules about blocks.
enum ImageJudge {
    /// Not said where the bytes are spoilt or missing: R204 and R206 say why.
    private static let ofWholeBytes: Set<RuleCode> = [.emptyFile, .unreadableImage, .unsupportedFormat]
    /// Not said of what the service refuses anyway.
    private static let onlyOfAccepted: Set<RuleCode> = [.downsizedByService, .detailLost]

    /// The record of one image block.
    ///
    /// - Parameters:
    ///   - block: the block in its request.
    ///   - file: the name to put into the record.
    ///   - customID: the id of the request in its batch.
    ///   - isReported: whether findings of a rule are wanted.
    /// - Returns: the record.
    static func judge(
        _ block: BlockContext, file: PathBytes?, customID: String?, isReported: (RuleCode) -> Bool
    ) -> LintedImage {
        let image = block.image
        let scanned = block.context.request.blocks[image.blockID]
        var found: [Finding] = []
        for rule in blockRules { rule.check(block, into: &found) }
        let destination = block.destination
        var record: ImageRecord?
        var verdict: Verdict?
        var findings = found
        if let reading = image.reading {
            let subject = ImageSubject(
                header: reading.header, byteCount: reading.byteCount, blockPath: block.path)
            var assessment = assess(subject, for: destination)
            if image.base64?.defect?.keepsBytes == false || reading.byteCount == 0 {
                assessment.findings.removeAll { ofWholeBytes.contains($0.code) }
            }
            if found.contains(where: { $0.severity == .error }) {
                assessment.findings.removeAll { onlyOfAccepted.contains($0.code) }
            }
            if let tokens = assessment.seen?.tokens {
                assessment.cost = destination.model.cost(
                    inputTokens: tokens, promptTokens: block.context.promptTokens, terms: destination.terms)
            }
            assessment.add(found)
            verdict = assessment.verdict
            assessment.findings.removeAll { !isReported($0.code) }
            findings = assessment.findings
            record = ImageRecord(
                path: nil, subject: subject, assessment: assessment, destination: destination)
        } else {
            if found.contains(where: { $0.severity == .error }) { verdict = .rejected }
            findings.removeAll { !isReported($0.code) }
        }
        return LintedImage(
            file: file, line: scanned.line, customID: customID, pointer: block.path, imageIndex: block.index,
            source: image.source.name, byteRange: scanned.range, image: record, verdict: verdict,
            model: destination.model.id, platform: destination.platform.id, findings: findings)
    }
}

extension ScannedImage.Source {
    /// What the request calls the source.
    var name: String? {
        switch self {
        case .base64: "base64"
        case .url: "url"
        case .file: "file"
        case .other(let type): type
        }
    }
}
