/// What was done with one image.
public enum PrepareAction: String, Sendable, Codable, Hashable, CaseIterable {
    /// Its bytes were good as they are.
    case copied
    /// It was made smaller, and perhaps converted too.
    case resized
    /// It was re-encoded at its size.
    case converted
    /// It became several overlapping images.
    case tiled
    /// It was left as it was: an earlier run had done it, or nothing was to be written (a dry run).
    case skipped
    /// It could not be prepared; `findings` or `error` say why.
    case failed
}
