internal import ImageHeaders
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
    case failed(ManifestRow)
}

/// Who decodes and encodes: the thread itself, or a process of its own. One belongs to each thread.
protocol ImageMaker {
    /// Makes an image that can be sent.
    ///
    /// - Parameters:
    ///   - path: the original.
    ///   - size: the size in px to make, as ``FitOptions/size``; nil: what is planned.
    /// - Returns: what became of it.
    /// - Throws: a `PreflightError`.
    func make(_ path: PathBytes, size: PixelSize?) throws(PreflightError) -> MadeFile
}

/// Decodes in the calling thread.
struct LocalMaker: ImageMaker {
    let preflighter: Preflighter

    func make(_ path: PathBytes, size: PixelSize?) throws(PreflightError) -> MadeFile {
        let images = try preflighter.making(size).made(path: FilePath(path))
        return .made(
            preflighter.row(for: images.map(\.preparation), path: path), images.map(\.bytes))
    }
}
