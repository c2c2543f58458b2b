/// The code of a rule, as in `I203`. A code never changes its meaning.
///
/// Each rule declares its own constant next to its check. Unknown codes, from other versions, are kept.
public struct RuleCode: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
    /// The code as it is written: a letter, `I` for images and `R` for requests, and three digits.
    public let rawValue: String

    /// A code.
    ///
    /// - Parameter rawValue: the code as it is written.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The code as it is written.
    public var description: String { rawValue }
}
