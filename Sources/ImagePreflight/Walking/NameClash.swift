internal import PreflightRecords
internal import ImageHeaders
internal import VisionRules

/// What else in a folder could have the name that a source's output would get.
package enum NameClash: UInt8, Sendable, Hashable {
    /// Nothing.
    case none
    /// Another file has the same name except for its extension or case.
    case stem
    /// Another file has the name that the output would get because of that: `a.png.jpg` next to `a.png`.
    case name

    /// The names of sources whose outputs could have the name of a file.
    ///
    /// - Parameter name: the name of the file.
    /// - Returns: usually none: only an extension after the whole name of a source counts.
    static func stemsOfOutputs(_ name: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let stem = name.fileStem
        guard stem.count < name.count, let format = PathBytes(name).promisedFormat, format.traits.isSendable
        else { return [] }
        var stems = [stem]
        // A tile of a source is named like this, too.
        let tile = Array(".tile-".utf8)
        var end = stem.endIndex
        while let dot = stem[..<end].lastIndex(of: tile[0]), dot > stem.startIndex {
            if stem[dot...].starts(with: tile) { stems.append(stem[..<dot]) }
            end = dot
        }
        return stems
    }
}
