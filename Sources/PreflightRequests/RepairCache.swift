internal import ImagePreflight
internal import MessageRequests
internal import PreflightFiles

/// The results of earlier repairs, for a program that meets the same images again: each turn of a
/// conversation includes all earlier images.
///
/// An image is found by its bytes, its errors, and its destination. The least recently used entries are
/// dropped first. Any number of threads may share a cache.
public final class RepairCache: Sendable {
    /// How many bytes of images are kept.
    public let maxBytes: Int
    private let entries = Monitor(Entries())

    /// An empty cache.
    ///
    /// - Parameter maxBytes: how many bytes of images are kept.
    public init(maxBytes: Int = 256 << 20) { self.maxBytes = max(maxBytes, 0) }

    /// Everything that determines the result for an image.
    struct Key: Hashable, Sendable {
        private let sha256: [UInt8]
        private let keepsBytes: Bool
        private let maxEdge: Int
        private let fittingTier: ModelCatalog.Tier?
        private let destination: Destination
        private let options: PrepareOptions

        /// The parts of an image's task that determine the result.
        init(_ task: ReencodeTask, _ options: PrepareOptions) {
            sha256 = Digest.sha256(task.bytes)
            keepsBytes = task.keepsBytes
            maxEdge = task.maxEdge
            fittingTier = task.fittingTier
            var destination = task.destination
            // It limits the size of an image, and grows with each turn.
            destination.imagesPerRequest = 1
            self.destination = destination
            self.options = options
        }
    }

    /// The result for an image.
    enum Outcome: Sendable {
        /// The image may stay as it is.
        case same
        /// The bytes of a new one.
        case made([UInt8])
        /// Why there is none.
        case failed(PreflightError)

        fileprivate var byteCount: Int {
            if case .made(let bytes) = self { bytes.count } else { 0 }
        }

        /// Whether the result depends on the image alone: a busy machine may have memory tomorrow.
        fileprivate var isLasting: Bool {
            guard case .failed(let error) = self else { return true }
            return error.code == .image && error.findings.allSatisfy { $0.code != .decoderFailed }
        }
    }

    private struct Entries: Sendable {
        var outcomes: [Key: (outcome: Outcome, usedAt: Int)] = [:]
        var byteCount = 0
        var clock = 0
    }

    /// The approximate size of each entry, in addition to the bytes of its image.
    private static let overhead = 1024

    /// Returns the result for an image, or computes it.
    func outcome(for key: Key, _ make: () -> Outcome) -> Outcome {
        let known = entries.withLock { entries -> Outcome? in
            entries.clock += 1
            entries.outcomes[key]?.usedAt = entries.clock
            return entries.outcomes[key]?.outcome
        }
        if let known { return known }
        // Two threads may do the same work, with the same result.
        let outcome = make()
        if outcome.isLasting { entries.withLock { keep(outcome, for: key, in: &$0) } }
        return outcome
    }

    private func keep(_ outcome: Outcome, for key: Key, in entries: inout Entries) {
        guard entries.outcomes[key] == nil else { return }
        entries.clock += 1
        entries.outcomes[key] = (outcome, entries.clock)
        entries.byteCount += outcome.byteCount + Self.overhead
        guard entries.byteCount > maxBytes else { return }
        // A tenth at once: finding the oldest takes as long as there are entries.
        let oldest = entries.outcomes.sorted { $0.value.usedAt < $1.value.usedAt }
        for (key, value) in oldest where entries.byteCount > maxBytes / 10 * 9 {
            entries.outcomes[key] = nil
            entries.byteCount -= value.outcome.byteCount + Self.overhead
        }
    }
}
