/// What was done with one image.
///
/// More actions may follow. One that this version does not know, from a manifest of another version, is kept.
public struct PrepareAction: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
    /// The name in records, as in `resized`.
    public let rawValue: String

    /// An action.
    ///
    /// - Parameter rawValue: the name in records.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The name in records.
    public var description: String { rawValue }

    /// It was copied byte for byte.
    public static let copied = PrepareAction(rawValue: "copied")
    /// It was made smaller, and possibly converted too.
    public static let resized = PrepareAction(rawValue: "resized")
    /// It was re-encoded at its size.
    public static let converted = PrepareAction(rawValue: "converted")
    /// It became several overlapping images.
    public static let tiled = PrepareAction(rawValue: "tiled")
    /// It was left as it was: an earlier run had prepared it, or nothing was to be written (a dry run).
    public static let skipped = PrepareAction(rawValue: "skipped")
    /// It could not be prepared; `findings` or `error` give the reason.
    public static let failed = PrepareAction(rawValue: "failed")

    /// The actions of this version, in the order in which totals list them.
    static let known: [PrepareAction] = [.copied, .resized, .converted, .tiled, .skipped, .failed]
}

extension [PrepareAction: Int] {
    /// The counts of all actions of this version, then of others in the order of their names.
    package var listed: [(action: PrepareAction, count: Int)] {
        let others = keys.filter { !PrepareAction.known.contains($0) }.sorted { $0.rawValue < $1.rawValue }
        return (PrepareAction.known + others).map { ($0, self[$0, default: 0]) }
    }
}
