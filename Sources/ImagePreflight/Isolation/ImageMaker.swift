internal import SystemPackage
internal import Vips
internal import VisionRules

/// A prepared image that is not written yet.
struct MadeImage {
    var preparation: Preparation
    var bytes: ImageBytes
}

/// What became of a file that had to be decoded.
enum MadeFile {
    /// Its row, with paths of the outputs that the caller still has to say, and the bytes of each output.
    case made(ManifestRow, [ImageBytes])
    /// The row that says why not.
    case failed(ManifestRow, isProblem: Bool)
}

/// Who decodes and encodes: the thread itself, or a process of its own. One belongs to each thread.
protocol ImageMaker {
    /// Makes an image that can be sent.
    ///
    /// - Parameter path: the original.
    /// - Returns: what became of it.
    /// - Throws: a `PreflightError`.
    func make(_ path: PathBytes) throws(PreflightError) -> MadeFile
}

/// Decodes in the calling thread.
struct LocalMaker: ImageMaker {
    let preflighter: Preflighter

    func make(_ path: PathBytes) throws(PreflightError) -> MadeFile {
        let images = try preflighter.made(path: FilePath(path))
        return .made(
            preflighter.row(for: images.map(\.preparation), path: path), images.map(\.bytes))
    }
}
