import Foundation
import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("Rules about one image")
struct ImageRuleTests {
    private func codes(_ subject: ImageSubject, _ destination: Destination) -> [RuleCode] {
        assess(subject, for: destination).findings.map(\.code)
    }

    private func finding(_ code: RuleCode, _ subject: ImageSubject, _ destination: Destination) throws
        -> Finding
    {
        try #require(assess(subject, for: destination).findings.first { $0.code == code })
    }

    @Test("an ordinary image has no findings")
    func clean() throws {
        let assessment = assess(image(1092, 1092), for: try destination())
        #expect(assessment.verdict == .accepted)
        #expect(assessment.findings.isEmpty)
        #expect(assessment.seen?.tokens == 1521)
        #expect(assessment.guideTokens == 1590)
        #expect(assessment.cost == Cost(microdollars: 3042))
    }

    @Test("an assessment with its findings survives encoding and decoding")
    func codable() throws {
        let assessment = assess(image(9000, 100, promised: .png), for: try destination())
        #expect(assessment.findings.count > 1)
        let json = try JSONEncoder().encode(assessment)
        #expect(try JSONDecoder().decode(Assessment.self, from: json) == assessment)
        let finding =
            try JSONSerialization.jsonObject(
                with: try JSONEncoder().encode(try #require(assessment.findings.first))) as? [String: Any]
        #expect(finding?["name"] as? String == "extension-mismatch")
        #expect(finding?["severity"] as? String == "warning")
        #expect(finding?["service_error"] is String)
    }

    @Test("I101: a known format that cannot be sent", arguments: [ImageFormat.heic, .svg, .html, .tiff])
    func unsupportedFormat(format: ImageFormat) throws {
        let there = try destination()
        let assessment = assess(image(100, 100, format: format), for: there)
        #expect(assessment.findings.map(\.code) == [.unsupportedFormat])
        #expect(assessment.verdict == .rejected)
        #expect(assessment.seen == nil && assessment.guideTokens == nil && assessment.cost == nil)
        #expect(
            assessment.findings.first?.serviceError
                == (format == .tiff
                    ? "messages.0.content.0.image.source.base64.data: Image format image/tiff not supported"
                    : "Could not process image"))
        let unread = ImageSubject(header: .failure(.noPixelSize(format)), byteCount: 10)
        #expect(codes(unread, there) == [.unsupportedFormat])
    }

    @Test(
        "I101: a kind of JPEG that common decoders do not read",
        arguments: [
            .twelveBitJPEG, .losslessJPEG, .arithmeticJPEG, .hierarchicalJPEG, .jpegLS,
        ] as [ImageFacts.UnsupportedKind])
    func unsupportedKind(kind: ImageFacts.UnsupportedKind) throws {
        let assessment = assess(image(100, 100) { $0.unsupportedKind = kind }, for: try destination())
        #expect(assessment.findings.map(\.code) == [.unsupportedFormat])
        #expect(assessment.verdict == .rejected)
        #expect(assessment.findings.first?.message.contains(kind.name) == true)
        #expect(assessment.findings.first?.serviceError == "Could not process image")
    }

    @Test("I106: a container that is larger than the file")
    func cutShort() throws {
        let cut = image(980, 980, format: .webp) { $0.isCutShort = true }
        let assessment = assess(cut, for: try destination())
        #expect(assessment.findings.map(\.code) == [.truncatedData])
        #expect(assessment.verdict == .rejected)
        // Decoding finds the same fault.
        var deep = assessment
        deep.add(assessment.findings)
        #expect(deep.findings == assessment.findings)
    }

    @Test("I401 names the source of the orientation if readers differ")
    func orientationSources() throws {
        let there = try destination()
        for (source, word) in [(.exif, "EXIF"), (.rawProfile, "text chunk"), (.xmp, "XMP")]
            as [(OrientationSource, String)]
        {
            let turned = image(980, 980) {
                $0.orientation = .right
                $0.orientationSource = source
            }
            #expect(try finding(.orientationInMetadata, turned, there).message.contains(word))
        }
    }

    @Test("I403 names what is not sRGB")
    func colorNames() throws {
        let there = try destination()
        let changes: [(change: (inout ImageFacts) -> Void, word: String)] = [
            ({ $0.highDynamicRange = .pq }, "(PQ)"), ({ $0.highDynamicRange = .hlg }, "(HLG)"),
            (
                {
                    $0.color.codePoints = ColorCodePoints(primaries: 12, transfer: 13)
                    $0.colorProfile = .other
                }, "cICP"
            ),
            (
                {
                    $0.color.gamma = 100_000
                    $0.colorProfile = .other
                }, "gAMA"
            ),
            ({ $0.colorProfile = .other }, "a profile"),
        ]
        for (change, word) in changes {
            #expect(try finding(.colorToConvert, image(980, 980, change), there).message.contains(word))
        }
    }

    @Test("I102: no bytes")
    func emptyFile() throws {
        let empty = ImageSubject(header: .failure(.empty), byteCount: 0, blockPath: "messages.2.content.1")
        let assessment = assess(empty, for: try destination())
        #expect(assessment.findings.map(\.code) == [.emptyFile])
        #expect(
            assessment.findings.first?.serviceError
                == "messages.2.content.1.image.source.base64: image cannot be empty")
    }

    @Test(
        "I103: bytes that no decoder can read",
        arguments: [HeaderError.unrecognized, .truncated(.jpeg), .malformed(.png, .impossibleSize)])
    func unreadableImage(error: HeaderError) throws {
        let assessment = assess(ImageSubject(header: .failure(error), byteCount: 9), for: try destination())
        #expect(assessment.verdict == .rejected)
        #expect(assessment.findings.map(\.code) == [.unreadableImage])
        #expect(assessment.findings.first?.serviceError == "Could not process image")
    }

    @Test("I104: the extension does not match; the warning names the real media type")
    func extensionMismatch() throws {
        let there = try destination()
        #expect(codes(image(300, 300, promised: .jpeg), there).contains(.extensionMismatch) == false)
        let mislabelled = image(980, 980, format: .png, promised: .jpeg)
        let assessment = assess(mislabelled, for: there)
        #expect(assessment.verdict == .accepted)
        #expect(assessment.findings.map(\.code) == [.extensionMismatch])
        #expect(
            assessment.findings.first?.message
                == "the name promises JPEG, but the bytes are PNG; its media type is image/png")
        #expect(
            assessment.findings.first?.serviceError
                == "messages.0.content.0.image.source.base64: The image was specified using the image/jpeg "
                + "media type, but the image appears to be a image/png image")
        let phone = image(980, 980, format: .heic, promised: .jpeg)
        #expect(codes(phone, there) == [.unsupportedFormat, .extensionMismatch])
    }

    @Test("I105: an animation")
    func onlyFirstFrameIsRead() throws {
        let there = try destination()
        let twelve = try finding(
            .onlyFirstFrameIsRead, image(980, 980, format: .gif) { $0.frames = 12 }, there)
        #expect(twelve.measured == 12 && twelve.message == "the model sees the first of 12 frames")
        let several = try finding(
            .onlyFirstFrameIsRead,
            image(980, 980, format: .gif) {
                $0.frames = 2
                $0.framesAreExact = false
            }, there)
        #expect(several.measured == nil && several.message == "the model sees the first of several frames")
        #expect(codes(image(980, 980, format: .gif), there).isEmpty)
    }

    @Test("I201: 8000 px are accepted, 8001 px are not")
    func edgeOverLimit() throws {
        let there = try destination()
        #expect(!codes(image(8000, 500), there).contains(.edgeOverLimit))
        let tall = try finding(.edgeOverLimit, image(500, 8001), there)
        #expect(tall.measured == 8001 && tall.limit == 8000)
        #expect(
            tall.serviceError
                == "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed "
                + "max allowed size: 8000 pixels")
        #expect(assess(image(500, 8001), for: there).verdict == .rejected)
    }

    @Test("I202: above 2000 px an image is refused only among more than 20")
    func edgeOverManyImageLimit() throws {
        let twenty = try destination(imagesPerRequest: 20)
        let many = try destination(imagesPerRequest: 21)
        #expect(codes(image(2001, 980), twenty).isEmpty)
        #expect(codes(image(2000, 980), many).isEmpty)
        let refused = try finding(.edgeOverManyImageLimit, image(2001, 980), many)
        #expect(refused.measured == 2001 && refused.limit == 2000)
        #expect(
            refused.serviceError
                == "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed "
                + "max allowed size for many-image requests: 2000 pixels")
        #expect(!codes(image(8001, 980), many).contains(.edgeOverManyImageLimit), "I201 reports it")
        #expect(
            codes(image(2001, 980), try destination("claude-sonnet-5-5", "claude-ai", imagesPerRequest: 21))
                .isEmpty)
    }

    @Test(
        "I203: the limit is on the base64 text, and exactly the limit is accepted",
        arguments: [
            ("portable", 3_932_160, "5 MB maximum: 5242884 bytes > 5242880 bytes", "base64"),
            ("claude-api", 7_864_320, "10 MB maximum: 10485764 bytes > 10485760 bytes", "base64"),
            ("bedrock", 3_932_160, "5 MB maximum: 5242884 bytes > 5242880 bytes", "bytes"),
        ])
    func bytesOverLimit(platform: String, most: Int, text: String, field: String) throws {
        let there = try destination("claude-sonnet-5-5", platform)
        #expect(codes(image(980, 980, bytes: most), there).isEmpty)
        let over = try finding(.bytesOverLimit, image(980, 980, bytes: most + 1), there)
        #expect(over.serviceError == "messages.0.content.0.image.source.\(field): image exceeds \(text)")
        #expect(over.measured == over.limit.map { $0 + 4 })
        #expect(assess(image(980, 980, bytes: most + 1), for: there).verdict == .rejected)
        #expect(codes(image(980, 980, bytes: .max), there) == [.bytesOverLimit])
    }

    @Test("I301: the service downsizes the image, depending on the tier")
    func downsizedByService() throws {
        let assessment = assess(image(3840, 2160), for: try destination("claude-sonnet-4-5"))
        #expect(assessment.verdict == .downsized)
        let finding = try #require(assessment.findings.first { $0.code == .downsizedByService })
        #expect(finding.message == "the model sees 1456x819 px instead of 3840x2160 px (1560 tokens)")
        let turned = image(3840, 2160) { $0.orientation = .right }
        #expect(assess(turned, for: try destination("claude-sonnet-4-5")).seen?.size == px(819, 1456))
        #expect(codes(image(1456, 819), try destination("claude-sonnet-4-5")).isEmpty)
        #expect(codes(image(2574, 1449), try destination()).isEmpty)
        let refused = codes(image(9000, 5000), try destination())
        #expect(refused == [.edgeOverLimit], "a refused image is not downsized")
    }

    @Test("I302 or I303: sides under 200 px or under 8 px, never both")
    func smallAndTiny() throws {
        let there = try destination()
        #expect(codes(image(980, 224), there).isEmpty)
        #expect(!codes(image(980, 200), there).contains(.smallEdge))
        let small = try finding(.smallEdge, image(980, 199), there)
        #expect(small.measured == 199 && small.limit == 200)
        #expect(codes(image(980, 8), there) == [.smallEdge])
        #expect(codes(image(980, 7), there) == [.tinyImage])
        #expect(codes(image(1, 1), there) == [.tinyImage])
        #expect(assess(image(1, 1), for: there).verdict == .accepted)
    }

    @Test("I304: less than half of each side is seen")
    func detailLost() throws {
        let there = try destination("claude-sonnet-4-5")
        // Squares are seen at 1092 px: exactly half of 2184.
        #expect(codes(image(2184, 2184), there) == [.downsizedByService])
        #expect(codes(image(2185, 2185), there) == [.downsizedByService, .detailLost])
        let lost = try finding(.detailLost, image(4368, 4368), there)
        #expect(lost.message == "the model sees 25 % of each side; tiles keep the detail")
    }

    @Test("I305: up to a quarter of a patch is waste; from 7 px on it is not")
    func wastedPatches() throws {
        let there = try destination()
        #expect(codes(image(980, 980), there).isEmpty)
        let wasted = try finding(.wastedPatches, image(981, 986), there)
        #expect(wasted.message == "980x980 px instead of 981x986 px would save 71 of 1296 tokens")
        #expect(wasted.measured == 1296 && wasted.limit == 1225)
        #expect(codes(image(987, 987), there).isEmpty)
        #expect(codes(image(1007, 1007), there).isEmpty)
        for size in RecommendedSize.table {
            #expect(codes(image(size.width, size.height), there).isEmpty, "\(size)")
        }
        #expect(codes(image(4032, 3030), there).contains(.wastedPatches) == false, "downsized anyway")
    }

    @Test("I401 to I405: what the file contains besides its picture")
    func metadata() throws {
        let there = try destination()
        #expect(codes(image(980, 980) { $0.orientation = .right }, there) == [.orientationInMetadata])
        #expect(codes(image(980, 980) { $0.hasLocation = true }, there) == [.locationInMetadata])
        for change: @Sendable (inout ImageFacts) -> Void in [
            { $0.colorModel = .cmyk }, { $0.colorModel = .ycck }, { $0.bitDepth = 16 },
            { $0.colorProfile = .other },
        ] {
            #expect(codes(image(980, 980, change), there) == [.colorToConvert])
        }
        #expect(codes(image(980, 980) { $0.colorProfile = .sRGB }, there).isEmpty)
        #expect(codes(image(980, 980) { $0.colorModel = .grayscale }, there).isEmpty)
        let costly = try finding(
            .costlyToDecode,
            image(980, 980, format: .png) {
                $0.isInterlaced = true
                $0.hasAlpha = true
                $0.bitDepth = 16
            }, there)
        #expect(costly.measured == 980 * 980 * 8)
        #expect(codes(image(980, 980) { $0.hasAlpha = true }, there) == [.transparent])
        let hostile = image(1 << 31, 1 << 31) { $0.isInterlaced = true }
        #expect(try finding(.costlyToDecode, hostile, there).measured == .max)
    }

    @Test("findings come in the order of their codes")
    func order() throws {
        let everything = image(9000, 4, format: .png, bytes: 9_000_000, promised: .gif) {
            $0.frames = 3
            $0.orientation = .left
            $0.hasLocation = true
            $0.bitDepth = 16
            $0.isInterlaced = true
            $0.hasAlpha = true
        }
        let found = codes(everything, try destination()).map(\.rawValue)
        #expect(found == ["I104", "I105", "I201", "I203", "I303", "I401", "I402", "I403", "I404", "I405"])
    }

    @Test("the price step is that of a request with the given number of such images")
    func priceStep() throws {
        // 2576×1449 px cost 4784 tokens plus 3; 20 of them stay below 100,000, 21 do not.
        let subject = image(2576, 1449)
        let few = try destination("claude-haiku-5-5", "claude-api", imagesPerRequest: 20)
        let many = try destination("claude-haiku-5-5", "claude-api", imagesPerRequest: 21)
        #expect(assess(subject, for: few).cost == Cost(microdollars: 478))
        #expect(assess(subject, for: many).cost == Cost(microdollars: 2392))
    }
}
