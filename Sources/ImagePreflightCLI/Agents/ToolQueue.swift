internal import PreflightFiles
internal import ImagePreflight

/// Calls of tools, one after the other: each uses every core itself.
final class ToolQueue: Sendable {
    /// A call, and where its response belongs.
    struct Job: Sendable {
        let request: JSONRPCRequest
        let version: MCPVersion
        let call: MCPTool.Call
        let batch: AnswerBatch?
    }

    private struct State {
        var waiting: [Job] = []
        /// The running call, and the request that it answers.
        var running: (id: JSONValue, call: RunningCall)?
        /// Canceled calls, as long as their processes live.
        var abandoned: [RunningCall] = []
        var isClosed = false
    }

    /// How many calls may wait. Beyond that the client is not read from, so that memory stays bounded.
    private static let maxWaiting = 64

    private let output: MessageOutput
    private let state = Monitor(State())

    init(output: MessageOutput) { self.output = output }

    /// Appends a call; waits while there are too many.
    func add(_ job: Job) {
        state.wait(until: { $0.waiting.count < Self.maxWaiting || $0.isClosed }) {
            if !$0.isClosed { $0.waiting.append(job) }
        }
    }

    /// Cancels a call: it is not started, or its command is ended. It gets no response, and the next one
    /// starts at once.
    func cancel(_ id: JSONValue) {
        let (dropped, running) = state.withLock { state in
            let dropped = state.waiting.filter { $0.request.id == id }
            state.waiting.removeAll { $0.request.id == id }
            return (dropped, state.running?.id == id ? state.running?.call : nil)
        }
        running?.cancel()
        for job in dropped { job.batch?.deliver(nil) }
    }

    /// Marks the end of the calls.
    func close() { state.withLock { $0.isClosed = true } }

    /// Answers calls until there are no more, or the output is closed.
    func work() {
        while output.isOpen, let (job, call) = next() {
            let outcome = call.outcome(of: ToolRun(call: job.call))
            state.withLock { state in
                state.running = nil
                state.abandoned.removeAll { $0.hasEnded }
                if outcome == nil { state.abandoned.append(call) }
            }
            let answer = outcome.map { job.request.complete($0, job.version) }
            if let batch = job.batch {
                batch.deliver(answer)
            } else if let answer {
                output.send(answer)
            }
        }
        close()
        // No process outlives the server.
        for call in state.withLock({ $0.abandoned }) { call.waitForEnd() }
    }

    private func next() -> (Job, RunningCall)? {
        // Under the same lock as the check: a call that is canceled in between is not the end.
        state.wait(until: { !$0.waiting.isEmpty || $0.isClosed }) { state in
            guard !state.waiting.isEmpty else { return nil }
            let job = state.waiting.removeFirst()
            let call = RunningCall()
            state.running = (job.request.id, call)
            return (job, call)
        }
    }
}

/// A running call, which other threads may cancel.
private final class RunningCall: Sendable {
    private struct State {
        /// The process, as long as that is its number.
        var process: pid_t?
        var outcome: ToolRun.Outcome?
        var isCanceled = false
        var hasEnded = false
    }

    /// How long a command that was asked to stop has for its current files.
    private static let graceMilliseconds = 1000

    private let state = Monitor(State())

    /// Whether the process is gone.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Runs a call.
    ///
    /// - Parameter run: the call.
    /// - Returns: the result; nil as soon as it is canceled.
    func outcome(of run: ToolRun) -> ToolRun.Outcome? {
        func work() {
            let outcome = run.run { process in
                state.withLock { state in
                    state.process = process
                    // Canceled before it had a number.
                    if state.isCanceled, let process { kill(process, SIGTERM) }
                }
            }
            state.withLock { state in
                state.outcome = outcome
                state.hasEnded = true
            }
        }
        // On a system without free threads, a cancellation is late, not impossible.
        if let thread = JoinableThread.start(work) { thread.detach() } else { work() }
        return state.wait(until: { $0.hasEnded || $0.isCanceled }) { $0.isCanceled ? nil : $0.outcome }
    }

    /// Asks the command to stop after its current files, and kills it if that takes long.
    func cancel() {
        let isFirst = state.withLock { state in
            defer { state.isCanceled = true }
            if let process = state.process { kill(process, SIGTERM) }
            return !state.isCanceled
        }
        guard isFirst else { return }
        let watch = JoinableThread.start { [self] in
            if state.wait(milliseconds: Self.graceMilliseconds, until: { $0.hasEnded }) { return }
            state.withLock { state in if let process = state.process { kill(process, SIGKILL) } }
        }
        watch?.detach()
    }

    /// Waits until the process is gone.
    func waitForEnd() { state.wait(until: { $0.hasEnded }) { _ in } }
}
