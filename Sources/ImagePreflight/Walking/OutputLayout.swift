package import PreflightRecords
package import ImageHeaders
internal import VisionRules

/// The path of each source's prepared image: a mirrored tree, with names that never clash.
///
/// A name is computed from the source's path and the names next to it, without looking at other outputs, so
/// that threads, shards and resumed runs agree on it. `a.png` becomes `a.jpg` when its format changes,
/// `a.png.jpg` when another file next to it is also called `a`, and `a.png.9a3f24c1.jpg` when one is called
/// `a.png.jpg`. The second of five tiles of `a.png` is `a.tile-2-of-5.png`; numbers have as many digits as
/// the last, so that names sort in reading order.
package enum OutputLayout {
    /// The path of an output below the output folder.
    ///
    /// - Parameters:
    ///   - relativePath: the path of the source below its root.
    ///   - clash: what else next to the source could have the name of its output.
    ///   - format: the format of the output.
    ///   - tile: which of how many tiles it is, from 1; nil for the whole image.
    /// - Returns: a path that stays inside the folder: `.` and `..` are removed.
    package static func path(
        for relativePath: PathBytes, clash: NameClash, format: ImageFormat,
        tile: (part: Int, count: Int)? = nil
    ) -> PathBytes {
        let slash = UInt8(ascii: "/")
        var components = relativePath.bytes.split(separator: slash).filter { component in
            !(component.count <= 2 && component.allSatisfy { $0 == UInt8(ascii: ".") })
        }
        let name = PathBytes(components.popLast() ?? ArraySlice("image".utf8))
        components.append(fileName(name, clash: clash, format: format, tile: tile))
        return PathBytes(ArraySlice(components.joined(separator: [slash])))
    }

    private static func fileName(
        _ name: PathBytes, clash: NameClash, format: ImageFormat, tile: (part: Int, count: Int)?
    ) -> ArraySlice<UInt8> {
        if name.promisedFormat == format, tile == nil { return name.bytes }
        let preferred = format.traits.fileExtensions.first ?? format.rawValue
        // Only an extension of a known format counts: `v1.2` keeps its `.2`.
        let hasExtension = name.promisedFormat != nil
        var stem =
            clash != .none || !hasExtension
            ? name.bytes : name.bytes.dropLast((name.fileExtension?.count ?? 0) + 1)
        if clash == .name { stem += Array(".\(shortHash(name))".utf8) }
        return stem + Array("\(tile.map(tileName) ?? "").\(preferred)".utf8)
    }

    /// Eight hexadecimal digits that another name hardly ever has.
    private static func shortHash(_ name: PathBytes) -> String {
        let digits = String(PathHash.of(name.bytes) >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func tileName(_ tile: (part: Int, count: Int)) -> String {
        let (part, count) = (String(tile.part), String(tile.count))
        return ".tile-" + String(repeating: "0", count: max(count.count - part.count, 0)) + part + "-of-"
            + count
    }
}

extension PathBytes {
    /// The format that the file name's extension promises; nil for no or an unknown extension.
    package var promisedFormat: ImageFormat? {
        fileExtension.flatMap { ImageFormat(fileExtension: $0) }
    }
}
