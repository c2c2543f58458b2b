internal import ImageHeaders

extension RuleCode {
    /// I402 `location-in-metadata`.
    public static let locationInMetadata = RuleCode(rawValue: "I402")
}

extension ImageRule {
    /// I402: the file reveals where the picture was taken to anyone who receives it.
    static let locationInMetadata = ImageRule(
        Rule(
            .locationInMetadata, "location-in-metadata", .note,
            what: "The EXIF metadata says where the picture was taken.",
            why: "The model does not see it, but anyone who gets the file does.",
            example: "A photo from a phone with GPS switched on.",
            remedy: "Remove the metadata: a prepared image that is re-encoded has none.",
            command: Rule.prepareCommand)
    ) { subject, facts, seen, destination in
        guard facts.hasLocation else { return nil }
        return Observation("the EXIF metadata contains the place where the picture was taken")
    }
}
