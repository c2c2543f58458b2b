import Foundation
import TestSupport

/// Files that are not accidents: each is made to break a decoder.
enum HostileFiles {
    /// A progressive JPEG whose last scan is repeated.
    static func jpeg(scans: Int) throws -> [UInt8] {
        let file = Array(
            try Data(contentsOf: Resources.testdata.appending(path: "formats/jpeg/progressive.jpg")))
        let starts = file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
        guard let last = starts.last else { throw CocoaError(.fileReadCorruptFile) }
        let scan = file[last..<file.count - 2]
        return file[..<last] + (0..<scans).flatMap { _ in scan } + file.suffix(2)
    }

    /// An icon of 8×255 px by its directory, whose run-length encoded bitmap is 16,777,216 px wide.
    static func wideIcon() -> [UInt8] {
        func le16(_ value: Int) -> [UInt8] { be16(value).reversed() }
        func le32(_ value: Int) -> [UInt8] { be32(value).reversed() }
        var bitmap = le32(40) + le32(1 << 24) + le32(2 * 255) + le16(1) + le16(8) + le32(1)
        bitmap += Array(repeating: 0, count: 12) + le32(2) + le32(0)
        // Two colors, the end of the runs, and as many bytes as plain rows and a mask would have.
        bitmap += le32(0) + le32(0xFFFFFF) + [0, 1] + Array(repeating: 0, count: 255 * 12)
        let entry = [8, 255, 2, 0] + le16(1) + le16(8) + le32(bitmap.count) + le32(22)
        return le16(0) + le16(1) + le16(1) + entry + bitmap
    }

    /// An AVIF or HEIC with only derived images, each referring to the next, the last to the first: a cycle.
    ///
    /// - Parameters:
    ///   - kinds: what each image is: `grid`, `iden` or `iovl`.
    ///   - brand: `avif` or `heic`.
    /// - Returns: the file.
    static func circle(of kinds: [String], brand: String) -> [UInt8] {
        let inputs = kinds.indices.map { [($0 + 1) % kinds.count + 1] }
        return derived(kinds: kinds, inputs: inputs, brand: brand)
    }

    /// A chain of grids, each with two columns that are both the next one: 2^`depth` pictures.
    static func doublingGrids(depth: Int, brand: String) -> [UInt8] {
        derived(
            kinds: Array(repeating: "grid", count: depth),
            inputs: (1...depth).map { [$0 % depth + 1, $0 % depth + 1] },
            brand: brand)
    }

    private static func derived(kinds: [String], inputs: [[Int]], brand: String) -> [UInt8] {
        var items = be16(kinds.count)
        var references: [UInt8] = []
        var locations: [UInt8] = [0x44, 0x00] + be16(kinds.count)
        var associations = be32(kinds.count)
        // Each payload is in `idat`.
        var payloads: [UInt8] = []
        for (index, kind) in kinds.enumerated() {
            let id = be16(index + 1)
            let payload = payload(of: kind, inputCount: inputs[index].count)
            items += full("infe", version: 2, id + be16(0) + Array(kind.utf8) + [0])
            var reference = id + be16(inputs[index].count)
            for input in inputs[index] { reference += be16(input) }
            references += box("dimg", reference)
            // In idat, one extent.
            locations += id + be16(1) + be16(0) + be16(1)
            locations += be32(payloads.count) + be32(payload.count)
            associations += id + [1, 0x81]
            payloads += payload
        }
        var meta = full("hdlr", be32(0) + Array("pict".utf8) + Array(repeating: 0, count: 13))
        meta += full("pitm", be16(1))
        meta += full("iinf", items)
        meta += full("iref", references)
        let properties = box("ipco", full("ispe", be32(64) + be32(64))) + full("ipma", associations)
        meta += box("iprp", properties)
        meta += full("iloc", version: 1, locations)
        meta += box("idat", payloads)
        let types = Array(brand.utf8) + be32(0) + Array("mif1\(brand)".utf8)
        return box("ftyp", types) + full("meta", meta)
    }

    private static func payload(of kind: String, inputCount: Int) -> [UInt8] {
        switch kind {
        // Version, flags, rows - 1, columns - 1, width, height.
        case "grid": return [0, 0, 0, UInt8(inputCount - 1)] + be16(64) + be16(64)
        // Version, flags, canvas color, width, height, and the offset of each picture.
        case "iovl":
            return [UInt8](repeating: 0, count: 10) + be16(64) + be16(64)
                + [UInt8](repeating: 0, count: 4 * inputCount)
        default: return []
        }
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
