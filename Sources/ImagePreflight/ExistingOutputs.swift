/// What to do with an output that already exists.
public enum ExistingOutputs: Sendable, Hashable {
    /// Keep it, and count its source as failed: nothing made by others is ever lost.
    case keep
    /// It is replaced.
    case replace
    /// Reuse it if it is what an earlier run made from the same bytes with the same options; otherwise
    /// replace it.
    case resume
}
