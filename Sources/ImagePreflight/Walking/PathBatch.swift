package import PreflightRecords
internal import ImageHeaders
internal import VisionRules

/// Some paths of a walk, passed to a worker together. All of them share one buffer, so that a path needs no
/// allocation of its own.
package struct PathBatch: Sendable {
    /// One file of the batch, as ranges of the batch's buffer.
    package struct Entry: Sendable {
        /// Where the path begins in the buffer. It ends with a NUL, for the system calls.
        var start: Int
        /// The position of its NUL.
        var end: Int
        /// Where the file's name begins, after the last slash.
        var nameStart: Int
        /// Where the part below the root begins, which a mirrored tree keeps.
        var relativeStart: Int
        /// What else next to this file could have the name of its output.
        var clash: NameClash
        /// Whether the walk saw that it is a regular file, not a folder, pipe, socket or device.
        var isRegular: Bool
    }

    /// A path that could not be walked: an error of the run, not a finding.
    package struct Problem: Sendable, Hashable {
        /// The path as it was found.
        package var path: PathBytes
        /// Why, as a sentence.
        package var reason: String

        /// A problem.
        ///
        /// - Parameters:
        ///   - path: the path as it was found.
        ///   - reason: why, as a sentence.
        package init(path: PathBytes, reason: String) {
            self.path = path
            self.reason = reason
        }

        /// A path that the system refused.
        init(path: PathBytes, error: FileError) {
            self.init(path: path, reason: error.description)
        }
    }

    /// The files, in walking order.
    package private(set) var entries: [Entry] = []
    /// What could not be walked.
    package internal(set) var problems: [Problem] = []
    /// The paths of the entries, each terminated by a NUL.
    var bytes: [UInt8] = []

    /// Whether there is nothing in it.
    package var isEmpty: Bool { entries.isEmpty && problems.isEmpty }

    /// The path of an entry.
    package func path(of entry: Entry) -> PathBytes { PathBytes(bytes[entry.start..<entry.end]) }

    /// The part of the path below the root it was found under.
    package func relativePath(of entry: Entry) -> PathBytes {
        PathBytes(bytes[entry.relativeStart..<entry.end])
    }

    /// Adds a file.
    ///
    /// - Parameters:
    ///   - path: its path, without a NUL.
    ///   - relativeStart: where in `path` the part below the root begins.
    ///   - clash: what else next to it could have the name of its output.
    ///   - isRegular: whether it is known to be a regular file.
    mutating func append(
        path: ArraySlice<UInt8>, relativeStart: Int, clash: NameClash, isRegular: Bool
    ) {
        let start = bytes.count
        bytes.append(contentsOf: path)
        let slash = path.lastIndex(of: UInt8(ascii: "/"))
        entries.append(
            Entry(
                start: start, end: bytes.count,
                nameStart: start + (slash.map { $0 + 1 - path.startIndex } ?? 0),
                relativeStart: start + relativeStart, clash: clash, isRegular: isRegular))
        bytes.append(0)
    }
}
