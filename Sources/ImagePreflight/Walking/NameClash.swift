internal import PreflightRecords
internal import ImageHeaders
internal import VisionRules

/// What else in a folder could have the name that a source's output would get.
package enum NameClash: UInt8, Sendable, Hashable {
    /// Nothing.
    case none
    /// Another file has the same name but for its extension or for case.
    case stem
    /// Another file is called what the output would be called because of that: `a.png.jpg` beside `a.png`.
    case name

    /// The names of sources whose outputs could be called as a file is.
    ///
    /// - Parameter name: the name of the file.
    /// - Returns: mostly none: only what is an extension behind the whole name of a source counts.
    static func stemsOfOutputs(_ name: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let stem = name.fileStem
        guard stem.count < name.count, let format = PathBytes(name).promisedFormat, format.traits.isSendable
        else { return [] }
        var stems = [stem]
        // A tile of a source is called so, too.
        let tile = Array(".tile-".utf8)
        var end = stem.endIndex
        while let dot = stem[..<end].lastIndex(of: tile[0]), dot > stem.startIndex {
            if stem[dot...].starts(with: tile) { stems.append(stem[..<dot]) }
            end = dot
        }
        return stems
    }
}
