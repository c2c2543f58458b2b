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
        /// Whether it failed for a reason that does not lie in the image.
        var isProblem = false

        init(_ row: ManifestRow, isProblem: Bool = false) {
            self.row = row
            shown = row
            self.isProblem = isProblem
        }
    }

    /// Prepares one file.
    func prepare(_ entry: PathBatch.Entry, of batch: PathBatch) -> Outcome {
        let path = batch.path(of: entry)
        if run.existing == .resume, let row = earlier.row(for: path, of: run, fingerprint: fingerprint) {
            if let output = row.output { _ = claims.claim(output.path) }
            var shown = row
            shown.action = .skipped
            var outcome = Outcome(row)
            outcome.shown = shown
            return outcome
        }
        var outcome = made(path, entry, batch)
        outcome.row.options = fingerprint
        outcome.shown = outcome.row
        return outcome
    }

    private func made(_ path: PathBytes, _ entry: PathBatch.Entry, _ batch: PathBatch) -> Outcome {
        var source: InspectedImage?
        do throws(PreflightError) {
            let image = try run.preflighter.inspect(path: FilePath(path))
            source = image
            let plan = try run.preflighter.plan(image)
            if run.isDryRun { return Outcome(planned(image, plan, path)) }
            let place = OutputPlace(
                folder: run.outputFolder, relativePath: batch.relativePath(of: entry),
                sharesStem: entry.sharesStem, replaces: run.existing != .keep)
            // What is good as it is needs no decoder, and so no other process.
            if plan.isCopy, !run.preflighter.options.decodesCopies,
                let copy = try run.preflighter.copied(path: FilePath(path))
            {
                let row = run.preflighter.row(
                    for: copy.preparation, path: path, output: place.path(copy.preparation.output.format))
                try claim(copy.preparation.output.format, at: place)
                try place.write(
                    copy, source: FilePath(path), isDurable: run.preflighter.options.isDurable)
                return Outcome(row)
            }
            return try decoded(path, image, plan, to: place)
        } catch {
            return Outcome(
                run.preflighter.row(for: error, path: path, source: source), isProblem: error.isProblem)
        }
    }

    private func decoded(
        _ path: PathBytes, _ image: InspectedImage, _ plan: TransformPlan, to place: OutputPlace
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
        let file = try budget.with(weight) { () throws(PreflightError) in try maker.make(path) }
        switch file {
        case .failed(let row, let isProblem): return Outcome(row, isProblem: isProblem)
        case .made(var row, let bytes):
            guard let format = row.output?.format else { throw .noWorker("it answered without an output") }
            row.output?.path = place.path(format)
            try claim(format, at: place)
            try place.write(
                bytes, format: format, source: FilePath(path), isCopy: row.action == .copied,
                isDurable: run.preflighter.options.isDurable)
            return Outcome(row)
        }
    }

    private func claim(_ format: ImageFormat, at place: OutputPlace) throws(PreflightError) {
        let path = place.path(format)
        guard claims.claim(path) else {
            throw .file(
                FileFailure(
                    action: .create, path: place.folder.pushing(FilePath(path)), errno: .fileExists))
        }
    }

    private func planned(_ image: InspectedImage, _ plan: TransformPlan, _ path: PathBytes) -> ManifestRow {
        let action: PrepareAction =
            plan.isCopy ? .copied : plan.reasons.contains(.resize) ? .resized : .converted
        return ManifestRow(
            source: run.preflighter.record(path, image), path: path, action: action,
            map: CoordinateMap(
                sourceSize: plan.sourceSize, orientation: plan.orientation, outputSize: plan.targetSize))
    }
}

extension PreflightError {
    /// Whether the run could not do its job, as opposed to an image that is not good for it.
    var isProblem: Bool {
        switch self {
        case .file, .plan, .unplannedResult, .noWorker: true
        case .image, .overLimit, .cannotFit, .step: false
        }
    }
}
