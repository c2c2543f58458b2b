internal import ArgumentParser
internal import ImagePreflight

/// `--duplicates` and `--near-duplicates` of `check`.
struct DuplicateArguments: ParsableArguments {
    @Flag(
        name: .long,
        help: "Warn of files with the same bytes as an earlier one; reads only those that may be.")
    var duplicates = false

    @Flag(name: .long, help: "Warn of images that look like an earlier one, too; with --deep.")
    var nearDuplicates = false

    /// Whether a walk has to be gone through twice.
    var isWanted: Bool { duplicates || nearDuplicates }

    /// Goes through the headers of a walk for files that may be duplicates.
    ///
    /// - Parameters:
    ///   - walk: the files; a walk that can be begun again.
    ///   - running: how the command works and talks.
    /// - Returns: what to look for, and how many files there are; nil when nothing is wanted.
    /// - Throws: ``ExitStatus`` when somebody stopped it.
    func search(over walk: Walk, running: RunArguments) throws -> (search: DuplicateSearch, fileCount: Int)? {
        guard isWanted else { return nil }
        let control = RunControl(stoppedBy: Interruption.control)
        let candidates = ProgressLine.during(running.work.progressMode, control: control, count: nil) {
            DuplicateCandidates(walker: walk.begin(), workerCount: running.work.workerCount, control: control)
        }
        if control.isStopped { throw ExitStatus.interrupted }
        return (nearDuplicates ? .near(candidates) : .exact(candidates), control.done)
    }
}
