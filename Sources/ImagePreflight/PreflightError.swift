public import ImageHeaders
public import SystemPackage
public import VisionRules

/// Why an image could not be inspected or prepared. The cases differ in who must act.
public enum PreflightError: Error, Sendable, Hashable {
    /// The system refused: a missing file, a full disk, an unreadable folder.
    case file(FileError)
    /// Somebody wrote to the file while it was being read.
    case changed(FilePath)
    /// The image is not one that can be prepared; the findings say why.
    case image([Finding])
    /// The options ask for what cannot be made.
    case plan(PlanError)
    /// The image takes more of this machine than it may.
    case overLimit(ExceededLimit)
    /// No quality and no size brings the image under the byte limit.
    case cannotFit(CannotFit)
    /// A step failed for no fault of the image.
    case step(FailedStep)
    /// What was written is not what was planned. A mistake of this library.
    case unplannedResult(UnplannedResult)
    /// No worker process could be started, for the reason given.
    case noWorker(String)
    /// The image needs libvips, and this machine has none of version 8.13 or later, or it does not start. What needs no
    /// pixels works without it.
    case noLibvips
    /// Another source of the run has this output already, as when a file is named twice.
    case outputTaken(FilePath)
    /// The folder to prepare is the output folder.
    case inputIsOutput(FilePath)
    /// The output is the original itself, which is never replaced.
    case outputIsSource(FilePath)
    /// The file has changed, or has come, since the budget of the run was shared.
    case outsideBudget
}

/// The smallest that an image could be made, which is still too large.
public struct CannotFit: Sendable, Codable, Hashable {
    /// The bytes of the smallest attempt.
    public var smallestByteCount: Int
    /// The most bytes that pass.
    public var maxBytes: Int
    /// How often it was encoded.
    public var encodes: Int
}

/// A step that failed for no fault of the image.
public struct FailedStep: Sendable, Hashable {
    /// What was being done, as in `encode the image`.
    public var action: String
    /// What the library below logged, for people only; it may be another image's.
    public var log: String
}

/// What the header of a result says, where it is not what was planned.
public struct UnplannedResult: Sendable, Hashable {
    /// The size in px that was planned.
    public var plannedSize: PixelSize
    /// The size in px that the result has; nil when its header cannot be read.
    public var size: PixelSize?
    /// The format that was planned.
    public var plannedFormat: ImageFormat
    /// The format that the result has.
    public var format: ImageFormat?
}

extension PreflightError {
    /// Whether the run could not do its job, as opposed to an image that is not good for it.
    var isProblem: Bool {
        switch self {
        case .file, .changed, .plan, .unplannedResult, .noWorker, .noLibvips, .outputTaken, .outputIsSource,
            .inputIsOutput, .outsideBudget:
            true
        case .image, .overLimit, .cannotFit, .step: false
        }
    }
}

extension PreflightError: CustomStringConvertible {
    /// How libvips is installed here.
    private static var vipsPackage: String {
        #if os(macOS)
            "brew install vips"
        #else
            "libvips42 on Debian 12, libvips42t64 on Debian 13 and Ubuntu 24.04, vips elsewhere"
        #endif
    }

    /// One sentence, without a full stop.
    public var description: String {
        switch self {
        case .file(let failure):
            failure.description
        case .changed(let path):
            "\(path) was changed while it was being read"
        case .image(let findings):
            findings.map(\.message).joined(separator: "; ")
        case .plan(let error):
            error.description
        case .overLimit(let limit):
            "not decoded: \(limit)"
        case .cannotFit(let attempt):
            "cannot be made smaller than \(attempt.smallestByteCount) bytes in \(attempt.encodes) attempts; "
                + "the limit is \(attempt.maxBytes)"
        case .step(let step):
            step.log.isEmpty ? "could not \(step.action)" : "could not \(step.action) (\(step.log))"
        case .unplannedResult(let result):
            "the result is \(result.format?.rawValue ?? "unreadable") "
                + "\(result.size?.description ?? "of no size"), planned was "
                + "\(result.plannedFormat.rawValue) \(result.plannedSize)"
        case .noLibvips:
            "libvips 8.13 or later is needed and was not found: install it (\(Self.vipsPackage)), or name its file "
                + "in IMAGE_PREFLIGHT_LIBVIPS"
        case .noWorker(let reason):
            "no worker process could be started: \(reason)"
        case .outputTaken(let path):
            "another file of this run became \(path), or this one is named twice"
        case .inputIsOutput(let path):
            "\(path) is the output folder itself: choose another output folder"
        case .outputIsSource(let path):
            "\(path) is the original itself; it was left alone"
        case .outsideBudget:
            "it has changed or has come since the budget was shared; a new run with --resume shares it again"
        }
    }
}

/// Does something with files.
///
/// - Parameter step: what is done.
/// - Returns: what it returns.
/// - Throws: `PreflightError.file` in place of the file's error.
func fileStep<Value>(_ step: () throws(FileError) -> Value) throws(PreflightError) -> Value {
    do throws(FileError) { return try step() } catch { throw .file(error) }
}
