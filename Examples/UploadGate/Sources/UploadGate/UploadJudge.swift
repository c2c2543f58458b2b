import ImagePreflight

/// Takes an upload as it arrives and refuses it as soon as its bytes show enough.
struct UploadJudge {
    /// The most bytes that may arrive before an image's header is complete: EXIF blocks and color profiles
    /// come before the size.
    private static let maxHeaderBytes = 1 << 20

    private let preflighter: Preflighter
    private let maxBytes: Int
    /// The length declared by the client, bytes.
    private let announced: Int?
    private(set) var bytes: [UInt8] = []
    private var isJudged = false
    /// How many bytes the next attempt needs: each attempt at a long header reads it from the start.
    private var nextLook = HeaderReader.firstReadSize

    /// A judge for one upload.
    ///
    /// - Throws: a refusal, before the first byte, if the client declares too many.
    init(preflighter: Preflighter, maxBytes: Int, announced: Int?) throws(ClaudeError) {
        self.preflighter = preflighter
        self.maxBytes = maxBytes
        self.announced = announced
        try check(byteCount: announced ?? 0)
    }

    /// Takes the next bytes.
    mutating func take(_ more: some Collection<UInt8>) throws(ClaudeError) {
        bytes += more
        try check(byteCount: bytes.count)
        if !isJudged, bytes.count >= nextLook { try look(isWhole: false) }
    }

    /// Signals the end of the upload.
    mutating func finish() throws(ClaudeError) {
        if !isJudged { try look(isWhole: true) }
    }

    private func check(byteCount: Int) throws(ClaudeError) {
        guard byteCount <= maxBytes else {
            throw ClaudeError(
                kind: .requestTooLarge,
                message: "Request exceeds the maximum size: \(byteCount) bytes > \(maxBytes) bytes")
        }
    }

    private mutating func look(isWhole: Bool) throws(ClaudeError) {
        let image = preflighter.check(
            start: bytes, byteCount: isWhole ? bytes.count : announced ?? bytes.count)
        if image.headerError?.code == .truncated, !isWhole, bytes.count < Self.maxHeaderBytes {
            nextLook = bytes.count * 2
            return
        }
        isJudged = true
        let plan: TransformPlan
        do throws(PreflightError) { plan = try preflighter.plan(image) } catch { throw ClaudeError(error) }
        if let facts = image.facts,
            let limit = preflighter.options.limits.exceeded(by: facts, target: plan.targetSize)
        {
            throw ClaudeError(exceeded: limit)
        }
    }
}
