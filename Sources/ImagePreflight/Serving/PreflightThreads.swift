/// Threads of their own on which an async program, such as a server, prepares images.
///
/// Decoding blocks, and a thread that used libvips has to say so at its end; neither belongs on the threads of
/// Swift Concurrency or of an event loop. An image waits for a free thread and is prepared from its beginning to
/// its end on one; the caller's task is suspended meanwhile.
///
/// The threads end, after what was already taken, when the last reference is gone.
public final class PreflightThreads: Sendable {
    /// As much is being done and waits as may: the caller tells its own callers to come back later.
    public struct Busy: Error, Sendable, Hashable, CustomStringConvertible {
        /// How many images are being prepared or wait.
        public var count: Int

        /// A sentence for people.
        public var description: String { "\(count) images are being prepared or wait already" }
    }

    /// Does the work, and returns what hands its result over.
    private typealias Work = @Sendable () -> () -> Void

    private struct State {
        var waiting: [Work] = []
        var running = 0
        var isClosed = false
    }

    private let state = Monitor(State())
    private let threadCount: Int
    private let maxWaiting: Int

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - count: how many images are prepared at once, at least 1. Each may take the memory of
    ///     ``DecodeLimits/maxMemory``.
    ///   - maxWaiting: how many more may wait, each with its bytes in memory.
    public init(count: Int, maxWaiting: Int = 64) {
        self.maxWaiting = max(maxWaiting, 0)
        let state = state
        let threads = (0..<max(count, 1)).compactMap { _ in
            JoinableThread.start {
                while let work = Self.next(state) {
                    let handOver = work()
                    // First, so that who gets the result finds the thread free.
                    state.withLock { $0.running -= 1 }
                    handOver()
                }
            }
        }
        // Nobody joins them: the last reference may go away on one of them, which cannot wait for itself.
        for thread in threads { thread.detach() }
        threadCount = threads.count
    }

    deinit { state.withLock { $0.isClosed = true } }

    /// Makes an image that can be sent.
    ///
    /// - Parameters:
    ///   - bytes: the original.
    ///   - preflighter: where it is about to be sent, and how it is prepared.
    /// - Returns: the result and what was done.
    /// - Throws: a `PreflightError`; ``Busy`` when too much waits; `CancellationError` when the task was
    ///   cancelled before its turn came.
    public func prepare(bytes: [UInt8], with preflighter: Preflighter) async throws -> PreparedImage {
        try await run { () throws(PreflightError) in try preflighter.prepare(bytes: bytes) }
    }

    /// Does blocking work, such as a step of ``Preflighter``, on one of the threads.
    ///
    /// - Parameter work: the work.
    /// - Returns: what it returns.
    /// - Throws: what it throws; ``Busy`` when too much waits; `CancellationError` when the task was cancelled
    ///   before its turn came.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        // A system without threads left makes a program slow; it does not stop it.
        guard threadCount > 0 else { return try work() }
        let isCancelled = Monitor(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let busy = add {
                    let result: Result<Value, any Error> =
                        isCancelled.withLock { $0 } ? .failure(CancellationError()) : Result { try work() }
                    return { continuation.resume(with: result) }
                }
                if let busy { continuation.resume(throwing: busy) }
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
    }

    private func add(_ work: @escaping Work) -> Busy? {
        let most = threadCount + maxWaiting
        return state.withLock { state in
            let count = state.waiting.count + state.running
            guard count < most else { return Busy(count: count) }
            state.waiting.append(work)
            return nil
        }
    }

    private static func next(_ state: Monitor<State>) -> Work? {
        state.wait(until: { !$0.waiting.isEmpty || $0.isClosed }) { state in
            guard !state.waiting.isEmpty else { return nil }
            state.running += 1
            return state.waiting.removeFirst()
        }
    }
}
