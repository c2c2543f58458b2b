extension WalkOptions {
    /// One of N parts of the same work, for machines that share nothing but the files.
    ///
    /// A hash of a file's path below the root decides its part, so every machine finds the same parts,
    /// wherever the tree is mounted and however files are added.
    public struct Shard: Sendable, Codable, Hashable {
        /// Which part, from 1 to ``count``.
        public var index: Int
        /// How many parts there are.
        public var count: Int

        /// A part; nil unless `1 <= index <= count`.
        ///
        /// - Parameters:
        ///   - index: which part, from 1.
        ///   - count: how many parts there are.
        public init?(index: Int, count: Int) {
            guard count >= 1, (1...count).contains(index) else { return nil }
            self.index = index
            self.count = count
        }

        /// Whether a path belongs to this part.
        ///
        /// - Parameter relativePath: the bytes of the path below its root.
        /// - Returns: true for exactly one of the ``count`` parts.
        public func contains(_ relativePath: some Sequence<UInt8>) -> Bool {
            var hash = PathHash.of(relativePath)
            // The low bits of FNV-1a are its weakest; fold the high half in.
            hash ^= hash >> 32
            return hash % UInt64(count) == UInt64(index - 1)
        }
    }
}
