internal import ImageHeaders
internal import PreflightFiles
internal import SystemPackage
internal import Vips
internal import VisionRules

/// The worker processes of one decoder: as many as threads that decode concurrently. One that crashes, hangs
/// or violates the protocol is replaced.
///
/// A worker only reads: its results come back through its pipe, so one that outlives this process changes
/// nothing.
final class WorkerProcesses: DecodingPlace {
    /// Why a worker gave no answer.
    fileprivate enum Failure: Error {
        case notStarted(String)
        case ended(ChildProcess.End)
        case timedOut
        case protocolError
        case canceled
    }

    private let executable: FilePath
    private let timeout: Int
    /// The idle ones.
    private let idle = Monitor<[WorkerProcess]>([])

    init(executable: FilePath, timeout: Int) {
        self.executable = executable
        self.timeout = max(timeout, 1)
    }

    deinit { for worker in idle.withLock({ $0 }) { _ = worker.end(isKilled: false) } }

    /// Lets a worker perform a task, and the next one on the same image.
    ///
    /// - Parameters:
    ///   - task: the first task.
    ///   - source: the image.
    ///   - next: makes the next task.
    ///   - cancellation: kills the worker in the middle of a task.
    /// - Returns: the last result, verified against its task.
    /// - Throws: a `PreflightError`; a decoder that failed is a finding about the image.
    func decode(
        _ task: DecodingTask, of source: ImageSource, then next: NextTask, unless cancellation: Cancellation?
    ) throws(PreflightError) -> Decoded {
        // The worker may have died for a reason other than this file, so there is a second try, with a new
        // one; there is no third.
        let attempts = 2
        var attempt = 1
        let limit = task.options.limits.maxMemory
        while true {
            let answer: Result<Decoded, PreflightError>
            do throws(Failure) {
                answer = try ask(task, source, then: next, unless: cancellation)
            } catch {
                switch error {
                case .notStarted(let reason): throw .noWorker(reason)
                case .canceled: throw .canceled
                case .timedOut: throw .image([.decodingTimedOut(seconds: timeout)])
                case .ended(let end) where attempt == attempts:
                    throw .image([.decoderEnded(end, memoryLimit: limit)])
                case .protocolError where attempt == attempts: throw .image([.decoderProtocolError])
                case .ended, .protocolError: attempt += 1
                }
                continue
            }
            return try answer.get()
        }
    }

    private func ask(
        _ task: DecodingTask, _ source: ImageSource, then next: NextTask, unless cancellation: Cancellation?
    ) throws(Failure) -> Result<Decoded, PreflightError> {
        let worker = try take(memoryLimit: task.options.limits.maxMemory)
        if let cancellation, !cancellation.begin(stop: worker.kill) {
            idle.withLock { $0.append(worker) }
            throw .canceled
        }
        let result = Result { () throws(LineInput.Failure) in
            let deadline = ContinuousClock.now.advanced(by: .seconds(timeout))
            var answer = try worker.verifiedAnswer(to: task, source, by: deadline)
            if case .success(let first) = answer {
                switch Result(catching: { () throws(PreflightError) in try next(first) }) {
                case .success(let task?):
                    answer = try worker.verifiedAnswer(to: task, source, isContinued: true, by: deadline)
                case .success(nil): break
                case .failure(let error): answer = .failure(error)
                }
            }
            return answer
        }
        if let cancellation, cancellation.end() {
            _ = worker.end(isKilled: true)
            throw .canceled
        }
        switch result {
        case .success(let answer):
            idle.withLock { $0.append(worker) }
            return answer
        case .failure(let error):
            switch error {
            case .timedOut:
                _ = worker.end(isKilled: true)
                throw .timedOut
            // Its output is closed: it is dead, or as good as dead.
            case .end: throw .ended(worker.end(isKilled: false))
            case .lineTooLong, .nonsense:
                _ = worker.end(isKilled: true)
                throw .protocolError
            }
        }
    }

    /// A worker with this memory limit, bytes. Idle ones with another limit are no longer useful.
    private func take(memoryLimit: Int) throws(Failure) -> WorkerProcess {
        let (found, others) = idle.withLock { idle in
            let index = idle.lastIndex { $0.memoryLimit == memoryLimit }
            let found = index.map { idle.remove(at: $0) }
            let others = idle.filter { $0.memoryLimit != memoryLimit }
            idle.removeAll { $0.memoryLimit != memoryLimit }
            return (found, others)
        }
        for worker in others { _ = worker.end(isKilled: false) }
        if let found { return found }
        return try WorkerProcess(executable, memoryLimit: memoryLimit, timeout: timeout)
    }
}

/// A worker process that has said hello.
///
/// `@unchecked Sendable` is safe because only one thread has it at a time: the one that took it from the idle
/// ones.
private final class WorkerProcess: @unchecked Sendable {
    let memoryLimit: Int
    /// Kills the process; it still has to be ended.
    let kill: @Sendable () -> Void
    private var process: ChildProcess?
    private let input: Int32
    private var lines: LineInput
    private var lastID = 0

    init(_ executable: FilePath, memoryLimit: Int, timeout: Int) throws(WorkerProcesses.Failure) {
        // A program that does not know that it is a worker would start itself endlessly.
        guard !DecodingServer.isAsked else {
            throw .notStarted(
                "\(executable) was started as a worker and did not call ImagePreflightWorker.runIfAsked()")
        }
        let process: ChildProcess
        do throws(Errno) {
            process = try ChildProcess(
                executable, DecodingServer.arguments(memoryLimit: memoryLimit),
                environment: [DecodingServer.variable: "1"])
        } catch { throw .notStarted("\(executable): \(FileError(.open, errno: error.rawValue).reason)") }
        self.memoryLimit = memoryLimit
        input = process.input
        let processID = process.processID
        kill = { PreflightFiles.kill(processID, SIGKILL) }
        // A worker that does not read must not block the writer beyond the time limit.
        _ = fcntl(input, F_SETFL, fcntl(input, F_GETFL) | O_NONBLOCK)
        lines = LineInput(fileDescriptor: process.output, maxLineBytes: Self.maxLineBytes)
        self.process = consume process
        // Starting is not decoding: it has a time limit of its own.
        let deadline = ContinuousClock.now.advanced(by: .seconds(max(timeout, 60)))
        do throws(LineInput.Failure) {
            let hello = try lines.line(by: deadline)
            guard (try? JSONLine.decode(DecodingHello.self, from: hello)) == DecodingHello() else {
                throw .nonsense
            }
        } catch {
            let end = end(isKilled: error != .end)
            throw .notStarted(
                error == .end
                    ? "\(executable) \(end.sentence)"
                    : "\(executable): it does not answer as a worker of this version does")
        }
    }

    /// A reply lists at most 1024 tiles of about 300 bytes.
    private static let maxLineBytes = 1 << 20

    func end(isKilled: Bool) -> ChildProcess.End {
        process.take()?.end(isKilled: isKilled) ?? ChildProcess.End(signal: nil, exitStatus: 0, peakBytes: 0)
    }

    /// Sends a task, and returns the answer, verified against the task.
    func verifiedAnswer(
        to task: DecodingTask, _ source: ImageSource, isContinued: Bool = false,
        by deadline: ContinuousClock.Instant
    ) throws(LineInput.Failure) -> Result<Decoded, PreflightError> {
        let answer = try answer(to: task, source, isContinued: isContinued, by: deadline)
        if case .success(let decoded) = answer, task.discrepancy(in: decoded, hashes: true) != nil {
            throw .nonsense
        }
        return answer
    }

    private func answer(
        to task: DecodingTask, _ source: ImageSource, isContinued: Bool, by deadline: ContinuousClock.Instant
    ) throws(LineInput.Failure) -> Result<Decoded, PreflightError> {
        lastID += 1
        var request = DecodingRequest(id: lastID, task, path: source.path, version: source.version)
        request.isContinued = isContinued
        // An image in memory consists of its bytes alone.
        let attached = source.path == nil && !isContinued ? try? source.bytes(maxBytes: .max) : nil
        request.attachedBytes = attached?.count
        guard let line = request.line.map({ ImageBytes(copying: $0) }) else { throw .nonsense }
        try line.withUnsafeBytes { (line) throws(LineInput.Failure) in try send(line, by: deadline) }
        try attached?.withUnsafeBytes { (bytes) throws(LineInput.Failure) in try send(bytes, by: deadline) }
        let answer = try lines.line(by: deadline)
        guard let reply = try? JSONLine.decode(DecodingReply.self, from: answer), reply.id == lastID
        else {
            throw .nonsense
        }
        if let failure = reply.failure {
            guard let error = failure.error(path: source.path) else { throw .nonsense }
            return .failure(error)
        }
        let damage = reply.damage.compactMap(\.finding)
        guard damage.count == reply.damage.count, damage.count <= 8 else { throw .nonsense }
        var decoded = Decoded(
            sourceSHA256: reply.sourceSHA256, perceptualHash: reply.perceptualHash, damage: damage,
            text: reply.text, pageSize: reply.pageSize)
        guard decoded.sourceSHA256.map(Self.isSHA256) ?? true,
            reply.images.count <= task.plan.map({ $0.tiles?.count ?? 1 }) ?? 0
        else { throw .nonsense }
        for image in reply.images {
            // Compared with the plan before memory is allocated for it.
            guard let plan = task.plan, (1...plan.maxBytes).contains(image.byteCount) else { throw .nonsense }
            let bytes = try ImageBytes(capacity: image.byteCount) { (memory) throws(LineInput.Failure) in
                try lines.bytes(into: memory, by: deadline)
                return memory.count
            }
            decoded.images.append(
                DecodedImage(
                    tile: image.tile, format: image.format, size: image.size, sha256: image.sha256,
                    encodes: image.encodes, bytes: bytes))
        }
        return .success(decoded)
    }

    private static func isSHA256(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension WorkerProcess {
    /// Writes to the worker, which may not be reading.
    private func send(
        _ bytes: UnsafeRawBufferPointer, by deadline: ContinuousClock.Instant
    ) throws(LineInput.Failure) {
        var rest = bytes
        while !rest.isEmpty {
            let (count, error) = withoutBrokenPipeSignal { write(input, rest.baseAddress, rest.count) }
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if error == EAGAIN {
                try LineInput.wait(for: Int16(POLLOUT), of: input, until: deadline)
            } else if error != EINTR {
                // The end of its output shows that a worker has died.
                throw .end
            }
        }
    }
}

/// Makes a write to a closed pipe fail instead of ending the process.
///
/// - Parameter write: the write.
/// - Returns: what it returned, and the `errno` of a failure.
private func withoutBrokenPipeSignal(_ write: () -> Int) -> (count: Int, error: Int32) {
    var signals = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    sigpending(&pending)
    let wasPending = sigismember(&pending, SIGPIPE) == 1
    let count = write()
    guard count < 0 else { return (count, 0) }
    let error = errno
    if error == EPIPE, !wasPending {
        sigpending(&pending)
        var number: Int32 = 0
        if sigismember(&pending, SIGPIPE) == 1 { sigwait(&signals, &number) }
    }
    return (count, error)
}

extension ChildProcess.End {
    /// As in `was killed by SIGSEGV`.
    var sentence: String {
        guard let signal else { return "ended with status \(exitStatus)" }
        let names: [Int32: String] = [
            SIGABRT: "SIGABRT", SIGALRM: "SIGALRM", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGILL: "SIGILL",
            SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP",
        ]
        return "was killed by \(names[signal] ?? "signal \(signal)")"
    }
}

extension Finding {
    /// The decoder was stopped because it took too long.
    static func decodingTimedOut(seconds: Int) -> Finding {
        Finding(.decoderFailed, "decoding took longer than \(seconds) s and was stopped", limit: seconds)
    }

    /// The decoder's process ended in the middle of the file, twice.
    static func decoderEnded(_ end: ChildProcess.End, memoryLimit: Int) -> Finding {
        // A decoder that is refused memory crashes or gives up in its own way; its memory use shows it.
        guard end.peakBytes >= memoryLimit + ProcessLimits.overhead / 2 else {
            return Finding(.decoderFailed, "the decoder \(end.sentence)")
        }
        return Finding(
            .decoderFailed,
            "the decoder ran into the memory limit of \(memoryLimit) bytes and \(end.sentence)",
            measured: end.peakBytes, limit: memoryLimit)
    }

    /// The decoder's process violated the protocol, twice.
    static let decoderProtocolError = Finding(.decoderFailed, "the decoder gave an invalid answer")
}
