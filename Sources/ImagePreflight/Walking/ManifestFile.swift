internal import PreflightFiles
internal import SystemPackage

/// The names and beginnings of runs' manifests: a prepared folder has one next to the images.
package enum ManifestFile {
    /// The suffix of a journal's name.
    static let journalEnding = ".partial"

    /// The beginning of every row.
    static let rowBeginning = Array(#"{"source":{"path":"#.utf8)

    /// Whether a file begins like one that holds rows, or is empty.
    ///
    /// - Parameters:
    ///   - bytes: the beginning of the file; nil if it cannot be read.
    ///   - isCut: whether the file may end within its first row.
    /// - Returns: whether it does.
    static func beginsAsRow(_ bytes: [UInt8]?, isCut: Bool) -> Bool {
        guard let bytes else { return false }
        return bytes.isEmpty || bytes.starts(with: rowBeginning) || isCut && rowBeginning.starts(with: bytes)
    }

    /// Whether a file is named like the manifest of a run, or of one of its shards, or like its journal.
    ///
    /// - Parameter name: the name without its folder.
    /// - Returns: whether it is; the contents are not examined.
    package static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        guard name.first == UInt8(ascii: "m"), name.starts(with: "manifest".utf8) else { return false }
        var rest = name.dropFirst("manifest".utf8.count)
        if rest.reversed().starts(with: journalEnding.utf8.reversed()) {
            rest.removeLast(journalEnding.utf8.count)
        }
        guard rest.reversed().starts(with: ".jsonl".utf8.reversed()) else { return false }
        let shard = String(decoding: rest.dropLast(".jsonl".utf8.count), as: UTF8.self)
        return shard.isEmpty || shard.wholeMatch(of: #/-\d+-of-\d+/#) != nil
    }

    /// Whether a file of that name holds rows of a run, or is empty.
    ///
    /// - Parameter path: the file.
    /// - Returns: whether it does; false for one that cannot be read.
    static func holdsRows(_ path: FilePath) -> Bool {
        beginsAsRow(path.beginning(maxBytes: rowBeginning.count), isCut: false)
    }
}
