internal import ImageHeaders

/// A rule about one image: its documentation, and how it judges a header.
///
/// `check` runs every rule on every file, so a check must not allocate when it finds nothing. A rule without
/// a check is found elsewhere: by ``assess(_:for:)`` when there is no image to judge, by decoding, or by a run.
package struct ImageRule: Sendable {
    let rule: Rule
    let check: Check?

    /// Judges an image whose header could be read and whose format can be sent.
    ///
    /// The destination's parts are passed separately: every thread shares the destination, and a copy of it
    /// would count references that all of them write.
    typealias Check =
        @Sendable (
            _ subject: ImageSubject, _ facts: ImageFacts, _ seen: SeenSize, _ destination: Destination
        ) -> Observation?

    init(_ rule: Rule, check: Check? = nil) {
        self.rule = rule
        self.check = check
    }

    /// The rules about one image, in the order of their codes.
    static let all: [ImageRule] = [
        .unsupportedFormat, .emptyFile, .unreadableImage, .extensionMismatch, .onlyFirstFrameIsRead,
        .truncatedData, .decoderFailed, .cannotBeDecodedHere, .edgeOverLimit, .edgeOverManyImageLimit,
        .bytesOverLimit, .downsizedByService, .smallEdge, .tinyImage, .detailLost, .wastedPatches,
        .textTooSmall, .orientationInMetadata,
        .locationInMetadata, .colorToConvert, .costlyToDecode, .transparent, .duplicateImage,
    ]

    /// The rule with a code; nil for a code that is not a rule about images.
    package static func with(_ code: RuleCode) -> ImageRule? { all.first { $0.rule.code == code } }

    /// The rules that judge a header.
    static let checked: [ImageRule] = all.filter { $0.check != nil }
}

extension Finding {
    /// A finding of a rule about images.
    package init(
        _ rule: ImageRule, _ message: MessageText, measured: Int? = nil, limit: Int? = nil,
        serviceError: String? = nil
    ) {
        self.init(
            rule.rule,
            Observation(message, measured: measured, limit: limit, serviceError: serviceError))
    }
}
