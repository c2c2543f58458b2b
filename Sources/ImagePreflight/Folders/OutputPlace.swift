internal import ImageHeaders
internal import SystemPackage
internal import Vips
internal import VisionRules

/// Where the output of one source goes, whose extension is known only when it is made.
struct OutputPlace {
    /// The root of the mirrored tree.
    var folder: FilePath
    /// The path of the source below its root.
    var relativePath: PathBytes
    /// Whether another file beside the source has the same name but for its extension.
    var sharesStem: Bool
    /// Whether a file that is there already is replaced.
    var replaces: Bool

    /// The path of the output below the root.
    func path(_ format: ImageFormat) -> PathBytes {
        OutputLayout.path(for: relativePath, sharesStem: sharesStem, format: format)
    }

    /// Writes a result whole or not at all.
    ///
    /// - Parameters:
    ///   - image: the result.
    ///   - source: the original, which is never replaced; nil where it is no file.
    ///   - isDurable: whether it is on its disk when this returns.
    /// - Throws: a `PreflightError` when something would be lost, or the system refuses.
    func write(_ image: MadeImage, source: FilePath?, isDurable: Bool) throws(PreflightError) {
        try write(
            image.bytes, format: image.preparation.output.format, source: source,
            isCopy: image.preparation.action == .copied, isDurable: isDurable)
    }

    /// Writes a result whole or not at all, each parameter as above.
    func write(
        _ bytes: ImageBytes, format: ImageFormat, source: FilePath?, isCopy: Bool, isDurable: Bool
    ) throws(PreflightError) {
        let target = folder.pushing(FilePath(path(format)))
        let existing = FileIdentity(target)
        if let existing, !replaces || existing == source.flatMap({ FileIdentity($0) }) {
            throw .file(FileFailure(action: .create, path: target, errno: .fileExists))
        }
        let writer = OutputWriter(isDurable: isDurable)
        func write() throws(PreflightError) {
            if isCopy, let source {
                try writer.copy(source, bytes, to: target)
            } else {
                try writer.write(bytes, to: target)
            }
        }
        do throws(PreflightError) {
            try write()
        } catch {
            // A folder is missing for the first of its files only.
            guard case .file(let failure) = error, failure.action == .create,
                failure.errno == .noSuchFileOrDirectory
            else { throw error }
            try OutputFolder.make(target.removingLastComponent())
            try write()
        }
    }
}
