import Foundation
import ImageHeaders
import MessageRequests
import TestSupport
import Testing
import VisionRules

/// Each rule about an image block: a body that triggers exactly its code.
@Suite("Rules about one image block")
struct BlockRuleTests {
    private func finding(
        _ code: RuleCode, _ text: String, platform: String? = "claude-api", model: String? = nil
    ) throws -> Finding {
        let report = try lint(text, platform: platform, model: model)
        return try #require(report.images.flatMap(\.findings).first { $0.code == code })
    }

    @Test("a plain image has no findings, and its record matches check's")
    func plain() throws {
        let report = try lint(plainRequest)
        #expect(report.findings.isEmpty)
        let image = try #require(report.images.first)
        #expect(image.pointer == "messages.0.content.0" && image.imageIndex == 0 && image.line == 1)
        #expect(image.image?.size == PixelSize(width: 980, height: 980))
        #expect(image.image?.tokens == 1225 && image.image?.byteCount == 45)
        #expect(image.verdict == .accepted)
        let request = try #require(report.requests.first)
        #expect(
            request.images == 1 && request.imageTokens == 1228 && request.bodyBytes == plainRequest.utf8.count
        )
        #expect(request.cost == Cost(microdollars: 2456))
        #expect(report.file.bytes == plainRequest.utf8.count)
    }

    @Test("R201: the media type does not match the bytes")
    func mediaTypeMismatch() throws {
        let text = request(imageBlock(png(980, 980), "image/jpeg"), textBlock("?"))
        #expect(try codes(text) == ["R201"])
        let found = try finding(.mediaTypeMismatch, text)
        #expect(
            found.serviceError
                == "messages.0.content.0.image.source.base64: The image was specified using the "
                + "image/jpeg media type, but the image appears to be a image/png image")
        #expect(try lint(text).images.first?.verdict == .rejected)
    }

    @Test(
        "R202: the media type is not one of the four",
        arguments: ["image/jpg", "image/PNG", "image/heic", "png", ""])
    func unsupportedMediaType(type: String) throws {
        #expect(try codes(request(imageBlock(png(980, 980), type), textBlock("?"))) == ["R202"])
    }

    @Test("R203: no media type, or null")
    func missingMediaType() throws {
        #expect(try codes(request(imageBlock(png(980, 980), nil), textBlock("?"))) == ["R203"])
        let null = request(
            #"{"type":"image","source":{"data":"\#(base64(png(980, 980)))","media_type":null,"type":"base64"}}"#,
            textBlock("?"))
        #expect(try codes(null) == ["R203"])
    }

    @Test(
        "R204: data that is not base64, and what is wrong with it",
        arguments: [
            ("AAAA*AAA", "letter 5 is “*”"), ("AAAA\\nAAAA", "letter 5 is white space"),
            ("AA-_", "letter 3 is from the url-safe alphabet"),
            ("AAAAA", "5 letters are not a multiple of four"),
            ("AAA", "3 letters are not a multiple of four"), ("AA==AAAA", "“=” at letter 3"),
            ("A===", "“=” at letter 2"), ("AAAAAA=", "“=” at letter"),
            ("AAAAAA=", "“=” at letter 7 must be followed by another"),
            ("AAAAé", "letter 5 is U+00C3"),
        ])
    func invalidBase64(data: String, says: String) throws {
        let text = request(imageBlock(data: data), textBlock("?"))
        #expect(try codes(text).contains("R204"))
        let found = try finding(.invalidBase64, text)
        #expect(found.message.contains(says), "\(found.message)")
        #expect(found.serviceError == "messages.0.content.0.image.source.base64: invalid base64 data")
    }

    @Test("only R204: missing padding is the only fault, and invalid bytes are not judged as a picture")
    func onlyInvalidBase64() throws {
        let unpadded = base64(png(980, 980, count: 46)).replacing("=", with: "")
        #expect(try codes(request(imageBlock(data: unpadded), textBlock("?"))) == ["R204"])
        #expect(try codes(request(imageBlock(data: "AAAA*AAA"), textBlock("?"))) == ["R204"])
    }

    @Test("a picture in base64 with line breaks is still checked")
    func brokenLines() throws {
        let whole = base64(png(8400, 980))
        let broken = whole.prefix(20) + #"\n"# + whole.dropFirst(20)
        #expect(try codes(request(imageBlock(data: String(broken)), textBlock("?"))) == ["I201", "R204"])
    }

    @Test("escapes within base64 are decoded: PHP writes every / as \\/")
    func escapedSlashes() throws {
        var bytes = png(980, 980, count: 3000)
        for index in 45..<3000 { bytes[index] = 0xFF }
        let escaped = base64(bytes).replacing("/", with: #"\/"#)
        let report = try lint(request(imageBlock(data: escaped), textBlock("?")))
        #expect(escaped.contains(#"\/"#) && report.findings.isEmpty)
        #expect(report.images.first?.image?.byteCount == 3000)
        let unicode = #"iVBORw0KGgo\u0041"# + base64(png(980, 980)).dropFirst(12)
        #expect(try codes(request(imageBlock(data: unicode), textBlock("?"))).isEmpty)
    }

    @Test(
        "R205: a data URI; the picture in it is checked",
        arguments: ["data:image/png;base64,", "DATA:,", #"data:image\/png;base64,"#])
    func dataURI(head: String) throws {
        let text = request(imageBlock(data: head + base64(png(980, 980))), textBlock("?"))
        #expect(try codes(text) == ["R205"])
        #expect(try lint(text).images.first?.image?.size == PixelSize(width: 980, height: 980))
    }

    @Test("R206: no data")
    func emptyImage() throws {
        #expect(try codes(request(imageBlock(data: ""), textBlock("?"))) == ["R206"])
    }

    @Test("R207 and R208: URLs and file IDs, by platform")
    func sources() throws {
        let url = request(
            #"{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}"#, textBlock("?"))
        let file = request(#"{"type":"image","source":{"type":"file","file_id":"file_1"}}"#, textBlock("?"))
        #expect(try codes(url) == ["R208"])
        #expect(try codes(file) == ["R209"])
        for platform in ["bedrock", "google-cloud", "portable"] {
            #expect(try codes(url, platform: platform) == ["R207"])
            #expect(try codes(file, platform: platform) == ["R207"])
        }
        #expect(
            try finding(.sourceNotOnPlatform, url, platform: "bedrock").serviceError
                == "messages.0.content.0.image.source.base64.data: URL sources are not supported")
        #expect(try lint(url).images.first?.verdict == nil)
    }

    @Test("R401: all text comes before the images; a label does not count")
    func imageAfterText() throws {
        let image = imageBlock(png(980, 980))
        #expect(try codes(request(textBlock("What is this?"), image)) == ["R401"])
        #expect(try codes(request(textBlock("Look:"), image, textBlock("What is this?"))).isEmpty)
        #expect(try codes(request(textBlock("Image 1:"), image)).isEmpty)
        #expect(try codes(request(image)).isEmpty)
    }

    @Test("R402: several images in one message without a label before each")
    func unlabelledImages() throws {
        let one = imageBlock(png(980, 980))
        let other = imageBlock(gif(980, 980), "image/gif")
        #expect(try codes(request(one, other, textBlock("?"))) == ["R402"])
        #expect(try finding(.unlabelledImages, request(one, other, textBlock("?"))).measured == 2)
        #expect(
            try codes(request(textBlock("Image 1:"), one, textBlock("Image 2:"), other, textBlock("?")))
                .isEmpty)
    }

    @Test("R404: an error is requested for an image that would be downsized")
    func oversizedImage() throws {
        let extra = #","transformations":{"oversized_image":"error"}"#
        let text = request(imageBlock(png(1593, 2324), extra: extra), textBlock("?"))
        #expect(try codes(text, model: "claude-sonnet-4-5") == ["R404"])
        #expect(
            try finding(.oversizedImageSetToError, text, model: "claude-sonnet-4-5").serviceError
                == "messages.0.content.0: image dimensions 1593x2324 exceed the maximum image size of a model "
                + "named on this request and would be downsized to 902x1316; scale the image to at most "
                + #"902x1316 or set the image's oversized_image setting to "downsize""#)
        let downsize = extra.replacing("error", with: "downsize")
        let allowed = request(imageBlock(png(1593, 2324), extra: downsize), textBlock("?"))
        #expect(try codes(allowed, model: "claude-sonnet-4-5") == ["I301"])
    }

    @Test("R405: a computer or browser tool screenshot over the tier; other tools' are downsized")
    func screenshot() throws {
        func conversation(_ type: String, _ size: Int) -> String {
            #"{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"screen","input":{}}]},"#
                + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":["#
                + imageBlock(png(size, 980))
                + #"]}]}],"max_tokens":1,"model":"claude-sonnet-4-5","tools":[{"type":"\#(type)","name":"screen"}]}"#
        }
        #expect(try codes(conversation("computer_20250124", 3920)) == ["R405"])
        #expect(try codes(conversation("browser_20260401", 3920)) == ["R405"])
        #expect(try codes(conversation("custom", 1932)) == ["I301"])
        #expect(try codes(conversation("computer_20250124", 980)).isEmpty)
        let image = try #require(try lint(conversation("computer_20250124", 3920)).images.first)
        #expect(image.pointer == "messages.1.content.0.tool_result.content.0")
    }

    @Test("R406: the same picture again, even in another turn")
    func repeatedImage() throws {
        let image = imageBlock(png(980, 980))
        let text =
            #"{"model":"claude-sonnet-5-5","max_tokens":9,"messages":[{"role":"user","content":[\#(image)]},"#
            + #"{"role":"assistant","content":"Yes."},{"role":"user","content":[\#(image)]}]}"#
        #expect(try codes(text) == ["R406"])
        let second = try #require(try lint(text).images.last)
        #expect(
            second.findings.first?.message == "the same image as messages.0.content.0, paid for again")
        let other = text.replacing(base64(png(980, 980)), with: base64(png(980, 952)), maxReplacements: 1)
        #expect(try codes(other).isEmpty)
    }

    @Test("R103: unknown block and source types, wherever a request may contain blocks")
    func unknownBlocks() throws {
        func found(_ text: String, _ platform: String = "claude-api") throws -> [String] {
            try codes(text, platform: platform).filter { $0 != "R208" }
        }
        for type in ["input_text", "video", "image_file", "toolCall"] {
            let report = try lint(request(#"{"type":"\#(type)","x":1}"#, textBlock("?")))
            let finding = try #require(report.requests.first?.findings.first)
            #expect(finding.code == .notABlock)
            #expect(
                finding.serviceError?.hasPrefix(
                    "messages.0.content.0: Input tag '\(type)' found using 'type' does not match") == true)
            let inner = #"{"type":"tool_result","tool_use_id":"t","content":[{"type":"\#(type)"}]}"#
            #expect(try found(request(inner)) == ["R103"])
        }
        for type in [
            "search_result", "server_tool_use", "mcp_tool_result", "bash_code_execution_tool_result",
            "container_upload",
            "thinking", "redacted_thinking", "compaction",
        ] {
            #expect(
                try found(request(#"{"type":"\#(type)","content":[{"type":"new"}]}"#, textBlock("?"))) == [],
                "\(type)")
        }
        #expect(try found(request(#"{"type":"image","source":{"type":"blob"}}"#, textBlock("?"))) == ["R103"])
        // Agent logs may contain block types of their own.
        let log = #"{"message":{"role":"user","content":[{"type":"toolCall"},{"type":"text","text":"?"}]}}"#
        #expect(try found(log + "\n{}") == [])
    }

    @Test("R104: images in assistant turns, except in tool results")
    func imageOfAssistant() throws {
        func body(_ role: String, _ block: String) -> String {
            let turns =
                #"{"role":"user","content":"?"},{"role":"\#(role)","content":[\#(block)]},{"role":"user","content":"?"}"#
            return #"{"model":"claude-sonnet-5-5","max_tokens":9,"messages":[\#(turns)]}"#
        }
        let image = imageBlock(png(980, 980))
        let report = try lint(body("assistant", image))
        #expect(report.findings.map(\.code) == [.imageInAssistantTurn])
        #expect(
            report.findings.first?.serviceError == "'image' blocks are not permitted within assistant turns")
        #expect(report.images.first?.pointer == "messages.1.content.0")
        #expect(try codes(body("user", image)) == [])
        let result = #"{"type":"mcp_tool_result","content":[\#(image)]}"#
        #expect(try codes(body("assistant", result)) == [])
    }

    @Test("R207 and R209: files by platform; Converse's s3Location is never accepted")
    func fileSources() throws {
        let file = request(#"{"type":"image","source":{"type":"file","file_id":"file_1"}}"#, textBlock("?"))
        #expect(try codes(file) == ["R209"])
        #expect(try codes(file, platform: "bedrock") == ["R207"])
        #expect(try codes(file, platform: "portable") == ["R207"])
        let s3 =
            #"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"s3Location":{"uri":"s3://a/b"}}}},{"text":"?"}]}]}"#
        let report = try lint(s3, platform: nil)
        #expect(report.findings.map(\.code) == [.sourceNotOnPlatform])
        #expect(
            report.findings.first?.serviceError?.hasPrefix("This model doesn't support the s3Uri field")
                == true)
    }

    @Test("I101: a PDF in an image block belongs in a document block")
    func pdfAsImage() throws {
        let text = request(imageBlock(pdfFile(pages: 1), "image/png"), textBlock("?"))
        let finding = try lint(text).findings.first { $0.code == .unsupportedFormat }
        #expect(finding?.message.hasSuffix("can be sent as images; a PDF goes into a document block") == true)
    }

    @Test("R207 and R209: documents from URLs, files and Amazon S3, by platform")
    func documentSources() throws {
        let url = #"{"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}}"#
        let file = #"{"type":"document","source":{"type":"file","file_id":"file_1"}}"#
        let text = #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"a"}}"#
        #expect(try codes(request(url, textBlock("?"))) == [])
        #expect(try codes(request(file, textBlock("?"))) == ["R209"])
        #expect(try codes(request(url, text, textBlock("?")), platform: "foundry") == [])
        for platform in ["bedrock", "google-cloud", "portable"] {
            #expect(try codes(request(text, textBlock("?")), platform: platform) == [])
            let finding = try #require(
                try lint(request(text, url, file, textBlock("?")), platform: platform).findings.first)
            #expect(finding.code == .sourceNotOnPlatform && finding.measured == 2)
            #expect(
                finding.message
                    == "the document at messages.0.content.1 has a url source; on \(platform) only base64 is accepted (and 1 more like it)"
            )
            #expect(finding.serviceError == "URL sources are not supported")
        }
        let refused = try lint(request(file, textBlock("?")), platform: "foundry").findings
        #expect(
            refused.map(\.serviceError) == [
                "Input tag 'file' found using 'type' does not match any of the expected tags: 'base64', 'content', 'text', 'url'"
            ])
        let blob = #"{"type":"document","source":{"type":"blob","data":"a"}}"#
        let unknown = try lint(request(text, blob, textBlock("?"))).findings
        #expect(unknown.map(\.code) == [.notABlock])
        #expect(
            unknown.first?.serviceError?.hasPrefix(
                "messages.0.content.1.document.source: Input tag 'blob' found using 'type'") == true)
        let s3 =
            #"{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"a","source":{"s3Location":{"uri":"s3://a/b"}}}},{"text":"?"}]}]}"#
        let report = try lint(s3, platform: nil)
        #expect(report.findings.map(\.code) == [.sourceNotOnPlatform])
        #expect(
            report.findings.first?.serviceError
                == "This model doesn't support the s3Uri field. Remove s3Uri and try again.")
    }

    @Test("documents: Converse requires text with them, and every repeat counts")
    func documents() throws {
        let data = base64(pdfFile(pages: 3))
        let document = #"{"document":{"format":"pdf","name":"a","source":{"bytes":"\#(data)"}}}"#
        func converse(_ blocks: String...) -> String {
            #"{"messages":[{"role":"user","content":[\#(blocks.joined(separator: ","))]}]}"#
        }
        let report = try lint(converse(document), platform: nil)
        #expect(report.findings.map(\.code) == [.notARequest])
        #expect(report.findings.first?.serviceError == "A text block must be included when using documents")
        let whole = try lint(converse(document, #"{"text":"?"}"#), platform: nil)
        #expect(whole.findings.isEmpty && whole.requests.first?.documentPages == 3)
        // Spreadsheets and web pages have no pages; a block of format PDF has to be one.
        let sheet = document.replacing("\"pdf\"", with: "\"csv\"")
        #expect(try lint(converse(sheet, #"{"text":"?"}"#), platform: nil).findings.isEmpty)
        let broken = document.replacing(data, with: base64(Array("%PDF-1.4".utf8)))
        #expect(
            try lint(converse(broken, #"{"text":"?"}"#), platform: nil).findings.map(\.code) == [.unusablePDF]
        )
        let pdf = documentBlock(pdfFile(pages: 3))
        let fetched =
            #"{"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_result","url":"u","content":\#(pdf)}}"#
        let result = #"{"type":"tool_result","tool_use_id":"t","content":[\#(pdf)]}"#
        #expect(try lint(request(pdf, fetched, result, textBlock("?"))).requests.first?.documents == 3)
        #expect(try codes(request(pdf, fetched, result, textBlock("?"))) == [])
        let made =
            #"{"type":"document","source":{"type":"content","content":[\#(imageBlock(png(980, 980)))]}}"#
        #expect(
            try lint(request(made, textBlock("?"))).images.map(\.pointer)
                == ["messages.0.content.0.document.source.content.content.0"])
    }

    @Test("count_tokens bodies have no max_tokens; requests for an answer require it")
    func countTokens() throws {
        let body =
            #"{"model":"claude-sonnet-5-5","messages":[{"role":"user","content":[\#(imageBlock(png(980, 980)))]}]}"#
        let report = try lint(body)
        #expect(report.findings.isEmpty)
        #expect(report.requests.first?.notes == ["no max_tokens: judged as a body of count_tokens"])
        for member in [#""stream":true"#, #""temperature":0"#, #""stop_sequences":[]"#] {
            #expect(try codes("{\(member),\(body.dropFirst())") == ["R102"])
        }
        #expect(try codes(#"{"requests":[{"custom_id":"a","params":\#(body)}]}"#) == ["R102"])
        #expect(try lint(plainRequest).requests.first?.notes == [])
    }

    @Test("R102: an image block without a source, type, data or URL")
    func incompleteBlocks() throws {
        for block in [
            #"{"type":"image"}"#, #"{"type":"image","source":null}"#, #"{"type":"image","source":{}}"#,
            #"{"type":"image","source":{"type":"base64","media_type":"image/png"}}"#,
            #"{"type":"image","source":{"type":"url"}}"#,
        ] {
            #expect(try codes(request(block, textBlock("?"))) == ["R102"], "\(block)")
        }
    }

    @Test("the rules about images apply in requests, with the path of the block")
    func imageRules() throws {
        let bad = request(textBlock("a:"), imageBlock(png(8001, 980)), textBlock("?"))
        #expect(try codes(bad) == ["I201"])
        #expect(
            try finding(.edgeOverLimit, bad).serviceError?.hasPrefix(
                "messages.0.content.1.image.source.base64.data:")
                == true)
        let heic = [0, 0, 0, 24] + Array("ftypheic".utf8) + [UInt8](repeating: 0, count: 24)
        #expect(try codes(request(imageBlock(heic), textBlock("?"))) == ["I101"])
        #expect(try codes(request(imageBlock(Array("no image".utf8)), textBlock("?"))).first?.first == "I")
        let fiveMB = request(imageBlock(png(980, 980, count: 3_932_161)), textBlock("?"))
        #expect(try codes(fiveMB, platform: "bedrock") == ["I203"])
        #expect(
            try finding(.bytesOverLimit, fiveMB, platform: "bedrock").serviceError
                == "messages.0.content.0.image.source.bytes: image exceeds 5 MB maximum: 5242884 bytes > "
                + "5242880 bytes")
        #expect(try codes(fiveMB).isEmpty)
        let exactly = request(imageBlock(png(980, 980, count: 3_932_160)), textBlock("?"))
        #expect(try codes(exactly, platform: "bedrock").isEmpty)
    }
}

/// Headers longer than the part that is decoded first.
@Suite("Headers in base64")
struct HeaderWindowTests {
    static let files: [String] = {
        let folder = Resources.testdata.path
        let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return all.filter { name in
            guard name.contains("formats/") || name.contains("bad/") || name.contains("orientation/") else {
                return false
            }
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }()

    @Test("the base64 gives the same facts as the whole picture")
    func sameFacts() throws {
        #expect(Self.files.count > 200)
        let linter = try RequestLinter(options: LintOptions(platformID: "claude-api"))
        for name in Self.files {
            let bytes = [UInt8](try Data(contentsOf: Resources.testdata.appending(path: name)))
            let body = request(imageBlock(bytes), textBlock("?"))
            let image = try #require(linter.lint(bytes: Array(body.utf8)).images.first)
            guard let facts = HeaderReader.read(bytes: bytes).facts, facts.format.isSendable else {
                #expect(image.verdict == .rejected, "\(name)")
                continue
            }
            #expect(image.image?.format == facts.format && image.image?.size == facts.size, "\(name)")
            #expect(image.image?.orientation == facts.orientation, "\(name)")
            #expect(image.image?.frames == facts.frames, "\(name)")
            #expect(
                image.image?.hasAlpha == facts.hasAlpha && image.image?.byteCount == bytes.count, "\(name)")
        }
    }

    @Test("EXIF far after the picture in a WebP is found")
    func distantExif() throws {
        let file = Resources.testdata.appending(path: "orientation/webp-exif-6.webp")
        var bytes = [UInt8](try Data(contentsOf: file))
        let exif = try #require(
            (0..<(bytes.count - 4)).first { Array(bytes[$0..<($0 + 4)]) == Array("EXIF".utf8) })
        bytes.insert(
            contentsOf: Array("JUNK".utf8) + [0, 0, 2, 0] + [UInt8](repeating: 7, count: 131_072), at: exif)
        withUnsafeBytes(of: UInt32(bytes.count - 8).littleEndian) { bytes.replaceSubrange(4..<8, with: $0) }
        let image = try lint(request(imageBlock(bytes, "image/webp"), textBlock("?"))).images.first
        #expect(image?.image?.orientation == .right)
    }
}
