import Foundation
import TestSupport

/// Files that are no mistake of anybody: each is made to break a decoder.
enum HostileFiles {
    /// A progressive JPEG whose last scan comes so many times.
    static func jpeg(scans: Int) throws -> [UInt8] {
        let file = Array(
            try Data(contentsOf: Resources.testdata.appending(path: "formats/jpeg/progressive.jpg")))
        let starts = file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
        guard let last = starts.last else { throw CocoaError(.fileReadCorruptFile) }
        let scan = file[last..<file.count - 2]
        return file[..<last] + (0..<scans).flatMap { _ in scan } + file.suffix(2)
    }

    /// An AVIF or HEIC of derived images only, each of which refers to the next, the last to the first: a circle.
    ///
    /// - Parameters:
    ///   - kinds: what each image is: `grid`, `iden` or `iovl`.
    ///   - brand: `avif` or `heic`.
    static func circle(of kinds: [String], brand: String) -> [UInt8] {
        let inputs = kinds.indices.map { [($0 + 1) % kinds.count + 1] }
        return derived(kinds: kinds, inputs: inputs, brand: brand)
    }

    /// A chain of grids, each of two columns that are both the next one: 2 to the power of `depth` pictures.
    static func doublingGrids(depth: Int, brand: String) -> [UInt8] {
        derived(
            kinds: Array(repeating: "grid", count: depth), inputs: (1...depth).map { [$0 % depth + 1, $0 % depth + 1] },
            brand: brand)
    }

    private static func derived(kinds: [String], inputs: [[Int]], brand: String) -> [UInt8] {
        // Each payload lies in `idat`.
        var payload: [UInt8] = []
        var extents: [(offset: Int, length: Int)] = []
        for (kind, inputs) in zip(kinds, inputs) {
            let data: [UInt8]
            switch kind {
            // Version, flags, rows - 1, columns - 1, width, height.
            case "grid": data = [0, 0, 0, UInt8(inputs.count - 1)] + be16(64) + be16(64)
            // Version, flags, the colour of the canvas, width, height, and the place of each picture.
            case "iovl":
                data = [0, 0] + Array(repeating: 0, count: 8) + be16(64) + be16(64)
                    + inputs.flatMap { _ in be16(0) + be16(0) }
            default: data = []
            }
            extents.append((payload.count, data.count))
            payload += data
        }
        let items = kinds.enumerated().map { index, kind in
            full("infe", version: 2, be16(index + 1) + be16(0) + Array(kind.utf8) + [0])
        }
        let references = inputs.enumerated().map { index, inputs in
            box("dimg", be16(index + 1) + be16(inputs.count) + inputs.flatMap { be16($0) })
        }
        let locations = extents.enumerated().flatMap { index, extent in
            be16(index + 1) + be16(1) + be16(0) + be16(1) + be32(extent.offset) + be32(extent.length)
        }
        let associations = kinds.indices.flatMap { be16($0 + 1) + [1, 0x81] }
        let meta =
            full("hdlr", be32(0) + Array("pict".utf8) + Array(repeating: 0, count: 13))
            + full("pitm", be16(1)) + full("iinf", be16(kinds.count) + items.flatMap { $0 })
            + full("iref", references.flatMap { $0 })
            + box(
                "iprp",
                box("ipco", full("ispe", be32(64) + be32(64)))
                    + full("ipma", be32(kinds.count) + associations))
            + full("iloc", version: 1, [0x44, 0x00] + be16(kinds.count) + locations)
            + box("idat", payload)
        let types = Array("\(brand)".utf8) + be32(0) + Array("mif1\(brand)".utf8)
        return box("ftyp", types) + full("meta", meta)
    }

    private static func be16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
    private static func be32(_ value: Int) -> [UInt8] { be16(value >> 16) + be16(value & 0xFFFF) }
    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        be32(content.count + 8) + Array(type.utf8) + content
    }
    private static func full(_ type: String, version: Int = 0, _ content: [UInt8]) -> [UInt8] {
        box(type, be32(version << 24) + content)
    }
}
