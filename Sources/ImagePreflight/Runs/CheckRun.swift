package import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import SystemPackage
package import VisionRules

/// Checks any number of files: one open and as few reads as the header needs, on every core.
package struct CheckRun: Sendable {
    /// The result of one batch of files.
    package struct Batch<Rendered: Sendable>: Sendable {
        /// The rendered rows.
        package var rendered: Rendered
        /// The totals of the batch.
        package var summary: ImageRecord.Totals
        /// Files that could not be read.
        package var problems: [PathBatch.Problem]
    }

    /// Where the images will be sent.
    package var destination: Destination
    /// The number of threads.
    package var workerCount: Int
    /// Whether every image is also decoded: finds damage behind the header, and counts frames.
    package var isDeep: Bool
    /// Where images are decoded.
    package var decoder = Preflighter.Decoder.inProcess
    /// The limits for decoding an image.
    package var limits = DecodeLimits.standard
    /// The x-height in px that text must have in what the model sees, if images are decoded; nil for the default.
    package var minXHeight: Double?
    /// Which duplicates are looked for; nil for none. Pictures are compared only if they are decoded.
    package var duplicates: DuplicateSearch?

    /// Whether files that neither are images nor claim to be are skipped.
    package var imagesOnly = false

    /// How many files a worker takes at a time: enough to make locks cheap, few enough that the last
    /// batches end together.
    static let batchSize = 64

    /// A run.
    ///
    /// - Parameters:
    ///   - destination: where the images will be sent.
    ///   - workerCount: the number of threads, at least 1.
    ///   - isDeep: whether every image is also decoded.
    package init(destination: Destination, workerCount: Int, isDeep: Bool = false) {
        self.destination = destination
        self.workerCount = workerCount
        self.isDeep = isDeep
    }

    /// Checks every file of a walk, and emits the batches in the order of the walk.
    ///
    /// - Parameters:
    ///   - walker: what to check.
    ///   - control: reports progress, and stops the run.
    ///   - makeRenderer: creates the renderer of one thread.
    ///   - emit: receives each batch; false stops the run, as when the reader is gone.
    /// - Returns: the totals of all emitted batches.
    package func run<Renderer: RowRenderer>(
        walker: FolderWalker, control: RunControl, makeRenderer: @escaping @Sendable () -> Renderer,
        emit: (Batch<Renderer.Output>) -> Bool
    ) -> ImageRecord.Totals where Renderer.Row == ImageRecord {
        var walker = walker
        var total = ImageRecord.Totals()
        let run = self
        let isDeep = isDeep
        // Decoding takes long, and the last images should end together.
        let batchSize = isDeep ? 1 : Self.batchSize
        // Cap the combined memory of images decoded concurrently.
        let budget =
            isDeep
            ? MemoryBudget(limit: limits.maxMemory, workerCount: workerCount) : nil
        var marker = duplicates.map { _ in CheckMarker<Renderer>(renderer: makeRenderer()) }
        WorkerPool(
            workerCount: workerCount, window: 64 * workerCount,
            // Decoding needs a core and memory.
            spareCount: isDeep ? 0 : WorkerPool.spareReaders
        ).run(
            next: { control.isStopped ? nil : walker.next(limit: batchSize) },
            isLast: { $0.entries.count < batchSize },
            makeWorker: {
                var worker = FileCheck(run: run, budget: budget, renderer: makeRenderer())
                return { worker.check($0) }
            },
            emit: { result in
                let batch = marker?.marked(result.0, result.1) ?? result.0
                total += batch.summary
                control.add(
                    done: batch.summary.images, refused: batch.summary.rejected, bytes: batch.summary.bytes)
                return emit(batch)
            })
        return total
    }

    /// Why a file could not be checked.
    private struct Failure: Error {
        let reason: String

        init(_ error: FileError) { reason = error.description }

        init(_ error: PreflightError) {
            if case .file(let failure) = error.reason {
                // The record already has the path.
                reason = "\(FileError(failure.operation == .open ? .open : .read, errno: failure.errno))"
            } else {
                reason = "\(error)"
            }
        }
    }

    /// The state of one thread.
    private struct FileCheck<Renderer: RowRenderer>: ~Copyable where Renderer.Row == ImageRecord {
        let run: CheckRun
        /// The memory for all workers that decode; nil if none does.
        let budget: MemoryBudget?
        var renderer: Renderer
        var reader = BatchReader()
        /// The identity of the last checked file, for duplicates.
        var traits = DuplicateTraits()

        mutating func check(_ batch: PathBatch) -> (Batch<Renderer.Output>, [CheckedFile]) {
            var summary = ImageRecord.Totals()
            var problems = batch.problems
            var files: [CheckedFile] = []
            for entry in batch.entries {
                let path = batch.path(of: entry)
                do throws(Failure) {
                    guard let record = try check(path, entry, in: batch) else { continue }
                    summary.count(record)
                    renderer.append(record)
                    if run.duplicates != nil { files.append(CheckedFile(record: record, traits: traits)) }
                } catch {
                    problems.append(PathBatch.Problem(path: path, reason: error.reason))
                }
            }
            summary.problems = problems.count
            return (Batch(rendered: renderer.take(), summary: summary, problems: problems), files)
        }

        private mutating func check(
            _ path: PathBytes, _ entry: PathBatch.Entry, in batch: PathBatch
        ) throws(Failure) -> ImageRecord? {
            traits = DuplicateTraits()
            if let budget {
                do throws(PreflightError) {
                    return try decoded(path, entry, in: batch, budget)
                } catch {
                    throw Failure(error)
                }
            }
            let reading: HeaderReading
            do throws(FileError) { reading = try reader.read(entry, of: batch) } catch {
                throw Failure(error)
            }
            if run.imagesOnly, !reading.claimsImage(named: path) { return nil }
            if run.duplicates?.candidates.contains(reading) == true {
                traits.sha256 = Digest.sha256(of: FilePath(path))
            }
            let subject = ImageSubject(path: path, reading)
            return record(path, subject, assess(subject, for: run.destination))
        }

        private mutating func decoded(
            _ path: PathBytes, _ entry: PathBatch.Entry, in batch: PathBatch, _ budget: MemoryBudget
        ) throws(PreflightError) -> ImageRecord? {
            var options = PrepareOptions(limits: run.limits)
            options.hashesPictures = run.duplicates?.comparesPictures ?? false
            options.fit.minXHeight = run.minXHeight
            let preflighter = Preflighter(
                destination: run.destination, options: options, decoder: run.decoder)
            let source = try reader.open(entry, of: batch)
            return try Preflighter.looking(at: FilePath(path), first: source) {
                (source) throws(PreflightError) -> ImageRecord? in
                let reading = try reader.header(of: source)
                if run.imagesOnly, !reading.claimsImage(named: path) { return nil }
                if run.duplicates?.candidates.contains(reading) == true { traits.sha256 = source.sha256() }
                let image = preflighter.judged(
                    reading, promised: source.promisedFormat,
                    document: reading.isPDF ? source.document() : nil)
                do throws(PreflightError) {
                    let image = try examined(image, source, preflighter, budget)
                    traits.perceptualHash = image.perceptualHash
                    return record(path, image.subject, image.assessment)
                } catch {
                    // If the machine is at fault, it is not known whether the image is complete.
                    guard case .overLimit = error.reason else { throw error }
                    var assessment = image.assessment
                    assessment.add([Finding(.costlyToDecode, "\(error)")])
                    return record(path, image.subject, assessment)
                }
            }
        }

        private func examined(
            _ image: CheckedImage, _ source: ImageSource, _ preflighter: Preflighter, _ budget: MemoryBudget
        ) throws(PreflightError) -> CheckedImage {
            guard let facts = image.facts else { return image }
            let counted = try preflighter.framesCounted(of: image, source)
            guard let task = try preflighter.examination(of: facts, byteCount: image.subject.byteCount) else {
                return counted
            }
            return try budget.with(task.memory.usual) { () throws(PreflightError) in
                try preflighter.examined(counted, source, task)
            }
        }

        private func record(
            _ path: PathBytes, _ subject: ImageSubject, _ assessment: Assessment
        ) -> ImageRecord {
            ImageRecord(
                path: path, subject: subject, assessment: assessment, destination: run.destination)
        }
    }
}

extension HeaderReading {
    /// Whether a file is an image by its bytes or claims to be one by its extension.
    func claimsImage(named path: PathBytes) -> Bool {
        let format =
            switch header {
            case .success(let facts): facts.format as ImageFormat?
            case .failure(let error): error.format
            }
        return format?.traits.isImage == true || path.promisedFormat?.traits.isImage == true
    }
}
