internal import PreflightRecords
internal import ImageHeaders
internal import SystemPackage
internal import VisionRules

/// Handles one file of a run: its earlier result is reused, or it is prepared, or it is reported why not.
/// Each thread has its own.
struct FilePreparation: ~Copyable {
    private let run: PrepareRun
    private let earlier: EarlierRows
    private let fingerprint: String
    /// Shared by all threads of the run.
    private let budget: MemoryBudget
    /// Shared by all threads of the run.
    private let claims: OutputClaims
    private var reader = BatchReader()

    init(
        run: PrepareRun, earlier: EarlierRows, fingerprint: String, budget: MemoryBudget, claims: OutputClaims
    ) {
        self.run = run
        self.earlier = earlier
        self.fingerprint = fingerprint
        self.budget = budget
        self.claims = claims
    }

    /// The result for a file.
    struct Outcome {
        /// The row of the manifest.
        var row: ManifestRow
        /// Whether an earlier run had prepared it: it is shown as skipped.
        var isTakenOver = false
        /// The planned sizes in px of a dry run.
        var plannedSizes: [PixelSize] = []
        /// Whether the service would accept the result, but not as people expect. Warnings about the original
        /// alone do not count.
        var isWarned = false

        /// The row that is shown.
        var shown: ManifestRow {
            var shown = row
            if isTakenOver { shown.action = .skipped }
            return shown
        }
    }

    /// Prepares one file.
    ///
    /// - Returns: the result; nil for a skipped file.
    mutating func prepare(_ entry: PathBatch.Entry, of batch: PathBatch) -> Outcome? {
        let path = batch.path(of: entry)
        let share = run.sharedBudget?.share(for: path)
        let fingerprint = OptionsFingerprint.of(fingerprint, size: share.reducedSize)
        if run.existing == .resume,
            let row = earlier.row(
                for: path, outputFolder: run.outputFolder, fingerprint: fingerprint),
            share.allows(row.output), row.outputs.allSatisfy({ claims.claim($0.path) })
        {
            return takenOver(row, share)
        }
        guard var outcome = made(path, entry, batch, share) else { return nil }
        outcome.row.options = fingerprint
        if outcome.row.action != .failed { outcome.row.budget = share.map { ManifestRow.Budget($0) } }
        if outcome.row.findings.containWarning { outcome.isWarned = true }
        return outcome
    }

    private func takenOver(_ row: ManifestRow, _ share: BudgetShare?) -> Outcome {
        var row = row
        row.budget = share.map { ManifestRow.Budget($0) }
        // Duplicates are found again: the original of an earlier run may be gone.
        row.findings.removeAll { $0.code == .duplicateImage }
        let destination = run.preflighter.destination
        let outputs =
            row.action == .copied
            ? [row.source?.findings ?? []]
            : row.outputs.map { output in
                let image = ImageSubject(
                    header: .success(ImageFacts(format: output.format, size: output.size)),
                    byteCount: output.byteCount)
                return assess(image, for: destination).findings
            }
        return Outcome(
            row: row, isTakenOver: true,
            isWarned: row.findings.containWarning || outputs.contains { $0.containWarningOfCopy })
    }

    private mutating func made(
        _ path: PathBytes, _ entry: PathBatch.Entry, _ batch: PathBatch, _ share: BudgetShare?
    ) -> Outcome? {
        var image: CheckedImage?
        do throws(PreflightError) {
            let place = OutputPlace(
                folder: run.outputFolder, relativePath: batch.relativePath(of: entry),
                clash: entry.clash, replaces: run.existing != .keep)
            let source = try reader.open(entry, of: batch)
            return try Preflighter.looking(at: FilePath(path), first: source) {
                (source) throws(PreflightError) -> Outcome? in
                let reading = try reader.header(of: source)
                if run.imagesOnly, !reading.claimsImage(named: path) { return nil }
                let now = run.preflighter.judged(
                    reading, promised: source.promisedFormat,
                    document: reading.isPDF ? source.document() : nil,
                    text: run.sharedBudget?.text(for: path))
                image = now
                return try made(path, source, now, share, to: place)
            }
        } catch {
            return Outcome(row: run.preflighter.row(for: error, path: path, source: image))
        }
    }

    /// Decides first, then acts.
    private func made(
        _ path: PathBytes, _ source: ImageSource, _ image: CheckedImage, _ share: BudgetShare?,
        to place: OutputPlace
    ) throws(PreflightError) -> Outcome {
        let measurement = run.preflighter.measurement(of: image)
        if run.isDryRun {
            let image = try budget.with(measurement?.memory.total ?? 0) { () throws(PreflightError) in
                try run.preflighter.measured(image, source)
            }
            return planned(image, try run.planned(image, share).1, path)
        }
        let images = try made(source, image, share, measurement)
        var row = run.preflighter.row(for: images.map(\.preparation), path: path)
        guard share.allows(row.output) else { throw .outsideBudget }
        place.setPaths(of: &row)
        for path in row.outputs.map(\.path) where !claims.claim(path) {
            throw .outputTaken(place.folder.pushing(FilePath(path)))
        }
        try place.write(
            images.map(\.bytes), of: row, source: source, isDurable: run.preflighter.options.isDurable)
        return Outcome(
            row: row,
            isWarned: images.contains { $0.preparation.output.assessment.findings.containWarningOfCopy })
    }

    private func made(
        _ source: ImageSource, _ image: CheckedImage, _ share: BudgetShare?, _ measurement: DecodingTask?
    ) throws(PreflightError) -> [MadeImage] {
        guard let measurement else {
            let (preflighter, header) = try run.planned(image, share)
            let decision = try preflighter.decision(for: image, header, source)
            // An image that is fine already needs no decoder, and so no other process.
            guard let task = decision.task else { return try preflighter.made(source, decision) }
            return try budget.with(task.memory.total) { () throws(PreflightError) in
                try preflighter.made(source, decision)
            }
        }
        // The picture is kept while it is prepared, at most at its own size.
        let preparing = DecodeLimits.memory(of: measurement.facts, target: measurement.facts.displaySize)
        return try budget.with(measurement.memory.total.saturatingAdd(preparing)) {
            () throws(PreflightError) in
            try run.preflighter.made(source, image, measurement) { (image) throws(PreflightError) in
                let (preflighter, header) = try run.planned(image, share)
                return try preflighter.decision(for: image, header, source)
            }
        }
    }

    private func planned(_ image: CheckedImage, _ plan: TransformPlan, _ path: PathBytes) -> Outcome {
        let action: PrepareAction =
            plan.isCopy
            ? .copied
            : plan.tiles != nil ? .tiled : plan.reasons.contains(.resize) ? .resized : .converted
        let map = CoordinateMap(
            sourceSize: plan.sourceSize, orientation: plan.orientation, outputSize: plan.targetSize)
        let tiles = plan.tiles?.tiles.map { ManifestRow.Tile($0, map: map.of($0, outputSize: $0.size)) }
        let row = ManifestRow(
            source: run.preflighter.record(path, image), path: path, tiles: tiles ?? [], action: action,
            map: tiles == nil ? map : nil)
        let sizes = plan.tiles?.tiles.map(\.size) ?? [plan.targetSize]
        let destination = run.preflighter.destination
        let isWarned =
            plan.isCopy
            ? image.assessment.findings.containWarningOfCopy
            : sizes.contains { size in
                var subject = ImageSubject(planned: size)
                if tiles == nil { subject.text = image.subject.text?.scaled(from: plan.sourceSize, to: size) }
                return assess(subject, for: destination).findings.containWarning
            }
        return Outcome(row: row, plannedSizes: sizes, isWarned: isWarned)
    }
}

extension [Finding] {
    /// Whether the service accepts images with these findings, but not as people expect.
    fileprivate var containWarning: Bool { contains { $0.severity == .warning } }

    /// The same for a copy, which is identified by its bytes.
    fileprivate var containWarningOfCopy: Bool {
        contains { $0.severity == .warning && $0.code != .extensionMismatch }
    }
}
