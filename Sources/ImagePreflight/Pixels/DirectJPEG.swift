import CCodecs
import CResampler
import ImageHeaders
import Vips
import VisionRules

/// Makes a JPEG from a JPEG in its stored planes of luma and chroma, through TurboJPEG: no colors are
/// converted, no chroma is interpolated, and libvips is not even loaded.
///
/// Anything unusual or damaged is left to libvips, so that findings do not depend on this.
enum DirectJPEG {
    /// The prepared file; nil if libvips has to make it.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - plan: how to prepare it.
    ///   - options: how.
    ///   - memory: the memory for decoding.
    ///   - picture: the picture, if it is already decoded.
    /// - Returns: the file, within the plan's byte limit, at the full quality of the options.
    static func image(
        of bytes: ImageBytes, facts: ImageFacts, plan: TransformPlan, options: PrepareOptions,
        memory: DecodingMemory, picture: Picture? = nil
    ) -> FittedImage? {
        guard plan.tiles == nil, canMake(facts, options: options) else { return nil }
        let file =
            picture.map { $0.made(plan: plan, quality: options.quality) }
            ?? bytes.withUnsafeBytes { file -> ImageBytes? in
                guard let header = header(of: file, facts, options) else { return nil }
                return made(
                    of: file, header: header, facts: facts, plan: plan, quality: options.quality,
                    memory: memory.extra)
            }
        guard let file, file.count <= plan.maxBytes else { return nil }
        return FittedImage(
            bytes: file, codec: .jpeg, quality: options.quality, size: plan.targetSize, encodes: 1)
    }

    /// The decoded picture of a common JPEG whose colors are converted or that becomes another format, shrunk
    /// in the process.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - shrink: the factor by which it is made smaller: 1, 2, 4 or 8.
    ///   - memory: the bytes that it may take.
    /// - Returns: 8-bit gray or RGB with sides rounded up, and the file's profile; nil if libvips has to do
    ///   it.
    static func rows(
        of bytes: ImageBytes, facts: ImageFacts, shrink: Int, memory: Int
    ) -> (pixels: PixelBuffer, profile: [UInt8]?)? {
        guard isUsual(facts), DirectCodecs.hasJPEG else { return nil }
        return bytes.withUnsafeBytes { file in
            var header = ipc_jpeg()
            guard let start = file.baseAddress, ipc_examine_jpeg(start, file.count, &header) == 0,
                Int(header.width) == facts.size.width, Int(header.height) == facts.size.height
            else { return nil }
            let isGray = header.subsampling == IPC_SAMPLES_GRAY
            guard isGray == (facts.colorModel == .grayscale) else { return nil }
            let size = size(of: facts, shrink: shrink)
            let bands = isGray ? 1 : 3
            guard size.pixelCount * bands <= memory else { return nil }
            let pixels = PixelBuffer(
                width: size.width, height: size.height, bands: bands, colors: isGray ? .gray : .rgb)
            guard let target = pixels.samples.baseAddress?.assumingMemoryBound(to: UInt8.self),
                ipc_read_jpeg_rows(start, file.count, &header, Int32(shrink), target) == 0
            else { return nil }
            let profile = header.profile.map { start in
                Array(UnsafeBufferPointer(start: start, count: header.profile_length))
            }
            return (pixels, profile)
        }
    }

    /// Whether it may be tried.
    static func canMake(_ facts: ImageFacts, options: PrepareOptions) -> Bool {
        isUsual(facts) && becomesJPEG(options) && DirectCodecs.hasJPEG
    }

    /// The header and the profile of a file that can be decoded here.
    private static func header(
        of file: UnsafeRawBufferPointer, _ facts: ImageFacts, _ options: PrepareOptions
    ) -> ipc_jpeg? {
        var header = ipc_jpeg()
        guard let start = file.baseAddress, ipc_examine_jpeg(start, file.count, &header) == 0,
            Int(header.width) == facts.size.width, Int(header.height) == facts.size.height,
            isSRGB(header, facts, limit: options.limits.maxProfileBytes)
        else { return nil }
        return header
    }

    /// The most bytes for the planes of the whole picture.
    static func fullMemory(of facts: ImageFacts) -> Int { planeBytes(facts.size) }

    // Planes may be padded by a column and a row.
    private static func planeBytes(_ size: PixelSize) -> Int { 3 * (size.width + 1) * (size.height + 1) }

    /// The most bytes in addition to the file: the planes as decoded, and twice the planes as needed.
    static func memory(of facts: ImageFacts, target: PixelSize) -> Int {
        let isTurned = (target.width > target.height) != (facts.size.width > facts.size.height)
        let shrink = facts.format.shrink(from: facts.size, to: isTurned ? target.transposed : target)
        return planeBytes(size(of: facts, shrink: shrink)) + 2 * planeBytes(target)
    }

    private static func size(of facts: ImageFacts, shrink: Int) -> PixelSize {
        PixelSize(
            width: (facts.size.width + shrink - 1) / shrink, height: (facts.size.height + shrink - 1) / shrink
        )
    }

    static func isUsual(_ facts: ImageFacts) -> Bool {
        facts.format == .jpeg && facts.bitDepth == 8
            && (facts.colorModel == .rgb || facts.colorModel == .grayscale)
    }

    /// A requested photo: every JPEG counts as one.
    private static func becomesJPEG(_ options: PrepareOptions) -> Bool {
        let choice = OutputChoice(
            wanted: options.outputFormat, formats: options.formats, source: .jpeg, hasAlpha: false,
            kind: .photo)
        return choice.preferred == .jpeg
    }

    private static func isSRGB(_ header: ipc_jpeg, _ facts: ImageFacts, limit: Int) -> Bool {
        guard let start = header.profile else { return true }
        guard header.profile_length <= limit else { return false }
        // An invalid profile, or one that does not fit the samples, is ignored.
        guard let profile = ICCProfile(UnsafeRawBufferPointer(start: start, count: header.profile_length)),
            profile.fits(facts.colorModel == .grayscale ? .gray : .rgb)
        else { return true }
        return profile.isSRGB
    }

    private static func made(
        of file: UnsafeRawBufferPointer, header: ipc_jpeg, facts: ImageFacts, plan: TransformPlan,
        quality: Int, memory: Int
    ) -> ImageBytes? {
        let rows = plan.targetSize.oriented(plan.orientation)
        let shrink = facts.format.shrink(from: facts.size, to: rows)
        let size = size(of: facts, shrink: shrink)
        let subsampling = subsampling(of: header, quality: quality)
        let needed = Planes.byteCount(size, header.subsampling) + 2 * Planes.byteCount(rows, subsampling)
        guard needed <= memory, let start = file.baseAddress else { return nil }
        let planes = Planes(size, header.subsampling)
        var header = header
        guard ipc_read_jpeg(start, file.count, &header, Int32(shrink), planes.pointers) == 0 else {
            return nil
        }
        return planes.made(
            plan: plan, subsampling: subsampling, contentWidth: Double(facts.size.width) / Double(shrink),
            contentHeight: Double(facts.size.height) / Double(shrink), quality: quality)
    }

    private static func subsampling(of header: ipc_jpeg, quality: Int) -> ipc_subsampling {
        guard header.subsampling != IPC_SAMPLES_GRAY else { return IPC_SAMPLES_GRAY }
        return quality < 90 ? IPC_SAMPLES_420 : IPC_SAMPLES_444
    }

    /// A whole picture in the planes that a JPEG stores.
    final class Picture {
        private let planes: Planes
        private let header: ipc_jpeg
        private let size: PixelSize

        /// Decodes a common JPEG in sRGB that will become a JPEG; nil for any other, and if it takes more memory.
        ///
        /// - Parameters:
        ///   - bytes: the file.
        ///   - facts: what its header says.
        ///   - options: how it will be prepared.
        ///   - memory: the bytes that it may take.
        init?(of bytes: ImageBytes, facts: ImageFacts, options: PrepareOptions, memory: Int) {
            guard DirectJPEG.canMake(facts, options: options), memory > 0 else { return nil }
            let decoded = bytes.withUnsafeBytes { file -> (Planes, ipc_jpeg)? in
                guard let start = file.baseAddress, var header = DirectJPEG.header(of: file, facts, options),
                    Planes.byteCount(facts.size, header.subsampling) <= memory
                else { return nil }
                let planes = Planes(facts.size, header.subsampling)
                guard ipc_read_jpeg(start, file.count, &header, 1, planes.pointers) == 0 else { return nil }
                // It is a part of the file.
                header.profile = nil
                return (planes, header)
            }
            guard let decoded else { return nil }
            (planes, header) = decoded
            size = facts.size
        }

        /// Passes the luminance to the body, as it is stored.
        ///
        /// - Parameter body: receives the rows, and the bytes from one to the next.
        /// - Returns: what the body returns.
        func withLuminance<Value>(_ body: (UnsafePointer<UInt8>, Int) -> Value) -> Value? {
            planes.withLuminance(body)
        }

        /// The prepared file; nil if it cannot be made.
        fileprivate func made(plan: TransformPlan, quality: Int) -> ImageBytes? {
            planes.made(
                plan: plan, subsampling: DirectJPEG.subsampling(of: header, quality: quality),
                contentWidth: Double(size.width), contentHeight: Double(size.height), quality: quality)
        }
    }
}

/// The planes of a picture: luma, and two of chroma unless it is gray.
private final class Planes {
    private let size: PixelSize
    private let subsampling: ipc_subsampling
    private let layouts: [ipc_plane_layout]
    private let memory: UnsafeMutablePointer<UInt8>
    /// The start of each plane; nil for chroma that a gray picture lacks. Valid as long as this object lives.
    let pointers: [UnsafeMutablePointer<UInt8>?]

    /// Planes with undefined samples.
    init(_ size: PixelSize, _ subsampling: ipc_subsampling) {
        self.size = size
        self.subsampling = subsampling
        layouts = Self.layouts(size, subsampling)
        memory = .allocate(capacity: Self.byteCount(layouts))
        var pointers: [UnsafeMutablePointer<UInt8>?] = [nil, nil, nil]
        var offset = 0
        for (plane, layout) in layouts.enumerated() {
            pointers[plane] = memory + offset
            offset += Self.byteCount([layout])
        }
        self.pointers = pointers
    }

    deinit { memory.deallocate() }

    /// Passes the luminance to the body: its rows, and the bytes from one to the next.
    func withLuminance<Value>(_ body: (UnsafePointer<UInt8>, Int) -> Value) -> Value? {
        guard let rows = pointers[0], let layout = layouts.first else { return nil }
        return withExtendedLifetime(self) { body(UnsafePointer(rows), Int(layout.stride)) }
    }

    /// The picture made smaller, upright, as a JPEG; nil when it cannot be made.
    func made(
        plan: TransformPlan, subsampling: ipc_subsampling, contentWidth: Double, contentHeight: Double,
        quality: Int
    ) -> ImageBytes? {
        resampled(
            to: plan.targetSize.oriented(plan.orientation), subsampling: subsampling,
            contentWidth: contentWidth, contentHeight: contentHeight, orientation: plan.orientation)?
            .upright(from: plan.orientation)
            .encoded(quality: quality)
    }

    /// The memory for the planes of a picture, bytes.
    static func byteCount(_ size: PixelSize, _ subsampling: ipc_subsampling) -> Int {
        byteCount(layouts(size, subsampling))
    }

    private static func byteCount(_ layouts: [ipc_plane_layout]) -> Int {
        layouts.reduce(0) { $0 + Int($1.stride) * Int($1.rows) }
    }

    private static func layouts(_ size: PixelSize, _ subsampling: ipc_subsampling) -> [ipc_plane_layout] {
        (0..<ipc_plane_count(subsampling)).map {
            ipc_lay_out_plane(Int32(clamping: size.width), Int32(clamping: size.height), subsampling, $0)
        }
    }

    /// Shrunk. Chroma is in the middle of the px that share it, before and after.
    ///
    /// - Parameters:
    ///   - size: px, at most this picture's.
    ///   - subsampling: that of the result.
    ///   - contentWidth: the px of this picture that hold the image, as 2000.5 of 2001.
    ///   - contentHeight: the same for the height.
    ///   - orientation: the turn that follows. If an axis will be mirrored, an odd side has its single px
    ///     of chroma at the beginning.
    /// - Returns: the smaller picture; nil if chroma would have to grow.
    func resampled(
        to size: PixelSize, subsampling: ipc_subsampling, contentWidth: Double, contentHeight: Double,
        orientation: Orientation
    ) -> Planes? {
        let result = Planes(size, subsampling)
        for (plane, (from, to)) in zip(layouts, result.layouts).enumerated() {
            var job = ipr_job()
            (job.in_width, job.in_height) = (from.width, from.height)
            (job.out_width, job.out_height) = (to.width, to.height)
            job.channels = 1
            job.alpha = IPR_ALPHA_NONE
            (job.window_x, job.window_width) = Self.window(
                content: contentWidth / Double(from.px_across),
                share: Double(to.width * to.px_across) / Double(size.width),
                isMirrored: orientation.mirrorsColumns)
            (job.window_y, job.window_height) = Self.window(
                content: contentHeight / Double(from.px_down),
                share: Double(to.height * to.px_down) / Double(size.height),
                isMirrored: orientation.mirrorsRows)
            guard let samples = pointers[plane], let target = result.pointers[plane],
                ipr_resample(&job, samples, Int(from.stride), target, Int(to.stride)) == 0
            else { return nil }
        }
        return result
    }

    /// The samples that become all samples of the result: slightly more than the content if the last sample
    /// of the result reaches beyond the picture.
    private static func window(content: Double, share: Double, isMirrored: Bool) -> (
        start: Double, length: Double
    ) {
        let length = content * share
        return (isMirrored ? content - length : 0, length)
    }

    /// Turned upright, from an orientation.
    func upright(from orientation: Orientation) -> Planes {
        guard orientation != .up else { return self }
        let result = Planes(size.oriented(orientation), subsampling)
        for (plane, (from, to)) in zip(layouts, result.layouts).enumerated() {
            guard let samples = pointers[plane], let target = result.pointers[plane] else { continue }
            ipc_turn_plane(
                samples, Int(from.stride), from.width, from.height, Int32(orientation.rawValue), target,
                Int(to.stride))
        }
        return result
    }

    /// As a JPEG; nil when it cannot be made.
    func encoded(quality: Int) -> ImageBytes? {
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        let status = ipc_write_jpeg(
            pointers, Int32(clamping: size.width), Int32(clamping: size.height), subsampling,
            Int32(clamping: quality), &bytes, &count)
        guard status == 0, let bytes else { return nil }
        return ImageBytes(adopting: bytes, count: count, freedBy: ipc_free_jpeg)
    }
}

extension Orientation {
    /// Whether the stored columns run against the upright picture.
    fileprivate var mirrorsColumns: Bool { [2, 3, 7, 8].contains(rawValue) }

    /// Whether the stored rows run against the upright picture.
    fileprivate var mirrorsRows: Bool { [3, 4, 6, 7].contains(rawValue) }
}
