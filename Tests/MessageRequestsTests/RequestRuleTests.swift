import MessageRequests
import Testing
import VisionRules

/// Each rule about a request as a whole.
@Suite("Rules about a request")
struct RequestRuleTests {
    private func many(_ count: Int, _ block: (Int) -> String) -> String {
        let blocks = (0..<count).map { textBlock("Image \($0 + 1):") + "," + block($0) }
        return request(blocks.joined(separator: ","), textBlock("?"))
    }

    @Test(
        "R101: gives line and column in characters, and what was expected",
        arguments: [
            ("{\"a\": 1\n \"é\": 2}", "line 2, column 2: expected “,” or “}”, found “\"”"),
            ("{\"é\" 1}", "line 1, column 6: expected “:”, found “1”"),
            ("{\"a\": [1, 2", "line 1, column 12: expected “,” or “]”, found the end of the text"),
            ("{\"a\": tru}", "line 1, column 10: expected true, found “}”"),
            ("{\"a\": 01}", "line 1, column 8: expected “,” or “}”, found “1”"),
            (
                "{\"a\": \"\u{1}\"}",
                "line 1, column 8: expected an escape instead of a control character, found byte 0x1"
            ),
            ("{\"a\": \"\\x\"}", "line 1, column 9: expected an escape, found “x”"),
            ("{\"a\": 1} x", "line 1, column 10: expected nothing more after the JSON value, found “x”"),
            ("{\"a\": 1,}", "line 1, column 9: expected a key in quotation marks, found “}”"),
            ("[1, ]", "line 1, column 5: expected a value, found “]”"),
            ("", "line 1, column 1: expected a value, found the end of the text"),
            (
                "{\"messages\": [{\"content\": [{\"source\": {\"data\": \"AAAA",
                "line 1, column 53: expected the closing “\"” of a string, found the end of the text"
            ),
        ])
    func notJSON(text: String, message: String) throws {
        let report = try lint(text)
        #expect(report.findings.map(\.code) == [.notJSON])
        #expect(report.findings.first?.message == message)
    }

    @Test("R101: bytes that are not UTF-8, and endless nesting")
    func hostileText() throws {
        let linter = try RequestLinter()
        let latin = Array("{\"a\": \"".utf8) + [0xE9] + Array("\"}".utf8)
        #expect(linter.lint(bytes: latin).findings.map(\.code) == [.notJSON])
        let deep = String(repeating: "[", count: 100_000)
        #expect(try lint(deep).findings.first?.message.contains("at most 200 arrays and objects") == true)
        let nested = String(repeating: "{\"a\":", count: 200) + "1" + String(repeating: "}", count: 200)
        #expect(try codes(nested) == ["R102"])
    }

    @Test("R102: the missing member is named")
    func notARequest() throws {
        let image = imageBlock(png(980, 980))
        #expect(
            try lint(#"{"messages":[{"role":"user","content":[\#(image)]}]}"#).findings.map(\.message)
                == ["the request has no model, no max_tokens"])
        #expect(
            try lint(#"{"model":"claude-sonnet-5-5","max_tokens":5}"#).findings.map(\.message)
                == ["the request has no messages"])
        #expect(try codes(#"{"some":"thing"}"#) == ["R102"])
        #expect(try codes("[1,2]") == ["R102"])
        #expect(try codes(#""text""#) == ["R102"])
    }

    @Test("R301: images and documents together; 100 for small contexts, 600 for large ones on the Claude API")
    func tooManyImages() throws {
        let image = { (index: Int) in imageBlock(png(980, 28 * (index % 30 + 8), count: 45 + index)) }
        #expect(try codes(many(100, image), model: "claude-haiku-4-5").isEmpty)
        let over = try lint(many(101, image), model: "claude-haiku-4-5").requests.flatMap(\.findings)
        #expect(over.map(\.code) == [.tooManyImages])
        #expect(over.first?.serviceError == "too many images and documents: 101 + 0 > 100")
        #expect(try codes(many(101, image), model: "claude-sonnet-5-5").isEmpty)
        #expect(try codes(many(101, image), platform: "portable") == ["R301"])
        let document = "," + documentBlock(pdfFile(pages: 1))
        let mixed = many(100) { image($0) + ($0 == 0 ? document : "") }
        #expect(
            try lint(mixed, model: "claude-haiku-4-5").findings.first?.serviceError
                == "too many images and documents: 100 + 1 > 100")
    }

    @Test("R301: each page of a PDF counts; a document of unknown length counts once")
    func pages() throws {
        func found(_ blocks: String..., model: String = "claude-haiku-4-5") throws -> LintReport.Request {
            try #require(
                try lint(request((blocks + [textBlock("?")]).joined(separator: ",")), model: model).requests
                    .first)
        }
        let long = try found(documentBlock(pdfFile(pages: 150)))
        #expect(long.findings.map(\.code) == [.tooManyImages])
        #expect((long.findings.first?.measured, long.findings.first?.limit) == (150, 100))
        #expect(long.findings.first?.serviceError == "A maximum of 100 PDF pages may be provided.")
        #expect((long.documents, long.documentPages, long.documentTokensEstimate) == (1, 150, 150 * 1551))
        #expect(try found(documentBlock(pdfFile(pages: 100))).findings.isEmpty)
        #expect(try found(documentBlock(pdfFile(pages: 150)), model: "claude-sonnet-5-5").findings.isEmpty)
        #expect(
            try found(documentBlock(pdfFile(pages: 601)), model: "claude-sonnet-5-5").findings.map(\.code)
                == [.tooManyImages])
        let together = try found(
            documentBlock(pdfFile(pages: 60)), documentBlock(pdfFile(pages: 40)), imageBlock(png(980, 980)))
        #expect(together.findings.first?.serviceError == "too many images and documents: 1 + 100 > 100")
        #expect((together.documents, together.documentPages) == (2, 100))
        let elsewhere = #"{"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}}"#
        let unknown = try found(documentBlock(pdfFile(pages: 99)), elsewhere)
        #expect((unknown.findings.isEmpty, unknown.documents, unknown.documentPages) == (true, 2, 99))
        let none = try found(elsewhere)
        #expect((none.documents, none.documentPages, none.documentTokensEstimate) == (1, nil, nil))
    }

    @Test("R306: a document that is empty, encrypted, truncated, or not a PDF")
    func unusablePDF() throws {
        func found(_ block: String) throws -> [Finding] {
            try lint(request(block + "," + textBlock("?")), model: "claude-sonnet-5-5").findings
        }
        #expect(try found(documentBlock(pdfFile(pages: 1))).isEmpty)
        for (block, text) in [
            (documentBlock([]), "PDF cannot be empty"),
            (documentBlock(pdfFile(pages: 1), "image/png"), "Input should be 'application/pdf'"),
            (documentBlock(Array("<html></html>".utf8)), "The PDF specified was not valid"),
            (documentBlock(Array("%PDF-1.4\n".utf8)), "The PDF specified was not valid"),
            (documentBlock(pdfFile(pages: 0)), "The PDF specified was not valid"),
            (
                documentBlock(pdfFile(pages: 1, trailer: "/Encrypt 9 0 R")),
                "The PDF specified is password protected"
            ),
        ] {
            let findings = try found(block)
            #expect(findings.map(\.code) == [.unusablePDF])
            #expect(findings.first?.serviceError == text)
            #expect(findings.first?.message.contains("messages.0.content.0") == true)
        }
    }

    @Test("I202: more than 20 images, anywhere in the request; documents count only on Bedrock")
    func manyImageRule() throws {
        let wide = { (index: Int) in imageBlock(png(2016, 980, count: 45 + index)) }
        #expect(try codes(many(20, wide)).isEmpty)
        #expect(try codes(many(21, wide)) == [String](repeating: "I202", count: 21))
        let limit = { (index: Int) in imageBlock(png(1988, 980, count: 45 + index)) }
        #expect(try codes(many(21, limit)).isEmpty)
        let document =
            #",{"type":"document","source":{"type":"text","media_type":"text/plain","data":"hello"}}"#
        let mixed = many(20) { wide($0) + ($0 == 0 ? document : "") }
        #expect(try codes(mixed).isEmpty)
        #expect(try codes(mixed, platform: "bedrock") == [String](repeating: "I202", count: 20))

        let results = (0..<20).map {
            #"{"type":"tool_result","tool_use_id":"t\#($0)","content":[\#(limit($0))]}"#
        }.joined(separator: ",")
        let turns =
            #"{"model":"claude-sonnet-5-5","max_tokens":9,"messages":[{"role":"user","content":[\#(results)]},"#
            + #"{"role":"assistant","content":"ok"},{"role":"user","content":[\#(imageBlock(png(2016, 980)))]}]}"#
        let refused = try lint(turns).images.filter { !$0.findings.isEmpty }
        #expect(refused.map(\.pointer) == ["messages.2.content.0"])
        #expect(refused.first?.findings.map(\.code) == [.edgeOverManyImageLimit])
    }

    @Test("R302: the body limit is exact to the byte; some platforms have none")
    func requestTooLarge() throws {
        let limit = 20_000
        var catalog = ModelCatalog.builtIn
        for index in catalog.platforms.indices where catalog.platforms[index].id != "claude-ai" {
            catalog.platforms[index].limits.maxRequestBytes = limit
        }
        func found(_ count: Int, _ platformID: String) throws -> [Finding] {
            let empty = request(textBlock("")).utf8.count
            let body = request(textBlock(String(repeating: "x", count: count - empty)))
            let options = LintOptions(catalog: catalog, platformID: platformID)
            return try RequestLinter(options: options).lint(bytes: Array(body.utf8)).findings
        }
        #expect(try found(limit, "bedrock").isEmpty)
        let over = try found(limit + 1, "bedrock")
        #expect(over.map(\.code) == [.requestTooLarge] && over.first?.measured == limit + 1)
        #expect(over.first?.serviceError == "Request exceeds the maximum size")
        #expect(try found(limit + 1, "claude-ai").isEmpty)
    }

    @Test("R302: only the message in a log's line counts, wherever it is")
    func logBodySize() throws {
        let block = imageBlock(png(980, 980, count: 9000))
        let message = #"{"role":"user","content":[\#(block),{"type":"text","text":"?"}]}"#
        let result = #""toolUseResult":{"type":"image","file":\#(block)}"#
        var catalog = ModelCatalog.builtIn
        for index in catalog.platforms.indices { catalog.platforms[index].limits.maxRequestBytes = 20_000 }
        let linter = try RequestLinter(options: LintOptions(catalog: catalog, platformID: "claude-api"))
        for line in [
            #"{"type":"user", "message": \#(message) ,\#(result)}"#,
            #"{\#(result),"message":\#(message),"type":"user"}"#,
        ] {
            let report = linter.lint(bytes: Array(line.utf8))
            #expect(report.findings.isEmpty)
            #expect(report.requests.map(\.bodyBytes) == [message.utf8.count])
        }
        let twice = linter.lint(bytes: Array(#"{"message":\#(message)}\#n{"message":\#(message)}"#.utf8))
        #expect(twice.findings.filter { $0.severity == .error }.map(\.code) == [.requestTooLarge])
        #expect(twice.requests.map(\.bodyBytes) == [2 * message.utf8.count])
    }

    @Test("R303: a batch with too many bytes or requests")
    func batchTooLarge() throws {
        var catalog = ModelCatalog.builtIn
        for index in catalog.platforms.indices {
            catalog.platforms[index].limits.maxBatchBytes = 1000
            catalog.platforms[index].limits.maxBatchRequests = 3
        }
        let linter = try RequestLinter(options: LintOptions(catalog: catalog, platformID: "claude-api"))
        func batch(_ count: Int, padding: Int = 0) -> [UInt8] {
            let lines = (0..<count).map {
                #"{"custom_id":"r\#($0)","params":{"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user","content":"\#(String(repeating: "x", count: padding))"}]}}"#
            }
            return Array(lines.joined(separator: "\n").utf8)
        }
        #expect(linter.lint(bytes: batch(3)).findings.isEmpty)
        #expect(linter.lint(bytes: batch(4)).file.findings.map(\.measured) == [4])
        #expect(linter.lint(bytes: batch(2, padding: 500)).file.findings.map(\.code) == [.batchTooLarge])
        #expect(linter.lint(bytes: batch(3)).file.notes.isEmpty)
        let foundry = try RequestLinter(options: LintOptions(platformID: "foundry")).lint(bytes: batch(2))
            .file
        #expect(foundry.notes == ["Microsoft Foundry does not accept batches of the Message Batches API"])
    }

    @Test("R304: the images alone exceed the context window")
    func contextWindow() throws {
        // 1092×1092 px are 1521 tokens plus 4.
        let image = { (index: Int) in imageBlock(png(1092, 1092, count: 45 + index)) }
        var catalog = ModelCatalog.builtIn
        for index in catalog.models.indices { catalog.models[index].contextWindow = 1525 * 3 }
        let linter = try RequestLinter(
            options: LintOptions(catalog: catalog, modelID: "claude-haiku-4-5", platformID: "claude-api"))
        #expect(linter.lint(bytes: Array(many(3, image).utf8)).findings.isEmpty)
        let over = linter.lint(bytes: Array(many(4, image).utf8)).findings
        #expect(over.map(\.code) == [.contextWindowExceeded])
        #expect(over.first?.serviceError == "prompt is too long: 6100 tokens > 4575 maximum")
    }

    @Test("R305: above the price step, for certain or by the rule of thumb for text")
    func priceStep() throws {
        // 2576×1449 px are 4784 tokens plus 3: 20 of them are 95,740.
        let image = { (index: Int) in imageBlock(png(1932, 1932, count: 45 + index)) }
        #expect(try codes(many(20, image), model: "claude-haiku-5-5").isEmpty)
        let over = try lint(many(21, image), model: "claude-haiku-5-5").requests.flatMap(\.findings)
        #expect(over.map(\.code) == [.priceStepCrossed])
        let long = request(imageBlock(png(980, 980)), textBlock(String(repeating: "word ", count: 80_000)))
        let message = try lint(long, model: "claude-haiku-5-5").findings.first?.message
        #expect(message?.contains("the text about 100000") == true)
        #expect(try codes(many(21, image), model: "claude-sonnet-5-5").isEmpty)
    }

    @Test(
        "keys repeated 100,000 times and deeply nested images take time linear in their bytes")
    func hostileSize() throws {
        let image = #"{"type":"image"}"#
        let repeated = String(repeating: #""content":[\#(image)],"#, count: 30_000)
        #expect(try lint(#"{"messages":[{\#(repeated)"role":"user"}]}"#).images.count == 1)
        let mixed = String(
            repeating: #""content":[\#(image)],"source":{"content":[\#(image)]},"#, count: 10_000)
        #expect(try lint(#"{"messages":[{"content":[{\#(mixed)"type":"x"}]}]}"#).images.count == 2)
        let deep = String(repeating: #"{"type":"tool_result","content":["#, count: 90)
        let many = [String](repeating: image, count: 300).joined(separator: ",")
        let closing = String(repeating: "]}", count: 90)
        #expect(try lint(#"{"messages":[{"content":[\#(deep)\#(many)\#(closing)]}]}"#).images.count == 300)
    }

    @Test("R403: an empty text anywhere; white space counts as text")
    func emptyText() throws {
        let image = imageBlock(png(980, 980))
        #expect(try codes(request(image, textBlock(""))) == ["R403"])
        #expect(try codes(request(image, textBlock(" "))).isEmpty)
        let inside = #"{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":""}]}"#
        #expect(
            try lint(request(inside)).findings.first?.message
                == "messages.0.content.0.tool_result.content.0 is a text block without text")
    }

    @Test("R501: IDs that are missing, repeated, too long, or have invalid characters")
    func customIDs() throws {
        func batch(_ ids: [String?]) -> String {
            ids.map { id in
                let field = id.map { #""custom_id":\#($0),"# } ?? ""
                return #"{\#(field)"params":\#(plainRequest)}"#
            }.joined(separator: "\n")
        }
        let longest = String(repeating: "a", count: 64)
        #expect(try codes(batch([#""a""#, #""B-2_c""#, #""\#(longest)""#])).isEmpty)
        let bad = try lint(
            batch([nil, #""a""#, #""a""#, #""photo 1.jpg""#, #""""#, #""\#(longest)a""#, "7"]))
        #expect(
            bad.requests.map { $0.findings.map(\.code) } == [
                [.badCustomID], [], [.badCustomID], [.badCustomID], [.badCustomID], [.badCustomID],
                [.badCustomID],
            ])
        #expect(bad.requests[2].findings.first?.message == "custom_id “a” is already used on line 2")
        #expect(bad.requests[3].customID == "photo 1.jpg" && bad.requests[3].line == 4)
        #expect(bad.images[3].customID == "photo 1.jpg" && bad.images[3].line == 4)
        #expect(try codes(#"{"custom_id":"a"}"#) == ["R102"])
    }

    @Test("codes are selected and ignored by prefix or name; strictness makes warnings fail")
    func selection() throws {
        let text = request(textBlock("What?"), imageBlock(png(3000, 7000), "image/gif"))
        func found(_ options: LintOptions) throws -> [String] {
            try RequestLinter(options: options).lint(bytes: Array(text.utf8)).findings.map(\.code.rawValue)
        }
        #expect(try found(LintOptions(platformID: "claude-api")) == ["R201", "R401"])
        #expect(try found(LintOptions(platformID: "claude-api", select: ["R2"])) == ["R201"])
        #expect(try found(LintOptions(platformID: "claude-api", ignore: ["media-type-mismatch"])) == ["R401"])
        #expect(throws: RequestError(.unknownRule("X"))) {
            try RequestLinter(options: LintOptions(ignore: ["X"]))
        }
        #expect(throws: RequestError.self) { try RequestLinter(options: LintOptions(modelID: "gpt")) }
        let warning = try lint(request(imageBlock(png(100, 300)))).findings.filter { $0.code == .smallEdge }
        #expect(warning.count == 1)
        #expect(try !RequestLinter().isFailure(warning))
        #expect(try RequestLinter(options: LintOptions(isStrict: true)).isFailure(warning))
    }

    @Test("the model comes from the request; an unknown one is noted and judged as the default")
    func models() throws {
        let known = try lint(
            request(
                imageBlock(png(980, 980)), textBlock("?"),
                model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0"))
        #expect(known.requests.first?.model == "claude-sonnet-4-5")
        let unknown = try lint(request(imageBlock(png(980, 980)), textBlock("?"), model: "claude-zebra-9"))
        #expect(unknown.requests.first?.model == ModelCatalog.defaultModelID)
        #expect(unknown.requests.first?.notes.first?.contains("claude-zebra-9") == true)
    }

    @Test("R502: a model is retired on a platform as of the catalog's date or a given one")
    func retiredModel() throws {
        func found(_ model: String, _ platform: String, _ date: String? = nil) throws -> [Finding] {
            let options = LintOptions(platformID: platform, date: date)
            let text = request(imageBlock(png(980, 980)), textBlock("What?"), model: model)
            return try RequestLinter(options: options).lint(bytes: Array(text.utf8)).findings
        }
        let retired = try found("claude-3-7-sonnet-20250219", "claude-api")
        #expect(retired.map(\.code) == [.modelRetired] && retired.map(\.severity) == [.warning])
        #expect(retired.first?.message == "claude-3-7-sonnet was retired on Claude API by 2026-10-09")
        #expect(try found("claude-opus-4-1-20250805", "claude-api").map(\.code) == [.modelRetired])
        #expect(try found("claude-opus-4-1-20250805", "bedrock").isEmpty)
        #expect(try found("claude-sonnet-4-5-20250929", "claude-api").isEmpty)
        #expect(try found("claude-sonnet-4-5-20250929", "claude-api", "2026-11-29").isEmpty)
        #expect(
            try found("claude-sonnet-4-5-20250929", "claude-api", "2026-11-30").map(\.code) == [.modelRetired]
        )
        #expect(try found("claude-sonnet-4-5-20250929", "bedrock", "2027-01-01").isEmpty)
        #expect(throws: RequestError(.invalidDate("tomorrow"))) {
            try RequestLinter(options: LintOptions(date: "tomorrow"))
        }
    }

    @Test("an ID that ends in -fast is priced as fast")
    func fastModel() throws {
        let text = request(imageBlock(png(980, 980)), textBlock("What?"), model: "claude-opus-5-5-fast")
        let fast = try lint(text, platform: "foundry").requests.first
        #expect(fast?.model == "claude-opus-5-5")
        #expect(fast?.cost?.microdollars == 8 * (35 * 35 + 3))
    }
}
