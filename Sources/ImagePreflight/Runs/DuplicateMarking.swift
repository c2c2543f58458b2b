internal import PreflightRecords
internal import VisionRules

/// A checked file, with what identifies duplicates.
struct CheckedFile {
    var record: ImageRecord
    var traits: DuplicateTraits
}

/// What identifies duplicates.
struct DuplicateTraits {
    /// The SHA-256 of its bytes in hexadecimal, if another file may have the same.
    var sha256: String?
    /// Its perceptual hash, if pictures are compared.
    var perceptualHash: PerceptualHash?
}

/// Adds findings about duplicates to the rows of `check`, in the order of the input. Batches without any are
/// passed on as the threads rendered them.
struct CheckMarker<Renderer: RowRenderer> where Renderer.Row == ImageRecord {
    private var finder = DuplicateFinder()
    private var renderer: Renderer

    init(renderer: Renderer) { self.renderer = renderer }

    mutating func marked(
        _ batch: CheckRun.Batch<Renderer.Output>, _ files: [CheckedFile]
    ) -> CheckRun.Batch<Renderer.Output> {
        var records = files.map(\.record)
        var hasDuplicates = false
        for (index, file) in files.enumerated() {
            guard let path = file.record.path,
                let finding = finder.look(
                    at: path, sha256: file.traits.sha256, picture: file.traits.perceptualHash,
                    size: file.record.displaySize)
            else { continue }
            hasDuplicates = true
            records[index].findings.append(finding)
            records[index].findings.sort { $0.code.rawValue < $1.code.rawValue }
        }
        guard hasDuplicates else { return batch }
        var batch = batch
        var summary = ImageRecord.Totals()
        for record in records {
            summary.count(record)
            renderer.append(record)
        }
        summary.problems = batch.summary.problems
        batch.summary = summary
        batch.rendered = renderer.take()
        return batch
    }
}

/// The same for the rows of `prepare`.
struct DuplicateMarker<Renderer: RowRenderer> where Renderer.Row == ManifestRow {
    private var finder = DuplicateFinder()
    private var renderer: Renderer
    private var manifest = NDJSONRenderer<ManifestRow>()

    init(renderer: Renderer) { self.renderer = renderer }

    mutating func marked(
        _ item: PrepareRun.Item<Renderer.Output>, _ outcomes: [FilePreparation.Outcome]
    ) -> PrepareRun.Item<Renderer.Output> {
        var item = item
        var outcomes = outcomes
        var hasDuplicates = false
        for index in outcomes.indices {
            guard let finding = finder.look(at: outcomes[index].row) else { continue }
            hasDuplicates = true
            if !outcomes[index].isWarned { item.summary.warned += 1 }
            outcomes[index].row.findings.append(finding)
        }
        guard hasDuplicates else { return item }
        item.manifestLine = outcomes.flatMap { renderer.append($0, manifest: &manifest) }
        item.rendered = renderer.take()
        return item
    }
}
