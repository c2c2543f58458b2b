/// What was done with one image.
public enum PrepareAction: String, Sendable, Codable, Hashable, CaseIterable {
    /// It was copied byte for byte.
    case copied
    /// It was made smaller, and possibly converted too.
    case resized
    /// It was re-encoded at its size.
    case converted
    /// It became several overlapping images.
    case tiled
    /// It was left as it was: an earlier run had prepared it, or nothing was to be written (a dry run).
    case skipped
    /// It could not be prepared; `findings` or `error` give the reason.
    case failed
}
