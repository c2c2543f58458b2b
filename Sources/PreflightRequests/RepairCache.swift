internal import ImagePreflight
internal import MessageRequests
internal import PreflightFiles

/// What became of images that were repaired before, for a program that meets the same ones again: each turn of a
/// conversation brings all earlier images along.
///
/// An image is found by its bytes, by what is wrong with it, and by where it goes. What was not used for the longest time
/// goes first. Any number of threads may share a cache.
public final class RepairCache: Sendable {
    /// How many bytes of images are kept.
    public let maxBytes: Int
    private let entries = Monitor(Entries())

    /// An empty cache.
    ///
    /// - Parameter maxBytes: how many bytes of images are kept.
    public init(maxBytes: Int = 256 << 20) { self.maxBytes = max(maxBytes, 0) }

    /// Everything that decides what becomes of an image.
    struct Key: Hashable, Sendable {
        private let sha256: [UInt8]
        private let keepsBytes: Bool
        private let maxEdge: Int
        private let fittingTier: ModelCatalog.Tier?
        private let destination: Destination
        private let options: PrepareOptions

        /// What decides about an image of a request.
        init(_ task: ReencodeTask, _ options: PrepareOptions) {
            sha256 = Digest.sha256(task.bytes)
            keepsBytes = task.keepsBytes
            maxEdge = task.maxEdge
            fittingTier = task.fittingTier
            var destination = task.destination
            // It says how large an image may be, and grows with each turn.
            destination.imagesPerRequest = 1
            self.destination = destination
            self.options = options
        }
    }

    /// What became of an image.
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

        /// Whether the image alone decides: a full machine is another one tomorrow.
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

    /// What each entry takes beside the bytes of its image, about.
    private static let overhead = 1024

    /// Finds what became of an image, or finds it out.
    func outcome(for key: Key, _ make: () -> Outcome) -> Outcome {
        let known = entries.withLock { entries -> Outcome? in
            entries.clock += 1
            entries.outcomes[key]?.usedAt = entries.clock
            return entries.outcomes[key]?.outcome
        }
        if let known { return known }
        // Two threads may do the same work, and find the same.
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
        // A tenth at once: looking for what is oldest takes as long as there are entries.
        let oldest = entries.outcomes.sorted { $0.value.usedAt < $1.value.usedAt }
        for (key, value) in oldest where entries.byteCount > maxBytes / 10 * 9 {
            entries.outcomes[key] = nil
            entries.byteCount -= value.outcome.byteCount + Self.overhead
        }
    }
}
