internal import ImageHeaders
internal import PreflightFiles
package import SystemPackage

/// A file whose name reads like another one: macOS puts U+202F before the PM of a screenshot's name and may
/// decompose letters with accents, and someone who types the name does neither.
package struct NearName: Sendable, Hashable {
    /// The existing file.
    package let path: FilePath

    /// Looks for the file that was meant by a path that does not exist; nil if it exists, or nothing has a
    /// similar name. If there are several, it is the first by its bytes.
    ///
    /// - Parameter path: the path.
    package init?(meantBy path: FilePath) {
        guard !FileStatus.isTaken(path), let near = Self.near(path) else { return nil }
        self.path = near
    }

    /// The name, with the differences made visible: `Shot 9.41\\u{202F}PM.png`.
    package var shownName: String { Self.shown(path.lastComponent?.string ?? "") }

    /// A name with spaces other than U+0020, and separate combining marks, as escapes.
    static func shown(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .spaceSeparator where scalar != " ", .nonspacingMark:
                text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// A folder on the way may have a different name, too.
    private static func near(_ path: FilePath) -> FilePath? {
        if FileStatus.isTaken(path) { return path }
        guard let name = path.lastComponent else { return nil }
        let parent = path.removingLastComponent()
        guard let folder = parent.isEmpty ? FilePath(".") : near(parent),
            let listing = folder.withPlatformString({
                try? DirectoryListing(path: $0, takesHidden: true)
            })
        else { return nil }
        let wanted = plain(name.string)
        // Strings are equal if they differ only in how letters are composed.
        let match = listing.entries.lazy.map { String(decoding: listing.name(of: $0), as: UTF8.self) }
            .first { plain($0) == wanted }
        return match.map { parent.isEmpty ? FilePath($0) : folder.appending($0) }
    }

    private static func plain(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { $0.properties.generalCategory == .spaceSeparator ? " " : $0 }))
    }
}

extension FileError {
    /// The error as a sentence about a path that the user typed, with the name that may have been meant.
    ///
    /// - Parameter path: the path.
    /// - Returns: the sentence, without a period.
    func suggesting(for path: FilePath) -> String {
        guard errno == Errno.noSuchFileOrDirectory.rawValue, let near = NearName(meantBy: path) else {
            return description
        }
        return "\(description); did you mean \(near.shownName)?"
    }
}
