import CCodecs

/// Codecs that work without libvips, for common JPEG, PNG and WebP. Each of them may refuse; then libvips
/// does the work, and finds out what is wrong with a file. `IMAGE_PREFLIGHT_ENGINE=libvips` in the
/// environment disables them.
package enum DirectCodecs {
    /// Whether PNG can be read and written: this machine has libdeflate.
    package static var hasPNG: Bool { ipc_has_png() }

    /// Whether WebP can be read and written: this machine has libwebp.
    package static var hasWebP: Bool { ipc_has_webp() }

    /// Whether TIFF can be read: this machine has libtiff.
    package static var hasTIFF: Bool { ipc_has_tiff() }

    /// Fills pixels from one directory of a TIFF, through libtiff: YCbCr, old-style JPEG, planar tiles and other kinds that
    /// libvips does not read become RGB. Colors are multiplied by alpha.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - directory: the offset of the directory in bytes.
    ///   - orientation: the orientation in the directory; the rows then stay as they are stored.
    ///   - pixels: 4 bands, of the directory's size.
    /// - Returns: false when libtiff is missing or refuses; the pixels are undefined then.
    package static func readTIFF(
        _ bytes: ImageBytes, directory: UInt64, orientation: Int, into pixels: PixelBuffer
    ) -> Bool {
        guard hasTIFF, pixels.bands == 4, let start = bytes.start,
            let target = pixels.samples.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return false }
        let orientation = (1...8).contains(orientation) ? orientation : 1
        return ipc_read_tiff(
            start, bytes.count, directory, Int32(orientation), Int32(clamping: pixels.width),
            Int32(clamping: pixels.height), target) == 0
    }

    /// Whether JPEG can be read and written in planes: this machine has TurboJPEG.
    package static var hasJPEG: Bool { ipc_has_jpeg() }
}

extension VipsImage {
    /// The peak memory of ``pixels(directlyFrom:loader:)`` in bytes, in addition to the file, which it may
    /// need once more in one piece.
    ///
    /// - Parameters:
    ///   - width: px.
    ///   - height: px.
    /// - Returns: bytes for the widest kind of pixel.
    package static func directMemory(width: Int, height: Int) -> Int {
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow || count > Int.max / 8 ? .max : 4 * count + height + 16
    }

    /// All pixels of a complete, common PNG or WebP, decoded in one go.
    ///
    /// - Parameters:
    ///   - bytes: the file that this image was opened from.
    ///   - loader: what the file is.
    /// - Returns: the pixels that ``pixels()`` would return; nil if only that can make them.
    package func pixels(directlyFrom bytes: ImageBytes, loader: Loader) -> PixelBuffer? {
        guard isPlain, colors == .gray || colors == .rgb else { return nil }
        return .decoded(bytes, loader: loader, width: width, height: height, bands: bands, colors: colors)
    }
}

extension PixelBuffer {
    /// All pixels of a complete, common PNG or WebP, decoded without libvips.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - loader: what the file is.
    ///   - width: px.
    ///   - height: px.
    ///   - bands: samples a pixel, alpha included.
    ///   - colors: gray or RGB.
    /// - Returns: the pixels; nil if the file has different ones, or only libvips can make them.
    package static func decoded(
        _ bytes: ImageBytes, loader: Loader, width: Int, height: Int, bands: Int, colors: SampleColors
    ) -> PixelBuffer? {
        guard let start = bytes.start, let width = Int32(exactly: width), let height = Int32(exactly: height),
            let bands = Int32(exactly: bands)
        else { return nil }
        let room = loader == .png ? ipc_png_room(width, height, bands) : 0
        let pixels = PixelBuffer(
            width: Int(width), height: Int(height), bands: Int(bands), colors: colors, room: room)
        guard let target = pixels.memory.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
        let status: Int32
        switch loader {
        case .png:
            status = ipc_read_png(start, bytes.count, width, height, bands, target, pixels.memory.count)
        case .webp:
            status = ipc_read_webp(start, bytes.count, width, height, bands, target, pixels.memory.count)
        default: status = -1
        }
        return status == 0 ? pixels : nil
    }

    /// Whether the samples of a PNG are sRGB: nothing in it says otherwise.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: false if libvips has to decide.
    package static func isSRGB(png bytes: ImageBytes) -> Bool {
        bytes.start.map { ipc_is_srgb_png($0, bytes.count) } ?? false
    }

    /// The colors alone, of pixels that have alpha.
    package func withoutAlpha() -> PixelBuffer {
        let result = PixelBuffer(width: width, height: height, bands: bands - 1, colors: colors)
        guard let source = samples.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let target = result.samples.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return result }
        ipc_drop_alpha(source, width * height, Int32(clamping: bands), target)
        return result
    }

    /// Some of the rows as a PNG.
    ///
    /// - Parameters:
    ///   - rows: which rows; all by default.
    ///   - level: how hard it is compressed, 1 to 12.
    ///   - averages: whether samples are stored as differences from the average of their neighbors, which
    ///     is smaller for soft pictures and larger for flat ones.
    /// - Returns: the file; nil when libdeflate is missing or memory is short.
    package func png(rows: Range<Int>? = nil, level: Int, averages: Bool) -> ImageBytes? {
        let rows = rows ?? 0..<height
        guard colors == .gray || colors == .rgb, DirectCodecs.hasPNG,
            let start = samples.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return nil }
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        let status = ipc_write_png(
            start + rows.lowerBound * stride, Int32(clamping: width), Int32(clamping: rows.count),
            Int32(clamping: bands), Int32(clamping: level), averages, &bytes, &count)
        guard status == 0, let bytes else { return nil }
        return ImageBytes(adopting: bytes, count: count, freedBy: ipc_free)
    }

    /// The picture as a lossless WebP.
    ///
    /// - Parameters:
    ///   - quality: how hard it is compressed, 0 to 100.
    ///   - effort: how much time that may take, 0 to 6.
    /// - Returns: the file; nil when libwebp is missing, refuses the size, or memory is short.
    package func losslessWebP(quality: Int, effort: Int) -> ImageBytes? {
        guard colors == .gray || colors == .rgb, DirectCodecs.hasWebP, stride == width * bands,
            let start = samples.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return nil }
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        let status = ipc_write_webp(
            start, Int32(clamping: width), Int32(clamping: height), Int32(clamping: bands),
            Int32(clamping: quality), Int32(clamping: effort), &bytes, &count)
        guard status == 0, let bytes else { return nil }
        return ImageBytes(adopting: bytes, count: count, freedBy: ipc_free)
    }

    /// A PNG with a palette.
    ///
    /// - Parameters:
    ///   - indices: the number of each px's color.
    ///   - width: px.
    ///   - height: px.
    ///   - palette: red, green, blue and alpha of each color, at most 256 of them.
    ///   - level: how hard it is compressed, 1 to 12.
    /// - Returns: the file; nil when libdeflate is missing or memory is short.
    package static func palettePNG(
        indices: [UInt8], width: Int, height: Int, palette: [UInt8], level: Int
    ) -> ImageBytes? {
        guard DirectCodecs.hasPNG, indices.count == width * height, palette.count % 4 == 0,
            (1...256).contains(palette.count / 4)
        else { return nil }
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        let status = indices.withUnsafeBufferPointer { indices in
            palette.withUnsafeBufferPointer { palette -> Int32 in
                guard let indices = indices.baseAddress, let colors = palette.baseAddress else { return -1 }
                return ipc_write_palette_png(
                    indices, Int32(clamping: width), Int32(clamping: height), colors,
                    Int32(clamping: palette.count / 4), Int32(clamping: level), &bytes, &count)
            }
        }
        guard status == 0, let bytes else { return nil }
        return ImageBytes(adopting: bytes, count: count, freedBy: ipc_free)
    }
}
