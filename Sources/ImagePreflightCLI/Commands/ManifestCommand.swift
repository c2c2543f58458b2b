internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import ArgumentParser
internal import ImagePreflight
internal import MessageRequests
internal import SystemPackage

struct ManifestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manifest",
        abstract: "Work with the manifests that `prepare` writes.",
        subcommands: [ManifestMergeCommand.self])
}

struct ManifestMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge the manifests of all shards into one, with the totals.",
        discussion: """
            Each row is written once, in the order of a walk over the folder, whatever the order of the manifests: \
            all shards together give the manifest of a single run, byte for byte. For several folders, or \
            a list, the rows are in the order of the paths.

            Nothing is written, and the status is 2, if rows do not fit together: two manifests disagree \
            about a source, two sources have one output, rows were made with different options, \
            or a run is incomplete.

            EXAMPLES
              image-preflight manifest merge ready/*-of-8.jsonl -o ready/manifest.jsonl
            """)

    @Argument(help: "Manifests of shards.", completion: .file(extensions: ["jsonl"]))
    var manifests: [PathBytes]

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp(
            "The merged manifest; replaces an existing manifest, but no other file.", valueName: "file"),
        completion: .file(extensions: ["jsonl"]))
    var output: PathBytes

    @OptionGroup var format: OutputArguments

    @Flag(name: .shortAndLong, help: "Print no summary to standard error.")
    var quiet = false

    mutating func validate() { manifests = manifests.unfolded }

    func run() throws {
        guard Manifest.mayBeReplaced(FilePath(output)) else {
            throw ConsoleError("\(output.text) exists and is not a manifest; left untouched")
        }
        let merge = ManifestMerge(manifests: manifests.map { FilePath($0) })
        let file = try consoleStep { () throws(FileError) in try AtomicFile(at: FilePath(output)) }
        var sink = DescriptorSink(fileDescriptor: file.file.rawValue)
        var failure: FileError?
        // A signal would leave half-written files behind.
        let control = Interruption.control
        Interruption.catchSignals()
        let result: ManifestMerge.Result
        do throws(ManifestMergeError) {
            result = try merge.run { line in
                do throws(FileError) { try sink.write(line) } catch { failure = error }
                return failure == nil && !control.isStopped
            }
        } catch {
            throw ConsoleError(lines: error.lines)
        }
        do throws(FileError) {
            if let failure { throw failure }
            try sink.flush()
        } catch {
            throw ConsoleError("\(output.text): \(error)")
        }
        if control.isStopped { throw ExitStatus.interrupted }
        do throws(FileError) { try file.commit(isDurable: false) } catch { throw ConsoleError(error) }

        for pair in result.differentInCaseOnly {
            Diagnostics.line("\(pair), but for capital letters")
        }
        var records = RecordOutput<MergeRecord>(format: format.resolvedFormat)
        records.write(MergeRecord(path: output, manifests: manifests.count, result: result))
        try records.finish(summary: result.totals)
        if !quiet { Diagnostics.line(SummaryLine.prepare(result.totals)) }
    }
}

/// The result of a merge.
struct MergeRecord: TabularRecord {
    let path: PathBytes
    let manifests: Int
    let result: ManifestMerge.Result

    enum CodingKeys: String, CodingKey, CaseIterable {
        case path, manifests, duplicates
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.path, path)
        writer.write(CodingKeys.manifests, manifests)
        writer.write(CodingKeys.duplicates, result.duplicates)
        result.totals.writeFields(to: &writer)
    }

    static let columnNames =
        CodingKeys.allCases.map(\.stringValue) + ManifestRow.Totals.CodingKeys.allCases.map(\.stringValue)
    static let headings: [Table.Heading] = [
        .number("MANIFESTS"), .number("IMAGES"), .number("DUPLICATES"), .number("REFUSED"),
        .number("TOKENS"), .number("COST"), .path("PATH"),
    ]
    var cells: [String] {
        [
            String(manifests), Amounts.count(result.totals.images), Amounts.count(result.duplicates),
            Amounts.count(result.totals.refused), Amounts.count(result.totals.tokensAfter),
            result.totals.costAfter.shortText, path.text,
        ]
    }
}
