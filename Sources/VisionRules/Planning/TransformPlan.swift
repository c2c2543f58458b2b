public import ImageHeaders

/// What has to be done to one image so that it is accepted at the planned size. A plain value: it can be
/// printed, compared, sent to another process.
public struct TransformPlan: Sendable, Codable, Hashable {
    /// Why the bytes cannot be sent as they are.
    public struct Reason: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
        /// The name in records, as in `resize`.
        public let rawValue: String

        /// A reason.
        ///
        /// - Parameter rawValue: the name in records, as in `resize`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name in records.
        public var description: String { rawValue }

        /// The planned size is smaller than the image.
        public static let resize = Reason(rawValue: "resize")
        /// The image would lose its detail, and becomes tiles.
        public static let tile = Reason(rawValue: "tile")
        /// The stored pixels are not upright.
        public static let orient = Reason(rawValue: "orient")
        /// The format cannot be sent, or another one was requested.
        public static let convert = Reason(rawValue: "convert")
        /// The base64 text is over the platform's limit.
        public static let shrinkBytes = Reason(rawValue: "shrink-bytes")
        /// Samples that are not 8-bit sRGB or gray.
        public static let convertColor = Reason(rawValue: "convert-color")
        /// Only the first frame is read; the others are dead weight.
        public static let firstFrame = Reason(rawValue: "first-frame")
        /// A background was requested, and a pixel can be transparent.
        public static let flatten = Reason(rawValue: "flatten")
        /// The pixels are complete, but the file's end marker is missing.
        public static let complete = Reason(rawValue: "complete")
    }

    /// The stored size in px.
    public var sourceSize: PixelSize
    /// The orientation to apply.
    public var orientation: Orientation
    /// The size of the result in px, upright; with `tiles`, of all of them together.
    public var targetSize: PixelSize
    /// The tiles that it becomes, before cuts are moved to quiet lines; nil for a single image.
    package var tiles: TileGrid?
    /// The most bytes that the result, or each tile, may have (not base64 text).
    public var maxBytes: Int
    /// Why the image has to be re-encoded; empty: copy it byte for byte.
    public var reasons: Set<Reason>

    private enum CodingKeys: String, CodingKey {
        case sourceSize = "source_size"
        case orientation
        case targetSize = "target_size"
        case tiles
        case maxBytes = "max_bytes"
        case reasons
    }

    /// Whether the bytes can be sent as they are.
    public var isCopy: Bool { reasons.isEmpty }
}

extension TransformPlan {
    /// Decides what has to be done to one image so that it can be sent at the requested size.
    ///
    /// Nothing is done when nothing is needed. An image that is accepted and already has its size is copied,
    /// even with 16 bits per channel, a color profile or several frames: the service accepts those, and every
    /// re-encoding costs quality. It is re-encoded only when
    /// - it has to become smaller, in px or in bytes,
    /// - its format cannot be sent, or another was requested,
    /// - it is not stored upright, because the service does not read metadata,
    /// - its samples are CMYK, YCCK or Lab, which decoders disagree about (some show them inverted).
    ///
    /// Once it is re-encoded for one of these, colors are converted to 8-bit sRGB and only the first frame is
    /// kept; the reasons then name that too.
    ///
    /// With `tiling`, an elongated image of which the model would see less than half of each side becomes tiles
    /// instead of a smaller image. Each of them obeys `fit`, and the model does not downsize it. Their sides
    /// are not cut to whole patches, because that would be a loss. An image that needs more tiles than it may
    /// have is made smaller like any other. If text decides the size, an image of any shape becomes tiles when its
    /// smallest text would otherwise be too small.
    ///
    /// - Parameters:
    ///   - facts: what the image's header says.
    ///   - byteCount: the size of the file in bytes.
    ///   - destination: where the image is sent.
    ///   - fit: the size options.
    ///   - outputFormat: the requested format; nil for any of `formats`.
    ///   - formats: the formats that the result may have; nil for all that can be sent.
    ///   - maxBase64Bytes: the longest allowed base64 text, bytes; nil for the platform's limit.
    ///   - tiling: how images that would lose their detail are cut into tiles; nil to make them smaller.
    ///   - flattens: whether nothing may stay transparent, because a background was requested.
    ///   - convertsSVG: whether SVG is rendered; it is refused otherwise.
    ///   - text: the image's text, which decides the size if `fit` is ``Fit/legible``; nil if there is none.
    /// - Returns: the plan.
    /// - Throws: why nothing can be prepared from this file.
    package static func make(
        for facts: ImageFacts, byteCount: Int, destination: Destination, fit: FitOptions = FitOptions(),
        outputFormat: ImageFormat? = nil, formats: [ImageFormat]? = nil, maxBase64Bytes: Int? = nil,
        tiling: Tiling? = nil, flattens: Bool = false, convertsSVG: Bool = false, text: TextMeasure? = nil
    ) throws(PlanError) -> TransformPlan {
        guard facts.format.traits.isImage else { throw .notAnImage(facts.format) }
        guard facts.format != .svg || convertsSVG else { throw .blockedFormat(facts.format) }
        guard facts.size.shortEdge > 0 else { throw .noPixels }
        if let outputFormat, !outputFormat.canBeWritten { throw .cannotWrite(outputFormat) }

        let display = facts.displaySize
        let fit = fit.decided(by: text)
        var target = try TargetSize.size(for: display, destination: destination, fit: fit, text: text)
        let tiles = try tiling.flatMap { (tiling) throws(PlanError) in
            try tileGrid(tiling, of: display, target: target, destination: destination, fit: fit, text: text)
        }
        if tiles != nil { target = display }
        let platformBytes = destination.platform.limits.maxBase64Bytes
        let maxBytes = Base64Length.largestDecoded(
            within: min(max(maxBase64Bytes ?? platformBytes, 4), platformBytes))

        var reasons: Set<Reason> = []
        if target != display { reasons.insert(.resize) }
        if tiles != nil { reasons.insert(.tile) }
        if facts.orientation != .up { reasons.insert(.orient) }
        let isTaken = outputFormat.map { $0 == facts.format } ?? formats?.contains(facts.format) ?? true
        if !facts.isSendable || !isTaken { reasons.insert(.convert) }
        if byteCount > maxBytes { reasons.insert(.shrinkBytes) }
        if facts.colorModel.isUnusual { reasons.insert(.convertColor) }
        if flattens, facts.hasAlpha { reasons.insert(.flatten) }
        if !reasons.isEmpty {
            if outputFormat == nil, let formats, !formats.contains(where: \.canBeWritten) {
                throw .cannotWrite(formats.min { $0.rawValue < $1.rawValue } ?? facts.format)
            }
            if facts.hasColorToConvert { reasons.insert(.convertColor) }
            if facts.frames > 1 { reasons.insert(.firstFrame) }
        }
        return TransformPlan(
            sourceSize: facts.size, orientation: facts.orientation, targetSize: target, tiles: tiles,
            maxBytes: maxBytes, reasons: reasons)
    }

    /// The tiles of an image that would lose its detail at its target size; nil for any other.
    private static func tileGrid(
        _ tiling: Tiling, of display: PixelSize, target: PixelSize, destination: Destination, fit: FitOptions,
        text: TextMeasure?
    ) throws(PlanError) -> TileGrid? {
        let tier = destination.model.tier
        let isNeeded =
            if fit.fit == .legible, let text {
                LegibleSize.isTooSmall(text, of: display, at: target, minXHeight: fit.requiredXHeight)
            } else {
                tiling.isNeeded(for: display, seen: SeenSize(of: target, tier: tier).size)
            }
        guard isNeeded else { return nil }
        let isAllowed = try TargetSize.limit(destination: destination, fit: fit)
        let grid = tiling.grid(of: display) { isAllowed($0) && SeenSize.fits($0, tier: tier) }
        return grid.flatMap { $0.count > 1 ? $0 : nil }
    }
}

extension ImageFormat {
    /// Whether results are written in this format: every sendable one but GIF, which has 256 colors.
    fileprivate var canBeWritten: Bool { isSendable && self != .gif }
}
