internal import ImageHeaders

/// I401: the picture is only upright for who reads its EXIF orientation; the service does not.
enum OrientationInMetadata: ImageRule {
    static let code = RuleCode.orientationInMetadata

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        guard facts.orientation != .up else { return }
        findings.append(
            Finding(
                code,
                """
                the EXIF orientation is \(facts.orientation.rawValue); metadata is not read, so the model \
                may see the picture turned or mirrored
                """,
                measured: facts.orientation.rawValue, limit: Orientation.up.rawValue))
    }
}
