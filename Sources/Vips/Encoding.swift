import CVipsShim

/// How an image is encoded.
package enum Encoding: Sendable, Hashable {
    /// Quality 1 to 100; chroma is halved below 90.
    case jpeg(quality: Int, optimizesCoding: Bool = false, isProgressive: Bool = false)
    /// Compression 0 to 9, with the given filters.
    case png(compression: Int, filters: PNGFilters, isInterlaced: Bool = false)
    /// Quality 1 to 100, effort 0 to 6.
    case webp(quality: Int, effort: Int)
    /// How hard it tries, 1 to 100, and effort 0 to 6.
    case losslessWebP(quality: Int, effort: Int)
}

/// The filters that a PNG encoder may choose from, row by row.
package struct PNGFilters: OptionSet, Sendable, Hashable {
    /// The bits as libpng has them.
    package let rawValue: Int

    /// A set from libpng's bits.
    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let none = PNGFilters(rawValue: 0x08)
    package static let sub = PNGFilters(rawValue: 0x10)
    package static let up = PNGFilters(rawValue: 0x20)
    package static let average = PNGFilters(rawValue: 0x40)
    package static let paeth = PNGFilters(rawValue: 0x80)
}

extension VipsImage {
    /// The image as a file, without metadata.
    ///
    /// - Parameter encoding: the format and its settings.
    /// - Returns: the file.
    /// - Throws: a ``VipsError`` when libvips refuses, or for damaged data when the pixels are only decoded
    ///   now.
    package func encoded(as encoding: Encoding) throws(VipsError) -> ImageBytes {
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        let status: Int32
        switch encoding {
        case .jpeg(let quality, let optimizes, let isProgressive):
            status = ipv_save_jpeg(handle, Int32(clamping: quality), optimizes, isProgressive, &bytes, &count)
        case .png(let compression, let filters, let isInterlaced):
            status = ipv_save_png(
                handle, Int32(clamping: compression), Int32(clamping: filters.rawValue), isInterlaced, &bytes,
                &count)
        case .webp(let quality, let effort):
            status = ipv_save_webp(
                handle, Int32(clamping: quality), false, Int32(clamping: effort), &bytes, &count)
        case .losslessWebP(let quality, let effort):
            status = ipv_save_webp(
                handle, Int32(clamping: quality), true, Int32(clamping: effort), &bytes, &count)
        }
        guard status == 0, let bytes else { throw VipsError(.encode) }
        return ImageBytes(adopting: bytes, count: count, freedBy: ipv_free_memory)
    }
}
