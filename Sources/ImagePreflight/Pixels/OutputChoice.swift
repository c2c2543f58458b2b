import ImageHeaders

/// A way to write a prepared image.
enum OutputCodec: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, webp, losslessWebP

    /// The format of the file.
    var format: ImageFormat {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .webp, .losslessWebP: .webp
        }
    }

    /// Whether a lower quality makes a smaller file.
    var isLossy: Bool {
        switch self {
        case .jpeg, .webp: true
        case .png, .losslessWebP: false
        }
    }
}

/// The codecs for one image, in the order in which they are tried.
struct OutputChoice: Hashable {
    /// The codec to use.
    var preferred: OutputCodec
    /// A lossless codec that usually does better than a lossless preferred one, for more time.
    var alternative: OutputCodec?
    /// The codec for when the lossless ones are over the byte limit.
    var fallback: OutputCodec?

    /// Makes a choice.
    ///
    /// - Parameters:
    ///   - wanted: the format in the options.
    ///   - formats: the formats to choose from if that is `auto`.
    ///   - source: the format of the original: a JPEG gains nothing by becoming lossless.
    ///   - hasAlpha: whether a pixel is transparent.
    ///   - kind: the kind of picture; called only when it matters.
    init(
        wanted: PrepareOptions.OutputFormat, formats: [ImageFormat] = ImageFormat.sendable,
        source: ImageFormat,
        hasAlpha: Bool, kind: @autoclosure () -> ContentKind
    ) {
        switch wanted {
        case .jpeg:
            self.init(preferred: .jpeg)
        case .png:
            self.init(preferred: .png)
        case .webp:
            let isPhoto = source == .jpeg || kind() == .photo
            self.init(preferred: isPhoto ? .webp : .losslessWebP, fallback: isPhoto ? nil : .webp)
        case .auto where hasAlpha:
            let isDrawing = kind() == .drawing
            self.init(
                preferred: isDrawing ? .png : .losslessWebP,
                alternative: isDrawing ? .losslessWebP : nil, fallback: .webp)
        case .auto where source == .jpeg || kind() == .photo:
            self.init(preferred: .jpeg)
        case .auto:
            self.init(preferred: .png, alternative: .losslessWebP, fallback: .jpeg)
        }
        if wanted == .auto { restrict(to: formats, keepsAlpha: hasAlpha) }
    }

    /// Replaces codecs whose formats are not in a set. If none of these can be written, the choice stays.
    private mutating func restrict(to formats: [ImageFormat], keepsAlpha: Bool) {
        let codecs = OutputCodec.allCases.filter { formats.contains($0.format) }
        let lossy =
            codecs.first { $0.isLossy && (!keepsAlpha || $0.format.traits.canHaveAlpha) }
            ?? codecs.first(where: \.isLossy)
        let lossless = codecs.first { !$0.isLossy }
        if !codecs.contains(preferred) {
            preferred = (preferred.isLossy ? lossy ?? lossless : lossless ?? lossy) ?? preferred
        }
        if let other = alternative, !codecs.contains(other) || other == preferred { alternative = nil }
        if preferred.isLossy {
            fallback = nil
        } else if let other = fallback, !codecs.contains(other) {
            fallback = lossy
        }
    }

    private init(preferred: OutputCodec, alternative: OutputCodec? = nil, fallback: OutputCodec? = nil) {
        self.preferred = preferred
        self.alternative = alternative
        self.fallback = fallback
    }

    /// The choice for further parts of a picture, which are encoded like the first one.
    ///
    /// - Parameter codec: the codec of the first part.
    /// - Returns: the same codec if it is lossless; otherwise the whole choice.
    func following(_ codec: OutputCodec) -> OutputChoice {
        guard codec == preferred || codec == alternative else { return self }
        return OutputChoice(preferred: codec, fallback: fallback)
    }

    /// Whether every codec of the choice can hold alpha.
    var keepsAlpha: Bool {
        preferred.format.traits.canHaveAlpha && (fallback?.format.traits.canHaveAlpha ?? true)
    }
}
