import MessageRequests
import Testing
import VisionRules

@Suite("Explaining the service's refusals")
struct ServiceErrorExplainerTests {
    /// The texts exactly as the service returned them.
    private static let answers: [(String, RuleCode, String?, Int?, Int?)] = [
        (
            "This model doesn't support the s3Uri field. Remove s3Uri and try again.", .sourceNotOnPlatform,
            nil, nil, nil
        ),
        (
            "messages.0.content.0: Input tag 'image_url' found using 'type' does not match any of the expected tags: …",
            .notABlock, "messages.0.content.0", nil, nil
        ),
        ("'image' blocks are not permitted within assistant turns", .imageInAssistantTurn, nil, nil, nil),
        ("messages.0.content.1.image.source: Field required", .notARequest, "messages.0.content.1", nil, nil),
        (
            "messages.0.content.0.image.source: Input tag 'file' found using 'type' does not match any of the expected "
                + "tags: 'base64', 'url'",
            .fileNeedsBetaHeader, "messages.0.content.0", nil, nil
        ),
        (
            "messages.0.content.0.image.source.base64.data: The file format is invalid or unsupported",
            .urlCannotBeChecked, "messages.0.content.0", nil, nil
        ),
        (
            "This URL is disallowed by the website's robots.txt file so it cannot be accessed.",
            .urlCannotBeChecked, nil,
            nil, nil
        ),
        (
            "messages.0.content.0.pdf.source.base64.data: A maximum of 600 PDF pages may be provided.",
            .tooManyImages,
            "messages.0.content.0", nil, 600
        ),
        (
            "messages.0.content.0.pdf.source.base64.data: The PDF specified was not valid.", .unusablePDF,
            "messages.0.content.0", nil, nil
        ),
        (
            "messages.0.content.0.pdf.source.base64.data: The PDF specified is password protected.",
            .unusablePDF,
            "messages.0.content.0", nil, nil
        ),
        (
            "messages.0.content.0.document.source.base64: PDF cannot be empty", .unusablePDF,
            "messages.0.content.0", nil,
            nil
        ),
        (
            "messages.0.content.0.document.source.base64.media_type: Input should be 'application/pdf'",
            .unusablePDF,
            "messages.0.content.0", nil, nil
        ),
        ("Could not process PDF", .unusablePDF, nil, nil, nil),
        ("A text block must be included when using documents", .notARequest, nil, nil, nil),
        (
            "messages.5.content.0: Invalid `signature` in `thinking` block. The block is bound to a different "
                + "conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "
                + "\"drop_block\".",
            .thinkingBoundToPrefix, "messages.5.content.0", nil, nil
        ),
        (
            "messages.7.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be "
                + "modified.",
            .thinkingBoundToPrefix, "messages.7.content.0", nil, nil
        ),
        (
            "Value at 'body' failed to satisfy constraint: Member must have length less than or equal to 25000000",
            .requestTooLarge, nil, nil, 25_000_000
        ),
        (
            "Request too large (max 32MB; 20.1MB of about 33.4MB is images or documents).", .requestTooLarge,
            nil, nil,
            nil
        ),
        (
            "Unable to resize image — dimensions exceed the 2000x2000px limit and image processing failed.",
            .edgeOverManyImageLimit, nil, nil, nil
        ),
        ("Image was too large. Double press esc to go back and try again.", .bytesOverLimit, nil, nil, nil),
        (
            "An image in the conversation could not be processed and was removed.", .unreadableImage, nil,
            nil, nil
        ),
        ("PDF too large (max 100 pages, 20MB).", .tooManyImages, nil, nil, 100),
        ("PDF is password protected.", .unusablePDF, nil, nil, nil),
        ("The PDF file was not valid.", .unusablePDF, nil, nil, nil),
        (
            "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6278112 bytes > 5242880 bytes",
            .bytesOverLimit, "messages.0.content.1", 6_278_112, 5_242_880
        ),
        (
            "messages.4.content.0.image.source.base64: image exceeds 10 MB maximum: 12504100 bytes > 10485760 bytes",
            .bytesOverLimit, "messages.4.content.0", 12_504_100, 10_485_760
        ),
        (
            "messages.0.content.0.image.source.bytes: image exceeds 5 MB maximum: 6278112 bytes > 5242880 bytes",
            .bytesOverLimit, "messages.0.content.0", 6_278_112, 5_242_880
        ),
        (
            "messages.2.content.0.tool_result.content.1.image.source.base64.data: At least one of the image "
                + "dimensions exceed max allowed size: 8000 pixels",
            .edgeOverLimit, "messages.2.content.0.tool_result.content.1", nil, 8000
        ),
        (
            "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max "
                + "allowed size for many-image requests: 2000 pixels",
            .edgeOverManyImageLimit, "messages.0.content.0", nil, 2000
        ),
        (
            "messages.0.content.0.image.source.base64.data: Image does not match the provided media type image/png",
            .mediaTypeMismatch, "messages.0.content.0", nil, nil
        ),
        (
            "messages.10.content.12.image.source.base64: The image was specified using the image/jpeg media type, "
                + "but the image appears to be a image/png image",
            .mediaTypeMismatch, "messages.10.content.12", nil, nil
        ),
        (
            "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', "
                + "'image/gif' or 'image/webp'",
            .unsupportedMediaType, "messages.0.content.0", nil, nil
        ),
        (
            "messages.0.content.0.image.source.base64.media_type: Field required", .missingMediaType,
            "messages.0.content.0", nil, nil
        ),
        (
            "messages.0.content.0.image.source.base64.data: Image format image/png not supported",
            .unsupportedFormat, "messages.0.content.0", nil, nil
        ),
        ("Could not process image", .unreadableImage, nil, nil, nil),
        (
            "messages.0.content.0.image.source.base64: image cannot be empty", .emptyImage,
            "messages.0.content.0", nil, nil
        ),
        (
            "messages.0.content.0.image.source.base64: invalid base64 data", .invalidBase64,
            "messages.0.content.0", nil, nil
        ),
        ("too many images and documents: 104 + 1 > 100", .tooManyImages, nil, 105, 100),
        ("too many images and documents: 90 + 20 > 100", .tooManyImages, nil, 110, 100),
        ("Too much media: 0 document pages + 102 images > 100", .tooManyImages, nil, 102, 100),
        ("Request exceeds the maximum size", .requestTooLarge, nil, nil, nil),
        (
            "messages.0.content.0.image.source.base64.data: URL sources are not supported",
            .sourceNotOnPlatform, "messages.0.content.0", nil, nil
        ),
        (
            "Unable to download the file. Please verify the URL and try again.", .urlCannotBeChecked, nil,
            nil,
            nil
        ),
        ("messages: text content blocks must be non-empty", .emptyTextBlock, nil, nil, nil),
        (
            "messages.0.content.0: image dimensions 1593x2324 exceed the maximum image size of a model named on "
                + "this request and would be downsized to 902x1316; scale the image to at most 902x1316 or set "
                + "the image's oversized_image setting to \"downsize\"",
            .oversizedImageSetToError, "messages.0.content.0", nil, nil
        ),
        ("prompt is too long: 207368 tokens > 200000 maximum", .contextWindowExceeded, nil, 207_368, 200_000),
        (
            "Input tag 'file' found using 'type' does not match any of the expected tags: 'base64', 'content', "
                + "'text', 'url'",
            .sourceNotOnPlatform, nil, nil, nil
        ),
    ]

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += $1 == "\\" || $1 == "\"" ? "\\\($1)" : String($1) }
    }

    private func wrapped(_ text: String, every width: Int, with separator: String) -> String {
        text.enumerated().reduce(into: "") { result, letter in
            if letter.offset > 0, letter.offset % width == 0 { result += separator }
            result.append(letter.element)
        }
    }

    @Test("finds every text: plain, prefixed, JSON-quoted, terminal-wrapped", arguments: answers.indices)
    func everyText(index: Int) throws {
        let (answer, code, path, measured, limit) = Self.answers[index]
        let json =
            #"{"type":"error","error":{"type":"invalid_request_error","message":"\#(escaped(answer))"}}"#
        let lastIsNumber = answer.last?.isNumber == true || answer.hasSuffix("image/png")
        var variants = [
            answer,
            "litellm.BadRequestError: AnthropicException - \(answer)",
            "2026-10-09T12:00:00Z ERROR 400 \(json)\n2026-10-09 next line",
            "b'\(escaped(json))'",
            answer.replacing(">", with: "\\u003e"),
            answer.replacing(" ", with: "  \n    "),
            answer.uppercased().replacing("MESSAGES", with: "messages"),
        ]
        // A line break inside the last value cannot be distinguished from its end.
        if !lastIsNumber {
            variants.append(wrapped(answer, every: 7, with: "\n"))
            variants.append(wrapped(answer, every: 30, with: " │\n│ "))
        }
        for variant in variants {
            let found = ServiceErrorExplainer.explain(variant)
            #expect(found.count == 1, "\(variant)")
            let explanation = try #require(found.first, "\(variant)")
            #expect(explanation.code == code, "\(variant)")
            #expect(explanation.blockPath == path, "\(variant)")
            #expect(explanation.measured == measured, "\(variant)")
            #expect(explanation.limit == limit, "\(variant)")
        }
    }

    @Test("a text that a rule fills in is recognized", arguments: Rule.all.flatMap(\.serviceTexts))
    func filledTexts(text: ServiceText) throws {
        let values: [ServiceText.Hole: String] = [
            .measured: "42", .limit: "41", .megabytes: "5", .documents: "3", .declared: "image/jpeg",
            .actual: "image/svg+xml", .size: "1593x2324", .fittedSize: "902x1316", .tag: "image_url",
        ]
        let path = "messages.3.content.2.tool_result.content.1"
        let filled = text.filled(at: path, values)
        #expect(!filled.contains("{"))
        let explanation = try #require(ServiceErrorExplainer.explain("error: " + filled).first)
        #expect(explanation.text == text)
        #expect(explanation.blockPath == (text.place == nil ? nil : path))
        for (hole, value) in explanation.values { #expect(value == values[hole]) }
        for hole in ServiceText.Hole.allCases where text.template.contains("{\(hole.rawValue)}") {
            #expect(explanation.values[hole] == values[hole])
        }
    }

    @Test(
        "a body that is too large is recognized by error type and by message, with any ending",
        arguments: [
            "request_too_large", "413 Request exceeds the maximum allowed number of bytes.",
            #"{"error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
        ])
    func tooLarge(text: String) {
        #expect(ServiceErrorExplainer.explain(text).map(\.code) == [.requestTooLarge])
    }

    @Test("several refusals in one log are reported once each")
    func severalTexts() {
        let log = """
            messages.0.content.1.image.source.base64: image cannot be empty
            retry: messages.0.content.1.image.source.base64: image cannot be empty
            messages.2.content.1.image.source.base64: image cannot be empty
            prompt is too long: 207368 tokens > 200000 maximum
            """
        let found = ServiceErrorExplainer.explain(log)
        #expect(found.map(\.code) == [.emptyImage, .emptyImage, .contextWindowExceeded])
        #expect(found.map(\.blockPath) == ["messages.0.content.1", "messages.2.content.1", nil])
    }

    @Test("a path that is not next to the text is not taken for its block")
    func distantPath() {
        let text = "messages.0.content.1 was sent: all went well. Could not process image"
        #expect(ServiceErrorExplainer.explain(text).map(\.blockPath) == [nil])
    }

    @Test("a number on the next line is not part of the limit")
    func nextLine() {
        let found = ServiceErrorExplainer.explain("too many images and documents: 104 + 1 > 100\n2026 done")
        #expect(found.first?.limit == 100)
    }

    @Test("any amount of white space within a value takes time linear in its bytes")
    func whiteSpace() {
        let space = String(repeating: " ", count: 300_000)
        #expect(ServiceErrorExplainer.explain("prompt is too long: 1\(space)x").isEmpty)
        let found = ServiceErrorExplainer.explain("prompt is too long: 1\(space)2\(space)tokens > 3 maximum")
        #expect(found.map(\.measured) == [12] && found.map(\.limit) == [3])
    }

    @Test(
        "other texts are not recognized",
        arguments: [
            "", "\\", "\\u", "\\u00", "messages.0.content.0", "model: Field required", "image exceeds 5 MB",
            "rate_limit_error", "prompt is too long", "│", "image exceeds MB maximum: 1 bytes > 2 bytes",
        ])
    func otherTexts(text: String) {
        #expect(ServiceErrorExplainer.explain(text).isEmpty)
    }

    @Test("an explanation says why and what to do")
    func causeAndRemedy() throws {
        let answer = try #require(Self.answers.first { $0.3 == 6_278_112 })
        let explanation = try #require(ServiceErrorExplainer.explain(answer.0).first)
        #expect(explanation.cause.contains("base64"))
        #expect(explanation.command == "image-preflight prepare PATH -o DIR")
        #expect(explanation.values[.megabytes] == "5")
    }
}
