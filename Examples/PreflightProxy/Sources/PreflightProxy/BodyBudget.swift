/// Lets request bodies into memory up to a number of bytes. The others wait in order, unread.
actor BodyBudget {
    /// How many bytes may be in memory at once.
    let maxBytes: Int
    private var free: Int
    private var waiting: [(bytes: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
        free = maxBytes
    }

    /// Runs work that holds bytes in memory as soon as there is room for them.
    nonisolated func withRoom<Value: Sendable>(
        for bytes: Int, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        // A body larger than the whole budget has to be alone.
        let bytes = min(bytes, maxBytes)
        await take(bytes)
        do {
            let value = try await body()
            await give(bytes)
            return value
        } catch {
            await give(bytes)
            throw error
        }
    }

    private func take(_ bytes: Int) async {
        if waiting.isEmpty, bytes <= free {
            free -= bytes
        } else {
            await withCheckedContinuation { waiting.append((bytes, $0)) }
        }
    }

    private func give(_ bytes: Int) {
        free += bytes
        while let next = waiting.first, next.bytes <= free {
            free -= next.bytes
            waiting.removeFirst().continuation.resume()
        }
    }
}
