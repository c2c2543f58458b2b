internal import ImageHeaders
internal import SystemPackage
internal import VisionRules

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The way of one file through a run: taken over from an earlier run, or prepared, or the reason why not.
struct FilePreparation {
    let run: PrepareRun
    let earlier: EarlierRows
    let fingerprint: String

    /// What became of a file.
    struct Outcome {
        /// The row of the manifest.
        var row: ManifestRow
        /// The row that is shown: the manifest's, but for files that had been done before.
        var shown: ManifestRow
        /// Whether it failed for a reason that does not lie in the image.
        var isProblem = false
    }

    /// Prepares one file.
    func prepare(_ entry: PathBatch.Entry, of batch: PathBatch) -> Outcome {
        let path = batch.path(of: entry)
        let file = FilePath(path)
        if run.existing == .resume, let row = earlier.row(for: path, of: run, fingerprint: fingerprint) {
            var shown = row
            shown.action = .skipped
            return Outcome(row: row, shown: shown)
        }
        do throws(PreflightError) {
            var row = try run.isDryRun ? planned(file, path, entry, batch) : written(file, path, entry, batch)
            row.options = fingerprint
            return Outcome(row: row, shown: row)
        } catch {
            var row = ManifestRow(
                source: (try? run.preflighter.inspect(path: file)).map { record(path, $0) }, path: path,
                action: .failed, error: "\(error)")
            row.options = fingerprint
            if case .image(let findings) = error {
                // What the header told stands in the source's record already.
                let known = Set((row.source?.findings ?? []).map(\.code))
                row.findings = findings.filter { !known.contains($0.code) }
            }
            return Outcome(row: row, shown: row, isProblem: error.isProblem)
        }
    }

    private func written(
        _ file: FilePath, _ path: PathBytes, _ entry: PathBatch.Entry, _ batch: PathBatch
    ) throws(PreflightError) -> ManifestRow {
        let result = try run.preflighter.prepare(path: file) { format throws(PreflightError) in
            try outputPath(entry, batch, format, source: file)
        }
        let preparation = result.preparation
        return ManifestRow(
            source: record(path, preparation.source), path: path,
            output: OutputRecord(
                path: relativeOutput(entry, batch, preparation.output.format), facts: preparation.output,
                destination: run.preflighter.destination),
            action: preparation.action, map: preparation.map, sourceSHA256: preparation.sourceSHA256)
    }

    private func planned(
        _ file: FilePath, _ path: PathBytes, _ entry: PathBatch.Entry, _ batch: PathBatch
    ) throws(PreflightError) -> ManifestRow {
        let source = try run.preflighter.inspect(path: file)
        let plan = try run.preflighter.plan(source)
        let action: PrepareAction =
            plan.isCopy ? .copied : plan.reasons.contains(.resize) ? .resized : .converted
        return ManifestRow(
            source: record(path, source), path: path, action: action,
            map: CoordinateMap(
                sourceSize: plan.sourceSize, orientation: plan.orientation, outputSize: plan.targetSize))
    }

    private func record(_ path: PathBytes, _ image: InspectedImage) -> ImageRecord {
        ImageRecord(
            path: path, subject: image.subject, assessment: image.assessment,
            destination: run.preflighter.destination)
    }

    private func relativeOutput(
        _ entry: PathBatch.Entry, _ batch: PathBatch, _ format: ImageFormat
    ) -> PathBytes {
        OutputLayout.path(
            for: batch.relativePath(of: entry), sharesStem: entry.sharesStem, format: format)
    }

    /// The path of an output whose folder exists and where nothing is lost by writing.
    private func outputPath(
        _ entry: PathBatch.Entry, _ batch: PathBatch, _ format: ImageFormat, source: FilePath
    ) throws(PreflightError) -> FilePath {
        let path = run.outputFolder.pushing(FilePath(relativeOutput(entry, batch, format)))
        let existing = FileIdentity(path)
        if let existing, run.existing == .keep || existing == FileIdentity(source) {
            throw .file(FileFailure(action: .create, path: path, errno: .fileExists))
        }
        if existing == nil { try OutputFolder.make(path.removingLastComponent()) }
        return path
    }
}

extension PreflightError {
    /// Whether the run could not do its job, as opposed to an image that is not good for it.
    var isProblem: Bool {
        switch self {
        case .file, .plan, .unplannedResult: true
        case .image, .overLimit, .cannotFit, .step: false
        }
    }
}

extension OutputRecord {
    /// The record of a prepared image.
    init(path: PathBytes, facts: OutputFacts, destination: Destination) {
        let seen = facts.assessment.seen ?? SeenSize(of: facts.size, tier: destination.model.tier)
        self.init(
            path: path, format: facts.format, byteCount: facts.byteCount, size: facts.size,
            tokens: seen.tokens, guideTokens: facts.assessment.guideTokens ?? GuideEstimate.tokens(seen.size),
            cost: facts.assessment.cost ?? destination.cost(imageTokens: seen.tokens), sha256: facts.sha256)
    }
}
