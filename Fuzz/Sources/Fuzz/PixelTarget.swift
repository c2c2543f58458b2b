internal import CCodecs
internal import CFuzz
internal import Foundation
internal import ImageHeaders
@testable internal import ImagePreflight
@testable internal import Vips
@testable internal import VisionRules

/// The readers of PNG and WebP pixels that bypass libvips, and the writers of PNG and lossless WebP.
///
/// They must read the same pixels as libvips and refuse what it refuses. The one exception is a PNG with
/// codes that deflate reserves: libdeflate reads some of them, zlib reads none.
enum PixelTarget {
    // libFuzzer calls only from one thread.
    nonisolated(unsafe) private static var parsedCount = 0
    nonisolated(unsafe) private static var directCount = 0

    /// Small, so that an input takes little time and a violation shows.
    private static let limits: DecodeLimits = {
        // The memory of the first decode is also counted: libvips has to be running by then.
        guard DirectCodecs.hasPNG, DirectCodecs.hasWebP, (try? VipsRuntime.start()) != nil,
            let limits = try? DecodeLimits(maxPixels: 1 << 14, maxMemory: 1 << 26)
        else { fatalError("libdeflate or libwebp is missing") }
        atexit {
            FileHandle.standardError.write(
                Data(
                    "stat::parsed_inputs: \(parsedCount)\nstat::direct_inputs: \(directCount)\n".utf8))
        }
        return limits
    }()

    /// The fixed overhead of the decoders and libvips for any picture, bytes.
    private static let fixedMemory = 1 << 20

    /// Decodes a file both ways and writes the result.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - format: PNG or WebP.
    /// - Returns: false if the input has another format.
    static func attack(_ bytes: UnsafeRawBufferPointer, as format: ImageFormat) -> Bool {
        let limits = limits
        let reading = HeaderReader.read(bytes: bytes)
        let found: ImageFormat? =
            switch reading.header {
            case .success(let facts): facts.format
            case .failure(let error): error.format
            }
        guard found == format else { return false }
        let isRead = reading.facts.map { readAlone(bytes, $0) } ?? false
        guard let facts = reading.facts,
            limits.exceeded(by: facts, target: facts.size, byteCount: bytes.count) == nil,
            limits.exceeded(by: bytes, format: format) == nil
        else { return true }
        parsedCount += 1
        // libvips takes ten times as long to open a file as the reader to refuse it, and there is nothing to
        // compare in that case.
        guard isRead || bytes.count % 8 == 0 else { return true }
        compare(ImageBytes(copying: Array(bytes)), facts)
        return true
    }

    // MARK: - The C readers alone

    /// Reads even files that libvips would not open. Memory is exactly as long as it has to be.
    ///
    /// - Returns: whether there was anything to read.
    private static func readAlone(_ bytes: UnsafeRawBufferPointer, _ facts: ImageFacts) -> Bool {
        guard facts.size.pixelCount <= limits.maxPixels, let start = bytes.baseAddress else { return false }
        var isRead = false
        let width = Int32(facts.size.width), height = Int32(facts.size.height)
        for bands in Int32(1)...4 {
            let isPNG = facts.format == .png
            let room = isPNG ? ipc_png_room(width, height, bands) : facts.size.pixelCount * Int(bands)
            let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
            defer { memory.deallocate() }
            let read = isPNG ? ipc_read_png : ipc_read_webp
            if read(start, bytes.count, width, height, bands, memory, room) == 0 { isRead = true }
            require(
                read(start, bytes.count, width, height, bands, memory, room - 1) != 0,
                "it read into too little")
            for (width, height) in [(width - 1, height), (width, height - 1)] {
                require(
                    read(start, bytes.count, width, height, bands, memory, room) != 0, "it read another size")
            }
        }
        return isRead
    }

    // MARK: - As the product does

    private static func compare(_ file: ImageBytes, _ facts: ImageFacts) {
        let direct = decoded(file, facts)
        let judged = try? OpenImage.decoded(file, facts: facts, shrink: 1).pixels()
        guard let pixels = direct ?? judged else { return }
        if let direct {
            directCount += 1
            if let judged {
                require(isSame(direct, judged), "the pixels are not those of libvips")
            } else {
                let packed = facts.format == .png ? file.withUnsafeBytes(PNGMutator.packedRows) : []
                require(fuzz_breaks_at_codes(packed, packed.count), "libvips refuses what was read")
            }
        }
        if pixels.colors != .cmyk { roundTrip(pixels, file.count) }
    }

    /// Reads without libvips, within the promised memory.
    private static func decoded(_ file: ImageBytes, _ facts: ImageFacts) -> PixelBuffer? {
        let memory = DecodingMemory(
            of: facts, target: facts.size, byteCount: file.count, limits: limits)
        fuzz_start_counting()
        let image = try? DirectDecoding.image(of: file, facts: facts, shrink: 1, memory: memory)
        let peak = fuzz_stop_counting()
        let promised = memory.total
        require(
            peak <= promised + fixedMemory + codeTables(of: facts),
            "\(peak) bytes were taken, \(promised) promised")
        guard let image else { return nil }
        require(
            image.width == facts.size.width && image.height == facts.size.height, "it is of another size")
        guard let pixels = try? image.pixels() else { fatalError("pixels in memory cannot be read") }
        return pixels
    }

    /// What libwebp may use for the codes of a lossless picture or alpha, bytes. It is not in the header or
    /// in the estimate: only the limit of the worker process applies here.
    ///
    /// Each 4×4 px may have its own group of five codes, at most 5,004 entries of 4 bytes. Up to 1,000 groups
    /// are allocated before it is known whether any px uses them.
    private static func codeTables(of facts: ImageFacts) -> Int {
        guard facts.format == .webp else { return 0 }
        let tiles = (facts.size.width + 3) / 4 * ((facts.size.height + 3) / 4)
        return min(max(tiles, 1000), 1 << 16) * 21_000
    }

    private static func roundTrip(_ pixels: PixelBuffer, _ choice: Int) {
        // The choice depends on the input, so that a find is reproducible.
        guard let written = pixels.png(level: 1 + choice % 12, averages: choice % 2 == 0) else {
            fatalError("a PNG cannot be written")
        }
        guard let image = try? VipsImage(written, loader: .png) else { fatalError("libvips refuses our PNG") }
        guard let direct = image.pixels(directlyFrom: written, loader: .png) else {
            fatalError("our own PNG is refused")
        }
        require(isSame(direct, pixels), "our own PNG is read as other pixels")
        guard let judged = try? image.pixels() else { fatalError("libvips cannot read our PNG") }
        require(isSame(judged, pixels), "libvips reads our PNG as other pixels")
        if choice % 4 == 0 { roundTripOfWebP(pixels, choice / 4) }
    }

    /// WebP does not keep the colors of invisible pixels.
    private static func roundTripOfWebP(_ pixels: PixelBuffer, _ choice: Int) {
        guard let written = pixels.losslessWebP(quality: choice % 40, effort: choice % 3) else {
            fatalError("a WebP cannot be written")
        }
        guard let read = try? VipsImage(written, loader: .webp).pixels() else {
            fatalError("libvips refuses our WebP")
        }
        require(read.width == pixels.width && read.height == pixels.height, "our own WebP is of another size")
        let colorBands = pixels.hasAlpha ? pixels.bands - 1 : pixels.bands
        for index in 0..<(pixels.width * pixels.height) {
            let (from, to) = (index * pixels.bands, index * read.bands)
            let alpha = pixels.hasAlpha ? pixels.samples[from + colorBands] : 255
            require(alpha == (read.bands == 4 ? read.samples[to + 3] : 255), "our own WebP has another alpha")
            guard alpha > 0 else { continue }
            for band in 0..<3 {
                let sample = pixels.samples[from + (colorBands == 1 ? 0 : band)]
                require(sample == read.samples[to + band], "our own WebP has other colors")
            }
        }
    }

    private static func isSame(_ one: PixelBuffer, _ other: PixelBuffer) -> Bool {
        guard let samples = one.samples.baseAddress, let others = other.samples.baseAddress else {
            return false
        }
        return one.width == other.width && one.height == other.height && one.bands == other.bands
            && memcmp(samples, others, one.samples.count) == 0
    }

    /// A precondition whose message is printed in release builds.
    private static func require(_ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition { fatalError(message()) }
    }
}
