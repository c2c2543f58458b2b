internal import ImagePreflight
internal import MessageRequests

/// Findings as a JUnit report: a test suite for each file, a test case for each image and each request.
///
/// A finding that decides the exit status is a failure; the rest is in the case's output.
struct JUnitOutput: LintOutput, ~Copyable {
    private var output = StandardOutput()
    private let linter: RequestLinter
    /// The cases of the current file; their counts precede them.
    private var cases = ""
    private var caseCount = 0
    private var failureCount = 0
    private var filter: LintFilter
    private(set) var isOpen = true

    var notShown: Int { filter.notShown }

    init(linter: RequestLinter, show: ShownRows) {
        self.linter = linter
        filter = LintFilter(show)
        isOpen = output.write(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"image-preflight lint\">\n")
    }

    mutating func write(_ row: LintRow) {
        if row.isRecord, filter.includes(row) { append(row) }
        guard case .file = row.event else { return }
        isOpen = output.write(
            "  <testsuite name=\"\(Self.escaped(row.file.text))\" tests=\"\(caseCount)\" "
                + "failures=\"\(failureCount)\" errors=\"0\" skipped=\"0\">\n\(cases)  </testsuite>\n")
        dropCases()
    }

    mutating func write(problem: String, with path: String) {
        // What was read of a file before it failed does not count.
        dropCases()
        isOpen = output.write(
            "  <testsuite name=\"\(Self.escaped(path))\" tests=\"1\" failures=\"0\" errors=\"1\" "
                + "skipped=\"0\">\n    <testcase classname=\"\(Self.escaped(path))\" name=\"file\">"
                + "<error message=\"\(Self.escaped(problem))\"/></testcase>\n  </testsuite>\n")
    }

    mutating func finish(_ summary: LintSummary) throws(ConsoleError) {
        output.write("</testsuites>\n")
        try output.finish()
    }

    private mutating func append(_ row: LintRow) {
        let failures = row.findings.filter { linter.isFailure([$0]) }
        let others = row.findings.filter { !linter.isFailure([$0]) }
        caseCount += 1
        if !failures.isEmpty { failureCount += 1 }
        cases +=
            "    <testcase classname=\"\(Self.escaped(row.file.text))\" name=\"\(Self.escaped(Self.name(row)))\""
        guard !row.findings.isEmpty else {
            cases += "/>\n"
            return
        }
        cases += ">\n"
        // The schema allows one failure per case: its text lists all.
        if let first = failures.first {
            let lines = failures.map { Self.line($0, of: row) }.joined(separator: "\n")
            cases +=
                "      <failure message=\"\(Self.escaped(first.message))\" "
                + "type=\"\(first.code.rawValue) \(first.name)\">\(Self.escaped(lines))</failure>\n"
        }
        if !others.isEmpty {
            let lines = others.map { Self.line($0, of: row) }.joined(separator: "\n")
            cases += "      <system-out>\(Self.escaped(lines))</system-out>\n"
        }
        cases += "    </testcase>\n"
    }

    private mutating func dropCases() {
        cases = ""
        caseCount = 0
        failureCount = 0
    }

    /// Names that distinguish the cases of a file: several requests may have a block of the same path.
    private static func name(_ row: LintRow) -> String {
        let line = row.line.map { "line \($0): " } ?? ""
        return switch row.event {
        case .image: line + (row.subject ?? "image")
        case .request: line + (row.subject.map { "request \($0)" } ?? "request")
        case .file: "file"
        }
    }

    private static func line(_ finding: Finding, of row: LintRow) -> String {
        "\(row.place): \(finding.severity.rawValue) \(finding.code.rawValue) \(finding.name): "
            + row.message(finding)
    }

    /// Text for an element or an attribute. Characters that XML 1.0 does not allow become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "&#9;"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
