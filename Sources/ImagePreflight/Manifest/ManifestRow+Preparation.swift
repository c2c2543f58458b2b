internal import PreflightRecords
internal import VisionRules

// The result for a file as a row of a manifest, the same in the run's own process and in a worker.
extension Preflighter {
    /// The record of a source.
    func record(_ path: PathBytes, _ image: CheckedImage) -> ImageRecord {
        ImageRecord(
            path: path, subject: image.subject, assessment: image.assessment, destination: destination)
    }

    /// The row of a file that was prepared.
    ///
    /// - Parameters:
    ///   - preparation: what was done.
    ///   - path: the source.
    ///   - output: the path of the result below the output folder.
    /// - Returns: the row, without the fingerprint of the options.
    func row(for preparation: Preparation, path: PathBytes, output: PathBytes) -> ManifestRow {
        var row = ManifestRow(
            source: record(path, preparation.source), path: path,
            output: ManifestRow.Output(path: output, facts: preparation.output, destination: destination),
            action: preparation.action, map: preparation.map, sourceSHA256: preparation.sourceSHA256)
        row.perceptualHash = preparation.source.perceptualHash
        return row
    }

    /// The row of a prepared file, whose outputs have no paths yet.
    ///
    /// - Parameters:
    ///   - preparations: what was done: one, or one for each tile.
    ///   - path: the source.
    /// - Returns: the row, without the fingerprint of the options.
    func row(for preparations: [Preparation], path: PathBytes) -> ManifestRow {
        let first = preparations[0]
        guard first.tile != nil else { return row(for: first, path: path, output: PathBytes("")) }
        let tiles = preparations.compactMap { preparation in
            preparation.tile.map { tile in
                ManifestRow.Tile(
                    tile,
                    output: ManifestRow.Output(
                        path: PathBytes(""), facts: preparation.output, destination: destination),
                    map: preparation.map)
            }
        }
        var row = ManifestRow(
            source: record(path, first.source), path: path, tiles: tiles, action: first.action,
            sourceSHA256: first.sourceSHA256)
        row.perceptualHash = first.source.perceptualHash
        return row
    }

    /// The row of a file that could not be prepared.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - path: the source.
    ///   - source: what its header says, if it could be read.
    /// - Returns: the row, without the fingerprint of the options.
    func row(for error: PreflightError, path: PathBytes, source: CheckedImage?) -> ManifestRow {
        var row = ManifestRow(
            source: source.map { record(path, $0) }, path: path, action: .failed, error: "\(error)",
            isProblem: error.isProblem)
        if case .image(let findings) = error.reason {
            // The source's record already has what the header says.
            let known = Set((row.source?.findings ?? []).map(\.code))
            row.findings = findings.filter { !known.contains($0.code) }
        }
        return row
    }
}

extension ManifestRow.Output {
    /// The record of a prepared image.
    init(path: PathBytes, facts: OutputFacts, destination: Destination) {
        let seen = facts.assessment.seen ?? SeenSize(of: facts.size, tier: destination.model.tier)
        self.init(
            path: path, format: facts.format, byteCount: facts.byteCount, size: facts.size,
            tokens: seen.tokens, guideTokens: facts.assessment.guideTokens ?? GuideEstimate.tokens(seen.size),
            cost: facts.assessment.cost ?? destination.cost(imageTokens: seen.tokens), sha256: facts.sha256)
    }
}
