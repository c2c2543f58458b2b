internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import SystemPackage
internal import Vips
internal import VisionRules

/// Where the output of one source goes; its extension is known only when it is made.
struct OutputPlace {
    /// The root of the mirrored tree.
    var folder: FilePath
    /// The path of the source below its root.
    var relativePath: PathBytes
    /// What else next to the source could have the name of its output.
    var clash: NameClash
    /// Whether an existing file is replaced.
    var replaces: Bool

    /// The path of an output below the root.
    func path(_ format: ImageFormat, tile: (part: Int, count: Int)? = nil) -> PathBytes {
        OutputLayout.path(for: relativePath, clash: clash, format: format, tile: tile)
    }

    /// Sets the paths of a row's outputs.
    func setPaths(of row: inout ManifestRow) {
        if let format = row.output?.format { row.output?.path = path(format) }
        for (index, tile) in row.tiles.enumerated() {
            guard let format = tile.output?.format else { continue }
            row.tiles[index].output?.path = path(format, tile: (tile.part, tile.count))
        }
    }

    /// Writes the outputs of a row whole or not at all.
    ///
    /// - Parameters:
    ///   - files: the bytes of each output.
    ///   - row: the row, whose outputs have their paths.
    ///   - source: the original, which is never replaced.
    ///   - isDurable: whether they are flushed to disk before this returns.
    /// - Throws: a `PreflightError` when something would be lost, or the system refuses.
    func write(
        _ files: [ImageBytes], of row: ManifestRow, source: ImageSource, isDurable: Bool
    ) throws(PreflightError) {
        let targets = row.outputs.map { folder.pushing(FilePath($0.path)) }
        let original = source.file.flatMap { FileStatus($0)?.identity }
        // All are checked before the first is written.
        for target in targets {
            try checkFolders(of: target)
            let existing = FileStatus(target)?.identity
            if let existing, existing == original { throw .outputIsSource(target) }
            if existing != nil, !replaces {
                throw .file(FileError(.create, target, .fileExists))
            }
        }
        let writer = OutputWriter(isDurable: isDurable)
        func write() throws(PreflightError) {
            if row.action == .copied, files.count == 1 {
                try writer.copy(source, files[0], to: targets[0])
            } else {
                try writer.write(files, to: targets)
            }
        }
        do throws(PreflightError) {
            try write()
        } catch {
            // A folder is missing only for its first file.
            guard case .file(let failure) = error.reason, failure.operation == .create,
                failure.errno == ENOENT,
                let target = targets.first
            else { throw error }
            try fileStep { () throws(FileError) in try target.removingLastComponent().makeFolders() }
            try write()
        }
    }

    /// Refuses a target behind a link below the output folder: nothing is written outside of that folder.
    private func checkFolders(of target: FilePath) throws(PreflightError) {
        var parent = target.removingLastComponent()
        while parent.components.count > folder.components.count {
            if FileStatus.isLink(parent) { throw .outputThroughLink(parent) }
            parent.removeLastComponent()
        }
    }
}
