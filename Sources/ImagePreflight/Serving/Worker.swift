internal import PreflightRecords
internal import PreflightFiles
package import SystemPackage
internal import Vips
internal import VisionRules

/// A process that answers tasks: the child's side of `WorkerProtocol`.
package struct Worker {
    private var preflighter: Preflighter { didSet { fingerprint = OptionsFingerprint.of(preflighter) } }
    /// The options as in the rows of `prepare`, so that a run can reuse them.
    private var fingerprint: String
    private let catalog: ModelCatalog
    private var willPrepare: (FilePath) -> Void = { _ in }

    /// A worker.
    ///
    /// - Parameters:
    ///   - preflighter: where images go and how they are prepared, until a task changes it.
    ///   - catalog: the models that an `estimate` may name.
    package init(preflighter: Preflighter, catalog: ModelCatalog = .builtIn) {
        self.preflighter = preflighter
        self.catalog = catalog
        fingerprint = OptionsFingerprint.of(preflighter)
    }

    /// Answers tasks until the input ends or the output is closed.
    ///
    /// - Parameters:
    ///   - input: the file descriptor of the tasks.
    ///   - output: the file descriptor of the answers.
    package mutating func run(input: Int32, output: Int32) {
        run(input: input, output: output) { _ in }
    }

    /// The same, and reports which file is about to be prepared; for tests.
    package mutating func run(input: Int32, output: Int32, willPrepare: @escaping (FilePath) -> Void) {
        self.willPrepare = willPrepare
        VipsRuntime.beWorker()
        var lines = LineInput(fileDescriptor: input, maxLineBytes: WorkerProtocol.maxLineBytes)
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
            for bytes in answer.attachments where !bytes.withUnsafeBytes({ writeAll($0, to: output) == 0 }) {
                return
            }
        }
    }

    private static func send(_ record: some Record, to output: Int32) -> Bool {
        var writer = JSONFieldWriter(capacity: 1 << 12)
        writer.appendLine(record)
        return writer.bytes.withUnsafeBytes { writeAll($0, to: output) == 0 }
    }
}

// MARK: - Answers

extension Worker {
    /// A line, and the raw bytes after it.
    struct Answer {
        var reply: WorkerReply
        var attachments: [ImageBytes] = []

        static func refusal(_ error: String, to task: WorkerTask? = nil) -> Answer {
            Answer(
                reply: WorkerReply(id: task?.id, row: .none(error: error, path: task?.path)))
        }
    }

    /// The answer to a line.
    mutating func answer(_ line: ArraySlice<UInt8>) -> Answer {
        let task: WorkerTask
        do { task = try JSONLine.decode(WorkerTask.self, from: line) } catch {
            return .refusal("not a task: \(Self.reason(error))")
        }
        do throws(PreflightError) {
            switch task.kind {
            case .configure: return configure(task)
            case .check: return try check(task)
            case .estimate: return try estimate(task)
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

    /// What the header of a task's image says; nil if the task names none.
    private func inspected(_ task: WorkerTask) throws(PreflightError) -> CheckedImage? {
        if let path = task.path {
            let file = FilePath(path)
            return try task.isDeep ? preflighter.inspectDeeply(path: file) : preflighter.inspect(path: file)
        }
        return task.bytes.map { preflighter.inspect(bytes: $0, name: task.name) }
    }

    private func estimate(_ task: WorkerTask) throws(PreflightError) -> Answer {
        var destination = preflighter.destination
        if let model = task.model {
            do { destination.model = try catalog.model(model) } catch {
                return .refusal("\(error)", to: task)
            }
        }
        let subject: EstimateSubject
        if let image = try inspected(task) {
            subject = .file(task.shownPath, image.subject)
        } else if let size = task.size {
            subject = .size(size)
        } else {
            return .refusal("“path”, “bytes_base64” or “width” and “height” are missing", to: task)
        }
        return Answer(
            reply: WorkerReply(id: task.id, row: .estimate(EstimateRecord(subject, destination: destination)))
        )
    }

    private func check(_ task: WorkerTask) throws(PreflightError) -> Answer {
        guard let image = try inspected(task) else {
            return .refusal("“path” or “bytes_base64” is missing", to: task)
        }
        return Answer(
            reply: WorkerReply(
                id: task.id,
                row: .check(
                    ImageRecord(
                        path: task.shownPath, subject: image.subject, assessment: image.assessment,
                        destination: preflighter.destination))))
    }

    private func prepare(_ task: WorkerTask) throws(PreflightError) -> Answer {
        let path = task.shownPath ?? PathBytes("")
        let relative = task.relativePath ?? PathBytes(path.fileName)
        let preflighter = preflighter.making(task.size)
        let fingerprint = OptionsFingerprint.of(fingerprint, size: task.size)
        do throws(PreflightError) {
            let source: ImageSource
            let images: [MadeImage]
            if let path = task.path {
                willPrepare(FilePath(path))
                (source, images) = try preflighter.made(path: FilePath(path))
            } else if let bytes = task.bytes {
                source = ImageSource(bytes: ImageBytes(copying: bytes), name: task.name)
                images = try preflighter.made(source)
            } else {
                return .refusal("“path” or “bytes_base64” is missing", to: task)
            }
            var row = preflighter.row(for: images.map(\.preparation), path: path)
            let place = OutputPlace(
                folder: task.outputFolder.map { FilePath($0) } ?? "", relativePath: relative,
                clash: task.sharesStem ? .stem : .none, replaces: task.overwrites)
            place.setPaths(of: &row)
            row.options = fingerprint
            let files = images.map(\.bytes)
            if task.outputFolder != nil {
                try place.write(
                    files, of: row, source: source, isDurable: preflighter.options.isDurable)
            }
            var answer = Answer(reply: WorkerReply(id: task.id, row: .prepare(row)))
            if task.attaches {
                answer.reply.attachedBytes = files.reduce(0) { $0 + $1.count }
                answer.attachments = files
            } else if task.outputFolder == nil {
                answer.reply.base64 = files.map { Base64.text($0.array) }
            }
            return answer
        } catch {
            let source = task.path.flatMap { try? preflighter.inspect(path: FilePath($0)) }
            var row = preflighter.row(for: error, path: path, source: source)
            row.options = fingerprint
            return Answer(reply: WorkerReply(id: task.id, row: .prepare(row)))
        }
    }
}
