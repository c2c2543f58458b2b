internal import ImageHeaders

/// The tokens of a PDF's pages. An estimate: each page is an image to the model, and its text is extra.
package enum DocumentEstimate {
    /// The tokens of an empty page as an image: measured on Opus 4.8 and Sonnet 4.6 (2026-11). Every model prices
    /// pages at the standard tier, as 924x1307 px.
    package static let tokensPerPage = 1551

    /// The tokens of all pages as images, without their text.
    ///
    /// - Parameter pages: how many pages there are.
    /// - Returns: tokens; saturates instead of overflowing.
    package static func tokens(pages: Int) -> Int { pages.saturatingTimes(tokensPerPage) }
}
