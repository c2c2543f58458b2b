package import ImageHeaders

/// What images would need without a budget: their sizes, in the order in which they will be prepared.
///
/// Equal sizes, with and without text, are kept once, so a million images cost little more than four bytes each.
package struct BudgetDemand: Sendable {
    /// A size that occurs, with or without text.
    struct Kind: Hashable {
        /// The size, px.
        var size: PixelSize
        /// Whether it shows text that cannot be read at a smaller size.
        var hasText: Bool
    }

    /// The sizes that occur.
    private(set) var kinds: [Kind] = []
    /// How many images have each size.
    private(set) var counts: [Int] = []
    /// Which of the sizes each image has.
    private(set) var order: [UInt32] = []
    private var indices: [Kind: UInt32] = [:]

    /// No images yet.
    package init() {}

    /// The number of images.
    package var count: Int { order.count }

    /// Adds an image.
    ///
    /// - Parameters:
    ///   - size: the size in px at which it would be prepared; both sides at least 1.
    ///   - hasText: whether it has text that cannot be read at a smaller size.
    package mutating func append(_ size: PixelSize, hasText: Bool = false) {
        let kind = Kind(size: size, hasText: hasText)
        if let index = indices[kind] {
            counts[Int(index)] += 1
            order.append(index)
            return
        }
        let index = UInt32(kinds.count)
        indices[kind] = index
        kinds.append(kind)
        counts.append(1)
        order.append(index)
    }
}
