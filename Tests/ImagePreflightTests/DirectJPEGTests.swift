import CCodecs
import Foundation
import ImageHeaders
import TestSupport
import Testing
import Vips

@testable import ImagePreflight
@testable import VisionRules

@Suite("JPEG in planes", .enabled(if: DirectCodecs.hasJPEG, "no TurboJPEG, or switched off"))
struct DirectJPEGTests {
    /// Soft colors that differ in all channels, with edges, so that misplaced chroma shows.
    private static func picture(_ width: Int, _ height: Int) -> PixelBuffer {
        Pictures.rgb(width, height) { x, y in
            let isInside =
                (x - width / 2) * (x - width / 2) + (y - height / 3) * (y - height / 3) < width * height / 9
            return (
                UInt8(isInside ? 200 : 60 + x * 120 / width), UInt8(isInside ? 40 : 60 + y * 120 / height),
                UInt8(isInside ? 60 : 180 - x * 60 / width)
            )
        }
    }

    private static func plan(_ size: PixelSize, to target: PixelSize, _ orientation: Orientation)
        -> TransformPlan
    {
        TransformPlan(
            sourceSize: size, orientation: orientation, targetSize: target, tiles: nil, maxBytes: .max,
            reasons: [.convert])
    }

    private static func facts(_ file: ImageBytes) throws -> ImageFacts {
        try #require(file.withUnsafeBytes { HeaderReader.read(bytes: $0) }.facts)
    }

    private static func memory(_ facts: ImageFacts, to target: PixelSize, options: PrepareOptions)
        -> DecodingMemory
    {
        DecodingMemory(of: facts, target: target, byteCount: 0, limits: options.limits)
    }

    private static func image(
        of file: ImageBytes, _ facts: ImageFacts, to target: PixelSize, _ orientation: Orientation = .up,
        options: PrepareOptions = PrepareOptions()
    ) -> FittedImage? {
        DirectJPEG.image(
            of: file, facts: facts, plan: plan(facts.size, to: target, orientation), options: options,
            memory: memory(facts, to: target, options: options))
    }

    private static func direct(
        _ file: ImageBytes, to target: PixelSize, orientation: Orientation = .up, quality: Int = 85
    ) throws -> ImageBytes? {
        let facts = try facts(file)
        var options = PrepareOptions()
        options.quality = quality
        return image(of: file, facts, to: target, orientation, options: options)?.bytes
    }

    private static func pixels(_ file: ImageBytes) throws -> PixelBuffer {
        try VipsImage(file, loader: .jpeg).pixels()
    }

    /// Compares both paths with a picture made without JPEG: the planes may not be the worse one.
    private static func compare(
        _ picture: PixelBuffer, quality stored: Int, to target: PixelSize, orientation: Orientation
    ) throws {
        let file = try VipsImage(picture).encoded(as: .jpeg(quality: stored))
        let made = try #require(try direct(file, to: target, orientation: orientation))
        let facts = try facts(file)
        let options = PrepareOptions()
        let byVips = try #require(
            try Pipeline(
                facts: facts, plan: plan(facts.size, to: target, orientation), options: options,
                memory: memory(facts, to: target, options: options)
            ).opaquePixels(of: file))
        let encodedByVips = try pixels(try VipsImage(byVips).encoded(as: .jpeg(quality: 85)))
        let found = try pixels(made)
        #expect(found.width == target.width && found.height == target.height)
        let rows = target.oriented(orientation)
        let exact = try VipsImage(picture.reference(width: rows.width, height: rows.height))
            .upright(from: orientation.rawValue).pixels()
        let (quality, usual) = try (
            PictureQuality(of: found, against: exact), PictureQuality(of: encodedByVips, against: exact)
        )
        #expect(quality.psnr > usual.psnr - 0.5, "\(target), orientation \(orientation.rawValue), \(stored)")
        #expect(
            quality.ssim > usual.ssim - 0.002, "\(target), orientation \(orientation.rawValue), \(stored)")
    }

    @Test(
        "Chroma of even and odd sizes is where libvips has it, in every orientation",
        arguments: Orientation.allCases)
    func chromaIsInPlace(orientation: Orientation) throws {
        for (width, height, scale) in [(161, 120, 1.3), (160, 121, 1.7), (323, 241, 3.1)] {
            let rows = PixelSize(width: Int(Double(width) / scale), height: Int(Double(height) / scale))
            for stored in [80, 95] {
                try Self.compare(
                    Self.picture(width, height), quality: stored, to: rows.oriented(orientation),
                    orientation: orientation)
            }
        }
    }

    @Test(
        "Rows for a conversion match libvips, including the profile",
        arguments: [Encoding.jpeg(quality: 80), .jpeg(quality: 95), .jpeg(quality: 80, isProgressive: true)],
        [1, 2, 4, 8])
    func rows(encoding: Encoding, shrink: Int) throws {
        let profile = ProfileBuilder.matrix(.displayP3, .exponent(2.2))
        for picture in [Self.picture(161, 121), Self.picture(64, 48)] {
            let plain = try VipsImage(picture).encoded(as: encoding).array
            let file = ImageBytes(copying: ProfiledFile.jpeg(plain, profile))
            let facts = try Self.facts(file)
            #expect(facts.colorProfile == .other)
            let found = try #require(
                DirectJPEG.rows(of: file, facts: facts, shrink: shrink, memory: .max))
            #expect(found.profile == profile)
            let usual = try VipsImage(file, loader: .jpeg, shrink: shrink).pixels()
            // libvips cuts off the last column and row if only part of them belongs to the picture.
            for y in 0..<usual.height {
                for x in 0..<usual.width {
                    #expect(Pictures.pixel(found.pixels, x, y) == Pictures.pixel(usual, x, y), "\(x), \(y)")
                }
            }
            #expect(
                DirectJPEG.rows(
                    of: file, facts: facts, shrink: shrink, memory: found.pixels.samples.count - 1) == nil)
        }
    }

    @Test("Files with libjpeg warnings, truncated files and CMYK are left to libvips")
    func rowsOfOthers() throws {
        let file = try VipsImage(Self.picture(64, 48)).encoded(as: .jpeg(quality: 90))
        let facts = try Self.facts(file)
        #expect(DirectJPEG.rows(of: file, facts: facts, shrink: 1, memory: .max) != nil)
        for end in [file.count - 2, file.count / 2] {
            let cut = ImageBytes(copying: Array(file.array[..<end]))
            #expect(DirectJPEG.rows(of: cut, facts: facts, shrink: 1, memory: .max) == nil)
        }
        var cmyk = facts
        cmyk.colorModel = .cmyk
        #expect(DirectJPEG.rows(of: file, facts: cmyk, shrink: 1, memory: .max) == nil)
    }

    @Test("At its own size a JPEG is only re-encoded")
    func sameSize() throws {
        for (width, height) in [(1, 1), (2, 3), (17, 9), (64, 48)] {
            let file = try VipsImage(Self.picture(width, height)).encoded(as: .jpeg(quality: 80))
            let made = try #require(try Self.direct(file, to: PixelSize(width: width, height: height)))
            let (before, after) = try (Self.pixels(file), Self.pixels(made))
            #expect(after.width == width && after.height == height)
            let worst = zip(before.samples, after.samples).map { abs(Int($0) - Int($1)) }.max() ?? 0
            #expect(worst < 40, "\(width)×\(height)")
        }
    }

    @Test("Gray stays gray")
    func gray() throws {
        let picture = PixelBuffer(width: 101, height: 67, bands: 1, colors: .gray)
        for index in 0..<picture.samples.count { picture.samples[index] = UInt8(index % 101 * 2) }
        let file = try VipsImage(picture).encoded(as: .jpeg(quality: 90))
        let made = try Self.pixels(try #require(try Self.direct(file, to: PixelSize(width: 50, height: 33))))
        #expect(made.bands == 1)
        let exact = try picture.reference(width: 50, height: 33)
        #expect(try PictureQuality(of: made, against: exact).psnr > 35)
    }

    @Test("Full chroma that would have to grow is left to libvips")
    func growingChroma() throws {
        let file = try VipsImage(Self.picture(160, 120)).encoded(as: .jpeg(quality: 80))
        #expect(try Self.direct(file, to: PixelSize(width: 100, height: 75), quality: 95) == nil)
        #expect(try Self.direct(file, to: PixelSize(width: 40, height: 30), quality: 95) == nil)
        let full = try VipsImage(Self.picture(160, 120)).encoded(as: .jpeg(quality: 95))
        #expect(try Self.direct(full, to: PixelSize(width: 100, height: 75), quality: 95) != nil)
    }

    @Test(
        "A truncated or damaged file that libvips refuses never counts as whole",
        arguments: [false, true])
    func damage(isProgressive: Bool) throws {
        let file = try VipsImage(Self.picture(40, 30))
            .encoded(as: .jpeg(quality: 80, isProgressive: isProgressive)).array
        let target = PixelSize(width: 20, height: 15)
        for index in stride(from: 0, to: file.count, by: 3) {
            let cut = ImageBytes(copying: Array(file[..<index]))
            if let facts = cut.withUnsafeBytes({ HeaderReader.read(bytes: $0) }).facts {
                #expect(
                    Self.image(of: cut, facts, to: target) == nil,
                    "cut at \(index)")
            }
            var changed = file
            changed[index] ^= 1 << (index % 8)
            let bytes = ImageBytes(copying: changed)
            guard let facts = bytes.withUnsafeBytes({ HeaderReader.read(bytes: $0) }).facts,
                facts.format == .jpeg, facts.size == PixelSize(width: 40, height: 30),
                Self.image(of: bytes, facts, to: target) != nil
            else { continue }
            #expect(throws: Never.self, "byte \(index)") { try VipsImage(bytes, loader: .jpeg).readThrough() }
        }
    }

    @Test("Unusual files are left to libvips", .enabled(if: Resources.hasShared))
    func unusual() throws {
        for name in [
            "jpeg-12-bit.jpg", "jpeg-no-eoi.jpg", "p3-named-srgb-transfer.jpg",
        ] {
            let file = try ImageBytes(
                copying: Array(Data(contentsOf: Resources.shared.appending(path: "cases/\(name)"))))
            guard let facts = file.withUnsafeBytes({ HeaderReader.read(bytes: $0) }).facts else { continue }
            let half = PixelSize(width: max(facts.size.width / 2, 1), height: max(facts.size.height / 2, 1))
            #expect(
                Self.image(of: file, facts, to: half) == nil,
                "\(name)")
        }
    }

    @Test("CMYK and more scans than libvips allows are left to libvips")
    func refused() throws {
        let cmyk = PixelBuffer(width: 20, height: 10, bands: 4, colors: .cmyk)
        for index in 0..<cmyk.samples.count { cmyk.samples[index] = UInt8(index % 200) }
        let file = try VipsImage(cmyk).encoded(as: .jpeg(quality: 80))
        var header = ipc_jpeg()
        #expect(file.withUnsafeBytes { ipc_examine_jpeg($0.baseAddress!, $0.count, &header) } == -1)
        // The last scan of a progressive file, repeated a hundred times.
        let progressive = try VipsImage(Self.picture(16, 16)).encoded(
            as: .jpeg(quality: 80, isProgressive: true)
        ).array
        let last = try #require(progressive.indices.last { progressive[$0...].starts(with: [0xFF, 0xDA]) })
        let scan = Array(progressive[last..<progressive.count - 2])
        for (count, wanted) in [(1, Int32(0)), (100, -1)] {
            let many = ImageBytes(
                copying: Array(progressive[..<last]) + Array(repeating: scan, count: count).joined() + [
                    0xFF, 0xD9,
                ])
            #expect(many.withUnsafeBytes { ipc_examine_jpeg($0.baseAddress!, $0.count, &header) } == wanted)
        }
    }

    @Test("With little memory the work is left to libvips")
    func memory() throws {
        let file = try VipsImage(Self.picture(400, 300)).encoded(as: .jpeg(quality: 80))
        let facts = try Self.facts(file)
        let target = PixelSize(width: 200, height: 150)
        var options = PrepareOptions()
        let usual = DecodeLimits.memory(of: facts, target: target)
        options.limits = try DecodeLimits(maxMemory: usual)
        #expect(Self.image(of: file, facts, to: target, options: options) == nil)
        let pipeline = Pipeline(
            facts: facts, plan: Self.plan(facts.size, to: target, .up), options: options,
            memory: Self.memory(facts, to: target, options: options))
        #expect(try pipeline.run(file).size == target)
    }
}
