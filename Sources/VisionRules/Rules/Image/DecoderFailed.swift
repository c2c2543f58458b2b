extension RuleCode {
    /// I107 `decoder-failed`.
    public static let decoderFailed = RuleCode(rawValue: "I107")
}

extension ImageRule {
    /// I107: found by whatever runs the decoder.
    package static let decoderFailed = ImageRule(
        Rule(
            .decoderFailed, "decoder-failed", .error,
            what:
                "The decoder crashed, hung or ran out of memory on the image, twice, each time in a separate process.",
            why:
                "Such a file is broken or hostile. How the service treats it is not known. Only this one file is "
                + "lost, because decoding is isolated from the run.",
            example:
                "A file made to overrun a decoder; a picture that needs more memory than --memory-limit.",
            remedy:
                "Get the file again, or leave it out. If it is a good image, raise --memory-limit or --timeout.",
            command: Rule.prepareCommand + " --memory-limit 4G --timeout 600"))
}
