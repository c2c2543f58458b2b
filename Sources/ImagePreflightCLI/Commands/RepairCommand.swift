internal import PreflightRecords
internal import ImageHeaders
internal import PreflightFiles
public import ArgumentParser
internal import ImagePreflight
public import MessageRequests
internal import SystemPackage

struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Repair the images in requests, batches and logs that the service would refuse.",
        discussion: """
            Only the refused images change: they get the right media type or proper base64, or are re-encoded \
            at a size that passes; other services' blocks become image blocks. Every other byte stays, and \
            what is written decodes to the end. With --drop, a text block replaces whatever cannot be \
            repaired. In an agent's log, only what it would send again is examined. Exits with 1 if anything is \
            left that the service would refuse.

            Some models bind their thinking to everything before it. --thinking decides what happens to thinking \
            after a change: keep (it is reported), strip, or drop-block, which asks the service to leave it out \
            and needs the header anthropic-beta: thinking-binding-controls-2026-08-01.

            EXAMPLES
              image-preflight repair session.jsonl -o mended.jsonl
              image-preflight repair session.jsonl --in-place --drop
              image-preflight repair requests/*.json -o mended/ --platform bedrock
              image-preflight repair batch.jsonl --dry-run
            """)

    @Argument(help: "Requests, batches and logs.", completion: .file())
    var files: [PathBytes]

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp(
            "The file for the result; or a folder, which several files require.",
            valueName: "out"),
        completion: .file())
    var output: PathBytes?

    @Flag(name: .long, help: "Replace each file, and keep the original with .bak appended to its name.")
    var inPlace = false

    @Flag(
        name: .long,
        help:
            "Replace images that cannot be repaired, and PDFs that cannot be read, with a text block.")
    var drop = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What to do with thinking that is bound to a changed block: keep, strip or drop-block.",
            valueName: "policy"))
    var thinking = ThinkingPolicy.keep

    @Flag(name: .long, help: "Write nothing; report what would be done.")
    var dryRun = false

    @Flag(name: .long, help: "Replace existing results.")
    var overwrite = false

    @OptionGroup var destination: RequestDestinationArguments
    @OptionGroup var decoding: DecodingArguments
    @OptionGroup var format: OutputArguments

    @Flag(name: .shortAndLong, help: "Print no summary to standard error.")
    var quiet = false

    mutating func validate() throws {
        files = files.unfolded
        if inPlace, output != nil { throw ValidationError("Use either --output or --in-place, not both.") }
        if !inPlace, output == nil, !dryRun {
            throw ValidationError(
                "Use --output or --in-place to choose where the result goes, or --dry-run to write nothing.")
        }
    }

    func run() throws {
        let options = try destination.options()
        let limits = try decoding.limits()
        let repairer: Repairer
        do throws(RequestError) {
            repairer = try Repairer(
                options: options, drops: drop, thinking: thinking, limits: limits,
                decoder: decoding.decoder(isForFew: files.count == 1))
        } catch {
            throw ConsoleError("\(error)")
        }
        let targets = try targets()
        var output = RecordOutput<RepairRecord>(format: format.resolvedFormat)
        var summary = RepairSummary()
        // A signal would leave half-written files behind.
        let control = Interruption.control
        Interruption.catchSignals()
        for (file, target) in zip(files, targets) where !control.isStopped {
            do throws(ConsoleError) {
                let result = try repairer.repair(file, into: target)
                for record in result.records {
                    summary.count(record)
                    output.write(record)
                }
                for finding in result.left {
                    Diagnostics.line(
                        "\(file.text): not repaired: \(finding.code.rawValue) \(finding.name): \(finding.message)"
                    )
                }
                for note in result.notes where !quiet { Diagnostics.line("\(file.text): \(note)") }
                if let backup = result.backup, !quiet {
                    Diagnostics.line("\(file.text): the original is kept as \(backup)")
                }
                summary.files += 1
                if result.passes { summary.passing += 1 }
            } catch {
                summary.problems += 1
                Diagnostics.error("\(error)")
            }
        }
        try output.finish(summary: summary) { rows, _ in RepairRecord.footer(rows) }
        if !quiet { Diagnostics.line(summary.line(isPlan: dryRun)) }
        if control.isStopped { throw ExitStatus.interrupted }
        try ExitStatus.of(refused: summary.passing < summary.files, failed: summary.problems > 0).end()
    }

    /// The target of each file's result.
    private func targets() throws(ConsoleError) -> [Repairer.Target] {
        if dryRun { return files.map { _ in .nowhere } }
        guard let output else { return files.map { _ in .itself } }
        let folder = FilePath(output)
        let isFolder =
            FileStatus(folder).map { $0.kind == .folder }
            ?? (files.count > 1 || output.bytes.last == UInt8(ascii: "/"))
        guard isFolder else {
            if files.count > 1 {
                throw ConsoleError("\(output.text) is a file, but several results need a folder")
            }
            return [.file(folder, replaces: overwrite)]
        }
        try consoleStep { () throws(FileError) in try folder.makeFolders() }
        var sources: [FilePath: PathBytes] = [:]
        var targets: [Repairer.Target] = []
        for file in files {
            let path = folder.pushing(FilePath(PathBytes(file.fileName)))
            if let other = sources.updateValue(file, forKey: path) {
                throw ConsoleError("\(other.text) and \(file.text) would both become \(path)")
            }
            targets.append(.file(path, replaces: overwrite))
        }
        return targets
    }
}

extension ThinkingPolicy: ExpressibleByArgument {}
