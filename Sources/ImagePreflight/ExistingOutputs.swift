/// What is done with an output that is already there.
public enum ExistingOutputs: Sendable, Hashable {
    /// It stays, and its source counts as failed: nothing that somebody else made is ever lost.
    case keep
    /// It is replaced.
    case replace
    /// It is taken over when it is what an earlier run made of the same bytes with the same options, and
    /// replaced otherwise.
    case resume
}
