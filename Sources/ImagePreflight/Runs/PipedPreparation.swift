package import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
package import SystemPackage
internal import Vips
internal import VisionRules

/// The preparation of one image from a pipe: no folder is walked, and no manifest is written.
package struct PipedPreparation {
    /// Where the result goes.
    package enum Target: Sendable, Hashable {
        /// Only into ``Outcome/files``.
        case nowhere
        /// A file of exactly this name.
        case file(FilePath)
        /// A folder, under the image's name in rows, with the extension of its format.
        case folder(FilePath)
    }

    /// The result for the image.
    package struct Outcome {
        /// The row of a manifest.
        package var row: ManifestRow
        /// The bytes of each output.
        package var files: [[UInt8]] = []
        /// Whether the service would accept the result, but not as people expect.
        package var isWarned = false
    }

    private let preflighter: Preflighter
    private let target: Target
    private let replaces: Bool

    /// A preparation.
    ///
    /// - Parameters:
    ///   - preflighter: where the image goes, and how it is prepared.
    ///   - target: where the result goes.
    ///   - replaces: whether an existing file is replaced.
    package init(preflighter: Preflighter, target: Target, replaces: Bool) {
        self.preflighter = preflighter
        self.target = target
        self.replaces = replaces
    }

    /// Prepares the image, and writes it.
    ///
    /// - Parameters:
    ///   - bytes: the image.
    ///   - path: its name in the row.
    ///   - name: the name of its output in a folder, without an extension.
    /// - Returns: the result; a failure is in the row.
    package func prepare(_ bytes: [UInt8], path: PathBytes, name: String) -> Outcome {
        let source = ImageSource(bytes: ImageBytes(copying: bytes))
        var outcome: Outcome
        do throws(PreflightError) {
            let images = try preflighter.made(source)
            outcome = Outcome(row: preflighter.row(for: images.map(\.preparation), path: path))
            outcome.files = images.map(\.bytes.array)
            outcome.isWarned = images.contains { image in
                image.preparation.output.assessment.findings.contains { $0.severity == .warning }
            }
            try write(images.map(\.bytes), &outcome.row, source, name)
        } catch {
            let image = try? preflighter.inspect(source)
            outcome = Outcome(row: preflighter.row(for: error, path: path, source: image))
        }
        outcome.row.options = OptionsFingerprint.of(preflighter)
        return outcome
    }

    private func write(
        _ files: [ImageBytes], _ row: inout ManifestRow, _ source: ImageSource, _ name: String
    ) throws(PreflightError) {
        switch target {
        case .nowhere: break
        case .folder(let folder):
            let place = OutputPlace(
                folder: folder, relativePath: PathBytes(name), clash: .none, replaces: replaces)
            place.setPaths(of: &row)
            try place.write(files, of: row, source: source, isDurable: preflighter.options.isDurable)
        case .file(let path):
            row.output?.path = PathBytes(path)
            if !replaces, FileStatus(path) != nil {
                throw .file(FileError(.create, path, .fileExists))
            }
            try OutputWriter(isDurable: preflighter.options.isDurable).write(files, to: [path])
        }
    }
}
