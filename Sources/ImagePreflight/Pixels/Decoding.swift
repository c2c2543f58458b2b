import ImageHeaders
import Vips
import VisionRules

/// The decoder of a format.
enum FormatDecoder: Hashable {
    /// libvips.
    case vips(Loader)
    /// libvips or libtiff, by the kind of the file.
    case tiff
    /// Our own readers: libvips has these only through ImageMagick, which never runs here.
    case bmp, ico, psd
    /// librsvg, at the planned size.
    case svg
}

extension ImageFormat {
    /// The decoder of the format; nil if it must not be decoded.
    var decoder: FormatDecoder? {
        switch self {
        case .jpeg: .vips(.jpeg)
        case .png: .vips(.png)
        case .gif: .vips(.gif)
        case .webp: .vips(.webp)
        case .heic, .avif: .vips(.heif)
        case .tiff: .tiff
        case .bmp: .bmp
        case .ico: .ico
        case .psd: .psd
        case .jp2: .vips(.jp2)
        case .jxl: .vips(.jxl)
        case .svg: .svg
        default: nil
        }
    }

    /// Whether the decoder returns upright pixels whatever the header says.
    var isOrientedByDecoder: Bool {
        switch self {
        case .heic, .avif: true
        default: false
        }
    }

    /// The largest factor by which the decoder can shrink a picture that leaves it at least as large as
    /// needed.
    func shrink(from stored: PixelSize, to wanted: PixelSize) -> Int {
        shrinksOnLoad.first { wanted.width * $0 <= stored.width && wanted.height * $0 <= stored.height } ?? 1
    }

    /// The factors by which the decoder can shrink the picture for less work, largest first.
    var shrinksOnLoad: [Int] {
        switch self {
        case .jpeg, .webp: [8, 4, 2]
        default: []
        }
    }
}

/// An image that is open: its rows are decoded when they are read.
struct OpenImage: ~Copyable {
    /// The rows, as they are stored or already turned by the decoder.
    let image: VipsImage
    /// How its samples become sRGB.
    let conversion: Colors.Conversion
    /// The factor by which the decoder shrank it.
    let shrink: Int
    /// The turn that is still needed to make it upright.
    let orientation: Orientation
    /// The upright target size, px.
    let targetSize: PixelSize
    /// The px of the decoded image that hold the picture: 2000.5 of 2001 for 4001 px decoded at one half.
    let contentWidth: Double
    /// The same for the height.
    let contentHeight: Double

    /// The target in the direction of the stored rows, px.
    var targetSizeOfRows: PixelSize { targetSize.oriented(orientation) }
}

extension OpenImage {
    /// Opens an image at the smallest scale that still leaves several px to average for every target px.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - plan: how to prepare it.
    ///   - memory: the memory for decoding.
    ///   - picture: the picture, if it is already decoded.
    ///   - onlyDirectly: whether libvips must not be used.
    /// - Returns: the image; nil if libvips would be needed and must not be used.
    /// - Throws: a `PreflightError` with findings when the file does not match its header.
    static func open(
        _ bytes: ImageBytes, facts: ImageFacts, plan: TransformPlan, memory: DecodingMemory,
        picture: FullPicture? = nil, onlyDirectly: Bool = false
    ) throws(PreflightError) -> OpenImage? {
        // An SVG has no px of its own: it is drawn at the planned size.
        var facts = facts
        if facts.format == .svg { facts.size = plan.targetSize }
        let isOriented = facts.format.isOrientedByDecoder
        let orientation: Orientation = isOriented ? .up : plan.orientation
        let stored = isOriented ? facts.size.oriented(plan.orientation) : facts.size
        let rows = plan.targetSize.oriented(orientation)
        // "At least as large": the picture must never have to grow again. An animation's frames are at offsets
        // that do not scale.
        let kept = picture?.samples
        let shrink = kept == nil && facts.frames == 1 ? facts.format.shrink(from: stored, to: rows) : 1

        // The result is converted or encoded by libvips.
        if onlyDirectly { return nil }
        let image: VipsImage
        if let kept {
            image = try DirectDecoding.image(of: kept.pixels, profile: kept.profile)
        } else if let direct = try DirectDecoding.image(
            of: bytes, facts: facts, shrink: shrink, memory: memory)
        {
            image = direct
        } else {
            image = try decoded(bytes, facts: facts, shrink: shrink)
        }
        let size = PixelSize(width: image.width, height: image.height)
        // A HEIC header may not show its turn; the decoder knows.
        let isTurned = isOriented && size != stored && size == stored.transposed
        guard isTurned || isShrunk(stored, by: shrink, to: size) else {
            throw .image([.unreadable("its header says \(stored), but its pixels are \(size)")])
        }
        func contentLength(_ stored: Int, _ decoded: Int) -> Double {
            // A last column with only a part of its px is not a whole column of the picture.
            isTurned ? Double(decoded) : min(Double(stored) / Double(shrink), Double(decoded))
        }
        let conversion = Colors.conversion(of: image, facts: facts)
        return OpenImage(
            image: image, conversion: conversion, shrink: shrink, orientation: orientation,
            targetSize: isTurned ? plan.targetSize.transposed : plan.targetSize,
            contentWidth: contentLength(stored.width, size.width),
            contentHeight: contentLength(stored.height, size.height))
    }

    /// Decodes all of an image and discards it.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - measuresText: whether its text is measured in the process.
    /// - Returns: the text; nil if it is not measured.
    /// - Throws: a `PreflightError` with findings when it is broken.
    static func readThrough(
        _ bytes: ImageBytes, facts: ImageFacts, measuresText: Bool
    ) throws(PreflightError) -> TextMeasure? {
        if measuresText {
            let image = try decoded(bytes, facts: facts, shrink: 1)
            let orientation: Orientation = facts.format.isOrientedByDecoder ? .up : facts.orientation
            do throws(VipsError) {
                return try FullPicture.rowByRow(image, facts: facts, orientation, .white)
            } catch {
                // Samples that cannot be converted are not damage: they are read once more as they are.
                if image.isPlain, image.colors != .cmyk { throw PreflightError(error, while: .readingPixels) }
                VipsRuntime.clearLog()
            }
        }
        let image = try decoded(bytes, facts: facts, shrink: 1)
        do throws(VipsError) { try image.readThrough() } catch {
            throw PreflightError(error, while: .readingPixels)
        }
        return nil
    }

    /// Whether a decoder made one size from another. libjpeg rounds up, libvips drops the partial px: less
    /// than one px of the target.
    private static func isShrunk(_ stored: PixelSize, by shrink: Int, to size: PixelSize) -> Bool {
        func isShrunk(_ stored: Int, _ length: Int) -> Bool {
            length == stored / shrink || length == (stored + shrink - 1) / shrink
        }
        return isShrunk(stored.width, size.width) && isShrunk(stored.height, size.height)
    }

    /// Opens an image with the decoder of its format.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - shrink: the factor by which the decoder shrinks it.
    /// - Returns: the first frame; the part of an animation's screen that it does not cover is transparent.
    /// - Throws: a `PreflightError` with findings when it cannot be opened.
    static func decoded(
        _ bytes: ImageBytes, facts: ImageFacts, shrink: Int
    ) throws(PreflightError) -> VipsImage {
        VipsRuntime.clearLog()
        switch facts.format.decoder {
        case .vips(let loader):
            try checkAvailability(of: loader, for: facts.format)
            let bytes = try CompleteFile.bytes(of: bytes, format: facts.format)
            let image: VipsImage
            do throws(VipsError) {
                image = try VipsImage(bytes, loader: loader, shrink: shrink)
            } catch {
                // libjpeg may have been built without it.
                if let kind = facts.unsupportedKind { throw .image([.cannotBeDecodedHere("a \(kind.name)")]) }
                throw PreflightError(error, while: .opening)
            }
            return loader == .gif ? try FrameCanvas.placed(image, of: bytes, screen: facts.size) : image
        case .tiff: return try TIFFReader.image(of: bytes)
        case .bmp:
            let pixels = try bytes.withUnsafeBytes { (file) throws(PreflightError) in
                try BMPReader.pixels(of: file)
            }
            return try vipsStep { () throws(VipsError) in try VipsImage(pixels) }
        case .ico: return try ICOReader.image(of: bytes)
        case .psd: return try PSDReader.image(of: bytes)
        case .svg: return try rendered(bytes, size: facts.size)
        case nil:
            throw .image([.notConvertible(facts.format)])
        }
    }

    /// Renders an SVG at exactly a size.
    private static func rendered(
        _ bytes: ImageBytes, size: PixelSize
    ) throws(PreflightError) -> VipsImage {
        try checkAvailability(of: .svg, for: .svg)
        do throws(VipsError) {
            let own = try VipsImage(svg: bytes, scale: 1)
            let scale = max(
                Double(size.width) / Double(own.width), Double(size.height) / Double(own.height))
            let image = try VipsImage(svg: bytes, scale: scale)
            guard image.width != size.width || image.height != size.height else { return image }
            // There is only one scale, and sizes are whole numbers.
            return try image.resized(
                width: min(size.width, image.width), height: min(size.height, image.height))
        } catch {
            throw PreflightError(error, while: .opening)
        }
    }

    /// Refuses a format whose loader is missing or may not run in this process.
    private static func checkAvailability(
        of loader: Loader, for format: ImageFormat
    ) throws(PreflightError) {
        guard loader.isUntrusted || loader == .heif else { return }
        let obstacle: String
        if !loader.isAvailable {
            obstacle =
                loader.isUntrusted && !VipsRuntime.isWorker
                ? "; only worker processes decode these" : ", which this libvips does not read"
        } else if let codec = HEIFCodec(format), !codec.isDecodable {
            obstacle = ", and this libvips has no decoder for \(codec.name)"
        } else {
            return
        }
        throw .image([.cannotBeDecodedHere("a \(format.traits.name) file\(obstacle)")])
    }
}

extension Finding {
    /// The pixels cannot be decoded.
    static func unreadable(_ why: String) -> Finding {
        Finding(.unreadableImage, "the image cannot be decoded: \(why)")
    }

    /// The pixels end early, or are damaged on the way.
    static let damaged = Finding(
        .truncatedData, "the image data is truncated or damaged: it cannot be decoded to its end")

    /// No decoder for the format.
    static func notConvertible(_ format: ImageFormat) -> Finding {
        Finding(.unsupportedFormat, "\(format.traits.name) cannot be converted here")
    }
}

/// The step that libvips failed in.
enum DecodingStage {
    case opening, readingPixels, other
}

extension PreflightError {
    /// A failure of libvips as a finding about the image. Decided by the step, never by libvips' text. The
    /// header was sound, so a decoder that refuses the file has found damage after it.
    init(_ error: VipsError, while stage: DecodingStage) {
        switch (stage, error.code) {
        case (_, .start): self = .noLibvips
        case (.opening, .open), (_, .readPixels): self = .image([.damaged])
        default: self = .step(FailedStep(action: error.code.rawValue, log: error.log))
        }
    }
}

/// Runs a step of libvips whose failure is not the image's fault.
///
/// - Parameter body: the step.
/// - Returns: what the step returns.
/// - Throws: a `PreflightError` in place of libvips' error.
func vipsStep<Result: ~Copyable>(
    _ body: () throws(VipsError) -> Result
) throws(PreflightError) -> Result {
    do throws(VipsError) { return try body() } catch { throw PreflightError(error, while: .other) }
}
