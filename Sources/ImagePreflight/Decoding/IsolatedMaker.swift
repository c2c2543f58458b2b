internal import PreflightFiles
internal import ImageHeaders
internal import SystemPackage
internal import Vips
internal import VisionRules

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Lets a worker process decode, and replaces it when it crashes, hangs or talks nonsense. Belongs to one
/// thread.
///
/// The worker only reads: the result comes back through its pipe and is written by the run, so a worker that
/// outlives its run can change nothing.
final class IsolatedMaker: ImageMaker {
    /// Why a worker gave no answer.
    private enum Failure: Error {
        case notStarted(String)
        case ended(ChildProcess.End)
        case timedOut
        case misspoke
    }

    private let isolation: Isolation
    private let preflighter: Preflighter
    private var worker: Running?
    private var lastID = 0

    /// A worker that has said hello.
    private struct Running: ~Copyable {
        let process: ChildProcess
        var lines: LineInput

        consuming func end(isKilled: Bool) -> ChildProcess.End { process.end(isKilled: isKilled) }
    }

    init(_ isolation: Isolation, preflighter: Preflighter) {
        self.isolation = isolation
        self.preflighter = preflighter
        // A worker that has died is seen as a result of write(2). The thread is the run's own.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    deinit { _ = stop(isKilled: false) }

    func make(_ path: PathBytes, size: PixelSize?) throws(PreflightError) -> MadeFile {
        // The worker may have died of something else than this file, so there is a second try, with a new
        // one; there is no third.
        let attempts = 2
        var attempt = 1
        while true {
            do throws(Failure) {
                return try ask(path, size: size)
            } catch {
                switch error {
                case .notStarted(let reason): throw .noWorker(reason)
                case .timedOut: throw .image([.decodingTimedOut(seconds: isolation.timeout)])
                case .ended(let end) where attempt == attempts:
                    throw .image([
                        .decoderEnded(end, memoryLimit: preflighter.options.limits.maxMemory)
                    ])
                case .misspoke where attempt == attempts: throw .image([.decoderMisspoke])
                case .ended, .misspoke: attempt += 1
                }
            }
        }
    }

    /// Hands a file to the worker and takes its answer; the worker is gone when there is none.
    private func ask(_ path: PathBytes, size: PixelSize?) throws(Failure) -> MadeFile {
        if worker == nil { worker = try start() }
        lastID += 1
        var task = WorkerTask(id: lastID, .prepare, path: path)
        task.attaches = true
        task.size = size
        var line = JSONFieldWriter()
        line.appendLine(task)
        let deadline = ContinuousClock.now.advanced(by: .seconds(isolation.timeout))
        do throws(LineInput.Failure) {
            return try exchange(line.bytes, id: lastID, deadline: deadline)
        } catch {
            switch error {
            case .timedOut:
                _ = stop(isKilled: true)
                throw .timedOut
            // Its output is closed: it is dead, or as good as that.
            case .end: throw stop(isKilled: false).map { .ended($0) } ?? .misspoke
            case .lineTooLong, .nonsense:
                _ = stop(isKilled: true)
                throw .misspoke
            }
        }
    }

    private func exchange(
        _ line: [UInt8], id: Int, deadline: ContinuousClock.Instant
    ) throws(LineInput.Failure) -> MadeFile {
        guard let input = worker?.process.input, line.withUnsafeBytes({ writeAll($0, to: input) }),
            let answer = try worker?.lines.line(by: deadline)
        else { throw .end }
        guard let reply = try? JSONDecoder().decode(PreparedReply.self, from: Data(answer)), reply.id == id
        else { throw .nonsense }
        let outputs = reply.row.outputs
        guard !outputs.isEmpty else { return .failed(reply.row) }
        var rest = reply.attachedBytes ?? 0
        var files: [ImageBytes] = []
        for output in outputs {
            guard (0...rest).contains(output.byteCount) else { throw .nonsense }
            rest -= output.byteCount
            files.append(try attached(output, isCopy: reply.row.action == .copied, deadline: deadline))
        }
        guard rest == 0 else { throw .nonsense }
        return .made(reply.row, files)
    }

    /// The bytes of an output, which follow the answer.
    private func attached(
        _ output: OutputRecord, isCopy: Bool, deadline: ContinuousClock.Instant
    ) throws(LineInput.Failure) -> ImageBytes {
        let count = output.byteCount
        guard count <= preflighter.options.limits.maxFileBytes else { throw .nonsense }
        let bytes = try ImageBytes(capacity: count) { (memory) throws(LineInput.Failure) in
            try worker?.lines.bytes(into: memory, by: deadline)
            return count
        }
        // The worker has held its result against the plan; this makes sure that these are its bytes.
        let header = bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }
        guard header.facts?.format == output.format, isCopy || header.facts?.size == output.size else {
            throw .nonsense
        }
        return bytes
    }

    // MARK: - Starting and stopping

    private func start() throws(Failure) -> Running {
        let process: ChildProcess
        do throws(Errno) {
            process = try ChildProcess(
                isolation.executable,
                [
                    "worker", "--supervised", "--memory-limit",
                    String(preflighter.options.limits.maxMemory),
                ])
        } catch { throw .notStarted("\(isolation.executable): \(SystemReason.text(error.rawValue))") }
        let output = process.output
        let input = process.input
        var running = Running(process: process, lines: LineInput(fileDescriptor: output))
        // Starting is not decoding: it gets a time of its own.
        let deadline = ContinuousClock.now.advanced(by: .seconds(max(isolation.timeout, 60)))
        let reason: String
        do {
            let hello = try running.lines.line(by: deadline)
            let configuration = try ConfigureTask(
                destination: preflighter.destination, options: preflighter.options
            ).line
            if try JSONDecoder().decode(WorkerHello.self, from: Data(hello)) == WorkerHello(),
                configuration.withUnsafeBytes({ writeAll($0, to: input) }),
                try JSONDecoder().decode(
                    ConfiguredReply.self, from: Data(try running.lines.line(by: deadline))
                ).configured
            {
                return running
            }
            reason = "it speaks another version of the protocol"
        } catch LineInput.Failure.end {
            let end = running.end(isKilled: false)
            throw .notStarted("\(isolation.executable) \(end.sentence)")
        } catch {
            reason = "it does not answer as a worker does"
        }
        _ = running.end(isKilled: true)
        throw .notStarted("\(isolation.executable): \(reason)")
    }

    private func stop(isKilled: Bool) -> ChildProcess.End? {
        guard let running = worker.take() else { return nil }
        return running.end(isKilled: isKilled)
    }
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
        // A decoder that is refused memory crashes or gives up in its own way; how much it had tells.
        guard end.peakBytes >= memoryLimit + ProcessLimits.overhead / 2 else {
            return Finding(.decoderFailed, "the decoder \(end.sentence)")
        }
        return Finding(
            .decoderFailed,
            "the decoder ran into the memory limit of \(memoryLimit) bytes and \(end.sentence)",
            measured: end.peakBytes, limit: memoryLimit)
    }

    /// The decoder's process gave an answer that is none, twice.
    static let decoderMisspoke = Finding(.decoderFailed, "the decoder gave an answer that makes no sense")
}
