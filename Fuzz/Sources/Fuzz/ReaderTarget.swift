internal import Foundation
internal import ImageHeaders
@testable internal import ImagePreflight
@testable internal import Vips
@testable internal import VisionRules

/// Our readers for formats that libvips lacks or misreads: PSD, BMP, ICO, and TIFF with its paths through
/// libvips and libtiff.
///
/// A PSD or BMP picture has the size in its header; everything else is refused.
enum ReaderTarget {
    // libFuzzer calls only from one thread.
    nonisolated(unsafe) private static var parsedCount = 0
    nonisolated(unsafe) private static var directCount = 0

    private static let limits: DecodeLimits = {
        guard let limits = try? DecodeLimits(maxPixels: 1 << 14, maxMemory: 1 << 26) else {
            fatalError("the limits are none")
        }
        atexit {
            FileHandle.standardError.write(
                Data("stat::parsed_inputs: \(parsedCount)\nstat::direct_inputs: \(directCount)\n".utf8))
        }
        return limits
    }()

    /// Decodes a file.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - format: its format.
    /// - Returns: false if the input has another format.
    static func attack(_ bytes: UnsafeRawBufferPointer, as format: ImageFormat) -> Bool {
        guard let facts = HeaderReader.read(bytes: bytes).facts, facts.format == format else { return false }
        guard limits.exceeded(by: facts, target: facts.size, byteCount: bytes.count) == nil,
            limits.exceeded(by: bytes, format: format) == nil
        else { return true }
        parsedCount += 1
        do throws(PreflightError) {
            let image = try OpenImage.decoded(ImageBytes(copying: Array(bytes)), facts: facts, shrink: 1)
            guard let pixels = try? image.pixels() else { return true }
            directCount += 1
            let size = PixelSize(width: pixels.width, height: pixels.height)
            // For icons and TIFF, other libraries also read the size, as from a second tag of its kind;
            // `OpenImage.open` compares it with the header.
            if format == .psd || format == .bmp, size != facts.size {
                fatalError("\(size) px, and not \(facts.size)")
            }
        } catch {
            guard !error.findings.isEmpty else {
                fatalError("no finding: \(error)")
            }
        }
        return true
    }
}

/// The end of a JPEG by its coefficients, and its rows by TurboJPEG: libvips must have the same pixels.
enum JPEGTarget {
    nonisolated(unsafe) private static var parsedCount = 0
    nonisolated(unsafe) private static var directCount = 0

    private static let limits: DecodeLimits = {
        guard DirectCodecs.hasJPEG, let limits = try? DecodeLimits(maxPixels: 1 << 14, maxMemory: 1 << 26)
        else {
            fatalError("TurboJPEG is missing")
        }
        atexit {
            FileHandle.standardError.write(
                Data("stat::parsed_inputs: \(parsedCount)\nstat::direct_inputs: \(directCount)\n".utf8))
        }
        return limits
    }()

    /// Looks for the end and decodes both ways.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: false if the input is not a JPEG.
    static func attack(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let limits = limits
        let end = JPEGEntropy.end(of: bytes)
        if let end, end <= 2 || end > bytes.count { fatalError("an end at \(end)") }
        guard let facts = HeaderReader.read(bytes: bytes).facts, facts.format == .jpeg else { return false }
        guard limits.exceeded(by: facts, target: facts.size, byteCount: bytes.count) == nil,
            limits.exceeded(by: bytes, format: .jpeg) == nil
        else { return true }
        parsedCount += 1
        let file = ImageBytes(copying: Array(bytes))
        // No more than the product requests: libvips 8.14 ends the process if a side would have no px left.
        for shrink in [1, 2, 4, 8] where shrink <= min(facts.size.width, facts.size.height) {
            guard
                let (pixels, _) = DirectJPEG.rows(of: file, facts: facts, shrink: shrink, memory: 1 << 26)
            else { break }
            if shrink == 1 { directCount += 1 }
            guard let usual = try? OpenImage.decoded(file, facts: facts, shrink: shrink).pixels() else {
                fatalError("libvips refuses what was read")
            }
            compare(pixels, usual)
        }
        return true
    }

    /// libvips cuts off the last column and row if only part of them belongs to the picture.
    private static func compare(_ pixels: PixelBuffer, _ usual: PixelBuffer) {
        guard pixels.bands == usual.bands, usual.width <= pixels.width, usual.height <= pixels.height,
            pixels.width - usual.width <= 1, pixels.height - usual.height <= 1
        else {
            fatalError("\(pixels.width)×\(pixels.height), and libvips has \(usual.width)×\(usual.height)")
        }
        for y in 0..<usual.height {
            for x in 0..<(usual.width * usual.bands)
            where pixels.samples[y * pixels.stride + x] != usual.samples[y * usual.stride + x] {
                fatalError("sample \(x) of row \(y) is not that of libvips")
            }
        }
    }
}
