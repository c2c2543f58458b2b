internal import ImageHeaders

extension RuleCode {
    /// I401 `orientation-in-metadata`.
    public static let orientationInMetadata = RuleCode(rawValue: "I401")
}

extension ImageRule {
    /// I401: the picture is upright only for viewers that read its EXIF orientation; the service does not.
    static let orientationInMetadata = ImageRule(
        Rule(
            .orientationInMetadata, "orientation-in-metadata", .warning,
            what: "The picture is upright only for viewers that read its EXIF orientation.",
            why: "The service does not read metadata: the model may see the picture turned or mirrored.",
            example: "A portrait photo from a phone, stored on its side.",
            remedy: "Store it upright.", command: Rule.prepareCommand)
    ) { subject, facts, seen, destination in
        guard facts.orientation != .up else { return nil }
        let number = facts.orientation.rawValue
        let message: MessageText =
            switch facts.orientationSource {
            case .rawProfile:
                """
                the orientation is \(number), in a text chunk that some viewers read and others do not; the model \
                may see the picture turned or mirrored
                """
            case .xmp:
                """
                the orientation is \(number), in XMP, which some viewers read and others do not; the model may see \
                the picture turned or mirrored
                """
            case .exif, nil:
                """
                the EXIF orientation is \(number); metadata is not read, so the model may see the picture turned or \
                mirrored
                """
            }
        return Observation(message, measured: number, limit: Orientation.up.rawValue)
    }
}
