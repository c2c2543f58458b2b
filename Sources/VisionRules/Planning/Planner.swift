public import ImageHeaders

extension TransformPlan {
    /// Decides what has to be done to one image so that it can be sent at the wished size.
    ///
    /// Nothing is done when nothing is needed. An image that passes and already has its size is copied, even
    /// with 16 bits per channel, a colour profile or several frames: the service takes those, and every
    /// re-encoding costs quality. It is re-encoded only when
    /// - it has to become smaller, in px or in bytes,
    /// - its format cannot be sent, or another was asked for,
    /// - it is not stored upright, because the service does not read metadata,
    /// - its samples are CMYK, YCCK or Lab, which decoders disagree about (some show them inverted).
    ///
    /// Once it is re-encoded for one of these, colours are converted to 8-bit sRGB and only the first frame
    /// is kept; the reasons then name that too.
    ///
    /// - Parameters:
    ///   - facts: what the image's header says.
    ///   - byteCount: the size of the file in bytes.
    ///   - destination: where the image is sent.
    ///   - fit: the wished size.
    ///   - outputFormat: the format that was asked for; nil: any that can be sent.
    /// - Returns: the plan.
    /// - Throws: why nothing can be prepared from this file.
    public static func make(
        for facts: ImageFacts, byteCount: Int, destination: Destination, fit: FitOptions = FitOptions(),
        outputFormat: ImageFormat? = nil
    ) throws(PlanError) -> TransformPlan {
        guard facts.format.traits.isImage else { throw .notAnImage(facts.format) }
        guard facts.format.canBeDecoded else { throw .blockedFormat(facts.format) }
        guard facts.size.shortEdge > 0 else { throw .noPixels }
        if let outputFormat, !outputFormat.canBeWritten { throw .cannotWrite(outputFormat) }

        let display = facts.displaySize
        let target = try TargetSize.size(for: display, destination: destination, fit: fit)
        let maxBytes = Base64Length.largestDecoded(within: destination.platform.limits.maxBase64Bytes)

        var reasons: Set<Reason> = []
        if target != display { reasons.insert(.resize) }
        if facts.orientation != .up { reasons.insert(.orient) }
        if !facts.format.isSendable || (outputFormat ?? facts.format) != facts.format {
            reasons.insert(.convert)
        }
        if byteCount > maxBytes { reasons.insert(.shrinkBytes) }
        if facts.colorModel.isUnusual { reasons.insert(.convertColor) }
        if !reasons.isEmpty {
            if facts.hasColorToConvert { reasons.insert(.convertColor) }
            if facts.frames > 1 { reasons.insert(.firstFrame) }
        }
        return TransformPlan(
            sourceSize: facts.size, orientation: facts.orientation, targetSize: target, maxBytes: maxBytes,
            reasons: reasons)
    }
}

extension ImageFormat {
    /// Whether files of this image format are decoded at all. libvips marks SVG untrusted.
    fileprivate var canBeDecoded: Bool { self != .svg }

    /// Whether results are written in this format: every sendable one but GIF, which has 256 colours.
    fileprivate var canBeWritten: Bool { isSendable && self != .gif }
}
