/// What the structure of a PDF says. No page is decoded, and nothing is decrypted.
public struct PDFFacts: Sendable, Codable, Hashable {
    /// The size of the file in bytes.
    public var byteCount: Int
    /// The version of PDF that the file claims, as in `1.7`: the later of its first line and its catalog.
    public var version: String
    /// How many pages there are, as readers show it: the number that the root of the page tree gives, or the
    /// number of its leaves if it gives none. Nil if that cannot be known: ``problem`` says why.
    public var pages: Int?
    /// Whether the file is encrypted. The service refuses such a file, even one that opens without a password.
    public var isEncrypted: Bool
    /// Whether the file is linearized: it can be shown while it is still being received.
    public var isLinearized: Bool
    /// Whether the table of objects is wrong or missing, so that it was rebuilt by searching the file.
    public var isDamaged: Bool
    /// Why ``pages`` is nil.
    public var problem: Problem?

    private enum CodingKeys: String, CodingKey {
        case byteCount = "bytes"
        case version, pages
        case isEncrypted = "encrypted"
        case isLinearized = "linearized"
        case isDamaged = "damaged"
        case problem
    }

    /// Facts about a PDF of which only the first line is known.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the file in bytes.
    ///   - version: the version that its first line claims.
    public init(byteCount: Int, version: String) {
        self.byteCount = byteCount
        self.version = version
        isEncrypted = false
        isLinearized = false
        isDamaged = false
    }
}

extension PDFFacts {
    /// Why the pages of a PDF could not be counted.
    public struct Problem: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
        /// The name in records, as in `encrypted`.
        public let rawValue: String

        /// A problem.
        ///
        /// - Parameter rawValue: the name in records, as in `encrypted`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name in records.
        public var description: String { rawValue }

        /// The list of pages is in an encrypted part of the file.
        public static let encrypted = Problem(rawValue: "encrypted")
        /// There is no list of pages: the file is truncated, or is not really a PDF. Readers refuse it.
        public static let noPageTree = Problem(rawValue: "no-page-tree")
        /// The list of pages gives no number, and leads nowhere or back to itself.
        public static let contradictory = Problem(rawValue: "contradictory")
        /// Counting would take more time or memory than any real file needs, or the file uses an unknown
        /// filter.
        public static let tooComplex = Problem(rawValue: "too-complex")
    }
}
