/// The height of the letters in an image's text.
///
/// The x-height is the height of letters without ascenders, such as x. Text in scripts without such letters is measured
/// by the height of its lines' ink.
public struct TextMeasure: Sendable, Codable, Hashable {
    /// How many letters were found in lines of text.
    public var letters: Int
    /// The x-height of the smallest text in px of the original: nine tenths of all letters are at least as tall.
    public var smallestXHeight: Double
    /// The x-height of the bulk of the text in px of the original: half of all letters are at least as tall.
    public var bulkXHeight: Double

    private enum CodingKeys: String, CodingKey {
        case letters
        case smallestXHeight = "smallest_x_height"
        case bulkXHeight = "bulk_x_height"
    }

    /// A measure; each parameter sets the property of the same name.
    public init(letters: Int, smallestXHeight: Double, bulkXHeight: Double) {
        self.letters = letters
        self.smallestXHeight = smallestXHeight
        self.bulkXHeight = bulkXHeight
    }

    /// The measure of an image without text.
    package static let none = TextMeasure(letters: 0, smallestXHeight: 0, bulkXHeight: 0)

    /// The default x-height in px of the smallest text that can be read. Below that, an OCR program begins to
    /// lose words.
    public static let defaultMinXHeight = 6.0

    /// The same text in a picture of a different size.
    ///
    /// - Parameter scale: the size of the other picture, relative to the measured one.
    /// - Returns: the measure of the other picture.
    package func scaled(by scale: Double) -> TextMeasure {
        TextMeasure(
            letters: letters, smallestXHeight: smallestXHeight * scale, bulkXHeight: bulkXHeight * scale)
    }

    /// Whether the values are possible; an untrusted process may have measured them.
    package var isPlausible: Bool {
        guard letters > 0 else { return self == .none }
        return smallestXHeight > 0 && bulkXHeight >= smallestXHeight && bulkXHeight <= 1e6
    }
}
