import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import VisionRules

@testable import ImagePreflight

@Suite("Merging manifests")
struct ManifestMergeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A manifest line: the source, its output, and the fields that distinguish rows.
    private func line(
        _ source: String, _ output: String? = nil, options: String? = "aaaa", bytes: Int = 10
    ) -> [UInt8] {
        var row = ManifestRow(
            source: nil, path: PathBytes(source),
            output: output.map {
                ManifestRow.Output(
                    path: PathBytes($0), format: .jpeg, byteCount: bytes,
                    size: PixelSize(width: 1, height: 1), tokens: 1, guideTokens: 1, cost: .zero,
                    sha256: nil)
            }, action: output == nil ? .failed : .resized)
        row.options = options
        var writer = JSONFieldWriter()
        writer.appendLine(row)
        return writer.bytes
    }

    /// Merges manifests with these lines.
    private func merge(
        _ manifests: [[[UInt8]]]
    ) throws -> (result: ManifestMerge.Result, lines: [[UInt8]]) {
        let merge = ManifestMerge(
            manifests: try manifests.enumerated().map { index, lines in
                FilePath(try folder.write("\(index).jsonl", lines.joined()))
            })
        var lines: [[UInt8]] = []
        let result = try merge.run { line in
            lines.append(line)
            return true
        }
        return (result, lines)
    }

    private func error(_ manifests: [[[UInt8]]]) throws -> String {
        do {
            _ = try merge(manifests)
            return ""
        } catch let error as ManifestMergeError {
            return error.description.replacing(folder.path + "/", with: "")
        }
    }

    @Test("a tile counts as an output that no other source may have")
    func outputsOfTiles() throws {
        let map = CoordinateMap(
            sourceSize: PixelSize(width: 9, height: 90), orientation: .up,
            outputSize: PixelSize(width: 9, height: 9))
        let tiles = (1...2).map { part in
            ManifestRow.Tile(
                part: part, count: 2,
                output: ManifestRow.Output(
                    path: PathBytes("page.tile-\(part)-of-2.jpg"), format: .jpeg, byteCount: 10,
                    size: map.outputSize, tokens: 1, guideTokens: 1, cost: .zero, sha256: nil), map: map)
        }
        var row = ManifestRow(source: nil, path: PathBytes("in/page.jpg"), tiles: tiles, action: .tiled)
        row.options = "aaaa"
        var writer = JSONFieldWriter()
        writer.appendLine(row)
        let other = line("in/page.tile-2-of-2.png", "page.tile-2-of-2.jpg")
        #expect(try error([[writer.bytes], [other]]).contains("page.tile-2-of-2.jpg"))
        let (result, lines) = try merge([[writer.bytes], [line("in/z.jpg", "z.jpg")]])
        #expect(lines.first == writer.bytes && result.totals.actions[.tiled] == 1)
    }

    @Test("puts rows in walk order")
    func order() throws {
        // A folder `a` comes before a file `a-b` or `a.jpg`, though its slash is larger than a hyphen.
        let ordered = ["in/a/x.jpg", "in/a/y/z.jpg", "in/a-b.jpg", "in/a.jpg", "in/b.jpg", "in/é.jpg"]
            .map { line($0, $0) }
        let (result, lines) = try merge(
            [[ordered[5], ordered[0]], [ordered[3], ordered[1], ordered[4]], [ordered[2]]])
        #expect(lines == ordered)
        #expect(result.totals.images == 6)
        #expect(result.duplicates == 0)
    }

    @Test("takes identical rows of two manifests once and counts them once")
    func duplicates() throws {
        let rows = ["a", "b", "c"].map { line($0, $0) }
        let (result, lines) = try merge([[rows[0], rows[1]], [rows[1], rows[2]]])
        #expect(lines == rows)
        #expect(result.duplicates == 1)
        #expect(result.totals.images == 3)
        #expect(result.totals.actions[.resized] == 3)
    }

    @Test("keeps all rows that one manifest has for a source: tiles, in order")
    func tiles() throws {
        let rows = [line("a", "a-2"), line("a", "a-10"), line("a", "a-1"), line("a"), line("a")]
        #expect(try merge([rows, []]).lines == rows)
        #expect(try merge([rows, rows]).lines == rows)
        #expect(try merge([rows, []]).result.totals.refused == 2)
    }

    @Test("refuses conflicting rows and names them")
    func conflicts() throws {
        #expect(
            try error([[line("a", "x")], [line("a", "x", bytes: 11)]])
                == "a: 0.jsonl and 1.jsonl disagree about it")
        #expect(
            try error([[line("a", "x/y")], [line("b", "x/y")]])
                == "x/y: it is the output of both a and b")
        #expect(
            try error([[line("a", "x")], [line("b", "y", options: "bbbb"), line("c", "z", options: "bbbb")]])
                == """
                0.jsonl: 1 rows were made with the options aaaa, the others with different ones
                1.jsonl: 2 rows were made with the options bbbb, the others with different ones
                """)
        #expect(try error([[line("a", "x")], [Array("{}\n".utf8)]]).hasPrefix("1.jsonl:1: not a row"))
        let many = (0..<30).map { line("\($0)", "same") }
        #expect(try error([many]).hasSuffix("\nand 19 more"))
    }

    @Test("reports outputs that differ only in case, and keeps both")
    func letterCase() throws {
        let (result, lines) = try merge([[line("A.jpg", "A.jpg")], [line("a.jpg", "a.jpg")]])
        #expect(lines.count == 2)
        #expect(
            result.differentInCaseOnly.map(\.description)
                == ["a.jpg: it is the output of both A.jpg and a.jpg"])
    }

    @Test("does not accept a killed run's journal as a manifest")
    func journal() throws {
        let path = FilePath(try folder.write("manifest.jsonl.partial", line("a", "a")))
        let merge = ManifestMerge(manifests: [path])
        #expect(throws: ManifestMergeError.unfinished(path)) { _ = try merge.run { _ in true } }
    }

    @Test("rows without options are compatible with all others")
    func withoutOptions() throws {
        #expect(try merge([[line("a", "x", options: nil)], [line("b", "y")]]).lines.count == 2)
    }
}
