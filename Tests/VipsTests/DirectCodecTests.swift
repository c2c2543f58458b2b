import Foundation
import TestSupport
import Testing
import Vips

/// Pixels that no filter or run makes trivial, the same every time: soft, with edges.
private func picture(_ width: Int, _ height: Int, bands: Int) -> PixelBuffer {
    let pixels = PixelBuffer(
        width: width, height: height, bands: bands, colors: bands < 3 ? .gray : .rgb)
    var state: UInt32 = 12345
    for index in 0..<pixels.samples.count {
        state = state &* 1_664_525 &+ 1_013_904_223
        let x = index % pixels.stride / bands
        let soft = UInt8(truncatingIfNeeded: 3 * x + 2 * (index / pixels.stride) + Int(state >> 30))
        pixels.samples[index] = x % 7 == 3 ? UInt8(truncatingIfNeeded: state >> 24) : soft
    }
    return pixels
}

/// The pixels according to libvips; nil if it refuses the file.
private func judged(_ file: ImageBytes, _ loader: Loader) -> [UInt8]? {
    guard let image = try? VipsImage(file, loader: loader) else { return nil }
    return (try? image.pixels())?.array
}

/// The pixels read without libvips; nil if the file is left to libvips.
private func direct(_ file: ImageBytes, _ loader: Loader) -> [UInt8]? {
    guard let image = try? VipsImage(file, loader: loader) else { return nil }
    return image.pixels(directlyFrom: file, loader: loader)?.array
}

/// The checksum of a chunk's type and data.
private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB8_8320 }
    }
    return ~sum
}

@Suite("PNG through libdeflate", .enabled(if: DirectCodecs.hasPNG, "no libdeflate, or switched off"))
struct DirectPNGTests {
    private static let filters: [PNGFilters] = [
        .none, .sub, .up, .average, .paeth, [.none, .sub, .up, .average, .paeth],
    ]

    @Test("Every filter is undone for every kind of pixel", arguments: 1...4, filters)
    func reads(bands: Int, filters: PNGFilters) throws {
        for (width, height) in [(1, 1), (1, 9), (5, 3), (16, 4), (67, 45)] {
            let pixels = picture(width, height, bands: bands)
            let file = try VipsImage(pixels).encoded(as: .png(compression: 6, filters: filters))
            #expect(direct(file, .png) == pixels.array, "\(width)×\(height)")
        }
    }

    @Test("Data in many chunks is joined")
    func manyChunks() throws {
        // libpng writes chunks of 8 KiB.
        let pixels = picture(300, 200, bands: 3)
        let file = try VipsImage(pixels).encoded(as: .png(compression: 1, filters: .sub))
        #expect(file.count > 20_000)
        #expect(direct(file, .png) == pixels.array)
    }

    @Test("libvips reads back the pixels that were written", arguments: 1...4, [false, true])
    func writes(bands: Int, averages: Bool) throws {
        for (width, height) in [(1, 1), (1, 9), (5, 3), (67, 45)] {
            for level in [1, 5, 12] {
                let pixels = picture(width, height, bands: bands)
                let file = try #require(pixels.png(level: level, averages: averages))
                #expect(judged(file, .png) == pixels.array)
                #expect(direct(file, .png) == pixels.array)
            }
        }
    }

    @Test("Interlaced and 16-bit files are left to libvips")
    func refusesTheUnusual() throws {
        let file = try VipsImage(picture(20, 10, bands: 3))
            .encoded(as: .png(compression: 1, filters: .none, isInterlaced: true))
        #expect(direct(file, .png) == nil)
        let samples = [UInt16](repeating: 0x1234, count: 20 * 10 * 3)
        let owner = ImageBytes(copying: [])
        let deep = try samples.withUnsafeBytes { samples throws(VipsError) in
            try VipsImage(
                wrapping: samples, owner: owner, width: 20, height: 10, bands: 3, bytesPerSample: 2,
                colors: .rgb
            ).encoded(as: .png(compression: 1, filters: .none))
        }
        #expect(direct(deep, .png) == nil)
    }

    /// Found by `make fuzz`.
    @Test("Data that reaches back beyond its declared window is left to libvips, which refuses it")
    func smallWindow() throws {
        // Identical rows, which are compressed as repeats of the row before.
        let pixels = picture(100, 20, bands: 3)
        for index in pixels.stride..<pixels.samples.count {
            pixels.samples[index] = pixels.samples[index - pixels.stride]
        }
        var file = try #require(pixels.png(level: 12, averages: false)).array
        // The compressed data comes after the signature, IHDR, and its own length and type. A window of
        // 256 bytes is shorter than a row of 300.
        let start = 41, end = file.count - 16
        #expect(file[start] == 0x78)
        file[start] = 0x08
        file[start + 1] = 0x1D
        let sum = crc32(file[start - 4..<end])
        file.replaceSubrange(
            end..<end + 4, with: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) })
        let bytes = ImageBytes(copying: file)
        #expect(judged(bytes, .png) == nil)
        #expect(direct(bytes, .png) == nil)
    }

    @Test("A file with any byte changed or cut anywhere is never taken for another picture")
    func damage() throws {
        let pixels = picture(23, 17, bands: 3)
        let file = try VipsImage(pixels).encoded(as: .png(compression: 6, filters: [.up, .paeth])).array
        for index in file.indices {
            var changed = file
            changed[index] ^= 1 << (index % 8)
            let bytes = ImageBytes(copying: changed)
            if let found = direct(bytes, .png) {
                let isSame = found == judged(bytes, .png)
                #expect(isSame, "byte \(index)")
            }
            #expect(direct(ImageBytes(copying: Array(file[..<index])), .png) == nil, "cut at \(index)")
        }
    }
}

@Suite("WebP through libwebp", .enabled(if: DirectCodecs.hasWebP, "no libwebp, or switched off"))
struct DirectWebPTests {
    @Test(
        "The pixels match libvips", arguments: [3, 4],
        [Encoding.webp(quality: 80, effort: 0), .losslessWebP(quality: 20, effort: 0)])
    func reads(bands: Int, encoding: Encoding) throws {
        let file = try VipsImage(picture(67, 45, bands: bands)).encoded(as: encoding)
        let found = try #require(direct(file, .webp))
        #expect(found == judged(file, .webp))
    }

    @Test("A lossless file has the same pixels", arguments: 1...4, [(0, 0), (30, 1), (75, 4)])
    func writes(bands: Int, settings: (quality: Int, effort: Int)) throws {
        for (width, height) in [(1, 1), (1, 9), (67, 45), (300, 200)] {
            let pixels = picture(width, height, bands: bands)
            let file = try #require(
                pixels.losslessWebP(quality: settings.quality, effort: settings.effort))
            let found = try VipsImage(file, loader: .webp).pixels()
            #expect(found.width == width && found.height == height)
            let hasAlpha = pixels.hasAlpha
            for index in 0..<(width * height) {
                var color = (0..<bands).map { pixels.samples[index * bands + $0] }
                let alpha = hasAlpha ? color.removeLast() : 255
                if color.count == 1 { color = [color[0], color[0], color[0]] }
                var other = (0..<found.bands).map { found.samples[index * found.bands + $0] }
                // If everything is opaque, libvips finds no alpha.
                let otherAlpha = other.count == 4 ? other.removeLast() : 255
                #expect(alpha == otherAlpha)
                // Invisible pixels need no bytes.
                #expect(color == other || alpha == 0)
            }
        }
    }

    @Test("A side beyond WebP's limit is refused")
    func writesNoMore() {
        #expect(picture(16_384, 1, bands: 3).losslessWebP(quality: 0, effort: 0) == nil)
        #expect(picture(16_383, 1, bands: 3).losslessWebP(quality: 0, effort: 0) != nil)
    }

    @Test("A file that claims to end inside its own header is not read beyond that", arguments: 0...3)
    func tooShortClaim(claimed: UInt8) throws {
        let file = try VipsImage(picture(23, 17, bands: 3)).encoded(as: .webp(quality: 80, effort: 0))
        let image = try VipsImage(file, loader: .webp)
        let header = Array(file.array[..<12])
        for end in [header, header + Array("VP8 ".utf8), header + Array("VP8 \u{FF}\0\0\0".utf8)] {
            var damaged = end
            damaged.replaceSubrange(4..<8, with: [claimed, 0, 0, 0])
            #expect(image.pixels(directlyFrom: ImageBytes(copying: damaged), loader: .webp) == nil)
        }
    }

    @Test("A truncated or damaged file is never taken for another picture")
    func damage() throws {
        let file = try VipsImage(picture(23, 17, bands: 3)).encoded(as: .webp(quality: 80, effort: 0)).array
        for index in file.indices {
            #expect(direct(ImageBytes(copying: Array(file[..<index])), .webp) == nil, "cut at \(index)")
            var changed = file
            changed[index] ^= 1 << (index % 8)
            let bytes = ImageBytes(copying: changed)
            if let found = direct(bytes, .webp) {
                let isSame = found == judged(bytes, .webp)
                #expect(isSame, "byte \(index)")
            }
        }
    }
}

@Suite("Available libraries")
struct LibraryFileTests {
    @Test("A file is identified by the name its links resolve to and its length")
    func names() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("libpixels.so.1.2.3", [1, 2, 3, 4, 5])
        let link = folder.path + "/libpixels.so.1"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(LibraryFile.file(link) == "libpixels.so.1.2.3, 5 bytes")
        _ = try folder.write("libpixels.so.1.2.3", [1, 2, 3, 4, 5, 6])
        #expect(LibraryFile.file(link) == "libpixels.so.1.2.3, 6 bytes")
        #expect(LibraryFile.file(folder.path) == nil)
        #expect(LibraryFile.file(folder.path + "/missing") == nil)
        #expect(LibraryFile.library("libpixels", versions: ["1"]) == nil)
    }

    #if os(Linux)
        @Test(
            "Each codec in use is named with its file",
            .enabled(if: DirectCodecs.hasPNG && DirectCodecs.hasWebP && DirectCodecs.hasJPEG))
        func codecs() {
            let codecs = VipsRuntime.codecs
            for name in ["libturbojpeg", "libdeflate", "libwebp", "libtiff"] {
                let entries = codecs.filter { $0.hasPrefix("direct \(name).so.") && $0.hasSuffix(" bytes") }
                #expect(entries.count == 1, "\(name) in \(codecs)")
            }
            #expect(codecs.contains { $0.contains("vips") && !$0.hasPrefix("direct") }, "\(codecs)")
            #expect(Set(codecs).count == codecs.count)
        }
    #endif
}
