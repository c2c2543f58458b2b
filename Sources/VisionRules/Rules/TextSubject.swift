package import ImageHeaders

/// What is known about the text of an image whose pixels were examined.
package struct TextSubject: Sendable, Hashable {
    /// The height of its letters; ``TextMeasure/none`` for an image without text.
    package var measure: TextMeasure
    /// The x-height in px that text must have in what the model sees.
    package var minXHeight: Double

    /// A subject; each parameter sets the property of the same name.
    package init(measure: TextMeasure, minXHeight: Double) {
        self.measure = measure
        self.minXHeight = minXHeight
    }

    /// The text of the same picture at another size.
    ///
    /// - Parameters:
    ///   - size: the size in px that the text was measured at.
    ///   - other: the other size, px.
    /// - Returns: what is known about the other picture's text.
    package func scaled(from size: PixelSize, to other: PixelSize) -> TextSubject {
        TextSubject(
            measure: measure.scaled(by: Double(other.longEdge) / Double(size.longEdge)),
            minXHeight: minXHeight)
    }
}

extension ImageSubject {
    /// The x-height in px of the smallest text in what the model sees; nil if no text was found or looked for.
    ///
    /// - Parameter seen: the size in px that the model sees.
    /// - Returns: px of the seen image.
    package func seenXHeight(_ seen: PixelSize) -> Double? {
        guard let text, text.measure.letters > 0, let display = facts?.displaySize else { return nil }
        return text.measure.smallestXHeight * Double(seen.longEdge) / Double(display.longEdge)
    }
}
