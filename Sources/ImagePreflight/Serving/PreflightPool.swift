internal import PreflightFiles

/// Threads on which an async program, such as a server, prepares images.
///
/// Decoding blocks, which does not belong on the threads of Swift Concurrency or of an event loop. An image waits for
/// a free thread, in the order of the calls, and is prepared on it from start to end while the caller's task is
/// suspended.
///
/// The threads end, after what was already taken, when the last reference is gone.
public final class PreflightPool: Sendable {
    /// What happens to a call that finds every thread busy.
    public enum WhenFull: Sendable, Hashable {
        /// It waits for its turn, however many are waiting.
        case wait
        /// It waits if no more than this many calls do; otherwise it is refused with ``Busy``.
        case refuse(afterWaiting: Int)
    }

    /// Thrown when the queue is full. Tell your own callers to come back later.
    public struct Busy: Error, Sendable, Hashable, CustomStringConvertible {
        /// How many calls are being worked on or wait.
        public var count: Int

        /// The error as a sentence.
        public var description: String { "\(count) images are already being prepared or waiting" }
    }

    /// A pool with one thread per processor, on which calls wait. The async calls of ``Preflighter`` use it.
    public static let shared = PreflightPool()

    /// A call that waits for its turn or is being worked on.
    private final class Job: Sendable {
        /// Performs the work.
        let run: @Sendable () -> Void
        /// Ends the call early.
        let cancel: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void, cancel: @escaping @Sendable () -> Void) {
            self.run = run
            self.cancel = cancel
        }
    }

    private struct State {
        var waiting: [Job] = []
        var running = 0
        var isClosed = false
    }

    private let state = Monitor(State())
    private let whenFull: WhenFull
    private let threadCount: Int

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - workers: how many images are prepared at once; nil for one per processor. Each may take the memory of
    ///     ``DecodeLimits/maxMemory``.
    ///   - whenFull: what happens to a call that finds every thread busy.
    public init(workers: Int? = nil, whenFull: WhenFull = .wait) {
        self.whenFull = whenFull
        let state = state
        let threads = (0..<max(workers ?? WorkerPool.processorCount, 1)).compactMap { _ in
            JoinableThread.start { while let job = Self.next(state) { job.run() } }
        }
        // They are not joined: the last reference may be released on one of them, which cannot wait for
        // itself.
        for thread in threads { thread.detach() }
        threadCount = threads.count
    }

    deinit { state.withLock { $0.isClosed = true } }

    /// Performs blocking work on one of the threads.
    ///
    /// A canceled task gets its `CancellationError` at once. Work that has not begun is dropped, and so is
    /// the result of work that has.
    ///
    /// - Parameter work: the work.
    /// - Returns: what it returns.
    /// - Throws: what it throws; ``Busy`` when the queue is full; `CancellationError` when the task was
    ///   canceled.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await run(stoppably: { _ in try work() })
    }

    /// Performs blocking work that can be stopped.
    ///
    /// - Parameter work: the work. If it was stopped, the task gets its `CancellationError` once the thread is free.
    /// - Returns: what it returns.
    /// - Throws: what ``run(_:)`` throws.
    package func run<Value: Sendable>(
        stoppably work: @escaping @Sendable (Cancellation) throws -> Value
    ) async throws -> Value {
        let cancellation = Cancellation()
        // A system without threads makes a program slow; it does not stop it.
        guard threadCount > 0 else { return try work(cancellation) }
        let call = Monitor(Call<Value>())
        let state = state
        let job = Job(
            run: {
                let result: Result<Value, any Error>? =
                    call.withLock { $0.isEnded }
                    ? nil
                    : Result { try work(cancellation) }
                // Free the slot before delivering the result, so the receiver can submit again at once.
                state.withLock { $0.running -= 1 }
                let isCanceled = cancellation.isCanceled
                if let result {
                    call.withLock { $0.end() }?
                        .resume(with: isCanceled ? .failure(CancellationError()) : result)
                }
            }, cancel: { call.withLock { $0.end() }?.resume(throwing: CancellationError()) })
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isEnded = call.withLock { call in
                    call.continuation = call.isEnded ? nil : continuation
                    return call.isEnded
                }
                if isEnded { return continuation.resume(throwing: CancellationError()) }
                if let busy = add(job) { call.withLock { $0.end() }?.resume(throwing: busy) }
            }
        } onCancel: {
            state.withLock { state in state.waiting.removeAll { $0 === job } }
            if !cancellation.cancel() { job.cancel() }
        }
    }

    /// The caller's side of a job.
    private struct Call<Value: Sendable>: Sendable {
        var continuation: CheckedContinuation<Value, any Error>?
        var isEnded = false

        /// Ends the call; the continuation is returned once.
        mutating func end() -> CheckedContinuation<Value, any Error>? {
            isEnded = true
            return continuation.take()
        }
    }

    private func add(_ job: Job) -> Busy? {
        state.withLock { state in
            if case .refuse(let limit) = whenFull {
                let idle = max(threadCount - state.running, 0)
                // Items that idle threads are about to take do not count as waiting.
                guard state.waiting.count - idle < max(limit, 0) else {
                    return Busy(count: state.waiting.count + state.running)
                }
            }
            state.waiting.append(job)
            return nil
        }
    }

    private static func next(_ state: Monitor<State>) -> Job? {
        state.wait(until: { !$0.waiting.isEmpty || $0.isClosed }) { state in
            guard !state.waiting.isEmpty else { return nil }
            state.running += 1
            return state.waiting.removeFirst()
        }
    }
}
