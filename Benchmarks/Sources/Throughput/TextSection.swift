/// What measuring the text of screenshots takes.
struct TextSection {
    var workshop: Workshop

    /// The same pictures at the same size, with and without the measure.
    func run(_ set: ImageSet) throws -> Section {
        // No text is so large, so the longest side decides: that of the recommended size.
        let measured = ["--fit", "legible", "--min-x-height", "1000", "--max-edge", "1456"]
        return Section(
            id: "text", title: "Measuring text: screenshots, PNG 2560×1440",
            note: "Both make the same pictures of 1456×819 px; one measures the text first.",
            outcomes: try workshop.trial(writes: true).run([
                workshop.productPrepare(set, workers: 1, format: nil),
                workshop.productPrepare(
                    set, workers: 1, format: nil, id: "product-measured", options: measured),
            ]), unit: "ms")
    }
}
