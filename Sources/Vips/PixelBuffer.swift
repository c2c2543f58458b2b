/// Decoded pixels in memory: rows of 8-bit samples without gaps, bands interleaved, alpha last.
package final class PixelBuffer {
    /// The width in px.
    package let width: Int
    /// The height in px.
    package let height: Int
    /// Samples a pixel, 1 to 4, alpha included.
    package let bands: Int
    /// How the samples are to be read: gray, RGB or CMYK.
    package let colors: SampleColors
    /// All samples. Valid as long as this object lives: a temporary object does not live long enough, so use
    /// ``array`` there.
    package let samples: UnsafeMutableRawBufferPointer
    /// The whole allocation: the samples, followed by the extra memory of a decoder.
    let memory: UnsafeMutableRawBufferPointer

    /// A buffer with undefined pixels.
    ///
    /// - Parameters:
    ///   - width: px.
    ///   - height: px.
    ///   - bands: samples a pixel.
    ///   - colors: how the samples are to be read.
    ///   - room: bytes to allocate, if a decoder needs more than the samples.
    package init(width: Int, height: Int, bands: Int, colors: SampleColors, room: Int = 0) {
        self.width = width
        self.height = height
        self.bands = bands
        self.colors = colors
        let count = width * height * bands
        memory = .allocate(byteCount: max(count, room), alignment: 64)
        samples = UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }

    deinit { memory.deallocate() }

    /// Bytes from one row to the next.
    package var stride: Int { width * bands }

    /// Whether the last band is alpha.
    package var hasAlpha: Bool { (colors == .gray && bands == 2) || (colors == .rgb && bands == 4) }

    /// A copy of a part of the picture.
    ///
    /// - Parameters:
    ///   - columns: its px columns, inside of the picture.
    ///   - rows: its px rows, inside of the picture.
    /// - Returns: new pixels.
    package func cropped(columns: Range<Int>, rows: Range<Int>) -> PixelBuffer {
        let part = PixelBuffer(width: columns.count, height: rows.count, bands: bands, colors: colors)
        for row in 0..<rows.count {
            let start = (rows.lowerBound + row) * stride + columns.lowerBound * bands
            UnsafeMutableRawBufferPointer(rebasing: part.samples[(row * part.stride)...])
                .copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: samples[start..<start + part.stride]))
        }
        return part
    }

    /// A copy of all samples.
    package var array: [UInt8] { withExtendedLifetime(self) { Array(samples) } }
}
