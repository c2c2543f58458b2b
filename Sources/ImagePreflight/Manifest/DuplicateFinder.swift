internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import SystemPackage
internal import VisionRules

/// Reports for each file of a run whether an earlier one is the same. It is called in the order of the input,
/// however the threads interleave, so the first of several is always the original.
///
/// A million distinct files take about 120 MB.
struct DuplicateFinder {
    /// The first 128 bits of a SHA-256.
    private struct Key: Hashable {
        let bits: SIMD2<UInt64>

        init?(_ sha256: String) {
            guard let first = UInt64(sha256.prefix(16), radix: 16),
                let second = UInt64(sha256.dropFirst(16).prefix(16), radix: 16)
            else { return nil }
            bits = SIMD2(first, second)
        }
    }

    private var originals: [Key: UInt32] = [:]
    private var pictures = HammingIndex()
    /// Which path each picture of the index has.
    private var picturePaths: [UInt32] = []
    private var paths = PathList()

    /// Checks the next file.
    ///
    /// - Parameters:
    ///   - path: its path.
    ///   - sha256: the SHA-256 of its bytes in hexadecimal; nil if it cannot be compared by its bytes.
    ///   - picture: its perceptual hash; nil if it cannot be compared by that.
    ///   - size: its displayed size in px.
    /// - Returns: the finding; nil for an original.
    mutating func look(
        at path: PathBytes, sha256: String?, picture: PerceptualHash? = nil, size: PixelSize? = nil
    ) -> Finding? {
        var pathIndex: UInt32?
        if let key = sha256.flatMap({ Key($0) }) {
            if let original = originals[key] { return .sameBytes(path, as: paths[original]) }
            let index = paths.append(path)
            originals[key] = index
            pathIndex = index
        }
        guard let picture, let size else { return nil }
        let nearest = pictures.nearest(to: picture, size: size)
        // One of the same hash and size would never be found before the earlier one.
        let isKnown = nearest.map { $0.distance == 0 && pictures.size(at: $0.index) == size } ?? false
        if !isKnown {
            pictures.insert(picture, size: size)
            picturePaths.append(pathIndex ?? paths.append(path))
        }
        return nearest.map { .samePicture(as: paths[picturePaths[$0.index]], distance: $0.distance) }
    }
}

/// Paths stored consecutively, so that each costs its bytes plus eight.
private struct PathList {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    mutating func append(_ path: PathBytes) -> UInt32 {
        bytes.append(contentsOf: path.bytes)
        ends.append(bytes.count)
        return UInt32(ends.count - 1)
    }

    subscript(index: UInt32) -> PathBytes {
        let index = Int(index)
        return PathBytes(Array(bytes[(index > 0 ? ends[index - 1] : 0)..<ends[index]])[...])
    }
}

extension Finding {
    fileprivate static func sameBytes(_ path: PathBytes, as original: PathBytes) -> Finding {
        if path == original { return Finding(.duplicateImage, "listed twice") }
        let identity = FileStatus(FilePath(path))?.identity
        let isSameFile = identity != nil && identity == FileStatus(FilePath(original))?.identity
        return Finding(
            .duplicateImage, "the same \(isSameFile ? "file" : "bytes") as \(original.text)")
    }

    fileprivate static func samePicture(as original: PathBytes, distance: Int) -> Finding {
        Finding(
            .duplicateImage, "looks like \(original.text): \(distance) of 255 bits differ",
            measured: distance,
            limit: PerceptualHash.maxDistance)
    }
}

extension DuplicateFinder {
    /// Checks the next row of a manifest: one without outputs is not a duplicate.
    ///
    /// - Parameter row: the row.
    /// - Returns: the finding; nil for an original.
    mutating func look(at row: ManifestRow) -> Finding? {
        guard !row.outputs.isEmpty else { return nil }
        return look(
            at: row.path, sha256: row.sourceSHA256, picture: row.perceptualHash, size: row.source?.displaySize
        )
    }

    /// Marks a row as a duplicate of an earlier one, replacing the finding of an earlier run.
    ///
    /// - Parameter row: the next row.
    /// - Returns: whether the row was changed.
    mutating func mark(_ row: inout ManifestRow) -> Bool {
        let finding = look(at: row)
        let count = row.findings.count
        row.findings.removeAll { $0.code == .duplicateImage }
        let isChanged = row.findings.count != count || finding != nil
        if let finding { row.findings.append(finding) }
        return isChanged
    }
}
