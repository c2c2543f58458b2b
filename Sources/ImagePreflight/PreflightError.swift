public import ImageHeaders
internal import PreflightFiles
package import SystemPackage
public import VisionRules

/// Why an image could not be checked or prepared. A broken image is a finding of a check; it is an error when
/// preparing it.
public struct PreflightError: Error, Sendable, Hashable {
    /// What happened. More codes may be added.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// The name, as in `over-limit`.
        public let rawValue: String

        /// A code by its name.
        ///
        /// - Parameter rawValue: the name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The system refused: a missing file, a full disk, an unreadable folder.
        public static let file = Code(rawValue: "file")
        /// The file changed while it was being read.
        public static let changed = Code(rawValue: "changed")
        /// The image cannot be prepared; ``PreflightError/findings`` give the reasons.
        public static let image = Code(rawValue: "image")
        /// The options cannot be met.
        public static let plan = Code(rawValue: "plan")
        /// The image exceeds a limit of ``DecodeLimits``.
        public static let overLimit = Code(rawValue: "over-limit")
        /// No quality and no size brings the image below the byte limit.
        public static let cannotFit = Code(rawValue: "cannot-fit")
        /// A step failed through no fault of the image.
        public static let step = Code(rawValue: "step")
        /// The result does not match the plan: a bug in this library.
        public static let unplannedResult = Code(rawValue: "unplanned-result")
        /// No worker process could be started.
        public static let noWorker = Code(rawValue: "no-worker")
        /// The image needs libvips, which is not installed.
        public static let noLibvips = Code(rawValue: "no-libvips")
        /// Another source of the run already has this output.
        public static let outputTaken = Code(rawValue: "output-taken")
        /// The folder to prepare is the output folder.
        public static let inputIsOutput = Code(rawValue: "input-is-output")
        /// The output is the original, which is never replaced.
        public static let outputIsSource = Code(rawValue: "output-is-source")
        /// A folder below the output folder is a symbolic link, so the output would end up elsewhere.
        public static let outputThroughLink = Code(rawValue: "output-through-link")
        /// The file was added or changed after the budget of the run was divided.
        public static let outsideBudget = Code(rawValue: "outside-budget")
        /// The budget is too small for the images; ``PreflightError/leastBudget`` would suffice.
        public static let budgetTooSmall = Code(rawValue: "budget-too-small")
        /// A limit of ``DecodeLimits`` would reject every image.
        public static let invalidLimit = Code(rawValue: "invalid-limit")
        /// Another run is using the output folder, or writing the manifest.
        public static let outputInUse = Code(rawValue: "output-in-use")
        /// The output folder has the manifest of an earlier run, and neither resuming nor replacing was
        /// requested.
        public static let alreadyPrepared = Code(rawValue: "already-prepared")
        /// A file with the manifest's name is not a manifest, and was left untouched.
        public static let notAManifest = Code(rawValue: "not-a-manifest")
        /// Another process wrote to the journal during the run: rows are missing in it.
        public static let journalChanged = Code(rawValue: "journal-changed")
        /// A line is not a row of a manifest. The lines after it can still be read.
        public static let badLine = Code(rawValue: "bad-line")
        /// The result is no longer needed. The caller of an async call gets a `CancellationError` instead.
        public static let canceled = Code(rawValue: "canceled")
    }

    package let reason: Reason

    init(_ reason: Reason) { self.reason = reason }

    /// What happened.
    public var code: Code {
        switch reason {
        case .file: .file
        case .changed: .changed
        case .image: .image
        case .plan: .plan
        case .overLimit: .overLimit
        case .cannotFit: .cannotFit
        case .step: .step
        case .unplannedResult: .unplannedResult
        case .noWorker: .noWorker
        case .noLibvips: .noLibvips
        case .outputTaken: .outputTaken
        case .inputIsOutput: .inputIsOutput
        case .outputIsSource: .outputIsSource
        case .outputThroughLink: .outputThroughLink
        case .outsideBudget: .outsideBudget
        case .canceled: .canceled
        case .budgetTooSmall: .budgetTooSmall
        case .invalidLimit: .invalidLimit
        case .folderInUse, .manifestInUse: .outputInUse
        case .alreadyPrepared: .alreadyPrepared
        case .notAManifest: .notAManifest
        case .journalChanged: .journalChanged
        case .badLine: .badLine
        }
    }

    /// The findings, if the code is ``Code/image``; empty otherwise.
    public var findings: [Finding] { if case .image(let findings) = reason { findings } else { [] } }

    /// The system's error, if the code is ``Code/file``; nil otherwise.
    public var fileError: FileError? { if case .file(let error) = reason { error } else { nil } }

    /// The limit that the image exceeds, if the code is ``Code/overLimit``; nil otherwise.
    public var exceededLimit: DecodeLimits.Exceeded? {
        if case .overLimit(let limit) = reason { limit } else { nil }
    }

    /// The smallest budget that fits all images, if the code is ``Code/budgetTooSmall``; nil otherwise.
    public var leastBudget: BudgetLimit? {
        if case .budgetTooSmall(let error) = reason { error.least } else { nil }
    }
}

extension PreflightError {
    /// What happened, in detail.
    package enum Reason: Sendable, Hashable {
        /// The system refused: a missing file, a full disk, an unreadable folder.
        case file(FileError)
        /// The file changed while it was being read.
        case changed(FilePath)
        /// The image cannot be prepared; the findings give the reasons.
        case image([Finding])
        /// The options cannot be met.
        case plan(PlanError)
        /// The image exceeds a limit of ``DecodeLimits``.
        case overLimit(DecodeLimits.Exceeded)
        /// No quality and no size brings the image below the byte limit.
        case cannotFit(CannotFit)
        /// A step failed through no fault of the image.
        case step(FailedStep)
        /// The result does not match the plan. A bug in this library.
        case unplannedResult(UnplannedResult)
        /// No worker process could be started, for the reason given.
        case noWorker(String)
        /// The image needs libvips, and this machine does not have version 8.13 or later, or it does not
        /// start. Everything that needs no pixels works without it.
        case noLibvips
        /// Another source of the run already has this output, for example when a file is named twice.
        case outputTaken(FilePath)
        /// The folder to prepare is the output folder.
        case inputIsOutput(FilePath)
        /// The output is the original itself, which is never replaced.
        case outputIsSource(FilePath)
        /// A folder below the output folder is a symbolic link.
        case outputThroughLink(FilePath)
        /// The file was added or changed after the budget of the run was divided.
        case outsideBudget
        /// The result is no longer needed.
        case canceled
        /// Even the minimum sizes exceed the budget.
        case budgetTooSmall(BudgetError)
        /// A limit would reject every image: its unit, as in `bytes of memory`, and the smallest valid value.
        case invalidLimit(Int, of: String, least: Int)
        /// Another run is using the folder.
        case folderInUse(FilePath)
        /// Another run is writing the manifest.
        case manifestInUse(FilePath)
        /// An earlier run left its manifest or journal.
        case alreadyPrepared(FilePath)
        /// A file that is not a manifest has its name.
        case notAManifest(FilePath)
        /// The journal is not what the run wrote.
        case journalChanged(FilePath)
        /// A line of a manifest cannot be read.
        case badLine(path: FilePath, line: Int, reason: String)
    }
}

extension PreflightError {
    package static func file(_ value: FileError) -> PreflightError { PreflightError(.file(value)) }
    package static func changed(_ value: FilePath) -> PreflightError { PreflightError(.changed(value)) }
    package static func image(_ value: [Finding]) -> PreflightError { PreflightError(.image(value)) }
    package static func plan(_ value: PlanError) -> PreflightError { PreflightError(.plan(value)) }
    package static func overLimit(_ value: DecodeLimits.Exceeded) -> PreflightError {
        PreflightError(.overLimit(value))
    }
    package static func cannotFit(_ value: CannotFit) -> PreflightError { PreflightError(.cannotFit(value)) }
    package static func step(_ value: FailedStep) -> PreflightError { PreflightError(.step(value)) }
    package static func unplannedResult(_ value: UnplannedResult) -> PreflightError {
        PreflightError(.unplannedResult(value))
    }
    package static func noWorker(_ value: String) -> PreflightError { PreflightError(.noWorker(value)) }
    package static var noLibvips: PreflightError { PreflightError(.noLibvips) }
    package static func outputTaken(_ value: FilePath) -> PreflightError {
        PreflightError(.outputTaken(value))
    }
    package static func inputIsOutput(_ value: FilePath) -> PreflightError {
        PreflightError(.inputIsOutput(value))
    }
    package static func outputIsSource(_ value: FilePath) -> PreflightError {
        PreflightError(.outputIsSource(value))
    }
    package static func outputThroughLink(_ value: FilePath) -> PreflightError {
        PreflightError(.outputThroughLink(value))
    }
    package static var outsideBudget: PreflightError { PreflightError(.outsideBudget) }
    package static func budgetTooSmall(_ value: BudgetError) -> PreflightError {
        PreflightError(.budgetTooSmall(value))
    }
    package static func folderInUse(_ value: FilePath) -> PreflightError {
        PreflightError(.folderInUse(value))
    }
    package static func manifestInUse(_ value: FilePath) -> PreflightError {
        PreflightError(.manifestInUse(value))
    }
    package static func alreadyPrepared(_ value: FilePath) -> PreflightError {
        PreflightError(.alreadyPrepared(value))
    }
    package static func notAManifest(_ value: FilePath) -> PreflightError {
        PreflightError(.notAManifest(value))
    }
    package static func journalChanged(_ value: FilePath) -> PreflightError {
        PreflightError(.journalChanged(value))
    }
    package static var canceled: PreflightError { PreflightError(.canceled) }
}

/// Details of an image that stays over the byte limit at any quality and size.
package struct CannotFit: Sendable, Codable, Hashable {
    /// The bytes of the smallest attempt.
    package var smallestByteCount: Int
    /// The byte limit.
    package var maxBytes: Int
    /// How often it was encoded.
    package var encodes: Int
}

/// A step that failed through no fault of the image.
package struct FailedStep: Sendable, Hashable {
    /// The step, as in `encode the image`.
    package var action: String
    /// The log of the underlying library, for people only; it may be another image's.
    package var log: String
}

/// A result whose header does not match the plan.
package struct UnplannedResult: Sendable, Hashable {
    /// The size in px that was planned.
    package var plannedSize: PixelSize
    /// The size in px that the result has; nil when its header cannot be read.
    package var size: PixelSize?
    /// The format that was planned.
    package var plannedFormat: ImageFormat
    /// The format that the result has.
    package var format: ImageFormat?
}

extension PreflightError {
    /// Whether the run failed, as opposed to an unsuitable image.
    var isProblem: Bool {
        switch reason {
        case .file, .changed, .plan, .unplannedResult, .noWorker, .noLibvips, .outputTaken, .outputIsSource,
            .outputThroughLink, .inputIsOutput, .outsideBudget, .canceled, .budgetTooSmall, .invalidLimit,
            .folderInUse,
            .manifestInUse, .alreadyPrepared, .notAManifest, .journalChanged, .badLine:
            true
        case .image, .overLimit, .cannotFit, .step: false
        }
    }
}

extension PreflightError: CustomStringConvertible {
    /// How libvips is installed here.
    private static var vipsPackage: String {
        OperatingSystem.isMacOS
            ? "brew install vips"
            : "libvips42 on Debian 12, libvips42t64 on Debian 13 and Ubuntu 24.04, vips elsewhere"
    }

    /// One sentence, without a period.
    public var description: String {
        switch reason {
        case .file(let failure):
            failure.description
        case .changed(let path):
            "\(path) changed while it was being read"
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
            "another file of this run has the output \(path), or this one is listed twice"
        case .inputIsOutput(let path):
            "\(path) is the output folder itself: choose another output folder"
        case .outputIsSource(let path):
            "\(path) is the original itself; it was left alone"
        case .outputThroughLink(let path):
            "\(path) is a symbolic link; nothing is written through links below the output folder"
        case .outsideBudget:
            "it has changed or is new since the budget was shared; a resumed run shares it again"
        case .canceled:
            "the work was canceled"
        case .budgetTooSmall(let error):
            error.description
        case .invalidLimit(let value, let what, let least):
            "a limit of \(value) \(what) would reject every image: at least \(least) is needed"
        case .folderInUse(let folder):
            "another run is using \(folder)"
        case .manifestInUse(let path):
            "another run is writing \(path)"
        case .alreadyPrepared(let path):
            "\(path) already exists: resume continues that run, replace overwrites its outputs"
        case .notAManifest(let path):
            "\(path) exists and is not a manifest; left untouched"
        case .journalChanged(let path):
            "\(path) was changed by another process during the run: rows are missing, so no manifest was written"
        case .badLine(let path, let line, let reason):
            "\(path):\(line): not a row of a manifest: \(reason)"
        }
    }
}

/// Runs an operation on files.
///
/// - Parameter step: the operation.
/// - Returns: what it returns.
/// - Throws: `PreflightError.file` in place of the file's error.
func fileStep<Value>(_ step: () throws(FileError) -> Value) throws(PreflightError) -> Value {
    do throws(FileError) { return try step() } catch { throw .file(error) }
}
