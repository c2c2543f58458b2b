internal import ImageHeaders
internal import SystemPackage
internal import VisionRules

/// The way of one file through a run: taken over from an earlier run, or prepared, or the reason why not.
struct FilePreparation {
    let run: PrepareRun
    let earlier: EarlierRows
    let fingerprint: String
    /// Who decodes for this thread.
    let maker: any ImageMaker
    /// Shared by all threads of the run.
    let budget: MemoryBudget
    /// Shared by all threads of the run.
    let claims: OutputClaims

    /// What became of a file.
    struct Outcome {
        /// The row of the manifest.
        var row: ManifestRow
        /// The row that is shown: the manifest's, but for files that had been done before.
        var shown: ManifestRow
        /// The sizes in px that a dry run would make.
        var plannedSizes: [PixelSize] = []

        init(_ row: ManifestRow) {
            self.row = row
            shown = row
        }

        /// Whether the service would take what was made, or would be, but not as people expect: what was wrong
        /// with the original alone does not count.
        func isWarned(for destination: Destination) -> Bool {
            func warns(_ findings: [Finding]) -> Bool { findings.contains { $0.severity == .warning } }
            if warns(row.findings) { return true }
            if row.action == .copied {
                // A copy is named by what its bytes are.
                return warns(row.source?.findings.filter { $0.code != .extensionMismatch } ?? [])
            }
            return (row.outputs.map(\.size) + plannedSizes).contains { size in
                let image = ImageSubject(
                    header: .success(ImageFacts(format: .jpeg, size: size)), byteCount: 1)
                return warns(assess(image, for: destination).findings)
            }
        }
    }

    /// Prepares one file.
    func prepare(_ entry: PathBatch.Entry, of batch: PathBatch) -> Outcome {
        let path = batch.path(of: entry)
        let share = run.sharedBudget?.share(for: path)
        let fingerprint = OptionsFingerprint.of(fingerprint, size: share.reducedSize)
        if run.existing == .resume, var row = earlier.row(for: path, of: run, fingerprint: fingerprint),
            share.allows(row.output), row.outputs.allSatisfy({ claims.claim($0.path) })
        {
            row.budget = share.map { BudgetRecord($0) }
            // Whether it is a duplicate is found out anew: what it was one of may be gone.
            row.findings.removeAll { $0.code == .duplicateImage }
            var shown = row
            shown.action = .skipped
            var outcome = Outcome(row)
            outcome.shown = shown
            return outcome
        }
        var outcome = made(path, entry, batch, share)
        outcome.row.options = fingerprint
        if outcome.row.action != .failed { outcome.row.budget = share.map { BudgetRecord($0) } }
        outcome.shown = outcome.row
        return outcome
    }

    private func made(
        _ path: PathBytes, _ entry: PathBatch.Entry, _ batch: PathBatch, _ share: BudgetShare?
    ) -> Outcome {
        var source: InspectedImage?
        do throws(PreflightError) {
            let image = try run.preflighter.inspect(path: FilePath(path))
            source = image
            let (preflighter, plan) = try run.planned(image, share)
            if run.isDryRun {
                var outcome = Outcome(planned(image, plan, path))
                outcome.plannedSizes = plan.tiles?.tiles.map(\.size) ?? [plan.targetSize]
                return outcome
            }
            let place = OutputPlace(
                folder: run.outputFolder, relativePath: batch.relativePath(of: entry),
                clash: entry.clash, replaces: run.existing != .keep)
            // What is good as it is needs no decoder, and so no other process.
            if plan.isCopy, !preflighter.options.decodesCopies, !preflighter.options.hashesPictures,
                let copy = try preflighter.copied(path: FilePath(path))
            {
                guard run.sharedBudget == nil || copy.preparation.plan == plan else { throw .outsideBudget }
                let row = run.preflighter.row(
                    for: copy.preparation, path: path, output: place.path(copy.preparation.output.format))
                try claim(row, at: place)
                try place.write(
                    [copy.bytes], of: row, source: FilePath(path),
                    isDurable: run.preflighter.options.isDurable)
                return Outcome(row)
            }
            return try decoded(path, image, plan, share, to: place)
        } catch {
            return Outcome(run.preflighter.row(for: error, path: path, source: source))
        }
    }

    private func decoded(
        _ path: PathBytes, _ image: InspectedImage, _ plan: TransformPlan, _ share: BudgetShare?,
        to place: OutputPlace
    ) throws(PreflightError) -> Outcome {
        guard let facts = image.facts else { throw .image(image.assessment.findings) }
        let byteCount = image.subject.byteCount
        if let exceeded = run.preflighter.options.limits.exceeded(
            by: facts, target: plan.targetSize, byteCount: byteCount)
        {
            throw .overLimit(exceeded)
        }
        let weight =
            DecodeLimits.memory(of: facts, target: plan.targetSize, byteCount: byteCount)
            + DirectDecoding.extraMemory(
                for: facts, target: plan.targetSize, byteCount: byteCount,
                limits: run.preflighter.options.limits)
        let file = try budget.with(weight) { () throws(PreflightError) in
            try maker.make(path, size: share.reducedSize)
        }
        switch file {
        case .failed(let row): return Outcome(row)
        case .made(var row, let files):
            guard !files.isEmpty, row.outputs.count == files.count else {
                throw .noWorker("it answered without an output")
            }
            guard share.allows(row.output) else { throw .outsideBudget }
            place.setPaths(of: &row)
            try claim(row, at: place)
            try place.write(
                files, of: row, source: FilePath(path), isDurable: run.preflighter.options.isDurable)
            return Outcome(row)
        }
    }

    private func claim(_ row: ManifestRow, at place: OutputPlace) throws(PreflightError) {
        for path in row.outputs.map(\.path) where !claims.claim(path) {
            throw .outputTaken(place.folder.pushing(FilePath(path)))
        }
    }

    private func planned(_ image: InspectedImage, _ plan: TransformPlan, _ path: PathBytes) -> ManifestRow {
        let action: PrepareAction =
            plan.isCopy
            ? .copied
            : plan.tiles != nil ? .tiled : plan.reasons.contains(.resize) ? .resized : .converted
        let map = CoordinateMap(
            sourceSize: plan.sourceSize, orientation: plan.orientation, outputSize: plan.targetSize)
        let tiles = plan.tiles?.tiles.map { TileRecord($0, map: map.of($0, outputSize: $0.size)) }
        return ManifestRow(
            source: run.preflighter.record(path, image), path: path, tiles: tiles ?? [], action: action,
            map: tiles == nil ? map : nil)
    }
}
