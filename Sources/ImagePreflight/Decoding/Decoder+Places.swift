internal import PreflightFiles
package import SystemPackage
internal import Vips

extension Preflighter.Decoder {
    /// Decodes in this process, on the calling thread.
    ///
    /// ``DecodeLimits`` apply: an image that claims too much is refused. Time is not limited, and a hostile
    /// image that crashes a decoder ends the process.
    public static let inProcess = Preflighter.Decoder(place: InProcess())

    /// Decodes in worker processes: an image that crashes its decoder, hangs it or exhausts memory loses only
    /// itself.
    ///
    /// There are as many workers as threads that decode concurrently. Each may take
    /// ``DecodeLimits/maxMemory``.
    ///
    /// - Parameters:
    ///   - executable: the path of `image-preflight`, or of a program that calls ``ImagePreflightWorker/runIfAsked()``.
    ///   - timeout: the time limit for one image in seconds, at least 1.
    /// - Returns: the decoder.
    public static func workers(
        executable: some PathInput, timeout: Int = Self.defaultTimeout
    ) -> Preflighter.Decoder {
        Preflighter.Decoder(place: WorkerProcesses(executable: executable.filePath, timeout: timeout))
    }

    /// Decodes in worker processes of this very program, which has to call ``ImagePreflightWorker/runIfAsked()``.
    ///
    /// - Parameter timeout: the time limit for one image in seconds, at least 1.
    /// - Returns: the decoder.
    public static func workers(timeout: Int = Self.defaultTimeout) -> Preflighter.Decoder {
        workers(executable: OperatingSystem.currentExecutable ?? "", timeout: timeout)
    }

    /// Decodes in this process where a direct codec does all the work, and in workers otherwise.
    ///
    /// - Parameters:
    ///   - executable: the path of `image-preflight`.
    ///   - timeout: the time limit for one image in a worker in seconds, at least 1.
    /// - Returns: the decoder.
    package static func directly(
        otherwise executable: FilePath, timeout: Int = Self.defaultTimeout
    ) -> Preflighter.Decoder {
        Preflighter.Decoder(
            place: DirectlyOrInWorkers(workers: WorkerProcesses(executable: executable, timeout: timeout)))
    }

    /// The default time limit for one image in seconds: more than any image within the other limits needs,
    /// even on a busy machine.
    public static let defaultTimeout = 120

    /// Performs a task.
    ///
    /// - Parameters:
    ///   - task: the task.
    ///   - source: the image, whose header was read.
    /// - Returns: the result, verified against the task.
    /// - Throws: a `PreflightError`: `changed` when the file is not the one that the task describes,
    ///   `canceled` when the work is canceled.
    func decode(_ task: DecodingTask, of source: ImageSource) throws(PreflightError) -> Decoded {
        try decode(task, of: source) { _ in nil }
    }

    /// Performs a task, and then another one on the same image that depends on its result.
    ///
    /// - Parameters:
    ///   - task: the first task.
    ///   - source: the image, whose header was read.
    ///   - next: makes the next task.
    /// - Returns: the last result, verified against its task.
    /// - Throws: a `PreflightError`: `changed` when the file is not the one that the tasks describe, `canceled` when the
    ///   work is canceled; what `next` throws.
    func decode(
        _ task: DecodingTask, of source: ImageSource, then next: NextTask
    ) throws(PreflightError) -> Decoded {
        try cancellation?.check()
        return try place.decode(task, of: source, then: next, unless: cancellation)
    }
}

/// Decodes on the calling thread.
private struct InProcess: DecodingPlace {
    func decode(
        _ task: DecodingTask, of source: ImageSource, then next: NextTask, unless cancellation: Cancellation?
    ) throws(PreflightError) -> Decoded {
        guard let decoded = try task.decoded(source, then: next, onlyDirectly: false) else {
            throw .step(FailedStep(action: "decode the image", log: ""))
        }
        return decoded
    }
}

/// Decodes on the calling thread where a direct codec does all the work, and in workers otherwise.
private struct DirectlyOrInWorkers: DecodingPlace {
    let workers: WorkerProcesses

    func decode(
        _ task: DecodingTask, of source: ImageSource, then next: NextTask, unless cancellation: Cancellation?
    ) throws(PreflightError) -> Decoded {
        if DirectDecoding.canDoWithoutLibvips(task),
            let decoded = try task.decoded(source, then: next, onlyDirectly: true)
        {
            return decoded
        }
        return try workers.decode(task, of: source, then: next, unless: cancellation)
    }
}

extension DecodingTask {
    /// Performs the task and the next one in this process; nil if libvips would be needed and must not be used.
    fileprivate func decoded(
        _ source: ImageSource, then next: NextTask, onlyDirectly: Bool
    ) throws(PreflightError) -> Decoded? {
        let bytes = try source.bytes(maxBytes: options.limits.maxFileBytes)
        try check(bytes, path: source.path)
        var picture: FullPicture?
        guard let first = try made(of: bytes, &picture, onlyDirectly: onlyDirectly) else { return nil }
        guard let next = try next(first) else { return first }
        return try next.made(of: bytes, &picture, onlyDirectly: onlyDirectly)
    }

    private func made(
        of bytes: ImageBytes, _ picture: inout FullPicture?, onlyDirectly: Bool
    ) throws(PreflightError) -> Decoded? {
        guard let decoded = try run(on: bytes, picture: &picture, onlyDirectly: onlyDirectly) else {
            return nil
        }
        if let discrepancy = discrepancy(in: decoded, hashes: false) { throw .unplannedResult(discrepancy) }
        return decoded
    }
}
