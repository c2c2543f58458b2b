internal import ImageHeaders

/// I402: the file tells where the picture was taken, to whoever receives it.
enum LocationInMetadata: ImageRule {
    static let code = RuleCode.locationInMetadata

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        guard facts.hasLocation else { return }
        findings.append(Finding(code, "the EXIF metadata holds the place where the picture was taken"))
    }
}
