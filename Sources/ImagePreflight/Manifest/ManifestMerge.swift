internal import ImageHeaders
internal import PreflightFiles
internal import PreflightRecords
package import SystemPackage
internal import VisionRules

/// Merges the manifests of many shards into one: each row once, in the order of a walk.
///
/// The order is that of `FolderWalker` over one folder: paths component by component, by their bytes. It does
/// not depend on the order of the manifests or of their rows, so all shards of a folder together equal the
/// manifest of one run over it, byte for byte. For several folders, or a list of paths, the rows are in the
/// order of the paths, not of the arguments.
///
/// Rows are passed on as they are, except for duplicates (I501): these are found again among all rows, because
/// a shard knows only its own. The paths of the sources and the positions of their rows are in memory; the
/// rows themselves are read again in order. That takes about 250 bytes a row.
package struct ManifestMerge: Sendable {
    /// The result of a merge.
    package struct Result: Sendable, Hashable {
        /// The totals of all rows.
        package var totals = ManifestRow.Totals()
        /// Sources that were in more than one manifest, with the same rows.
        package var duplicates = 0
        /// Pairs of outputs whose paths differ only in case: on some disks they are one file.
        package var differentInCaseOnly: [ManifestConflict] = []
    }

    /// The manifests.
    package var manifests: [FilePath]

    /// A merge.
    ///
    /// - Parameter manifests: the manifests of completed runs.
    package init(manifests: [FilePath]) { self.manifests = manifests }

    /// Reads all manifests and passes on their rows.
    ///
    /// - Parameter emit: receives each row as a line of NDJSON, with its line feed; false stops the merge.
    /// - Returns: the totals of the rows.
    /// - Throws: a `ManifestMergeError`; discard the rows that were passed on in that case.
    package func run(emit: ([UInt8]) -> Bool) throws(ManifestMergeError) -> Result {
        var result = Result()
        var conflicts = ConflictList()
        var index = try read(&result, &conflicts)
        index.sort()
        try write(index, &result, &conflicts, emit)
        if let failure = conflicts.failure { throw failure }
        return result
    }

    // MARK: - Steps

    private func read(
        _ result: inout Result, _ conflicts: inout ConflictList
    ) throws(ManifestMergeError) -> RowIndex {
        var index = RowIndex()
        for (number, manifest) in manifests.enumerated() {
            guard manifest.extension != "partial" else { throw .unfinished(manifest) }
            do throws(PreflightError) {
                var reader = try ManifestReader(path: manifest)
                while let row = try reader.next() {
                    result.totals.count(row)
                    conflicts.note(options: row.options, in: manifest)
                    index.append(row.path, manifest: number, at: reader.offset, byteCount: reader.text.count)
                }
            } catch { throw .read(error) }
        }
        return index
    }

    /// Passes on the rows, unless there is a conflict.
    private func write(
        _ index: RowIndex, _ result: inout Result, _ conflicts: inout ConflictList,
        _ emit: ([UInt8]) -> Bool
    ) throws(ManifestMergeError) {
        var finder = DuplicateFinder()
        var owners = OutputOwners()
        var files: [RowFile] = []
        for manifest in manifests {
            do throws(FileError) { files.append(try RowFile(manifest)) } catch { throw .read(.file(error)) }
        }
        var start = 0
        while start < index.count {
            // All rows of one source, by manifest. A run may have several of its own: tiles, or a path that
            // its list names twice.
            let end = index.endOfSource(from: start)
            var groups: [(manifest: Int, lines: [(text: [UInt8], row: ManifestRow)])] = []
            for place in start..<end {
                let manifest = index.manifest(at: place)
                let line = try files[manifest].row(index, place)
                if groups.last?.manifest == manifest {
                    groups[groups.count - 1].lines.append(line)
                } else {
                    groups.append((manifest, [line]))
                }
            }
            for group in groups.dropFirst() {
                if group.lines.map(\.text) == groups[0].lines.map(\.text) {
                    result.duplicates += 1
                    for line in group.lines { result.totals.discount(line.row) }
                } else {
                    conflicts.add(
                        .source(
                            index.path(at: start), manifests[groups[0].manifest], manifests[group.manifest]))
                }
            }
            for (number, line) in groups[0].lines.enumerated() {
                var row = line.row
                for output in row.outputs {
                    try owners.add(output.path, of: row.path, at: start + number, &result, &conflicts) {
                        (place) throws(ManifestMergeError) in
                        try files[index.manifest(at: place)].row(index, place).row
                    }
                }
                guard conflicts.failure == nil else { continue }
                let isMarked = finder.mark(&row)
                guard emit(isMarked ? row.line : line.text + [UInt8(ascii: "\n")]) else { return }
            }
            start = end
        }
    }
}

/// The positions of the rows of all manifests, in the order of their sources.
private struct RowIndex {
    private struct Entry {
        /// The first eight bytes of the key, big-endian: most comparisons end here.
        var prefix: UInt64
        var keyStart: Int
        var offset: Int
        var keyByteCount: Int32
        var byteCount: Int32
        var manifest: Int32
        /// Rows of one source stay in their original order.
        var number: Int32
    }

    private var keys: [UInt8] = []
    private var entries: [Entry] = []

    var count: Int { entries.count }

    mutating func append(_ path: PathBytes, manifest: Int, at offset: Int, byteCount: Int) {
        let start = keys.count
        // The end of a folder's name sorts before any byte of a name.
        for byte in path.bytes { keys.append(byte == UInt8(ascii: "/") ? 0 : byte) }
        var prefix: UInt64 = 0
        for index in start..<start + 8 {
            prefix = prefix << 8 | (index < keys.count ? UInt64(keys[index]) : 0)
        }
        entries.append(
            Entry(
                prefix: prefix, keyStart: start, offset: offset, keyByteCount: Int32(keys.count - start),
                byteCount: Int32(clamping: byteCount), manifest: Int32(manifest),
                number: Int32(truncatingIfNeeded: entries.count)))
    }

    mutating func sort() {
        keys.withUnsafeBytes { keys in
            entries.sort { left, right in
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let order = Self.compare(left, right, keys)
                return order == 0 ? left.number < right.number : order < 0
            }
        }
    }

    private static func compare(_ left: Entry, _ right: Entry, _ keys: UnsafeRawBufferPointer) -> Int {
        guard let base = keys.baseAddress else { return 0 }
        let common = Int(min(left.keyByteCount, right.keyByteCount))
        let order = memcmp(base + left.keyStart, base + right.keyStart, common)
        return order == 0 ? Int(left.keyByteCount) - Int(right.keyByteCount) : Int(order)
    }

    /// The position after the last row of a source.
    func endOfSource(from start: Int) -> Int {
        keys.withUnsafeBytes { keys in
            var end = start + 1
            while end < entries.count, entries[end].prefix == entries[start].prefix,
                Self.compare(entries[start], entries[end], keys) == 0
            {
                end += 1
            }
            return end
        }
    }

    func manifest(at place: Int) -> Int { Int(entries[place].manifest) }

    func bytes(at place: Int) -> Range<Int> {
        entries[place].offset..<entries[place].offset + Int(entries[place].byteCount)
    }

    func path(at place: Int) -> PathBytes {
        let start = entries[place].keyStart
        return PathBytes(
            keys[start..<start + Int(entries[place].keyByteCount)].map { $0 == 0 ? UInt8(ascii: "/") : $0 }[
                ...])
    }
}

/// A manifest whose rows are read again, mostly sequentially.
private final class RowFile {
    private static let readByteCount = 1 << 16

    private let path: FilePath
    private let file: FileDescriptor
    private var buffer: [UInt8] = []
    private var start = 0

    init(_ path: FilePath) throws(FileError) {
        self.path = path
        file = try path.openForReading()
    }

    deinit { try? file.close() }

    /// The row at a position of the index, as it is and decoded.
    ///
    /// - Throws: `ManifestMergeError` when the file is not the one that was read before.
    func row(
        _ index: RowIndex, _ place: Int
    ) throws(ManifestMergeError) -> (text: [UInt8], row: ManifestRow) {
        let range = index.bytes(at: place)
        do throws(FileError) {
            if range.lowerBound < start || range.upperBound > start + buffer.count { try fill(range) }
        } catch { throw .read(.file(error)) }
        guard range.upperBound <= start + buffer.count else { throw .changed(path) }
        let text = Array(buffer[range.lowerBound - start..<range.upperBound - start])
        guard let row = try? JSONLine.decode(ManifestRow.self, from: text), row.path == index.path(at: place)
        else { throw .changed(path) }
        return (text, row)
    }

    private func fill(_ range: Range<Int>) throws(FileError) {
        start = range.lowerBound
        let count = max(range.count, Self.readByteCount)
        buffer = try FileError.naming(.read, path) {
            try file.bytes(atMost: count, from: start)
        }
    }
}

/// The source of each output, to find two with the same one.
private struct OutputOwners {
    /// By the hash of the output's path: the positions of its rows. One hash is one output, except by chance.
    private var first: [UInt64: Int32] = [:]
    private var others: [UInt64: [Int32]] = [:]

    /// Checks an output.
    ///
    /// - Parameters:
    ///   - output: its path.
    ///   - source: the path of its source.
    ///   - place: the position of the row.
    ///   - result: receives pairs that differ only in case.
    ///   - conflicts: receives pairs with one output.
    ///   - read: reads the row at another position.
    /// - Throws: what `read` throws.
    mutating func add(
        _ output: PathBytes, of source: PathBytes, at place: Int, _ result: inout ManifestMerge.Result,
        _ conflicts: inout ConflictList, read: (Int) throws(ManifestMergeError) -> ManifestRow
    ) throws(ManifestMergeError) {
        let hash = PathHash.ignoringCase(output.bytes)
        guard let known = first[hash] else {
            first[hash] = Int32(truncatingIfNeeded: place)
            return
        }
        for other in [known] + others[hash, default: []] {
            let row = try read(Int(other))
            // Another row of the same source: tiles, or a path that a list names twice.
            guard row.path != source,
                let path = row.outputs.map(\.path).first(where: { $0.equalsIgnoringCase(output) })
            else { continue }
            let conflict = ManifestConflict.output(output, row.path, source)
            if path == output {
                conflicts.add(conflict)
            } else if result.differentInCaseOnly.count < ConflictList.maxShown {
                result.differentInCaseOnly.append(conflict)
            }
            break
        }
        if others[hash, default: []].count < ConflictList.maxShown {
            others[hash, default: []].append(Int32(truncatingIfNeeded: place))
        }
    }
}

extension PathBytes {
    /// Whether a path is the same except for the case of ASCII letters.
    fileprivate func equalsIgnoringCase(_ other: PathBytes) -> Bool {
        bytes.elementsEqual(other.bytes) { $0.asciiLowercased == $1.asciiLowercased }
    }
}
