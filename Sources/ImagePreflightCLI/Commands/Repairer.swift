internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import PreflightRequests
internal import ImagePreflight
internal import MessageRequests
internal import SystemPackage

/// Repairs one file after the other: the work of `repair`.
struct Repairer {
    private let repairer: RequestRepairer
    private let linter: RequestLinter
    private let limits: DecodeLimits
    private let decoder: Preflighter.Decoder

    /// Where a result goes.
    enum Target: Hashable {
        case nowhere
        case itself
        case file(FilePath, replaces: Bool)
    }

    /// The result for a file.
    struct Outcome {
        var records: [RepairRecord]
        /// What the service would still refuse.
        var left: [Finding]
        /// Other notes.
        var notes: [String] = []
        /// Where the original is now, when it was replaced.
        var backup: FilePath?
        var passes: Bool
    }

    init(
        options: LintOptions, drops: Bool, thinking: ThinkingPolicy, limits: DecodeLimits,
        decoder: Preflighter.Decoder
    ) throws(RequestError) {
        self.limits = limits
        self.decoder = decoder
        repairer = try RequestRepairer(options: options, drops: drops, thinking: thinking)
        linter = try RequestLinter(options: options)
    }

    /// Repairs a file.
    func repair(_ file: PathBytes, into target: Target) throws(ConsoleError) -> Outcome {
        let replaced = try ReplacedFile(FilePath(file))
        let plan: RepairPlan
        do throws(FileError) { plan = try repairer.plan(path: file) } catch {
            throw ConsoleError("\(file.text): \(error)")
        }
        if plan.isLog, repairer.thinkingPolicy == .dropBlock {
            throw ConsoleError(
                "\(file.text): --thinking drop-block needs a request, which a log does not contain; use keep or strip"
            )
        }
        var outcome = Outcome(
            records: plan.steps.map { RepairRecord(file: file, planned: $0) }, left: plan.otherErrors,
            passes: plan.isComplete)
        switch target {
        case .nowhere: break
        case .itself:
            // Files that need nothing are left untouched, without a backup.
            if plan.steps.allSatisfy({ $0.action == .none }) { break }
            let new = try consoleStep { () throws(FileError) in try replaced.successor() }
            outcome = try write(file, plan, to: new)
            outcome.backup = try replaced.keepBackup()
            // The replacement of a log's only copy must be flushed to disk first.
            do throws(FileError) { try new.commit(isDurable: true) } catch { throw ConsoleError(error) }
        case .file(let path, let replaces):
            try Self.check(path, isNot: replaced, replaces: replaces)
            AtomicFile.removeAbandoned(beside: path)
            let new = try consoleStep { () throws(FileError) in
                try AtomicFile(at: path, mode: replaced.mode, isLocked: true)
            }
            outcome = try write(file, plan, to: new)
            do throws(FileError) { try new.commit(isDurable: false) } catch { throw ConsoleError(error) }
        }
        outcome.notes = Self.notes(outcome.records)
        return outcome
    }

    /// What a user has to know about thinking that is bound to changed blocks.
    private static func notes(_ records: [RepairRecord]) -> [String] {
        var notes = records.filter { $0.action == .keep }.flatMap(\.messages)
        if records.contains(where: { $0.action == .dropBlock }) {
            notes.append(
                "send it with the header \(ThinkingPolicy.betaHeader); Amazon Bedrock takes it as anthropic_beta in "
                    + "the body, Converse in additionalModelRequestFields")
        }
        return notes
    }

    private func write(
        _ file: PathBytes, _ plan: RepairPlan, to new: borrowing AtomicFile
    ) throws(ConsoleError) -> Outcome {
        let changes: [RepairChange]
        do throws(RepairError) {
            var sink = DescriptorSink(fileDescriptor: new.file.rawValue)
            changes = try repairer.repair(path: file, plan: plan, to: &sink, reencode: reencode)
            do throws(FileError) { try sink.flush() } catch { throw .write(error) }
        } catch {
            throw ConsoleError("\(file.text): \(error)")
        }
        // The result is read again: its actual contents decide, not what was intended.
        var left: [Finding] = []
        do throws(FileError) {
            try linter.lint(path: PathBytes(new.temporary)) { event in
                left += event.findings.filter { $0.severity == .error }
            }
        } catch {
            throw ConsoleError("\(file.text): the result cannot be read again: \(error)")
        }
        return Outcome(
            records: changes.map { RepairRecord(file: file, $0) }, left: left, passes: left.isEmpty)
    }

    func reencode(_ task: ReencodeTask) -> ReencodeOutcome {
        let preflighter = Preflighter(
            destination: task.destination, options: PrepareOptions(limits: limits), decoder: decoder)
        do throws(PreflightError) {
            return .image(try preflighter.reencoded(task))
        } catch {
            return .failed(error.namedText)
        }
    }

    /// Refuses to overwrite the original, and anything else without permission.
    private static func check(
        _ path: FilePath, isNot original: ReplacedFile, replaces: Bool
    ) throws(ConsoleError) {
        guard let resolved = path.resolved else { return }
        if resolved == original.path {
            throw ConsoleError("\(path) is the original; --in-place replaces it and keeps a backup")
        }
        if !replaces { throw ConsoleError("\(path) already exists; --overwrite replaces it") }
    }
}
