import ImageHeaders
import ImagePreflight
import SystemPackage
import TestSupport
import Testing
import VisionRules

@Suite("Reading a manifest")
struct ManifestReaderTests {
    private func line(_ path: PathBytes) -> [UInt8] {
        var writer = JSONFieldWriter()
        writer.appendLine(ManifestRow(source: nil, path: path, action: .failed, error: "it is gone"))
        return writer.bytes
    }

    /// The paths of all rows, and the first error.
    private func read(_ bytes: [UInt8]) throws -> (paths: [PathBytes], lastLine: Int, error: String?) {
        let folder = try TemporaryFolder()
        var reader = try ManifestReader(path: FilePath(try folder.write("m.jsonl", bytes)))
        var paths: [PathBytes] = []
        do throws(PreflightError) {
            while let row = try reader.next() { paths.append(row.path) }
            return (paths, reader.line, nil)
        } catch {
            return (paths, reader.line, error.description)
        }
    }

    @Test(
        "rows come in order over many reads, even with non-UTF-8 names and an unterminated last line")
    func rows() throws {
        let names =
            (0..<2000).map { PathBytes("folder/image \($0) é.jpg") } + [PathBytes([0x61, 0xFF, 0x62])]
        var bytes = Array(names.map { line($0) }.joined())
        bytes.removeLast()
        let result = try read(bytes)
        #expect(result.paths == names)
        #expect(result.lastLine == 2001)
        #expect(result.error == nil)
    }

    @Test("empty lines are skipped but counted; an empty manifest has no rows")
    func emptyLines() throws {
        let result = try read(Array("\n \r\n".utf8) + line(PathBytes("a.png")))
        #expect(result.paths == [PathBytes("a.png")])
        #expect(result.lastLine == 3)
        #expect(try read([]).paths.isEmpty)
    }

    @Test("a bad line is reported with its number and what is wrong with it")
    func badLines() throws {
        let broken = try read(line(PathBytes("a.png")) + Array("{\"source\": {\n".utf8))
        #expect(broken.paths.count == 1)
        #expect(broken.error?.hasSuffix("m.jsonl:2: not a row of a manifest: it is not JSON") == true)
        let other = try read(Array("{\"source\":{\"path\":\"a\"}}\n".utf8))
        #expect(other.error?.hasSuffix("m.jsonl:1: not a row of a manifest: action is missing") == true)
        let unknown = try read(
            Array("{\"source\":{\"path\":\"a\",\"verdict\":\"eaten\"},\"action\":\"copied\"}\n".utf8))
        #expect(unknown.error?.hasSuffix("an unknown value in source.verdict") == true)
    }

    @Test("a format, an action and a rule from a newer version are kept")
    func newer() throws {
        let line = """
            {"source":{"path":"a.jxs","format":"jxs","media_type":"application/octet-stream","bytes":9,\
            "base64_bytes":12,"verdict":"rejected","model":"m","platform":"p","findings":[{"code":"I999",\
            "name":"too-new","severity":"note","message":"It is new."}]},"action":"cropped","findings":[]}

            """
        let folder = try TemporaryFolder()
        var reader = try ManifestReader(path: FilePath(try folder.write("m.jsonl", Array(line.utf8))))
        let row = try #require(try reader.next())
        #expect(row.source?.format == ImageFormat(rawValue: "jxs") && row.source?.format?.isSendable == false)
        #expect(row.action == PrepareAction(rawValue: "cropped"))
        #expect(row.source?.findings.first?.code == RuleCode(rawValue: "I999"))
        var writer = JSONFieldWriter()
        writer.appendLine(row)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == line)
        var totals = ManifestRow.Totals()
        totals.count(row)
        #expect(totals.actions.listed.last?.action.rawValue == "cropped")
        #expect(totals.actions.listed.map(\.count) == [0, 0, 0, 0, 0, 0, 1])
    }

    @Test("a missing manifest and a folder are system errors")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: PreflightError.self) {
            _ = try ManifestReader(path: FilePath(folder.path + "/none"))
        }
        #expect(throws: PreflightError.self) {
            var reader = try ManifestReader(path: FilePath(folder.path))
            _ = try reader.next()
        }
    }
}
