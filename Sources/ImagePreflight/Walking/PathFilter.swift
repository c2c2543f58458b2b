package import PreflightRecords
internal import PreflightFiles
internal import VisionRules

/// Which files of a folder are included. Paths that the caller names are always included.
package struct PathFilter: Sendable, Hashable {
    /// Only files that match one of these are included; empty for all.
    package var include: [PathBytes]
    /// Files and folders that match one of these are skipped.
    package var exclude: [PathBytes]
    /// Whether names that begin with a dot are included.
    package var takesHidden: Bool
    /// Whether links to folders are followed. Links to files always are, so that no file is lost.
    package var followsLinks: Bool
    /// Whether globs ignore the case of letters `A` to `Z`.
    package var ignoresCase: Bool

    /// A filter.
    ///
    /// A pattern without a slash is matched against the file name, one with a slash against the path below
    /// the root; `*` also matches slashes there, so `**/x` and `*/x` mean the same.
    ///
    /// - Parameters:
    ///   - include: globs of the files to include.
    ///   - exclude: globs of the files and folders to skip.
    ///   - takesHidden: whether names that begin with a dot are included.
    ///   - followsLinks: whether links to folders are followed.
    ///   - ignoresCase: whether globs ignore the case of letters.
    package init(
        include: [PathBytes] = [], exclude: [PathBytes] = [], takesHidden: Bool = false,
        followsLinks: Bool = false, ignoresCase: Bool = false
    ) {
        self.include = include
        self.exclude = exclude
        self.takesHidden = takesHidden
        self.followsLinks = followsLinks
        self.ignoresCase = ignoresCase
    }

    /// Whether a file is included.
    ///
    /// - Parameters:
    ///   - name: its name, terminated by NUL.
    ///   - relativePath: its path below the root, terminated by NUL.
    /// - Returns: whether the globs include it.
    func takesFile(name: UnsafePointer<CChar>, relativePath: UnsafePointer<CChar>) -> Bool {
        if !include.isEmpty, !matches(include, name, relativePath) { return false }
        return !matches(exclude, name, relativePath)
    }

    /// Whether a folder is entered.
    ///
    /// - Parameters:
    ///   - name: its name, terminated by NUL.
    ///   - relativePath: its path below the root, terminated by NUL.
    /// - Returns: whether no `exclude` glob matches it.
    func entersFolder(name: UnsafePointer<CChar>, relativePath: UnsafePointer<CChar>) -> Bool {
        !matches(exclude, name, relativePath)
    }

    private func matches(
        _ patterns: [PathBytes], _ name: UnsafePointer<CChar>, _ relativePath: UnsafePointer<CChar>
    ) -> Bool {
        patterns.contains { pattern in
            guard pattern.bytes.contains(UInt8(ascii: "/")) else { return matches(pattern, name) }
            if matches(pattern, relativePath) { return true }
            // `**/x` means x at any depth, including the top.
            return pattern.bytes.starts(with: "**/".utf8)
                && matches(PathBytes(pattern.bytes.dropFirst(3)), relativePath)
        }
    }

    private func matches(_ pattern: PathBytes, _ text: UnsafePointer<CChar>) -> Bool {
        pattern.withCString { fnmatch($0, text, ignoresCase ? Self.caseFold : 0) == 0 }
    }

    /// `FNM_CASEFOLD`, the same on every platform; Swift does not see it where it is an extension.
    private static let caseFold: CInt = 0x10
}
