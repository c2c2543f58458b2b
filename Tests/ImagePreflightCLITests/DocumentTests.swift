import Foundation
import TestSupport
import Testing

/// PDFs are not images, but they can be sent, and their pages count as images.
@Suite("PDF documents")
struct DocumentTests {
    /// A PDF whose page tree gives the number of pages.
    private func pdf(pages: Int, trailer: String = "") -> [UInt8] {
        Array(
            """
            %PDF-1.4
            1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
            2 0 obj<</Type/Pages/Kids[]/Count \(pages)>>endobj
            trailer<</Root 1 0 R\(trailer)>>
            %%EOF
            """.utf8)
    }

    private func message(_ run: CommandRun) throws -> String? {
        let findings = try run.records().first?["findings"] as? [[String: Any]] ?? []
        #expect(findings.map { $0["code"] as? String } == ["I101"])
        return findings.first?["message"] as? String
    }

    @Test("check gives the number of pages, compares it with the limits and says how to send them")
    func check() throws {
        let folder = try TemporaryFolder()
        let bytes = pdf(pages: 3)
        try folder.write("a.pdf", bytes)
        let run = try CommandRun.imagePreflight(["check", "a.pdf"], in: folder.path)
        let record = try #require(try run.records().first)
        #expect(record["document_pages"] as? Int == 3)
        #expect(record["document_tokens_estimate"] as? Int == 4653)
        #expect(record["tokens"] == nil && record["cost_usd"] == nil)
        #expect(
            try message(run)
                == "the file is a PDF, not an image: send it in a document block, where it takes 3 of 100 images and pages, \((bytes.count + 2) / 3 * 4) of 20000000 bytes of the body, and about 4653 tokens in addition to its text"
        )
        let table = try CommandRun.imagePreflight(["check", "a.pdf", "--format", "table"], in: folder.path)
        #expect(table.text.contains("3 pages"))
    }

    @Test(
        "check says why a document block would be refused as well",
        arguments: [
            (100, "", "claude-sonnet-4-5", "takes 100 of 100 images and pages"),
            (101, "", "claude-sonnet-4-5", "of 101 pages; a request accepts at most 100 in document blocks"),
            (600, "", "claude-sonnet-5-5", "takes 600 of 600 images and pages"),
            (601, "", "claude-sonnet-5-5", "of 601 pages; a request accepts at most 600 in document blocks"),
            (
                3, "/Encrypt<<>>", "claude-sonnet-5-5",
                "that is encrypted, which is refused in a document block too"
            ),
            (0, "", "claude-sonnet-5-5", "without pages (cut or broken), which is refused"),
        ])
    func limits(pages: Int, trailer: String, model: String, text: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("a.pdf", pdf(pages: pages, trailer: trailer))
        let arguments = ["a.pdf", "--model", model, "--platform", "claude-api"]
        let run = try CommandRun.imagePreflight(["check"] + arguments, in: folder.path)
        #expect(run.status == 1)
        let found = try message(run) ?? ""
        #expect(found.contains(text), "\(found)")
        // A document within the limits has a price.
        let estimate = try CommandRun.imagePreflight(["estimate"] + arguments, in: folder.path)
        let fits = text.hasPrefix("takes")
        #expect(estimate.status == (fits ? 0 : 1))
        #expect(try (estimate.records().first?["cost_usd"] != nil) == fits)
    }

    @Test("the body limit applies to a document: one byte more is too many")
    func bytes() throws {
        let folder = try TemporaryFolder()
        // Amazon Bedrock accepts at most 20,000,000 bytes of base64.
        let start = pdf(pages: 1)
        for (count, fits) in [(15_000_000, true), (15_000_001, false)] {
            try folder.write("a.pdf", start + [UInt8](repeating: 0x20, count: count - start.count))
            let run = try CommandRun.imagePreflight(
                ["check", "a.pdf", "--platform", "bedrock"], in: folder.path)
            let found = try message(run) ?? ""
            #expect(found.contains("a request accepts at most 20000000") == !fits, "\(found)")
        }
    }

    @Test("estimate prices the pages as images, and says that it is an estimate")
    func estimate() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.pdf", pdf(pages: 3))
        let run = try CommandRun.imagePreflight(
            ["estimate", "a.pdf", "200x200", "--model", "claude-sonnet-4-5", "--format", "json"],
            in: folder.path)
        #expect(run.status == 0)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let records = try #require(object["records"] as? [[String: Any]])
        // 4,653 tokens at $3 a million.
        #expect(records[0]["cost_usd"] as? Double == 0.013959 && records[0]["tokens"] == nil)
        #expect(records[0]["cost_per_1000_usd"] as? Double == 13.959)
        let summary = try #require(object["summary"] as? [String: Any])
        let total = try #require((summary["models"] as? [[String: Any]])?.first)
        #expect(total["tokens"] as? Int == 64 && total["document_pages"] as? Int == 3)
        #expect(total["document_tokens_estimate"] as? Int == 4653)
        #expect(total["cost_usd"] as? Double == 0.014151)
        #expect(run.errorText.contains("3 pages of PDF (about 4,653 tokens)"))
    }

    @Test("pack puts PDFs into document blocks and counts their pages as images")
    func pack() throws {
        let folder = try TemporaryFolder()
        for (name, pages) in [("a", 60), ("b", 40), ("c", 1), ("long", 101)] {
            try folder.write("in/\(name).pdf", pdf(pages: pages))
        }
        try folder.write("in/locked.pdf", pdf(pages: 2, trailer: "/Encrypt<<>>"))
        try folder.write(
            "in/photo.jpg",
            Data(contentsOf: Resources.testdata.appending(path: "photos/fruit-1092x1092.jpg")))
        let run = try CommandRun.imagePreflight(
            ["pack", "in", "-o", "out", "--prompt", "What do they have in common?"], in: folder.path)
        #expect(run.status == 1)
        #expect(run.errorText.contains("in/long.pdf: left out: I101: the file is a PDF of 101 pages"))
        #expect(run.errorText.contains("in/locked.pdf: left out: I101: the file is a PDF that is encrypted"))
        let records = try run.records()
        #expect(records.map { $0["images"] as? Int } == [0, 1])
        #expect(records.map { $0["documents"] as? Int } == [2, 1])
        #expect(records.map { $0["document_pages"] as? Int } == [100, 1])
        #expect(records.map { $0["document_tokens_estimate"] as? Int } == [155_100, 1551])
        let body = String(decoding: try folder.read("out/request-000001.json"), as: UTF8.self)
        let start = #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":""#
        #expect(body.contains(#"{"type":"text","text":"Document 1:"},"# + start))
        #expect(body.contains(#"{"type":"text","text":"Document 2:"},"# + start))
        let second = String(decoding: try folder.read("out/request-000002.json"), as: UTF8.self)
        #expect(second.contains("Document 1:") && second.contains("Image 1:"))
        // The linter's count is the same.
        let lint = try CommandRun.imagePreflight(
            ["lint", "out/request-000001.json", "out/request-000002.json"], in: folder.path)
        #expect(lint.status == 0)
        let requests = try lint.records().filter { $0["documents"] != nil }
        for key in ["images", "documents", "document_pages", "document_tokens_estimate", "body_bytes"] {
            #expect(
                requests.map { $0[key] as? Int } == records.map { $0[key] as? Int }, "\(key)")
        }
    }

    @Test("a manifest and its report show the pages of a file that could not become an image")
    func report() throws {
        let folder = try TemporaryFolder()
        try folder.write("in/a.pdf", pdf(pages: 3))
        let prepared = try CommandRun.imagePreflight(["prepare", "in", "-o", "out"], in: folder.path)
        #expect(prepared.status == 1)
        let source = try #require(try prepared.records().first?["source"] as? [String: Any])
        #expect(source["document_pages"] as? Int == 3)
        let report = try CommandRun.imagePreflight(
            ["report", "out/manifest.jsonl", "-o", "report.html"], in: folder.path)
        #expect(report.status == 0, "\(report.errorText)")
        let page = String(decoding: try folder.read("report.html"), as: UTF8.self)
        #expect(page.contains(#""d":3,"D":4653"#))
    }
}
