import PreflightRequests

/// Repairs the images of Messages requests, each one for itself: what becomes of an image depends on its bytes alone, never
/// on how many others there are. So an earlier turn is sent with the same bytes again, and the service's cache of
/// prompts holds.
struct RequestRepair: Sendable {
    private let preflighter: Preflighter
    private let pool: PreflightPool
    private let cache: RepairCache

    /// What is sent in the place of a request.
    struct Outcome: Sendable {
        /// The body.
        let bytes: [UInt8]
        /// How many images were changed.
        let changes: Int
        /// Why the service would refuse an image; nil where it would not.
        let refusal: ServiceError?
    }

    /// A repair for a platform.
    ///
    /// - Parameters:
    ///   - preflighter: the platform, and where images are decoded. Requests name their models themselves.
    ///   - threadCount: how many requests are repaired at once.
    ///   - cacheBytes: how many bytes of repaired images are kept for the next turn.
    init(preflighter: Preflighter, threadCount: Int, cacheBytes: Int) {
        var preflighter = preflighter
        // A conversation that grows past the threshold would change its first images otherwise.
        let threshold = preflighter.destination.platform.limits.manyImageThreshold
        preflighter.destination.imagesPerRequest = max(
            preflighter.destination.imagesPerRequest, threshold + 1)
        // Damage behind a good header is found by decoding only.
        preflighter.options.decodesCopies = true
        self.preflighter = preflighter
        pool = PreflightPool(workers: threadCount)
        cache = RepairCache(maxBytes: cacheBytes)
    }

    /// Repairs a request.
    ///
    /// - Parameter body: what came.
    /// - Returns: what is sent.
    /// - Throws: when images cannot be decoded here.
    func repaired(_ body: [UInt8]) async throws -> Outcome {
        let request = try await preflighter.repair(body, cache: cache, on: pool)
        let refusal = request.report.images.lazy.compactMap { image in
            image.findings.first { $0.severity == .error }.map { finding in
                // The service's own words, where they are known.
                ServiceError(
                    kind: .invalidRequest,
                    message: finding.serviceError ?? "\(image.pointer): \(finding.message)")
            }
        }.first
        return Outcome(
            bytes: request.bytes, changes: request.changes.count { $0.failure == nil }, refusal: refusal)
    }
}
