extension RuleCode {
    /// I108 `cannot-be-decoded-here`.
    public static let cannotBeDecodedHere = RuleCode(rawValue: "I108")
}

extension ImageRule {
    /// I108: found by decoding.
    package static let cannotBeDecodedHere = ImageRule(
        Rule(
            .cannotBeDecodedHere, "cannot-be-decoded-here", .error,
            what: "The file is valid, but of a kind that the installed libraries cannot decode correctly.",
            why: "Guessing would silently give wrong colors or a different picture.",
            example:
                "A camera's raw file, a TIFF with 12 bits per sample, a HEIC where libheif has no decoder for HEVC.",
            remedy: "Convert it with the program that made it, for example to PNG or 8-bit TIFF."))
}
