extension RuleCode {
    /// I501 `duplicate-image`.
    public static let duplicateImage = RuleCode(rawValue: "I501")
}

extension ImageRule {
    /// I501: found by a run, which knows the earlier files.
    package static let duplicateImage = ImageRule(
        Rule(
            .duplicateImage, "duplicate-image", .warning,
            what: "The same bytes as an earlier file of this run, or the same file under another name; with "
                + "`--near-duplicates` also the same picture at another size, format or quality.",
            why: "Every copy is paid for, and the model gains nothing from it.",
            example: "IMG_0001.jpg and its copy IMG_0001 (1).jpg.",
            remedy:
                "Leave out the copy: the first one in the order of the input is the original, and the finding of "
                + "each later one names it. Look at near-duplicates before you leave them out.",
            command: "image-preflight check --duplicates PATH"))
}
