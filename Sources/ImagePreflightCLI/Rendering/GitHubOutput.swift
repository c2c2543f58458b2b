internal import ImagePreflight
internal import MessageRequests

/// Findings as GitHub Actions reads them from a job's output:
/// `::error file=request.json,line=3,title=R201 media-type-mismatch::message`.
struct GitHubOutput: LintOutput, ~Copyable {
    private var output = StandardOutput()
    private var filter: LintFilter
    private(set) var isOpen = true

    var notShown: Int { filter.notShown }

    init(show: ShownRows) { filter = LintFilter(show) }

    mutating func write(_ row: LintRow) {
        for finding in filter.findings(of: row) {
            var properties = "file=" + Self.escaped(property: row.file.text)
            if let line = row.line { properties += ",line=\(line)" }
            properties += ",title=" + Self.escaped(property: "\(finding.code.rawValue) \(finding.name)")
            write(
                "::\(Self.command(finding.severity)) \(properties)::\(Self.escaped(row.message(finding)))\n")
        }
    }

    mutating func write(problem: String, with path: String) {
        write("::error file=\(Self.escaped(property: path))::\(Self.escaped(problem))\n")
    }

    mutating func finish(_ summary: LintSummary) throws(ConsoleError) { try output.finish() }

    private mutating func write(_ line: String) { isOpen = output.write(line) }

    private static func command(_ severity: Finding.Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "notice"
        }
    }

    /// A message, which ends at the line.
    private static func escaped(_ text: String) -> String { escaped(text, also: []) }

    /// The value of a property, which ends at a comma or a colon.
    private static func escaped(property text: String) -> String { escaped(text, also: [":", ","]) }

    private static func escaped(_ text: String, also more: Set<Unicode.Scalar>) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "\r" || scalar == "\n" || more.contains(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                escaped += "%" + (digits.count < 2 ? "0" : "") + digits
            } else {
                escaped.unicodeScalars.append(Terminal.printable(scalar))
            }
        }
        return escaped
    }
}
