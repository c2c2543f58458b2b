internal import SystemPackage
internal import Vips
internal import VisionRules

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A process that answers tasks: the child's side of ``WorkerProtocol``.
public struct Worker {
    private var preflighter: Preflighter
    private let decoder = JSONDecoder()

    /// A worker.
    ///
    /// - Parameter preflighter: where images go and how they are prepared, until a task says otherwise.
    public init(preflighter: Preflighter) { self.preflighter = preflighter }

    /// Answers tasks until the input ends or nobody reads the answers any more.
    ///
    /// - Parameters:
    ///   - input: the file descriptor of the tasks.
    ///   - output: the file descriptor of the answers.
    ///   - isSupervised: whether the process is to end as soon as the input is closed, even in the middle of a
    ///     task: its run was killed, and nobody is left to stop a decoder that hangs.
    public mutating func run(input: Int32, output: Int32, isSupervised: Bool = false) {
        VipsRuntime.beWorker()
        if isSupervised { Self.endProcessWithInput(input) }
        defer { Preflighter.endThread() }
        var lines = LineInput(fileDescriptor: input)
        guard Self.send(WorkerHello(), to: output) else { return }
        while true {
            var answer: Answer
            do throws(LineInput.Failure) {
                let line = try lines.line()
                if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
                answer = self.answer(line)
            } catch {
                guard error == .lineTooLong else { return }
                answer = .refusal("the line is longer than \(WorkerProtocol.maxLineBytes) bytes")
            }
            guard Self.send(answer.reply, to: output) else { return }
            if let bytes = answer.attachment, !bytes.withUnsafeBytes({ writeAll($0, to: output) }) { return }
        }
    }

    private static func endProcessWithInput(_ input: Int32) {
        _ = JoinableThread.start {
            while true {
                // No events are asked for: that the other end is closed is told anyway.
                var item = pollfd(fd: input, events: 0, revents: 0)
                if poll(&item, 1, -1) > 0 { _exit(0) }
            }
        }
    }

    private static func send(_ record: some Record, to output: Int32) -> Bool {
        var writer = JSONFieldWriter(capacity: 1 << 12)
        writer.appendLine(record)
        return writer.bytes.withUnsafeBytes { writeAll($0, to: output) }
    }
}

// MARK: - Answers

extension Worker {
    /// A line, and the raw bytes behind it.
    struct Answer {
        var reply: WorkerReply
        var attachment: ImageBytes?

        static func refusal(_ error: String, to task: WorkerTask? = nil) -> Answer {
            Answer(
                reply: WorkerReply(id: task?.id, row: .none(error: error, path: task?.path), isProblem: true))
        }
    }

    /// The answer to a line.
    mutating func answer(_ line: ArraySlice<UInt8>) -> Answer {
        let task: WorkerTask
        do { task = try decoder.decode(WorkerTask.self, from: Data(line)) } catch {
            return .refusal("not a task: \(Self.reason(error))")
        }
        do throws(PreflightError) {
            switch task.kind {
            case .configure: return configure(task)
            case .check: return try check(task)
            case .prepare: return try prepare(task)
            }
        } catch {
            return .refusal("\(error)", to: task)
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "“\(key.stringValue)” is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "“\(context.codingPath.map(\.stringValue).joined(separator: "."))” is of the wrong kind"
        case .dataCorrupted(let context): context.debugDescription
        default: "it cannot be read"
        }
    }

    private mutating func configure(_ task: WorkerTask) -> Answer {
        if let destination = task.destination { preflighter.destination = destination }
        if let options = task.options { preflighter.options = options }
        return Answer(
            reply: WorkerReply(id: task.id, row: .none(error: nil, path: nil), isConfigured: true))
    }

    private func check(_ task: WorkerTask) throws(PreflightError) -> Answer {
        let image: InspectedImage
        if let path = task.path {
            let file = FilePath(path)
            image = try task.isDeep ? preflighter.inspectDeeply(path: file) : preflighter.inspect(path: file)
        } else if let bytes = task.bytes {
            image = preflighter.inspect(bytes: bytes, name: task.name)
        } else {
            return .refusal("“path” or “bytes_base64” is missing", to: task)
        }
        let path = task.path ?? task.name.map { PathBytes($0) }
        return Answer(
            reply: WorkerReply(
                id: task.id,
                row: .check(
                    ImageRecord(
                        path: path, subject: image.subject, assessment: image.assessment,
                        destination: preflighter.destination))))
    }

    private func prepare(_ task: WorkerTask) throws(PreflightError) -> Answer {
        let path = task.path ?? PathBytes(task.name ?? "")
        let relative = task.relativePath ?? PathBytes(path.fileName)
        do throws(PreflightError) {
            let image: MadeImage
            if let path = task.path {
                FaultHook.run(for: FilePath(path))
                image = try preflighter.made(path: FilePath(path))
            } else if let bytes = task.bytes {
                image = try preflighter.made(bytes: bytes, name: task.name)
            } else {
                return .refusal("“path” or “bytes_base64” is missing", to: task)
            }
            let format = image.preparation.output.format
            var place: OutputPlace?
            if let folder = task.outputFolder {
                place = OutputPlace(
                    folder: FilePath(folder), relativePath: relative, sharesStem: task.sharesStem,
                    replaces: task.overwrites)
            }
            try place?.write(
                image, source: task.path.map { FilePath($0) }, isDurable: preflighter.options.isDurable)
            let output = OutputLayout.path(for: relative, sharesStem: task.sharesStem, format: format)
            var answer = Answer(
                reply: WorkerReply(
                    id: task.id,
                    row: .prepare(preflighter.row(for: image.preparation, path: path, output: output))))
            if task.attaches {
                answer.reply.attachedBytes = image.bytes.count
                answer.attachment = image.bytes
            } else if place == nil {
                answer.reply.base64 = Data(image.bytes.array).base64EncodedString()
            }
            return answer
        } catch {
            let source = task.path.flatMap { try? preflighter.inspect(path: FilePath($0)) }
            let row = preflighter.row(for: error, path: path, source: source)
            return Answer(reply: WorkerReply(id: task.id, row: .prepare(row), isProblem: error.isProblem))
        }
    }
}
