internal import PreflightFiles
internal import SystemPackage
package import Vips

/// A worker process: performs the tasks of a ``Preflighter/Decoder``, one after the other.
package struct DecodingServer: ~Copyable {
    /// The result of a task, or why there is none.
    package typealias Outcome = Result<Decoded, PreflightError>

    private var lines: LineInput
    private let output: Int32
    /// The image of the last task, and its pixels if that task measured them.
    private var last: (source: ImageSource, picture: FullPicture?)?

    /// The arguments that start a worker process.
    static func arguments(memoryLimit: Int) -> [String] {
        ["worker", "--decoder", "--memory-limit", String(memoryLimit)]
    }

    /// The environment variable of a worker process, which its children inherit.
    static let variable = "IMAGE_PREFLIGHT_DECODER"

    /// Whether this process was started as a worker.
    package static var isAsked: Bool { getenv(variable) != nil }

    /// A server that reads tasks from standard input and answers on standard output. It ends the process as
    /// soon as its input is closed, even in the middle of a task: nobody is left to stop a decoder that
    /// hangs.
    ///
    /// - Parameter memoryLimit: the most bytes that decoding may take.
    package init(memoryLimit: Int) {
        ProcessLimits.apply(decodingBytes: memoryLimit)
        VipsRuntime.beWorker()
        Self.endProcessWithInput()
        lines = LineInput(fileDescriptor: STDIN_FILENO, maxLineBytes: 1 << 24)
        // Output of libraries must not get between the answers.
        output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        if nowhere >= 0 {
            dup2(nowhere, STDOUT_FILENO)
            close(nowhere)
        }
    }

    /// Sends hello and performs tasks until the input ends.
    package mutating func run() {
        guard begin() else { return }
        while let request = next() {
            guard reply(outcome(of: request.0, request.1), to: request.0) else { return }
        }
    }

    /// Sends hello.
    package func begin() -> Bool { send(DecodingHello().line) }

    /// The next task, and the bytes of its image, if any; nil when there are no more tasks.
    package mutating func next() -> (DecodingRequest, ImageBytes?)? {
        guard let line = try? lines.line(),
            let request = try? JSONLine.decode(DecodingRequest.self, from: line)
        else { return nil }
        guard let count = request.attachedBytes else { return (request, nil) }
        guard count >= 0 else { return nil }
        let bytes = try? ImageBytes(capacity: count) { (memory) throws(LineInput.Failure) in
            try lines.bytes(into: memory, by: nil)
            return count
        }
        return bytes.map { (request, $0) }
    }

    /// Performs a task.
    package mutating func outcome(of request: DecodingRequest, _ attached: ImageBytes?) -> Outcome {
        let earlier = last.take()
        do throws(PreflightError) {
            let source: ImageSource
            var picture: FullPicture?
            if request.isContinued, let earlier {
                (source, picture) = earlier
            } else if let attached {
                source = ImageSource(bytes: attached)
            } else {
                let path = request.filePath ?? ""
                source = try ImageSource(path: path)
                guard source.version == request.version else { throw .changed(path) }
            }
            let bytes = try source.bytes(maxBytes: request.task.options.limits.maxFileBytes)
            try request.task.check(bytes, path: source.path)
            guard let decoded = try request.task.run(on: bytes, picture: &picture) else {
                throw .step(FailedStep(action: "decode the image", log: ""))
            }
            if request.task.measuresText { last = (source, picture) }
            return .success(decoded)
        } catch {
            return .failure(error)
        }
    }

    /// Answers a task.
    ///
    /// - Parameters:
    ///   - outcome: the result.
    ///   - request: the task.
    /// - Returns: whether the other end is still open.
    package func reply(_ outcome: Outcome, to request: DecodingRequest) -> Bool {
        switch outcome {
        case .failure(let error):
            return send(DecodingReply(id: request.id, failure: DecodingFailure(error)).line)
        case .success(let decoded):
            guard send(DecodingReply(id: request.id, decoded).line) else { return false }
            return decoded.images.allSatisfy { image in
                image.bytes.withUnsafeBytes { writeAll($0, to: output) == 0 }
            }
        }
    }

    private func send(_ line: [UInt8]?) -> Bool {
        line?.withUnsafeBytes { writeAll($0, to: output) == 0 } ?? false
    }

    private static func endProcessWithInput() {
        let watch = JoinableThread.start {
            while true {
                // No events are requested: a closed other end is reported anyway.
                var item = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
                if poll(&item, 1, -1) > 0 { _exit(0) }
            }
        }
        watch?.detach()
    }
}
