internal import PreflightRecords
internal import ImageHeaders
internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight
internal import MessageRequests

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain an error message of the service: its meaning, its rule, and how to fix it.",
        usage: "image-preflight explain [<options>] [<text> ...]",
        discussion: """
            Finds the service's refusals in any text: an error message, a stack trace, a log with gateways' \
            prefixes, JSON escapes and wrapped lines. Exits with 1 when it recognizes nothing.

            EXAMPLES
              image-preflight explain "messages.2.content.1: image cannot be empty"
              image-preflight explain --request request.json < error.log
              image-preflight explain --log session.jsonl
              my-program 2>&1 | image-preflight explain
            """)

    @Argument(help: "The text; without it, standard input.")
    var text: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The request, batch or log that was refused, to find the block in it.", valueName: "file"),
        completion: .file())
    var request: PathBytes?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "An agent's log: find which of its images is to blame, and the command that repairs it.",
            valueName: "file"),
        completion: .file())
    var log: PathBytes?

    @OptionGroup var judging: LintArguments
    @OptionGroup var output: OutputArguments

    @Flag(name: .shortAndLong, help: "Print no summary to standard error.")
    var quiet = false

    mutating func validate() throws {
        if log != nil, request != nil || !text.isEmpty {
            throw ValidationError("Use --log without a text and without --request.")
        }
    }

    func run() throws {
        let linter = try judging.linter(isStrict: false)
        if let log { return try explain(log, linter) }
        let explanations = ServiceErrorExplainer.explain(try inputText())
        var places = BlockPlaces()
        if let request {
            do throws(FileError) {
                try linter.lint(path: request) { places.add($0, for: explanations) }
            } catch {
                throw ConsoleError("\(request.text): \(error)")
            }
        }
        try write(
            explanations.enumerated().map { index, explanation in
                ExplanationRecord(explanation, request: request, places: places.rows(of: index))
            })
        guard explanations.isEmpty else {
            if !quiet { Diagnostics.line("refusals recognized: \(explanations.count)") }
            return
        }
        Diagnostics.line(
            "no known refusal in the text; "
                + "`image-preflight lint \(request?.shellWord ?? "FILE")` checks the request itself"
        )
        throw ExitStatus.refused
    }

    /// Explains the refusals in an agent's log, and what would be refused in it.
    private func explain(_ log: PathBytes, _ linter: RequestLinter) throws {
        var explanations = ServiceErrorExplainer.explain(try Self.errorTexts(in: log))
        let mentioned = Set(explanations.map(\.code))
        var places = BlockPlaces()
        var others: [ServiceErrorExplanation] = []
        var otherCodes: Set<RuleCode> = []
        do throws(FileError) {
            try linter.lint(path: log) { event in
                places.add(event, for: explanations.map(\.withoutPath))
                for finding in event.findings
                where finding.severity == .error && !mentioned.contains(finding.code) {
                    let pointer: String?
                    switch event {
                    case .image(let image): pointer = image.pointer
                    case .request where finding.code == .unusablePDF: pointer = nil
                    default: continue
                    }
                    guard let rule = finding.code.rule, otherCodes.insert(finding.code).inserted else {
                        continue
                    }
                    others.append(ServiceErrorExplanation(rule, at: pointer))
                }
            }
            var more = BlockPlaces()
            if !others.isEmpty { try linter.lint(path: log) { more.add($0, for: others.map(\.withoutPath)) } }
            places.append(more, count: explanations.count)
            explanations += others
        } catch {
            throw ConsoleError("\(log.text): \(error)")
        }
        let command = try command(for: log)
        try write(
            explanations.enumerated().map { index, explanation in
                let rows = places.rows(of: index)
                return ExplanationRecord(explanation, command: rows.isEmpty ? nil : command, places: rows)
            })
        guard !explanations.isEmpty else {
            Diagnostics.line(
                "\(log.text): no refusal is logged, and nothing that would be sent again would be refused")
            throw ExitStatus.refused
        }
        let blamed = explanations.indices.filter { !places.rows(of: $0).isEmpty }.count
        if !quiet {
            Diagnostics.line("refusals: \(explanations.count), still in what would be sent again: \(blamed)")
        }
    }

    /// The command that repairs a log; nil if nothing has to be repaired.
    private func command(for log: PathBytes) throws -> String? {
        do {
            let plan = try RequestRepairer(options: judging.destination.options()).plan(path: log)
            guard !plan.isEmpty else { return nil }
            let drop = plan.steps.contains { $0.action == .none } ? " --drop" : ""
            // Otherwise the thinking after the change may be refused in turn.
            let strip = plan.steps.contains { $0.action == .keep } ? " --thinking strip" : ""
            return "image-preflight repair \(log.shellWord) --in-place\(drop)\(strip)"
        } catch {
            throw ConsoleError("\(log.text): \(error)")
        }
    }

    /// The lines of a log that may report a refusal. Those with images are longer.
    private static func errorTexts(in log: PathBytes) throws(ConsoleError) -> String {
        let descriptor = try InputFile.opened(log)
        defer { close(descriptor) }
        var lines = LineInput(fileDescriptor: descriptor, maxLineBytes: 1 << 16)
        var texts: [UInt8] = []
        while texts.count < maxErrorBytes {
            do throws(LineInput.Failure) {
                let line = try lines.line()
                guard line.firstRange(of: error) != nil || line.firstRange(of: ownMessage) != nil else {
                    continue
                }
                texts += line + [UInt8(ascii: "\n")]
            } catch {
                if error == .lineTooLong { continue }
                texts += lines.rest
                break
            }
        }
        return String(decoding: texts, as: UTF8.self)
    }

    private static let error = Array("rror".utf8)
    private static let ownMessage = Array("<synthetic>".utf8)
    /// How many bytes of a log's errors are examined.
    private static let maxErrorBytes = 16 << 20

    private func write(_ records: [ExplanationRecord]) throws {
        if output.resolvedFormat == .table {
            var page = StandardOutput()
            page.write(records.map(\.page).joined(separator: "\n"))
            try page.finish()
        } else {
            var output = RecordOutput<ExplanationRecord>(format: output.resolvedFormat)
            for record in records { output.write(record) }
            try output.finish(summary: nil as ImageRecord.Totals?)
        }
    }

    private func inputText() throws(ConsoleError) -> String {
        guard text.isEmpty || text == ["-"] else { return text.joined(separator: " ") }
        if isatty(STDIN_FILENO) == 1 { Diagnostics.line("Paste the text, then press Ctrl-D.") }
        return String(decoding: try InputFile.standardInput(), as: UTF8.self)
    }
}

/// The blocks of a request that refusals refer to.
struct BlockPlaces {
    private var named: [Int: [LintRow]] = [:]
    private var found: [Int: [LintRow]] = [:]

    /// Keeps an image or request if a refusal is about it: the service names its block, or the linter finds
    /// the same problem there.
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

    /// Takes over the results for more refusals, after `count` others.
    mutating func append(_ other: BlockPlaces, count: Int) {
        for (index, rows) in other.named { named[index + count] = rows }
        for (index, rows) in other.found { found[index + count] = rows }
    }

    /// The rows of one refusal: the blocks it names; otherwise those in which the linter finds the same
    /// problem, because not every refusal names a block.
    func rows(of index: Int) -> [LintRow] {
        let named = named[index] ?? []
        return named.isEmpty ? found[index] ?? [] : named
    }
}

extension ServiceErrorExplanation {
    /// The same for any block: the messages of a log have other numbers than those of the failed request.
    fileprivate var withoutPath: ServiceErrorExplanation {
        var copy = self
        copy.blockPath = nil
        return copy
    }
}
