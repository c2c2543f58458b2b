import Foundation
import MessageRequests
import TestSupport
import Testing
import VisionRules

/// The files of `testdata/requests`: each triggers what its row says, and nothing else.
@Suite("Requests of the test data")
struct FixtureTests {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        var file: String
        var platform: String
        var codes: [String]
        var testDescription: String { file }
    }

    static let folder = Resources.testdata.appending(path: "requests")

    static let rows: [Row] = {
        let path = folder.appending(path: "expected.jsonl")
        guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Row.self, from: Data($0.utf8))
        }
    }()

    @Test("exactly the codes of the row", arguments: rows)
    func codes(row: Row) throws {
        let linter = try RequestLinter(options: LintOptions(platformID: row.platform))
        let report = try linter.lint(path: Self.folder.appending(path: row.file).path)
        #expect(Set(report.findings.map(\.code.rawValue)) == Set(row.codes))
        #expect(row.codes.isEmpty || row.codes.contains(String(row.file.prefix(4))))
    }

    @Test("every code that a small request can show has its two files, and every file its row")
    func complete() throws {
        let elsewhere: Set<RuleCode> = [
            .emptyFile, .extensionMismatch, .truncatedData, .duplicateImage, .bytesOverLimit,
            .requestTooLarge,
            .batchTooLarge,
        ]
        for code in RuleCode.allCases where !elsewhere.contains(code) {
            let files = Self.rows.filter { $0.file.hasPrefix("\(code.rawValue)-\(code.name)") }
            #expect(files.map(\.codes.isEmpty).sorted { !$0 && $1 } == [false, true], "\(code)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.contains(".json") && $0 != "expected.jsonl" }
        #expect(Set(names) == Set(Self.rows.map(\.file)))
    }
}
