internal import ImageHeaders

extension RuleCode {
    /// I401 `orientation-in-metadata`.
    public static let orientationInMetadata = RuleCode(rawValue: "I401")
}

extension ImageRule {
    /// I401: the picture is only upright for who reads its EXIF orientation; the service does not.
    static let orientationInMetadata = ImageRule(
        Rule(
            .orientationInMetadata, "orientation-in-metadata", .warning,
            what: "The picture is upright only for who reads its EXIF orientation.",
            why: "The service does not read metadata: the model may see the picture turned or mirrored.",
            example: "A portrait photo from a phone, stored lying on its side.",
            remedy: "Store it upright.", command: Rule.prepareCommand)
    ) { subject, facts, seen, destination in
        guard facts.orientation != .up else { return nil }
        return Observation(
            """
            the EXIF orientation is \(facts.orientation.rawValue); metadata is not read, so the model \
            may see the picture turned or mirrored
            """,
            measured: facts.orientation.rawValue, limit: Orientation.up.rawValue)
    }
}
