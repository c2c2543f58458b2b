internal import PreflightFiles
import ImageHeaders
import Vips
import VisionRules

/// Decodes TIFF: every kind that libvips reads, and those that only libtiff turns into RGB. A kind that
/// neither can show correctly is refused by name.
///
/// Sources: TIFF 6.0; libvips' `tiffload` (its handling of each kind was tested with `testdata/pixels/tiff`).
enum TIFFReader {
    /// How a kind of TIFF becomes pixels.
    private enum Route {
        /// libvips' rows are the picture.
        case rows
        /// libvips' rows have samples that are not part of the picture. libvips itself divides colors
        /// multiplied by alpha.
        case someSamples
        /// libvips' rows are floating-point numbers.
        case float
        /// libvips' rows are CIE L*a*b* under D50; with an offset, `a` and `b` are unsigned around 128.
        case lab(hasOffset: Bool)
        /// libtiff turns it into RGBA, in one go.
        case rgba
    }

    /// Opens the picture of a file.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: an image whose rows are 8- or 16-bit gray, RGB or CMYK, with its profile.
    /// - Throws: a `PreflightError` with findings: I108 for a kind that cannot be decoded, I106 for damage.
    static func image(of bytes: ImageBytes) throws(PreflightError) -> VipsImage {
        guard let layout = bytes.withUnsafeBytes({ TIFFLayout($0) }) else { throw .image([.damaged]) }
        let route: Route
        switch Self.route(of: layout) {
        case .success(let found): route = found
        case .failure(let kind): throw .image([.cannotBeDecodedHere(kind.name)])
        }
        switch route {
        case .rows: return try opened(bytes, layout)
        case .someSamples: return try pictureSamples(bytes, layout)
        case .float: return try scaledFloats(bytes, layout)
        case .lab(let hasOffset): return try convertedLab(bytes, layout, hasOffset: hasOffset)
        case .rgba: return try rgba(bytes, layout)
        }
    }

    // MARK: - Which kind it is

    /// A kind that cannot be decoded.
    private struct UnreadableKind: Error {
        let name: String

        init(_ name: String) { self.name = name }
    }

    private static func route(of layout: TIFFLayout) -> Result<Route, UnreadableKind> {
        if layout.isRaw {
            return .failure(
                UnreadableKind("a camera's raw file; besides the sensor's samples it holds only previews"))
        }
        if let name = unknownCompressions[layout.compression] ?? unknownCompression(layout.compression) {
            return .failure(UnreadableKind("a TIFF with \(name) compression"))
        }
        if let name = unreadableSamples(layout) { return .failure(UnreadableKind("a TIFF with \(name)")) }
        // Old-style JPEG: libvips takes its samples as they are.
        if layout.compression == 6 { return rgba("old-style JPEG compression") }
        let isFloat = layout.sampleFormat == 3
        switch layout.photometric {
        case nil, 0, 1, 2, 3:
            if layout.isPlanar, layout.isTiled {
                return layout.photometric != 3 && !isFloat && (layout.bits.first ?? 1) <= 16
                    ? rgba("planar tiles") : .failure(UnreadableKind("a TIFF with planar tiles"))
            }
            if isFloat { return .success(.float) }
            return .success(needsSelection(layout) ? .someSamples : .rows)
        case 5:
            guard layout.inksAreCMYK else {
                return .failure(UnreadableKind("a TIFF with inks other than CMYK"))
            }
            guard !isFloat, !(layout.isPlanar && layout.isTiled) else {
                return .failure(UnreadableKind("a CMYK TIFF with planar tiles or floating-point samples"))
            }
            return .success(needsSelection(layout) ? .someSamples : .rows)
        case 6:
            // libtiff's JPEG codec returns RGB.
            if layout.compression == 7, !layout.isPlanar { return .success(.rows) }
            guard layout.bits.allSatisfy({ $0 == 8 }), layout.sampleCount == 3 else {
                return .failure(UnreadableKind("a YCbCr TIFF of more than 8 bits or 3 samples"))
            }
            return rgba("YCbCr samples")
        case 8, 9:
            guard !layout.isPlanar, !isFloat, layout.sampleCount == 3, (layout.bits.first ?? 1) >= 8,
                layout.photometric == 8 || layout.bits.first == 8
            else { return .failure(UnreadableKind("this kind of L*a*b* TIFF")) }
            return .success(.lab(hasOffset: layout.photometric == 9))
        case 32844, 32845: return .failure(UnreadableKind("a LogLuv TIFF"))
        case let other?:
            return .failure(UnreadableKind("a TIFF with photometric interpretation \(other)"))
        }
    }

    private static func rgba(_ kind: String) -> Result<Route, UnreadableKind> {
        DirectCodecs.hasTIFF
            ? .success(.rgba) : .failure(UnreadableKind("a TIFF with \(kind), for which libtiff is missing"))
    }

    /// Whether a row has samples that are not part of the picture.
    private static func needsSelection(_ layout: TIFFLayout) -> Bool {
        guard layout.photometric != 3, layout.sampleCount > layout.colorSampleCount else { return false }
        return layout.alpha == nil || layout.sampleCount > layout.colorSampleCount + 1
            || layout.colorModel == .cmyk
    }

    private static func unreadableSamples(_ layout: TIFFLayout) -> String? {
        let depth = layout.bits.first ?? 1
        guard layout.bits.allSatisfy({ $0 == depth }) else {
            let names = layout.bits.map(String.init)
            return names.dropLast().joined(separator: ", ") + " and \(names.last ?? "") bits per sample"
        }
        switch layout.sampleFormat {
        case 2: return "signed samples"
        case 3: return depth == 32 ? nil : "\(depth)-bit floating-point samples"
        case 5, 6: return "complex samples"
        default: return [1, 2, 4, 8, 16].contains(depth) ? nil : "\(depth) bits per sample"
        }
    }

    /// Compressions that libtiff may have been built without.
    private static let unknownCompressions = [
        9: "JBIG", 10: "JBIG", 34661: "JBIG", 34887: "LERC", 50002: "JPEG XL", 52546: "JPEG XL",
        34676: "SGI LogLuv", 34677: "SGI LogLuv",
    ]

    private static func unknownCompression(_ code: Int) -> String? {
        let known: Set = [
            1, 2, 3, 4, 5, 6, 7, 8, 32766, 32771, 32773, 32809, 32946, 33003, 33004, 33005, 34712, 34925,
            50000,
            50001,
        ]
        return known.contains(code) ? nil : "an unknown (\(code))"
    }

    /// Compressions that some libtiffs have.
    private static let optionalCompressions = [
        33003: "JPEG 2000 compression", 33004: "JPEG 2000 compression", 33005: "JPEG 2000 compression",
        34712: "JPEG 2000 compression", 34925: "LZMA compression", 50000: "Zstandard compression",
        50001: "WebP compression",
    ]

    /// Compressions that every libtiff has; with any other, a failure says nothing about the file.
    private static let certainCompressions: Set = [1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946]

    // MARK: - Reading

    private static func opened(_ bytes: ImageBytes, _ layout: TIFFLayout) throws(PreflightError) -> VipsImage
    {
        let isCertain = certainCompressions.contains(layout.compression)
        do throws(VipsError) {
            if !isCertain {
                // Whether libtiff has it shows only when pixels are decoded.
                var rows = try VipsRows(
                    try VipsImage(bytes, tiffPage: layout.page, subdirectory: layout.subdirectory))
                _ = try rows.next()
            }
            return try VipsImage(bytes, tiffPage: layout.page, subdirectory: layout.subdirectory)
        } catch {
            guard isCertain else {
                let name = optionalCompressions[layout.compression] ?? "compression \(layout.compression)"
                throw .image([.cannotBeDecodedHere("a TIFF with \(name)")])
            }
            throw PreflightError(error, while: .opening)
        }
    }

    /// The rows of libvips' image, which have samples of `bytesPerSample`.
    private static func readRows(
        _ bytes: ImageBytes, _ layout: TIFFLayout, bands: Int, bytesPerSample: Int,
        _ body: (_ row: Int, UnsafeRawBufferPointer) -> Void
    ) throws(PreflightError) {
        let image = try opened(bytes, layout)
        let rowLength = layout.size.width * bands * bytesPerSample
        guard image.width == layout.size.width, image.height == layout.size.height, image.bands == bands
        else {
            throw .image([.unreadable("its header says \(layout.size), but its pixels are another size")])
        }
        do throws(VipsError) {
            var rows = try VipsRows(image)
            var row = 0
            while let strip = try rows.next() {
                guard strip.stride >= rowLength else { throw VipsError(.readPixels) }
                for index in 0..<strip.count {
                    body(
                        row,
                        UnsafeRawBufferPointer(start: strip.samples + index * strip.stride, count: rowLength))
                    row += 1
                }
            }
        } catch {
            throw PreflightError(error, while: .readingPixels)
        }
    }

    /// An image over rows that were computed here, with the profile of the file.
    private static func wrapped(
        _ samples: SampleBuffer, colors: SampleColors, _ bytes: ImageBytes, _ layout: TIFFLayout
    ) throws(PreflightError) -> VipsImage {
        try vipsStep { () throws(VipsError) in
            let image = try VipsImage(
                wrapping: UnsafeRawBufferPointer(samples.memory), owner: samples, width: samples.width,
                height: samples.height, bands: samples.bands, bytesPerSample: samples.bytesPerSample,
                colors: colors)
            guard let place = layout.profilePlace, place.upperBound <= bytes.count else { return image }
            return try image.withProfile(bytes.withUnsafeBytes { Array($0[place]) })
        }
    }

    private static func colors(of layout: TIFFLayout) -> SampleColors {
        switch layout.colorModel {
        case .grayscale, .indexed: .gray
        case .rgb, .lab: .rgb
        case .cmyk, .ycck: .cmyk
        }
    }

    private static func pictureSamples(
        _ bytes: ImageBytes, _ layout: TIFFLayout
    ) throws(PreflightError) -> VipsImage {
        let colorCount = layout.colorSampleCount
        // CMYK with alpha is rare, and no buffer here can hold it.
        let alpha = layout.colorModel == .cmyk ? nil : layout.alpha
        let bytesPerSample = layout.bits.first == 16 ? 2 : 1
        let result = SampleBuffer(
            layout.size, bands: colorCount + (alpha == nil ? 0 : 1), bytesPerSample: bytesPerSample)
        try readRows(bytes, layout, bands: layout.sampleCount, bytesPerSample: bytesPerSample) {
            row, samples in
            if bytesPerSample == 2 {
                select(samples.bindMemory(to: UInt16.self), into: result.row(row), layout, alpha)
            } else {
                select(samples.bindMemory(to: UInt8.self), into: result.row(row), layout, alpha)
            }
        }
        return try wrapped(result, colors: colors(of: layout), bytes, layout)
    }

    private static func select<Sample: FixedWidthInteger & UnsignedInteger>(
        _ samples: UnsafeBufferPointer<Sample>, into row: UnsafeMutableRawBufferPointer, _ layout: TIFFLayout,
        _ alpha: (index: Int, kind: TIFFLayout.Alpha)?
    ) {
        let target = row.bindMemory(to: Sample.self)
        let colorCount = layout.colorSampleCount
        let bands = colorCount + (alpha == nil ? 0 : 1)
        for x in 0..<layout.size.width {
            let (from, to) = (x * layout.sampleCount, x * bands)
            for band in 0..<colorCount { target[to + band] = samples[from + band] }
            guard let alpha else { continue }
            target[to + colorCount] = samples[from + alpha.index]
        }
    }

    /// 8 bits of floating-point samples, by the range that the file states, or as they are between 0 and 1.
    private static func scaledFloats(
        _ bytes: ImageBytes, _ layout: TIFFLayout
    ) throws(PreflightError) -> VipsImage {
        let bands = layout.sampleCount
        var (low, high) = (0.0, 1.0)
        if let minimum = layout.minimum, let maximum = layout.maximum, maximum > minimum {
            (low, high) = (minimum, maximum)
        } else {
            var (smallest, largest) = (Float.infinity, -Float.infinity)
            try readRows(bytes, layout, bands: bands, bytesPerSample: 4) { _, samples in
                for sample in samples.bindMemory(to: Float.self) {
                    smallest = min(smallest, sample)
                    largest = max(largest, sample)
                }
            }
            guard smallest >= 0, largest <= 1 else {
                throw .image([
                    .cannotBeDecodedHere(
                        "a TIFF with floating-point samples from \(smallest) to \(largest), and it does not say "
                            + "which of them are black and white")
                ])
            }
        }
        let alpha = layout.alpha
        let colorCount = layout.colorSampleCount
        let result = SampleBuffer(layout.size, bands: colorCount + (alpha == nil ? 0 : 1), bytesPerSample: 1)
        // MinIsWhite.
        let isInverted = layout.photometric == 0
        func level(_ sample: Float, from low: Double, to high: Double) -> UInt8 {
            let share = (Double(sample) - low) / (high - low)
            return share.isNaN ? 0 : UInt8((min(max(share, 0), 1) * 255).rounded())
        }
        try readRows(bytes, layout, bands: bands, bytesPerSample: 4) { row, samples in
            let target = result.row(row)
            let source = samples.bindMemory(to: Float.self)
            for x in 0..<layout.size.width {
                for band in 0..<colorCount {
                    let value = level(source[x * bands + band], from: low, to: high)
                    target[x * result.bands + band] = isInverted ? 255 - value : value
                }
                guard let alpha else { continue }
                target[x * result.bands + colorCount] = level(source[x * bands + alpha.index], from: 0, to: 1)
            }
        }
        return try wrapped(result, colors: colors(of: layout), bytes, layout)
    }

    /// sRGB from L*a*b* samples. libvips treats them as if they were under D65.
    private static func convertedLab(
        _ bytes: ImageBytes, _ layout: TIFFLayout, hasOffset: Bool
    ) throws(PreflightError) -> VipsImage {
        let result = SampleBuffer(layout.size, bands: 3, bytesPerSample: 1)
        let isWide = layout.bits.first == 16
        let bands = 3
        // libvips before 8.15 packs 8-bit CIE L*a*b* into 4 bytes, and 8.18 refuses it; both leave RGB
        // unchanged.
        let file = isWide || hasOffset ? bytes : passedOffAsRGB(bytes, layout)
        try readRows(file, layout, bands: bands, bytesPerSample: isWide ? 2 : 1) { row, samples in
            let target = result.row(row)
            for x in 0..<layout.size.width {
                let color: CIELab
                if isWide {
                    let values = samples.bindMemory(to: Int16.self)
                    color = CIELab(
                        lightness: Double(values[3 * x]) / 327.67, a: Double(values[3 * x + 1]) / 256,
                        b: Double(values[3 * x + 2]) / 256)
                } else {
                    let at = x * bands
                    func difference(_ byte: UInt8) -> Double {
                        hasOffset ? Double(byte) - 128 : Double(Int8(bitPattern: byte))
                    }
                    color = CIELab(
                        lightness: Double(samples[at]) / 2.55, a: difference(samples[at + 1]),
                        b: difference(samples[at + 2]))
                }
                let (red, green, blue) = color.sRGB
                target[3 * x] = red
                target[3 * x + 1] = green
                target[3 * x + 2] = blue
            }
        }
        // A profile in such a file is for other samples.
        var plain = layout
        plain.forgetProfile()
        return try wrapped(result, colors: .rgb, bytes, plain)
    }

    /// The file with another PhotometricInterpretation: RGB.
    private static func passedOffAsRGB(_ bytes: ImageBytes, _ layout: TIFFLayout) -> ImageBytes {
        var copy = bytes.array
        let isBigEndian = copy.first == 0x4D
        func number(at offset: Int, _ count: Int) -> Int {
            let field = copy[offset..<offset + count]
            let value = (isBigEndian ? Array(field) : field.reversed()).reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
            return Int(clamping: value)
        }
        guard copy.count >= 8, let start = Int(exactly: layout.offset) else { return bytes }
        let (countSize, entrySize, valueOffset) = number(at: 2, 2) == 43 ? (8, 20, 12) : (2, 12, 8)
        guard start <= copy.count - countSize else { return bytes }
        let first = start + countSize
        for index in 0..<min(number(at: start, countSize), (copy.count - first) / entrySize) {
            let entry = first + index * entrySize
            guard number(at: entry, 2) == 262 else { continue }
            copy[entry + valueOffset] = isBigEndian ? 0 : 2
            copy[entry + valueOffset + 1] = isBigEndian ? 2 : 0
        }
        return ImageBytes(copying: copy)
    }

    private static func rgba(_ bytes: ImageBytes, _ layout: TIFFLayout) throws(PreflightError) -> VipsImage {
        let pixels = PixelBuffer(width: layout.size.width, height: layout.size.height, bands: 4, colors: .rgb)
        guard
            DirectCodecs.readTIFF(
                bytes, directory: layout.offset, orientation: layout.orientation ?? 1, into: pixels)
        else { throw .image([.damaged]) }
        // Gray has nothing beyond its first sample; alpha comes multiplied.
        let isGray = layout.colorModel == .grayscale
        let hasAlpha = layout.alpha != nil && layout.photometric != 6
        let bands = (isGray ? 1 : 3) + (hasAlpha ? 1 : 0)
        let result = SampleBuffer(layout.size, bands: bands, bytesPerSample: 1)
        let source = pixels.samples
        for index in 0..<layout.size.pixelCount {
            let opacity = Int(source[4 * index + 3])
            for band in 0..<(isGray ? 1 : 3) {
                let color = Int(source[4 * index + band])
                result.memory[bands * index + band] =
                    hasAlpha && opacity > 0
                    ? UInt8(min((color * 255 + opacity / 2) / opacity, 255)) : UInt8(color)
            }
            if hasAlpha { result.memory[bands * index + bands - 1] = UInt8(opacity) }
        }
        withExtendedLifetime(pixels) {}
        return try wrapped(result, colors: isGray ? .gray : .rgb, bytes, layout)
    }
}

/// Rows of 8- or 16-bit samples without gaps.
final class SampleBuffer {
    let width: Int
    let height: Int
    let bands: Int
    let bytesPerSample: Int
    let memory: UnsafeMutableRawBufferPointer

    init(_ size: PixelSize, bands: Int, bytesPerSample: Int) {
        width = size.width
        height = size.height
        self.bands = bands
        self.bytesPerSample = bytesPerSample
        memory = .allocate(byteCount: width * height * bands * bytesPerSample, alignment: 64)
    }

    deinit { memory.deallocate() }

    /// The samples of one row.
    func row(_ index: Int) -> UnsafeMutableRawBufferPointer {
        let stride = width * bands * bytesPerSample
        return UnsafeMutableRawBufferPointer(rebasing: memory[(index * stride)..<((index + 1) * stride)])
    }
}

/// A color of CIE L*a*b* under D50.
struct CIELab {
    /// 0...100.
    var lightness: Double
    /// About -128...127.
    var a: Double
    /// About -128...127.
    var b: Double

    /// The 8-bit sRGB color, adapted with Bradford as a color profile would.
    var sRGB: (red: UInt8, green: UInt8, blue: UInt8) {
        let fy = (lightness + 16) / 116
        func light(_ f: Double) -> Double {
            f * f * f > 216.0 / 24389 ? f * f * f : (116 * f - 16) * 27 / 24389
        }
        // The white of D50.
        let (x, y, z) = (0.96422 * light(fy + a / 500), light(fy), 0.82521 * light(fy - b / 200))
        func level(_ light: Double) -> UInt8 {
            let light = min(max(light, 0), 1)
            let signal = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
            return UInt8((signal * 255).rounded())
        }
        return (
            level(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
            level(-0.9787684 * x + 1.9161415 * y + 0.0334540 * z),
            level(0.0719453 * x - 0.2289914 * y + 1.4052427 * z)
        )
    }
}

extension Finding {
    /// A valid file that nothing installed here can decode.
    ///
    /// - Parameter kind: what it is, as in `a TIFF with 12 bits per sample`.
    /// - Returns: I108.
    static func cannotBeDecodedHere(_ kind: String) -> Finding {
        Finding(.cannotBeDecodedHere, "it cannot be decoded here: it is \(kind)")
    }
}
