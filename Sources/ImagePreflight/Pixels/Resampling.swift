import CResampler
import ImageHeaders
import Vips

/// Shrinks pixels: the only place that knows which resampler does it.
///
/// `CResampler` takes 8-bit rows as they are decoded. If it refuses, libvips does it.
enum Resampling {
    /// Reads an open image at the size that its plan asks for, in the direction of its rows.
    ///
    /// - Parameter source: the image; its rows are read once.
    /// - Returns: 8-bit pixels.
    /// - Throws: a `VipsError` for damaged data.
    static func pixels(of source: borrowing OpenImage) throws(VipsError) -> PixelBuffer {
        if source.image.isPlain { return try pixels(of: source.image, as: source) }
        // 16 bits and unusual colors are converted first: they are rare, and 8 bits of a wide profile would
        // show steps.
        return try pixels(
            of: Colors.convertedToSRGB(source.image, conversion: source.conversion), as: source)
    }

    /// Shrinks pixels in memory.
    ///
    /// - Parameters:
    ///   - pixels: the pixels.
    ///   - size: px, at most that of the pixels.
    /// - Returns: new pixels.
    /// - Throws: a `VipsError` when libvips refuses.
    static func smaller(_ pixels: PixelBuffer, size: PixelSize) throws(VipsError) -> PixelBuffer {
        let result = PixelBuffer(
            width: size.width, height: size.height, bands: pixels.bands, colors: pixels.colors)
        if let stream = RowResampler(
            from: PixelSize(width: pixels.width, height: pixels.height), hasAlpha: pixels.hasAlpha,
            to: result)
        {
            stream.push(pixels)
            return result
        }
        return try VipsImage(pixels).resized(width: size.width, height: size.height).pixels()
    }

    private static func pixels(
        of image: borrowing VipsImage, as source: borrowing OpenImage
    ) throws(VipsError) -> PixelBuffer {
        let target = source.targetSizeOfRows
        let size = PixelSize(width: image.width, height: image.height)
        if target == size { return try image.pixels() }
        let result = PixelBuffer(
            width: target.width, height: target.height, bands: image.bands, colors: image.colors)
        guard
            let stream = RowResampler(
                from: size, contentWidth: source.contentWidth, contentHeight: source.contentHeight,
                hasAlpha: result.hasAlpha, to: result)
        else { return try image.resized(width: target.width, height: target.height).pixels() }
        var rows = try VipsRows(image)
        while let strip = try rows.next() { stream.push(strip) }
        return result
    }
}

/// Takes rows from the top and fills a pixel buffer with a smaller picture.
private struct RowResampler: ~Copyable {
    private let handle: OpaquePointer
    /// The memory that the resampler writes to.
    private let result: PixelBuffer

    /// Nil when `CResampler` refuses the job.
    init?(
        from size: PixelSize, contentWidth: Double = 0, contentHeight: Double = 0, hasAlpha: Bool,
        to result: PixelBuffer
    ) {
        var job = ipr_job()
        job.in_width = Int32(clamping: size.width)
        job.in_height = Int32(clamping: size.height)
        job.out_width = Int32(clamping: result.width)
        job.out_height = Int32(clamping: result.height)
        job.channels = Int32(clamping: result.bands)
        job.alpha = hasAlpha ? IPR_ALPHA_STRAIGHT : IPR_ALPHA_NONE
        job.window_width = contentWidth
        job.window_height = contentHeight
        guard let start = result.samples.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let handle = ipr_resampler_new(&job, start, result.stride)
        else { return nil }
        self.handle = handle
        self.result = result
    }

    deinit { ipr_resampler_free(handle) }

    borrowing func push(_ strip: RowStrip) {
        _ = ipr_resampler_push_rows(handle, strip.samples, strip.stride, Int32(clamping: strip.count))
    }

    borrowing func push(_ pixels: PixelBuffer) {
        guard let start = pixels.samples.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        _ = ipr_resampler_push_rows(handle, start, pixels.stride, Int32(clamping: pixels.height))
    }
}
