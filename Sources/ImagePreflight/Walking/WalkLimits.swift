internal import PreflightFiles

/// Where a walk over folders gives up on a branch, and reports it. The rest is walked.
///
/// A value of this type is always valid: its initializer refuses everything else.
package struct WalkLimits: Sendable, Hashable {
    /// The deepest nesting of folders. An endless tree of bind mounts or a broken file system must not run
    /// forever; real trees stay far below 256.
    package let maxDepth: Int
    /// The longest path, bytes. The system would refuse longer ones anyway; each path is kept until its file
    /// is done.
    package let maxPathBytes: Int

    /// The default limits.
    package static let standard = WalkLimits(validDepth: 256, validPathBytes: systemPathBytes)

    /// The longest path that the system accepts, bytes, without its NUL.
    package static let systemPathBytes = Int(PATH_MAX) - 1

    /// Limits; the defaults are those of ``standard``.
    ///
    /// - Parameters:
    ///   - maxDepth: the deepest nesting of folders.
    ///   - maxPathBytes: the longest path in bytes.
    /// - Throws: a ``PreflightError`` for the first one that would reject every path.
    package init(
        maxDepth: Int = Self.standard.maxDepth, maxPathBytes: Int = Self.standard.maxPathBytes
    ) throws(PreflightError) {
        try DecodeLimits.check(maxDepth, of: "folders within each other")
        try DecodeLimits.check(maxPathBytes, of: "bytes of a path")
        self.init(validDepth: maxDepth, validPathBytes: maxPathBytes)
    }

    private init(validDepth: Int, validPathBytes: Int) {
        maxDepth = validDepth
        maxPathBytes = validPathBytes
    }

    /// Why a folder is not entered.
    var tooDeep: String { "it is more than \(maxDepth) folders deep, which is the limit" }

    /// Why a path is skipped.
    func tooLong(byteCount: Int) -> String {
        "its path has \(byteCount) bytes, over the limit of \(maxPathBytes)"
    }
}
