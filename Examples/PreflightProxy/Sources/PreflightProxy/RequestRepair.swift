import PreflightRequests

/// Repairs the images in Messages requests independently: the result depends only on an image's bytes,
/// never on the number of images. So an earlier turn is sent with the same bytes again, and the service's
/// prompt cache stays valid.
struct RequestRepair: Sendable {
    private let preflighter: Preflighter
    private let pool: PreflightPool
    private let cache: RepairCache

    /// What is sent instead of a request.
    struct Outcome: Sendable {
        /// The body.
        let bytes: [UInt8]
        /// How many images were changed.
        let changes: Int
        /// Why the service would refuse an image; nil if it would not.
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
        // Otherwise a conversation that grows past the threshold would change its first images.
        let threshold = preflighter.destination.platform.limits.manyImageThreshold
        preflighter.destination.imagesPerRequest = max(
            preflighter.destination.imagesPerRequest, threshold + 1)
        // Damage after a good header is found only by decoding.
        preflighter.options.decodesCopies = true
        self.preflighter = preflighter
        pool = PreflightPool(workers: threadCount)
        cache = RepairCache(maxBytes: cacheBytes)
    }

    /// Repairs a request.
    ///
    /// - Parameter body: the received body.
    /// - Returns: the body to send.
    /// - Throws: when images cannot be decoded here.
    func repaired(_ body: [UInt8]) async throws -> Outcome {
        let request = try await preflighter.repair(body, cache: cache, on: pool)
        let refusal = request.report.images.lazy.compactMap { image in
            image.findings.first { $0.severity == .error }.map { finding in
                // The service's own words, if known.
                ServiceError(
                    kind: .invalidRequest,
                    message: finding.serviceError ?? "\(image.pointer): \(finding.message)")
            }
        }.first
        return Outcome(
            bytes: request.bytes, changes: request.changes.count { $0.failure == nil }, refusal: refusal)
    }
}
