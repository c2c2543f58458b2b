public import SystemPackage
internal import VisionRules

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Makes one manifest of those of many shards: each row once, in the order of a walk.
///
/// The order is that of ``FolderWalker`` over one folder: paths component by component, by their bytes. It
/// does not depend on the order of the manifests or of their rows, so the union of all shards of a folder
/// equals the manifest of one run over it, byte for byte. Of several folders, and of a list of paths, the rows
/// come in the order of the paths, not of the arguments.
///
/// Rows are passed on as they are, but for duplicates (I501): these are found anew among all rows, because a shard
/// knows of its own alone. What does not fit into memory is sorted in a temporary file, which needs as much room
/// as the manifests take; telling duplicates takes some 120 bytes a row.
public struct ManifestMerge: Sendable {
    /// What a merge made.
    public struct Result: Sendable, Hashable {
        /// The totals of all rows.
        public var summary = PrepareSummary()
        /// Sources that stood in more than one manifest, with the same rows.
        public var duplicates = 0
        /// Pairs of outputs whose paths differ in case only: on some disks they are one file.
        public var differentInCaseOnly: [ManifestConflict] = []
    }

    /// The manifests.
    public var manifests: [FilePath]
    /// Where a temporary file goes.
    public var scratchFolder: FilePath
    /// How many bytes of rows are held in memory, about.
    var maxSortedBytes = 64 << 20

    /// A merge.
    ///
    /// - Parameters:
    ///   - manifests: the manifests of runs that have come to their ends.
    ///   - scratchFolder: where a temporary file goes.
    public init(manifests: [FilePath], scratchFolder: FilePath) {
        self.manifests = manifests
        self.scratchFolder = scratchFolder
    }

    /// Reads all manifests and hands their rows over.
    ///
    /// - Parameter emit: takes each row as a line of NDJSON, with its line feed; false stops the merge.
    /// - Returns: the totals of the rows.
    /// - Throws: a `ManifestMergeError`; the rows that were handed over are of no use then.
    public func run(emit: ([UInt8]) -> Bool) throws(ManifestMergeError) -> Result {
        var result = Result()
        var conflicts = ConflictList()
        let rows = RecordSorter(folder: scratchFolder, maxBytes: maxSortedBytes)
        let outputs = RecordSorter(folder: scratchFolder, maxBytes: maxSortedBytes)
        do throws(PreflightError) {
            try read(into: rows, outputs, &result, &conflicts)
            let isWhole = try write(try rows.sorted(), &result, &conflicts, emit)
            if isWhole { try compare(try outputs.sorted(), &result, &conflicts) }
        } catch {
            throw .cannotSort(error)
        }
        if let failure = conflicts.failure { throw failure }
        return result
    }

    /// The bytes by which paths are sorted: a folder's name ends before everything that a name can hold.
    static func sortKey(_ path: PathBytes) -> [UInt8] {
        path.bytes.map { $0 == UInt8(ascii: "/") ? 0 : $0 }
    }

    // MARK: - Steps

    private func read(
        into rows: RecordSorter, _ outputs: RecordSorter, _ result: inout Result,
        _ conflicts: inout ConflictList
    ) throws(PreflightError) {
        for (index, manifest) in manifests.enumerated() {
            guard manifest.extension != "partial" else {
                return conflicts.stop(.unfinished(manifest))
            }
            do throws(ManifestReadError) {
                var reader = try ManifestReader(path: manifest)
                while let row = try reader.next() {
                    result.summary.count(row)
                    conflicts.note(options: row.options, in: manifest)
                    do throws(PreflightError) {
                        try rows.add(key: Self.sortKey(row.path), value: MergedLine(index, reader.text).bytes)
                        for output in row.outputs.map(\.path) {
                            try outputs.add(
                                key: output.bytes.map(\.asciiLowercased),
                                value: OutputOwner(row.path, output).bytes)
                        }
                    } catch { return conflicts.stop(.cannotSort(error)) }
                }
            } catch { return conflicts.stop(.read(error)) }
        }
    }

    /// Hands the rows over; false when it was stopped.
    private func write(
        _ sorted: SortedRecords, _ result: inout Result, _ conflicts: inout ConflictList,
        _ emit: ([UInt8]) -> Bool
    ) throws(PreflightError) -> Bool {
        guard conflicts.failure == nil else { return false }
        var marker = MergedDuplicates()
        var next = try sorted.next()
        while let first = next {
            // All rows of one source, by manifest. A run may have several of its own: tiles, or a path that
            // its list names twice.
            var groups: [(manifest: Int, lines: [ArraySlice<UInt8>])] = []
            while let record = next, record.key.elementsEqual(first.key) {
                let line = MergedLine(record.value)
                if let place = groups.firstIndex(where: { $0.manifest == line.manifest }) {
                    groups[place].lines.append(line.text)
                } else {
                    groups.append((line.manifest, [line.text]))
                }
                next = try sorted.next()
            }
            for group in groups.dropFirst() {
                if group.lines.elementsEqual(groups[0].lines, by: { $0.elementsEqual($1) }) {
                    result.duplicates += 1
                    for line in group.lines { result.summary.discount(line: line) }
                } else {
                    conflicts.add(
                        .source(
                            PathBytes(ArraySlice(first.key.map { $0 == 0 ? UInt8(ascii: "/") : $0 })),
                            manifests[groups[0].manifest], manifests[group.manifest]))
                }
            }
            guard conflicts.failure == nil else { continue }
            for line in groups[0].lines where !emit(marker.marked(line)) { return false }
        }
        return true
    }

    /// Looks for two sources with one output.
    private func compare(
        _ sorted: SortedRecords, _ result: inout Result, _ conflicts: inout ConflictList
    ) throws(PreflightError) {
        var group: [OutputOwner] = []
        var key: ArraySlice<UInt8> = []
        while let record = try sorted.next() {
            if !record.key.elementsEqual(key) {
                group = []
                key = record.key
            }
            let owner = OutputOwner(record.value)
            for other in group where other.source != owner.source {
                let conflict = ManifestConflict.output(owner.output, other.source, owner.source)
                if other.output == owner.output {
                    conflicts.add(conflict)
                } else if result.differentInCaseOnly.count < ConflictList.maxShown {
                    result.differentInCaseOnly.append(conflict)
                }
                break
            }
            // A source that stood in several manifests has its outputs several times.
            if !group.contains(owner), group.count < ConflictList.maxShown { group.append(owner) }
        }
    }
}

/// Tells duplicates among the rows of all manifests.
private struct MergedDuplicates {
    private var finder = DuplicateFinder()
    private let decoder = JSONDecoder()

    /// A line of NDJSON with its line feed, with what is known of duplicates now.
    mutating func marked(_ line: ArraySlice<UInt8>) -> [UInt8] {
        // Every line was decoded once already.
        if var row = try? decoder.decode(ManifestRow.self, from: Data(line)) {
            let finding = finder.look(at: row)
            let count = row.findings.count
            row.findings.removeAll { $0.code == .duplicateImage }
            if row.findings.count != count || finding != nil {
                if let finding { row.findings.append(finding) }
                var writer = JSONFieldWriter(capacity: line.count + 256)
                writer.appendLine(row)
                return writer.bytes
            }
        }
        return line + [UInt8(ascii: "\n")]
    }
}

/// A row's line, with the number of the manifest that it came from.
private struct MergedLine {
    let manifest: Int
    let text: ArraySlice<UInt8>

    init(_ manifest: Int, _ text: [UInt8]) {
        self.manifest = manifest
        self.text = text[...]
    }

    init(_ bytes: ArraySlice<UInt8>) {
        manifest = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        text = bytes.dropFirst(4)
    }

    var bytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: manifest >> (24 - 8 * $0)) } + text
    }
}

/// An output and its source. Paths hold no NUL.
private struct OutputOwner: Equatable {
    let source: PathBytes
    let output: PathBytes

    init(_ source: PathBytes, _ output: PathBytes) {
        self.source = source
        self.output = output
    }

    init(_ bytes: ArraySlice<UInt8>) {
        let end = bytes.firstIndex(of: 0) ?? bytes.endIndex
        source = PathBytes(bytes[..<end])
        output = PathBytes(bytes[end...].dropFirst())
    }

    var bytes: [UInt8] { Array(source.bytes) + [0] + output.bytes }
}

extension PrepareSummary {
    /// Takes a row out of the totals again.
    fileprivate mutating func discount(line: ArraySlice<UInt8>) {
        // It was read once already.
        guard let row = try? JSONDecoder().decode(ManifestRow.self, from: Data(line)) else { return }
        discount(row)
    }
}
