import CVipsShim

/// Some whole rows of an image, valid until the next are read.
package struct RowStrip {
    /// The first sample of the first row.
    package let samples: UnsafePointer<UInt8>
    /// Bytes from one row to the next.
    package let stride: Int
    /// How many rows there are.
    package let count: Int
}

/// Reads the rows of an image in order, in the calling thread.
package struct VipsRows: ~Copyable {
    private let handle: OpaquePointer
    private let owner: AnyObject

    /// A reader at the first row.
    ///
    /// - Parameter image: what to read.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package init(_ image: borrowing VipsImage) throws(VipsError) {
        guard let handle = ipv_read_rows(image.handle) else { throw VipsError(.readPixels) }
        self.handle = handle
        owner = image.owner
    }

    deinit { ipv_free_rows(handle) }

    /// The next rows; nil after the last.
    ///
    /// - Parameter most: the most rows to return.
    /// - Returns: rows that are valid until the next call.
    /// - Throws: a ``VipsError`` for damaged or truncated data.
    package mutating func next(_ most: Int = 16) throws(VipsError) -> RowStrip? {
        var samples: UnsafePointer<UInt8>?
        var stride = 0
        var count: Int32 = 0
        guard ipv_next_rows(handle, Int32(clamping: most), &samples, &stride, &count) == 0 else {
            throw VipsError(.readPixels)
        }
        guard let samples, count > 0 else { return nil }
        return RowStrip(samples: samples, stride: stride, count: Int(count))
    }
}

extension VipsImage {
    /// Decodes all pixels.
    ///
    /// - Returns: the pixels, of an image whose ``isPlain`` holds.
    /// - Throws: a ``VipsError`` for damaged or truncated data, or when the samples are not plain.
    package func pixels() throws(VipsError) -> PixelBuffer {
        guard isPlain else { throw VipsError(.readPixels) }
        let pixels = PixelBuffer(width: width, height: height, bands: bands, colors: colors)
        guard let start = pixels.samples.baseAddress else { throw VipsError(.readPixels) }
        var rows = try VipsRows(self)
        var target = start
        while let strip = try rows.next() {
            for row in 0..<strip.count {
                target.copyMemory(from: strip.samples + row * strip.stride, byteCount: pixels.stride)
                target += pixels.stride
            }
        }
        return pixels
    }

    /// Decodes all pixels and discards them, to check whether the data is complete.
    ///
    /// - Throws: a ``VipsError`` for damaged or truncated data.
    package func readThrough() throws(VipsError) {
        var rows = try VipsRows(self)
        while try rows.next() != nil {}
    }
}
