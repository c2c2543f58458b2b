internal import PreflightFiles
internal import SystemPackage

/// Sorts any number of records by the bytes of their keys in bounded memory: what does not fit is kept in
/// sorted stretches in a temporary file. Records with the same key stay in the order in which they came.
final class RecordSorter {
    /// One record.
    struct Record {
        var key: ArraySlice<UInt8>
        var value: ArraySlice<UInt8>
    }

    private struct Entry {
        /// The first eight bytes of the key, big-endian: most comparisons end here.
        var prefix: UInt64
        var start: Int
        var keyCount: Int
        var valueCount: Int
    }

    private let folder: FilePath
    private let maxBytes: Int
    private var arena: [UInt8] = []
    private var entries: [Entry] = []
    private var spill: SpillFile?
    private var stretches: [Range<Int>] = []

    /// A sorter of nothing yet.
    ///
    /// - Parameters:
    ///   - folder: where the temporary file goes, if one is needed.
    ///   - maxBytes: how many bytes of records are held in memory.
    init(folder: FilePath, maxBytes: Int = 64 << 20) {
        self.folder = folder
        self.maxBytes = maxBytes
    }

    /// Takes a record.
    func add(key: some Collection<UInt8>, value: some Collection<UInt8>) throws(PreflightError) {
        let start = arena.count
        arena.append(contentsOf: key)
        let keyCount = arena.count - start
        arena.append(contentsOf: value)
        var prefix: UInt64 = 0
        for index in 0..<8 { prefix = prefix << 8 | (index < keyCount ? UInt64(arena[start + index]) : 0) }
        entries.append(
            Entry(
                prefix: prefix, start: start, keyCount: keyCount,
                valueCount: arena.count - start - keyCount))
        if arena.count + entries.count * MemoryLayout<Entry>.stride >= maxBytes { try flush() }
    }

    /// All records in order; the sorter is empty after it.
    func sorted() throws(PreflightError) -> SortedRecords {
        if spill == nil {
            let records = sortedEntries().map(record)
            (arena, entries) = ([], [])
            return SortedRecords([.memory(records[...])])
        }
        try flush()
        guard let spill else { return SortedRecords([]) }
        return SortedRecords(stretches.map { .file(StretchReader(spill, $0)) })
    }

    private func record(_ entry: Entry) -> Record {
        let valueStart = entry.start + entry.keyCount
        return Record(
            key: arena[entry.start..<valueStart], value: arena[valueStart..<valueStart + entry.valueCount])
    }

    private func sortedEntries() -> [Entry] {
        arena.withUnsafeBytes { arena in
            entries.sorted { left, right in
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let count = min(left.keyCount, right.keyCount)
                if count > 0, let base = arena.baseAddress {
                    let order = memcmp(base + left.start, base + right.start, count)
                    if order != 0 { return order < 0 }
                }
                if left.keyCount != right.keyCount { return left.keyCount < right.keyCount }
                return left.start < right.start
            }
        }
    }

    private func flush() throws(PreflightError) {
        guard !entries.isEmpty else { return }
        let spill = if let spill { spill } else { try SpillFile(in: folder) }
        self.spill = spill
        let start = spill.count
        for entry in sortedEntries() {
            let record = record(entry)
            try spill.append(UInt64(record.key.count))
            try spill.append(UInt64(record.value.count))
            try spill.append(record.key)
            try spill.append(record.value)
        }
        try spill.flush()
        stretches.append(start..<spill.count)
        arena.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }
}

/// Merges sorted stretches into one.
final class SortedRecords {
    enum Stretch {
        case memory(ArraySlice<RecordSorter.Record>)
        case file(StretchReader)

        mutating func next() throws(PreflightError) -> RecordSorter.Record? {
            switch self {
            case .memory(var records):
                let record = records.popFirst()
                self = .memory(records)
                return record
            case .file(let reader): return try reader.next()
            }
        }
    }

    private struct Head {
        var record: RecordSorter.Record
        var stretch: Int

        /// Whether this one comes first; of equal keys, that of the earlier stretch.
        func precedes(_ other: Head) -> Bool {
            if record.key.elementsEqual(other.record.key) { return stretch < other.stretch }
            return record.key.lexicographicallyPrecedes(other.record.key)
        }
    }

    private var stretches: [Stretch]
    /// A binary heap; the first is the least.
    private var heads: [Head] = []
    private var isBegun = false

    init(_ stretches: [Stretch]) { self.stretches = stretches }

    /// The next record; nil at the end.
    func next() throws(PreflightError) -> RecordSorter.Record? {
        // One stretch needs no heap.
        if stretches.count == 1 { return try stretches[0].next() }
        if !isBegun {
            isBegun = true
            for index in stretches.indices {
                guard let record = try stretches[index].next() else { continue }
                heads.append(Head(record: record, stretch: index))
                siftUp()
            }
        }
        guard let first = heads.first else { return nil }
        if let record = try stretches[first.stretch].next() {
            heads[0] = Head(record: record, stretch: first.stretch)
        } else {
            let last = heads.removeLast()
            if heads.isEmpty { return first.record }
            heads[0] = last
        }
        siftDown()
        return first.record
    }

    private func siftUp() {
        var child = heads.count - 1
        while child > 0, heads[child].precedes(heads[(child - 1) / 2]) {
            heads.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heads.count && heads[child].precedes(heads[least]) {
                least = child
            }
            guard least != parent else { return }
            heads.swapAt(parent, least)
            parent = least
        }
    }
}

/// A temporary file without a name: the system frees it with its descriptor, however the process ends.
final class SpillFile {
    /// How many bytes were appended.
    private(set) var count = 0
    private let file: FileDescriptor
    private let path: FilePath
    private var buffer: [UInt8] = []

    init(in folder: FilePath) throws(PreflightError) {
        let path = folder.appending(
            OutputWriter.temporaryPrefix + String(UInt64.random(in: .min ... .max), radix: 36))
        file = try fileStep(.create, path) { () throws(Errno) in
            do {
                return try FileDescriptor.open(
                    path, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                    permissions: .ownerReadWrite)
            } catch { throw error as? Errno ?? .ioError }
        }
        self.path = path
        _ = path.withPlatformString { unlink($0) }
    }

    deinit { try? file.close() }

    func append(_ number: UInt64) throws(PreflightError) {
        try append(withUnsafeBytes(of: number.littleEndian) { Array($0) })
    }

    func append(_ bytes: some Collection<UInt8>) throws(PreflightError) {
        buffer.append(contentsOf: bytes)
        count += bytes.count
        if buffer.count >= 1 << 18 { try flush() }
    }

    func flush() throws(PreflightError) {
        let full = buffer
        try fileStep(.write, path) { () throws(Errno) in
            do { try file.writeAll(full) } catch { throw error as? Errno ?? .ioError }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Reads bytes at a place: as many as are there, up to `count`.
    func read(at offset: Int, count: Int) throws(PreflightError) -> [UInt8] {
        try fileStep(.read, path) { () throws(Errno) in
            do {
                return try [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
                    filled = try file.read(
                        fromAbsoluteOffset: Int64(offset), into: UnsafeMutableRawBufferPointer(memory))
                }
            } catch { throw error as? Errno ?? .ioError }
        }
    }
}

/// Reads the records of one sorted stretch.
final class StretchReader {
    private let file: SpillFile
    private var rest: Range<Int>
    private var buffer: ArraySlice<UInt8> = []

    init(_ file: SpillFile, _ range: Range<Int>) {
        self.file = file
        rest = range
    }

    /// The next record; nil at the end.
    func next() throws(PreflightError) -> RecordSorter.Record? {
        guard !buffer.isEmpty || !rest.isEmpty else { return nil }
        let keyCount = try number()
        let valueCount = try number()
        return RecordSorter.Record(key: try bytes(keyCount), value: try bytes(valueCount))
    }

    private func number() throws(PreflightError) -> Int {
        Int(try bytes(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private func bytes(_ count: Int) throws(PreflightError) -> ArraySlice<UInt8> {
        while buffer.count < count {
            let piece = try file.read(at: rest.lowerBound, count: min(max(count, 1 << 16), rest.count))
            guard !piece.isEmpty else {
                throw .step(FailedStep(action: "read back what was sorted", log: ""))
            }
            rest = rest.lowerBound + piece.count..<rest.upperBound
            buffer = (Array(buffer) + piece)[...]
        }
        defer { buffer = buffer.dropFirst(count) }
        return buffer.prefix(count)
    }
}
