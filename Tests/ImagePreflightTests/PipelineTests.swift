import ImageHeaders
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

@Suite struct PipelineTests {
    /// Where the colors of `Pictures.quarters` are when the stored picture is shown upright: top left, top
    /// right, bottom left, bottom right. Taken from the EXIF specification, not computed.
    private static let upright: [Orientation: String] = [
        .up: "RGBY", .upMirrored: "GRYB", .down: "YBGR", .downMirrored: "BYRG",
        .leftMirrored: "RBGY", .right: "BRYG", .rightMirrored: "YGBR", .left: "GYRB",
    ]

    private static let colors: [Character: [Int]] = [
        "R": [255, 0, 0], "G": [0, 255, 0], "B": [0, 0, 255], "Y": [255, 255, 0],
    ]

    @Test(
        "Every orientation and odd size comes out exactly as planned, with its colors in their corners",
        arguments: Orientation.allCases, [(401, 299), (57, 333), (121, 121)])
    func orientations(orientation: Orientation, stored: (Int, Int)) throws {
        let size = PixelSize(width: stored.0, height: stored.1)
        let target = PixelSize(width: (stored.0 * 2 + 2) / 5, height: (stored.1 * 2 + 2) / 5)
            .oriented(orientation)
        for (format, encoding) in [
            (ImageFormat.png, Pictures.losslessPNG), (.jpeg, .jpeg(quality: 95)),
        ] {
            let file = try Pictures.file(Pictures.quarters(size.width, size.height), encoding)
            let pipeline = Pipeline(format, size, to: target, orientation: orientation)
            let result = try pipeline.run(file)
            let pixels = try result.decoded()
            #expect(result.size == target)
            #expect(PixelSize(width: pixels.width, height: pixels.height) == target)
            let (right, bottom) = (target.width - 4, target.height - 4)
            let corners = try #require(Self.upright[orientation])
            for (corner, (x, y)) in zip(corners, [(3, 3), (right, 3), (3, bottom), (right, bottom)]) {
                let expected = try #require(Self.colors[corner])
                let found = Pictures.pixel(pixels, x, y)
                #expect(isNear(found, expected, within: 12), "\(format) \(corner) at \(x),\(y): \(found)")
            }
        }
    }

    @Test(
        "Every JPEG scale gives exactly the planned size",
        arguments: [
            (802, 601), (401, 300), (400, 301), (201, 151), (101, 75), (100, 76), (99, 74), (1, 1),
        ])
    func scales(width: Int, height: Int) throws {
        let size = PixelSize(width: 803, height: 602)
        let target = PixelSize(width: width, height: height)
        let cases = [(ImageFormat.jpeg, Encoding.jpeg(quality: 90)), (.webp, .webp(quality: 90, effort: 0))]
        for (format, encoding) in cases {
            let file = try Pictures.file(Pictures.photo(803, 602), encoding)
            let pixels = try Pipeline(format, size, to: target).run(file).decoded()
            #expect(PixelSize(width: pixels.width, height: pixels.height) == target)
        }
    }

    @Test("Shrink-on-load keeps the detail of a full decode", arguments: [ImageFormat.jpeg, .webp])
    func shrinkOnLoadIsFaithful(format: ImageFormat) throws {
        let size = PixelSize(width: 803, height: 602)
        let encoding: Encoding = format == .jpeg ? .jpeg(quality: 95) : .webp(quality: 95, effort: 0)
        let file = try Pictures.file(Pictures.photo(803, 602), encoding)
        let target = PixelSize(width: 310, height: 232)
        let plan = Pipeline(format, size, to: target).plan
        let facts = ImageFacts(format: format, size: size)
        let memory = DecodingMemory(
            of: facts, target: target, byteCount: file.count, limits: .standard)
        guard let source = try OpenImage.open(file, facts: facts, plan: plan, memory: memory) else {
            throw VipsError(.open)
        }
        let shrink = source.shrink
        #expect(shrink == 2)
        let fast = try Resampling.pixels(of: source)
        let full = try Resampling.smaller(
            VipsImage(file, loader: format == .jpeg ? .jpeg : .webp).pixels(), size: target)
        var sum = 0
        for index in 0..<fast.samples.count {
            let difference = Int(fast.samples[index]) - Int(full.samples[index])
            sum += difference * difference
        }
        // 45 dB, the lower bound of the quality target.
        let meanSquare = Double(sum) / Double(fast.samples.count)
        #expect(meanSquare < 255.0 * 255.0 / 31_622)
    }

    @Test("The same bytes give the same bytes")
    func deterministic() throws {
        let size = PixelSize(width: 300, height: 200)
        let file = try Pictures.file(Pictures.photo(300, 200))
        let pipeline = Pipeline(.png, size, to: PixelSize(width: 150, height: 100))
        #expect(try pipeline.run(file).bytes.array == pipeline.run(file).bytes.array)
    }

    @Test("A picture at its planned size is re-encoded without changing a pixel")
    func noResampling() throws {
        let picture = Pictures.screenshot(120, 90)
        let size = PixelSize(width: 120, height: 90)
        let options = PrepareOptions(outputFormat: .png)
        let result = try Pipeline(.png, size, to: size, options: options).run(Pictures.file(picture))
        #expect(try result.decoded().array == picture.array)
    }

    @Test("A file that contradicts its header is refused, not stretched")
    func lyingHeader() throws {
        let file = try Pictures.file(Pictures.photo(64, 48))
        let error = #expect(throws: PreflightError.self) {
            let size = PixelSize(width: 640, height: 480)
            _ = try Pipeline(.png, size, to: PixelSize(width: 64, height: 48)).run(file)
        }
        guard case .image(let findings) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(findings.map(\.code) == [.unreadableImage])
    }

    @Test("Truncated data is finding I106", arguments: [ImageFormat.jpeg, .png])
    func truncated(format: ImageFormat) throws {
        let encoding: Encoding = format == .jpeg ? .jpeg(quality: 90) : Pictures.losslessPNG
        let file = try Pictures.file(Pictures.noise(200, 150), encoding).array
        let half = ImageBytes(copying: Array(file.prefix(file.count / 2)))
        let size = PixelSize(width: 200, height: 150)
        let error = #expect(throws: PreflightError.self) {
            _ = try Pipeline(format, size, to: PixelSize(width: 100, height: 75)).run(half)
        }
        guard case .image(let findings) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(findings.map(\.code) == [.truncatedData])
    }

    @Test(
        "A format that is not decoded in this process is refused and named",
        arguments: [
            (ImageFormat.pdf, RuleCode.unsupportedFormat), (.svg, .cannotBeDecodedHere),
            (.jxl, .cannotBeDecodedHere),
        ])
    func blocked(format: ImageFormat, code: RuleCode) {
        let size = PixelSize(width: 20, height: 10)
        let error = #expect(throws: PreflightError.self) {
            _ = try Pipeline(format, size, to: size).run(ImageBytes(copying: Array("<svg/>".utf8)))
        }
        guard case .image(let findings) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(findings.map(\.code) == [code])
    }
}
