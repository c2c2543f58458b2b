/// The part of a picture that an image shows, for the request's labels.
package struct ImagePart: Sendable, Hashable {
    /// A name that is shared by all parts of one picture, and by no other picture.
    package var source: String
    /// Which part it is, from 1.
    package var number: Int
    /// How many parts the picture has.
    package var count: Int
    /// The px rows of the picture that it shows; nil for all.
    package var rows: Range<Int>?
    /// The px columns of the picture that it shows; nil for all.
    package var columns: Range<Int>?

    /// A part of a picture.
    package init(
        source: String, number: Int, count: Int, rows: Range<Int>? = nil, columns: Range<Int>? = nil
    ) {
        self.source = source
        self.number = number
        self.count = count
        self.rows = rows
        self.columns = columns
    }

    /// As in `, part 2 of 5, rows 1268–2536`.
    var text: String {
        func text(_ name: String, _ range: Range<Int>?) -> String {
            range.map { ", \(name) \($0.lowerBound)–\($0.upperBound)" } ?? ""
        }
        return ", part \(number) of \(count)" + text("rows", rows) + text("columns", columns)
    }
}

/// Numbers the images of one request: the parts of a picture share its number. Documents are numbered separately.
struct ImageNumbers {
    private var last = 0
    private var lastDocument = 0
    private var numbers: [String: Int] = [:]

    /// The number of the next image, from 1.
    mutating func next(_ image: RequestImage) -> Int {
        if image.documentPages != nil {
            lastDocument += 1
            return lastDocument
        }
        if let source = image.part?.source, let number = numbers[source] { return number }
        last += 1
        if let source = image.part?.source { numbers[source] = last }
        return last
    }
}
