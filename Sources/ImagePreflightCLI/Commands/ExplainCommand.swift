internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight
internal import MessageRequests

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what an error text of the service means, which rule it is, and how to mend it.",
        discussion: """
            Finds the service's refusals in any text: an error message, a stack trace, a log with gateways' \
            prefixes, JSON escapes and wrapped lines. Ends with 1 when it recognises nothing.

            EXAMPLES
              image-preflight explain "messages.2.content.1.image.source.base64: image cannot be empty"
              image-preflight explain --request session.jsonl < error.log
              my-program 2>&1 | image-preflight explain
            """)

    @Argument(help: "The text; without it, standard input.")
    var text: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The request, batch or log that was refused: points at the block.", valueName: "file"),
        completion: .file())
    var request: PathBytes?

    @OptionGroup var judging: LintArguments
    @OptionGroup var output: OutputArguments

    @Flag(name: .shortAndLong, help: "No summary on standard error.")
    var quiet = false

    func run() throws {
        let linter = try judging.linter(isStrict: false)
        let explanations = ServiceErrorExplainer.explain(try inputText())
        var places = BlockPlaces()
        if let request {
            do throws(FileError) {
                try linter.lint(path: request) { places.add($0, for: explanations) }
            } catch {
                throw ConsoleError("\(request.text): \(error)")
            }
        }
        let records = explanations.enumerated().map { index, explanation in
            ExplanationRecord(explanation, request: request, places: places.rows(of: index))
        }
        if output.resolvedFormat == .table {
            var page = StandardOutput()
            page.write(records.map(\.page).joined(separator: "\n"))
            try page.finish()
        } else {
            var output = RecordOutput<ExplanationRecord>(format: output.resolvedFormat)
            for record in records { output.write(record) }
            try output.finish(summary: nil as RunSummary?)
        }
        guard explanations.isEmpty else {
            if !quiet { Diagnostics.line("refusals recognised: \(explanations.count)") }
            return
        }
        Diagnostics.line(
            "nothing in the text is a refusal that is known here; "
                + "`image-preflight lint \(request?.shellWord ?? "FILE")` says what is wrong with the request itself"
        )
        throw ExitStatus.refused
    }

    private func inputText() throws(ConsoleError) -> String {
        guard text.isEmpty || text == ["-"] else { return text.joined(separator: " ") }
        if isatty(STDIN_FILENO) == 1 { Diagnostics.line("Paste the text, then press Ctrl-D.") }
        return String(decoding: try InputFile.standardInput(), as: UTF8.self)
    }
}

/// Where in a request the blocks are that refusals speak of.
struct BlockPlaces {
    private var named: [Int: [LintRow]] = [:]
    private var found: [Int: [LintRow]] = [:]

    /// Keeps an image or request if a refusal is about it: the service names its block, or the linter finds
    /// the same thing there.
    mutating func add(_ event: LintEvent, for explanations: [ServiceErrorExplanation]) {
        for (index, explanation) in explanations.enumerated() {
            let row = LintRow(event: event)
            let isFound = event.findings.contains { $0.code == explanation.code }
            if let path = explanation.blockPath, case .image(let image) = event, image.pointer == path {
                named[index, default: []].append(row)
            } else if isFound {
                found[index, default: []].append(row)
            }
        }
    }

    /// The rows of one refusal: the blocks it names; else those in which the linter finds the same thing,
    /// because not every refusal names a block.
    func rows(of index: Int) -> [LintRow] {
        let named = named[index] ?? []
        return named.isEmpty ? found[index] ?? [] : named
    }
}
