internal import ImageHeaders

/// A rule about one image whose header could be read and whose format can be sent.
///
/// One rule, one file. A rule adds its finding or adds nothing; it must not allocate when it has nothing to
/// say, because `check` runs all of them on every file.
protocol ImageRule: Sendable {
    /// The rule's code.
    static var code: RuleCode { get }

    /// Adds what the rule has to say about an image.
    ///
    /// - Parameters:
    ///   - subject: the image.
    ///   - facts: what its header says.
    ///   - seen: what the model sees of it.
    ///   - destination: where it is sent.
    ///   - findings: what the rules before this one have found.
    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding])
}

/// The rules of one image in the order in which they are asked, which is the order of their codes.
let imageRules: [any ImageRule.Type] = [
    ExtensionMismatch.self,
    OnlyFirstFrameIsRead.self,
    EdgeOverLimit.self,
    EdgeOverManyImageLimit.self,
    BytesOverLimit.self,
    DownsizedByService.self,
    SmallEdge.self,
    TinyImage.self,
    DetailLost.self,
    WastedPatches.self,
    OrientationInMetadata.self,
    LocationInMetadata.self,
    ColorToConvert.self,
    CostlyToDecode.self,
]
