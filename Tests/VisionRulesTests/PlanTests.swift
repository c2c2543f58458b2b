import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("Plans")
struct PlanTests {
    private func plan(
        _ width: Int, _ height: Int, bytes: Int = 100_000, at destination: Destination? = nil,
        fit: FitOptions = FitOptions(), output: ImageFormat? = nil, format: ImageFormat = .jpeg,
        _ change: (inout ImageFacts) -> Void = { _ in }
    ) throws -> TransformPlan {
        var facts = ImageFacts(format: format, size: px(width, height))
        change(&facts)
        return try TransformPlan.make(
            for: facts, byteCount: bytes, destination: try destination ?? TestSupport.destination(),
            fit: fit,
            outputFormat: output)
    }

    @Test("an image that passes at its size is copied, even with several frames, 16 bits or a profile")
    func copies() throws {
        #expect(try plan(1092, 1092).isCopy)
        #expect(try plan(1, 1).isCopy)
        #expect(try plan(800, 600, format: .gif) { $0.frames = 9 }.isCopy)
        #expect(try plan(800, 600, format: .png) { $0.bitDepth = 16 }.isCopy)
        #expect(try plan(800, 600) { $0.colorProfile = .other }.isCopy)
        #expect(try plan(800, 600, output: .jpeg).isCopy)
        #expect(try plan(800, 600, bytes: 3_932_160).isCopy)
    }

    @Test("every reason to re-encode is given")
    func reasons() throws {
        #expect(try plan(4000, 3000).reasons == [.resize])
        #expect(try plan(800, 600) { $0.orientation = .down }.reasons == [.orient])
        #expect(try plan(800, 600, format: .heic).reasons == [.convert])
        #expect(try plan(800, 600, output: .png).reasons == [.convert])
        #expect(try plan(800, 600, bytes: 3_932_161).reasons == [.shrinkBytes])
        #expect(try plan(800, 600) { $0.colorModel = .cmyk }.reasons == [.convertColor])
        #expect(try plan(4000, 3000) { $0.colorProfile = .other }.reasons == [.resize, .convertColor])
        #expect(
            try plan(800, 600, bytes: 9_000_000, format: .gif) { $0.frames = 9 }.reasons
                == [.shrinkBytes, .firstFrame])
        #expect(try plan(800, 600).maxBytes == 3_932_160)
    }

    @Test(
        "the recommended size is the guide's at its ratios, else the standard tier's, and follows orientation"
    )
    func recommended() throws {
        #expect(try plan(3024, 4032).targetSize == px(951, 1268))
        #expect(try plan(4032, 3024).targetSize == px(1268, 951))
        #expect(try plan(4000, 3001).targetSize == SeenSize(of: px(4000, 3001), tier: .standard).size)
        #expect(try plan(4032, 3024) { $0.orientation = .right }.targetSize == px(951, 1268))
        #expect(try plan(500, 400).targetSize == px(500, 400))
        // Haiku 3.5 sees less than the standard tier, so the guide's square is too large for it.
        #expect(try plan(3000, 3000, at: destination("claude-3-5-haiku")).targetSize == px(1064, 1064))
    }

    @Test("native uses the model's tier, limits only the platform's edge")
    func otherFits() throws {
        #expect(try plan(3840, 2160, fit: FitOptions(fit: .native)).targetSize == px(2576, 1449))
        #expect(
            try plan(3840, 2160, at: destination("claude-sonnet-4-5"), fit: FitOptions(fit: .native))
                .targetSize
                == px(1456, 819))
        #expect(try plan(8000, 4000, fit: FitOptions(fit: .limits)).isCopy)
        #expect(try plan(8001, 4000, fit: FitOptions(fit: .limits)).targetSize == px(8000, 4000))
        let many = try destination(imagesPerRequest: 21)
        #expect(try plan(8000, 4000, at: many, fit: FitOptions(fit: .limits)).targetSize == px(2000, 1000))
        #expect(try plan(2576, 1449, at: many, fit: FitOptions(fit: .native)).targetSize == px(2000, 1125))
    }

    @Test("size options make the image smaller, never larger")
    func wishes() throws {
        #expect(try plan(4000, 3000, fit: FitOptions(maxEdge: 1000)).targetSize == px(1000, 750))
        #expect(try plan(400, 300, fit: FitOptions(maxEdge: 1000)).isCopy)
        let few = try plan(4000, 3000, fit: FitOptions(maxTokens: 100)).targetSize
        #expect(VisualTokens.count(few) <= 100 && few.longEdge > 300)
        let small = try plan(4000, 3000, fit: FitOptions(fit: .limits, maxMegapixels: 1.15)).targetSize
        #expect(small == px(1238, 928))
        #expect(px(1239, 929).pixelCount > 1_150_000)
    }

    @Test("the error for an image that cannot be prepared says why")
    func errors() {
        #expect(throws: PlanError.notAnImage(.pdf)) { try plan(10, 10, format: .pdf) }
        #expect(throws: PlanError.blockedFormat(.svg)) { try plan(10, 10, format: .svg) }
        #expect(throws: PlanError.noPixels) { try plan(0, 10) }
        #expect(throws: PlanError.cannotWrite(.gif)) { try plan(10, 10, output: .gif) }
        #expect(throws: PlanError.cannotWrite(.tiff)) { try plan(10, 10, output: .tiff) }
        #expect(throws: PlanError.impossibleOption("max-edge")) {
            try plan(10, 10, fit: FitOptions(maxEdge: 0))
        }
        #expect(throws: PlanError.impossibleOption("max-tokens")) {
            try plan(10, 10, fit: FitOptions(maxTokens: 0))
        }
        #expect(throws: PlanError.impossibleOption("max-megapixels")) {
            try plan(10, 10, fit: FitOptions(maxMegapixels: .nan))
        }
    }

    @Test("snapping cuts sides to whole patches, and never makes a side shorter than one")
    func snapping() throws {
        let snap = FitOptions(snapsToPatches: true)
        #expect(try plan(200, 200, fit: snap).targetSize == px(196, 196))
        #expect(try plan(196, 196, fit: snap).isCopy)
        #expect(try plan(20, 29, fit: snap).targetSize == px(20, 28))
        #expect(try plan(3024, 4032, fit: snap).targetSize == px(924, 1260))
    }

    @Test("a plan is never larger than the image, is allowed, is stable, and follows transposition")
    func properties() throws {
        var generator = FixedGenerator(seed: 6)
        for _ in 0..<2000 {
            let size = px(
                .random(in: 1...12_000, using: &generator), .random(in: 1...12_000, using: &generator))
            let there = try destination(
                ["claude-sonnet-5-5", "claude-sonnet-4-5", "claude-3-5-haiku"].randomElement(
                    using: &generator)
                    ?? "", imagesPerRequest: .random(in: 1...40, using: &generator))
            let fit = FitOptions(
                fit: FitOptions.Fit.allCases.randomElement(using: &generator) ?? .limits,
                maxEdge: Bool.random(using: &generator) ? .random(in: 1...3000, using: &generator) : nil,
                maxTokens: Bool.random(using: &generator) ? .random(in: 4...5000, using: &generator) : nil,
                snapsToPatches: .random(using: &generator))
            let target = try plan(size.width, size.height, at: there, fit: fit).targetSize
            #expect(target.width <= size.width && target.height <= size.height, "\(size) \(fit)")
            #expect(target.shortEdge >= 1, "\(size) \(fit)")
            #expect(
                target.longEdge <= there.platform.limits.maxEdge(imagesPerRequest: there.imagesPerRequest))
            #expect(target.longEdge <= fit.maxEdge ?? .max, "\(size) \(fit)")
            #expect(
                VisualTokens.count(target, tier: there.model.tier) <= fit.maxTokens ?? .max, "\(size) \(fit)")
            if fit.fit != .limits { #expect(SeenSize.fits(target, tier: there.model.tier), "\(size) \(fit)") }
            #expect(try plan(target.width, target.height, at: there, fit: fit).isCopy, "\(size) \(fit)")
            #expect(
                try plan(size.height, size.width, at: there, fit: fit).targetSize == target.transposed,
                "\(size) \(fit)")
        }
    }

    @Test("the base64 limit is the smaller of the requested one and the platform's")
    func base64() throws {
        func plan(_ limit: Int?, bytes: Int) throws -> TransformPlan {
            try TransformPlan.make(
                for: ImageFacts(format: .png, size: px(800, 600)), byteCount: bytes,
                destination: TestSupport.destination(), maxBase64Bytes: limit)
        }
        #expect(try plan(1_000_000, bytes: 750_000).isCopy)
        #expect(try plan(1_000_000, bytes: 750_001).reasons == [.shrinkBytes])
        #expect(try plan(1_000_000, bytes: 750_001).maxBytes == 750_000)
        #expect(try plan(.max, bytes: 1).maxBytes == plan(nil, bytes: 1).maxBytes)
    }

    @Test(
        "a file in an unwanted format is converted if a wanted one can be written"
    )
    func formats() throws {
        func plan(_ format: ImageFormat, _ formats: [ImageFormat]) throws -> TransformPlan {
            try TransformPlan.make(
                for: ImageFacts(format: format, size: px(800, 600)), byteCount: 1000,
                destination: TestSupport.destination(), formats: formats)
        }
        #expect(try plan(.png, [.jpeg, .png]).isCopy)
        #expect(try plan(.webp, [.jpeg, .png]).reasons == [.convert])
        #expect(try plan(.gif, [.gif]).isCopy)
        #expect(throws: PlanError.cannotWrite(.gif)) { try plan(.png, [.gif]) }
    }

    @Test("sides that only a broken header could claim do not overflow")
    func hostileSizes() throws {
        #expect(try plan(1 << 31, 1 << 31).targetSize == px(1092, 1092))
        #expect(
            try plan(.max, .max, fit: FitOptions(fit: .limits, maxMegapixels: 1)).targetSize == px(1000, 1000)
        )
    }
}
