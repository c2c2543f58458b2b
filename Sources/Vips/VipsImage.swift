import CVipsShim

/// The loaders of libvips that may run.
package enum Loader: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, gif, webp, heif, tiff
    /// libvips marks these as untrusted: they run only in a process that was set up with ``VipsRuntime/beWorker()``.
    case jp2, jxl, svg

    /// Whether libvips marks the loader as untrusted.
    package var isUntrusted: Bool {
        switch self {
        case .jpeg, .png, .gif, .webp, .heif, .tiff: false
        case .jp2, .jxl, .svg: true
        }
    }

    /// Whether this libvips has the loader, and it may run in this process.
    package var isAvailable: Bool {
        guard (try? VipsRuntime.start()) != nil else { return false }
        return ipv_has_loader(code)
    }

    fileprivate var code: ipv_loader {
        switch self {
        case .jpeg: IPV_LOADER_JPEG
        case .png: IPV_LOADER_PNG
        case .gif: IPV_LOADER_GIF
        case .webp: IPV_LOADER_WEBP
        case .heif: IPV_LOADER_HEIF
        case .tiff: IPV_LOADER_TIFF
        case .jp2: IPV_LOADER_JP2
        case .jxl: IPV_LOADER_JXL
        case .svg: IPV_LOADER_SVG
        }
    }
}

/// What the samples of an image mean.
package enum SampleColors: Sendable, Hashable {
    case gray, rgb, cmyk, other

    fileprivate init(_ code: ipv_colors) {
        switch code {
        case IPV_GRAY: self = .gray
        case IPV_RGB: self = .rgb
        case IPV_CMYK: self = .cmyk
        default: self = .other
        }
    }

    fileprivate var code: ipv_colors {
        switch self {
        case .gray: IPV_GRAY
        case .rgb: IPV_RGB
        case .cmyk: IPV_CMYK
        case .other: IPV_OTHER_COLORS
        }
    }
}

/// An image of libvips: a source, and the steps applied to it. Nothing is decoded until rows are read. It
/// belongs to the thread that created it.
package struct VipsImage: ~Copyable {
    let handle: OpaquePointer
    /// The memory that libvips reads from; it must outlive the handle.
    let owner: AnyObject

    fileprivate init(_ handle: OpaquePointer, owner: AnyObject) {
        self.handle = handle
        self.owner = owner
    }

    deinit { ipv_free_image(handle) }

    /// Opens the first frame of an encoded image, to be read once from top to bottom.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - loader: what the file is; nothing else is tried.
    ///   - shrink: 1, 2, 4 or 8: how much smaller a JPEG or WebP is decoded. 1 for everything else.
    /// - Throws: a ``VipsError`` when the header cannot be used. Damaged pixels are reported when they are
    ///   read.
    package init(_ bytes: ImageBytes, loader: Loader, shrink: Int = 1) throws(VipsError) {
        try VipsRuntime.start()
        guard let start = bytes.start,
            let handle = ipv_open(loader.code, start, bytes.count, Int32(clamping: shrink))
        else { throw VipsError(.open) }
        self.init(handle, owner: bytes)
    }

    /// Opens one directory of a TIFF.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - tiffPage: the number of the page, from 0.
    ///   - subdirectory: the number of the directory below the page; nil for the page itself.
    /// - Throws: a ``VipsError`` when the directory cannot be used.
    package init(_ bytes: ImageBytes, tiffPage: Int, subdirectory: Int?) throws(VipsError) {
        try VipsRuntime.start()
        guard let start = bytes.start,
            let handle = ipv_open_tiff(
                start, bytes.count, Int32(clamping: tiffPage), Int32(clamping: subdirectory ?? -1))
        else { throw VipsError(.open) }
        self.init(handle, owner: bytes)
    }

    /// Renders an SVG.
    ///
    /// - Parameters:
    ///   - svg: the file.
    ///   - scale: by how much its own size is multiplied.
    /// - Throws: a ``VipsError`` when it cannot be rendered.
    package init(svg: ImageBytes, scale: Double) throws(VipsError) {
        try VipsRuntime.start()
        guard let start = svg.start, let handle = ipv_open_svg(start, svg.count, scale) else {
            throw VipsError(.open)
        }
        self.init(handle, owner: svg)
    }

    /// An image over pixels in memory.
    ///
    /// - Parameter pixels: the pixels; later changes are seen when they are read.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package init(_ pixels: PixelBuffer) throws(VipsError) {
        try self.init(
            wrapping: UnsafeRawBufferPointer(pixels.samples), owner: pixels, width: pixels.width,
            height: pixels.height, bands: pixels.bands, bytesPerSample: 1,
            colors: pixels.colors)
    }

    /// An image over samples in memory.
    ///
    /// - Parameters:
    ///   - samples: `width * height * bands` samples, valid as long as `owner` lives.
    ///   - owner: the object that frees the samples.
    ///   - width: px.
    ///   - height: px.
    ///   - bands: samples a pixel.
    ///   - bytesPerSample: 1 or 2.
    ///   - colors: how the samples are to be read.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package init(
        wrapping samples: UnsafeRawBufferPointer, owner: AnyObject, width: Int, height: Int, bands: Int,
        bytesPerSample: Int, colors: SampleColors
    ) throws(VipsError) {
        try VipsRuntime.start()
        guard let start = samples.baseAddress, samples.count >= width * height * bands * bytesPerSample,
            let handle = ipv_wrap(
                start, Int32(clamping: width), Int32(clamping: height), Int32(clamping: bands),
                Int32(clamping: bytesPerSample), colors.code)
        else { throw VipsError(.open) }
        self.init(handle, owner: owner)
    }
}

// MARK: - What an image is

extension VipsImage {
    private var info: ipv_info { ipv_get_info(handle) }

    /// The width in px.
    package var width: Int { Int(info.width) }
    /// The height in px.
    package var height: Int { Int(info.height) }
    /// Samples a pixel, alpha included.
    package var bands: Int { Int(info.bands) }
    /// 1 or 2 for unsigned integers, 0 for anything else.
    package var bytesPerSample: Int { Int(info.bytes_per_sample) }
    /// How the samples are to be read.
    package var colors: SampleColors { SampleColors(info.colors) }
    /// The EXIF orientation that libvips found, 1 to 8; decoders that turn the image themselves leave 1.
    package var orientation: Int { Int(info.orientation) }
    /// Whether the last band is alpha.
    package var hasAlpha: Bool { info.has_alpha }

    /// Whether the samples are 8-bit gray, RGB or CMYK: what a ``PixelBuffer`` can hold.
    package var isPlain: Bool { bytesPerSample == 1 && colors != .other && bands <= 4 }

    /// Passes the embedded ICC profile to the body; empty if there is none.
    ///
    /// - Parameter body: must not keep the pointer.
    /// - Returns: what `body` returns.
    package func withProfile<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var length = 0
        let profile = ipv_get_profile(handle, &length)
        return body(UnsafeRawBufferPointer(start: profile, count: profile == nil ? 0 : length))
    }
}

// MARK: - Steps

extension VipsImage {
    /// The same pixels with the ICC profile of another image.
    ///
    /// - Parameter other: the image with the profile; if it has none, nothing is attached.
    /// - Returns: the image with the profile.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package func withProfile(of other: borrowing VipsImage) throws(VipsError) -> VipsImage {
        var length = 0
        guard let profile = ipv_get_profile(other.handle, &length) else {
            return try make(ipv_orient(handle, 1), .convertColors)
        }
        return try make(ipv_with_profile(handle, profile, length), .convertColors)
    }

    /// The same pixels with an ICC profile, which is copied.
    ///
    /// - Parameter profile: the profile.
    /// - Returns: the image with the profile.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package func withProfile(_ profile: some Collection<UInt8>) throws(VipsError) -> VipsImage {
        let copy = ContiguousArray(profile)
        let result = copy.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { ipv_with_profile(handle, $0, bytes.count) }
        }
        return try make(result, .convertColors)
    }

    /// 8-bit gray or sRGB, alpha kept.
    ///
    /// - Parameter honorsProfile: whether an embedded profile defines the samples; otherwise they are
    ///   treated as sRGB or gray, and CMYK by the built-in profile.
    /// - Returns: the converted image.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package func convertedToSRGB(honorsProfile: Bool) throws(VipsError) -> VipsImage {
        try make(ipv_to_srgb(handle, honorsProfile), .convertColors)
    }

    /// Turned upright, from an EXIF orientation.
    ///
    /// - Parameter orientation: 1 to 8.
    /// - Returns: the upright image.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package func upright(from orientation: Int) throws(VipsError) -> VipsImage {
        try make(ipv_orient(handle, Int32(clamping: orientation)), .orient)
    }

    /// Made smaller to exactly this size by libvips, with Lanczos3.
    ///
    /// - Parameters:
    ///   - width: px, at most the image's.
    ///   - height: px, at most the image's.
    /// - Returns: the smaller image.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package func resized(width: Int, height: Int) throws(VipsError) -> VipsImage {
        try make(ipv_resize(handle, Int32(clamping: width), Int32(clamping: height)), .resize)
    }

    /// Without alpha, over a background.
    ///
    /// - Parameters:
    ///   - red: 8-bit sRGB.
    ///   - green: 8-bit sRGB.
    ///   - blue: 8-bit sRGB.
    /// - Returns: the opaque image.
    /// - Throws: a ``VipsError`` when libvips refuses.
    package func flattened(red: UInt8, green: UInt8, blue: UInt8) throws(VipsError) -> VipsImage {
        try make(ipv_flatten(handle, red, green, blue), .flatten)
    }

    private func make(_ result: OpaquePointer?, _ step: VipsError.Code) throws(VipsError) -> VipsImage {
        guard let result else { throw VipsError(step) }
        return VipsImage(result, owner: owner)
    }
}
