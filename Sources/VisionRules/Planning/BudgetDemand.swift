package import ImageHeaders

/// What images would need without a budget: their sizes, in the order in which they will be prepared.
///
/// Equal sizes are stored once, so that a million images cost little more than four bytes each.
package struct BudgetDemand: Sendable {
    /// The sizes that occur, px.
    private(set) var sizes: [PixelSize] = []
    /// How many images have each size.
    private(set) var counts: [Int] = []
    /// Which of the sizes each image has.
    private(set) var order: [UInt32] = []
    private var indices: [PixelSize: UInt32] = [:]

    /// No images yet.
    package init() {}

    /// The number of images.
    package var count: Int { order.count }

    /// Adds an image.
    ///
    /// - Parameter size: the size in px at which it would be prepared; both sides at least 1.
    package mutating func append(_ size: PixelSize) {
        if let index = indices[size] {
            counts[Int(index)] += 1
            order.append(index)
            return
        }
        let index = UInt32(sizes.count)
        indices[size] = index
        sizes.append(size)
        counts.append(1)
        order.append(index)
    }
}
