internal import ImageHeaders
internal import VisionRules

/// The files of a walk that may be duplicates of each other: same size in bytes, same header. Only these are
/// worth reading to their end. A million files take 8 MB during the pass.
package struct DuplicateCandidates: Sendable {
    private let keys: Set<Int>

    /// Goes through a walk, reading only headers.
    ///
    /// - Parameters:
    ///   - walker: the files; the run walks them again.
    ///   - workerCount: the number of threads.
    ///   - control: reports progress, and stops it.
    package init(walker: FolderWalker, workerCount: Int, control: RunControl) {
        var all: [Int] = []
        HeaderPass(workerCount: workerCount).run(
            walker: walker, control: control, value: { _, reading in Self.key(of: reading) },
            emit: { batch in
                all += batch.values
                return true
            })
        all.sort()
        keys = Set(zip(all, all.dropFirst()).lazy.filter { $0 == $1 }.map(\.0))
    }

    /// Whether another file of the walk may have the same bytes.
    func contains(_ reading: HeaderReading) -> Bool {
        Self.key(of: reading).map { keys.contains($0) } ?? false
    }

    /// What files with the same bytes have in common; nil if it is not an image. Valid within one process.
    private static func key(of reading: HeaderReading) -> Int? {
        reading.facts == nil ? nil : reading.hashValue
    }
}

/// The duplicates that a check looks for.
package enum DuplicateSearch: Sendable {
    /// Files with the same bytes.
    case exact(DuplicateCandidates)
    /// These, and pictures that look the same.
    case near(DuplicateCandidates)

    var candidates: DuplicateCandidates {
        switch self {
        case .exact(let candidates), .near(let candidates): candidates
        }
    }

    var comparesPictures: Bool { if case .near = self { true } else { false } }
}
