internal import PreflightFiles
internal import ImagePreflight

/// Calls of tools, one after the other: each uses every core itself.
final class ToolQueue: Sendable {
    /// A call, and where its answer belongs.
    struct Job: Sendable {
        let request: JSONRPCRequest
        let version: MCPVersion
        let call: MCPTool.Call
        let batch: AnswerBatch?
    }

    private struct State {
        var waiting: [Job] = []
        /// The call that runs, and its process as long as that is its number.
        var running: JSONValue?
        var process: pid_t?
        /// Whether nobody waits any more for the call that runs.
        var isCancelled = false
        var isClosed = false
    }

    /// How many calls may wait. The client is not read from beyond that, so that memory stays bounded.
    private static let maxWaiting = 64

    private let output: MessageOutput
    private let state = Monitor(State())

    init(output: MessageOutput) { self.output = output }

    /// Adds a call behind the others; waits while there are too many.
    func add(_ job: Job) {
        state.wait(until: { $0.waiting.count < Self.maxWaiting || $0.isClosed }) {
            if !$0.isClosed { $0.waiting.append(job) }
        }
    }

    /// Takes a call back: it is not begun, or its command is asked to stop after the files it is at. It is
    /// not answered any more.
    func cancel(_ id: JSONValue) {
        let dropped: [Job] = state.withLock { state in
            if state.running == id {
                state.isCancelled = true
                if let process = state.process { kill(process, SIGTERM) }
            }
            let dropped = state.waiting.filter { $0.request.id == id }
            state.waiting.removeAll { $0.request.id == id }
            return dropped
        }
        for job in dropped { job.batch?.deliver(nil) }
    }

    /// Says that no more calls come.
    func close() { state.withLock { $0.isClosed = true } }

    /// Answers calls until no more come, or nobody reads the answers.
    func work() {
        while output.isOpen, let job = next() {
            let outcome = ToolRun(call: job.call).run { process in
                state.withLock { state in
                    state.process = process
                    // Cancelled before it had a number.
                    if state.isCancelled, let process { kill(process, SIGTERM) }
                }
            }
            let isCancelled = state.withLock { state in
                defer {
                    state.running = nil
                    state.isCancelled = false
                }
                return state.isCancelled
            }
            let answer = isCancelled ? nil : job.request.complete(outcome, job.version)
            if let batch = job.batch {
                batch.deliver(answer)
            } else if let answer {
                output.send(answer)
            }
        }
        close()
    }

    private func next() -> Job? {
        // Taken under the lock under which it was seen: a call that is cancelled in between is no end.
        state.wait(until: { !$0.waiting.isEmpty || $0.isClosed }) { state in
            guard !state.waiting.isEmpty else { return nil }
            let job = state.waiting.removeFirst()
            state.running = job.request.id
            return job
        }
    }
}
