internal import CFuzz

/// Changes a PNG as a PNG: its header, its rows before compression, its chunks. A plain mutator gets past the
/// checksums of chunks and of the compressed rows only by chance.
struct PNGMutator {
    private struct Chunk {
        var type: [UInt8]
        var data: [UInt8]
        /// As it was in the file; wrong once the chunk is changed.
        var checksum: UInt32

        init(_ type: [UInt8], _ data: [UInt8], checksum: UInt32 = 0) {
            (self.type, self.data, self.checksum) = (type, data, checksum)
        }

        init(_ type: String, _ data: [UInt8]) { self.init(Array(type.utf8), data) }

        func isType(_ name: String) -> Bool { type.elementsEqual(name.utf8) }
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// 5×4 px of RGB.
    private static let usualHeader: [UInt8] = [0, 0, 0, 5, 0, 0, 0, 4, 8, 2, 0, 0, 0]
    /// The most bytes of uncompressed rows: more only slow the fuzzer down.
    private static let maxRowBytes = 1 << 15

    private var random: Random
    private var chunks: [Chunk] = []
    private var tail: [UInt8] = []

    /// Changes an input.
    ///
    /// - Parameters:
    ///   - input: the input, changed in place.
    ///   - count: its bytes.
    ///   - room: the most bytes there may be.
    ///   - seed: determines the changes.
    /// - Returns: how many bytes there are now.
    static func mutate(_ input: UnsafeMutablePointer<UInt8>, count: Int, room: Int, seed: UInt32) -> Int {
        var random = Random(seed: seed)
        // Changes that no rule of the format would make.
        if random.oneIn(10) { return fuzz_mutate(input, count, room) }
        var mutator = PNGMutator(Array(UnsafeBufferPointer(start: input, count: count)), random)
        // One change: libFuzzer itself makes up to five in a row.
        mutator.change()
        return mutator.file().replace(input, room: room) ?? fuzz_mutate(input, count, room)
    }

    /// The compressed rows of a file, in one piece.
    static func packedRows(of file: UnsafeRawBufferPointer) -> [UInt8] {
        PNGMutator(Array(file), Random(seed: 0)).chunks.filter { $0.isType("IDAT") }.flatMap(\.data)
    }

    private init(_ file: [UInt8], _ random: Random) {
        self.random = random
        var at = file.starts(with: Self.signature) ? 8 : file.count
        while file.count - at >= 12 {
            let length = Int(file.bigEndian(at: at))
            guard length <= file.count - at - 12 else { break }
            let end = at + 8 + length
            chunks.append(
                Chunk(
                    Array(file[at + 4..<at + 8]), Array(file[at + 8..<end]),
                    checksum: file.bigEndian(at: end)))
            at = end + 4
        }
        tail = Array(file[at...])
        if chunks.isEmpty { makeAnew() }
    }

    /// The header's data; a default one if the file has none or a broken one.
    private var header: [UInt8] {
        chunks.first { $0.isType("IHDR") && $0.data.count == 13 }?.data ?? Self.usualHeader
    }

    private mutating func makeAnew() {
        tail = []
        chunks = [Chunk("IHDR", Self.usualHeader), Chunk("IEND", [])]
        setRows([])
    }

    /// The changed file. Two of three have right checksums; in the others, changed chunks have wrong ones.
    private mutating func file() -> [UInt8] {
        let isRepaired = !random.oneIn(3)
        var file = Self.signature
        for chunk in chunks {
            let body = chunk.type + chunk.data
            file += Array(bigEndian: UInt32(chunk.data.count)) + body
            file += Array(bigEndian: isRepaired ? fuzz_crc32(body, body.count) : chunk.checksum)
        }
        return file + tail
    }

    // MARK: - The changes

    private mutating func change() {
        switch random.below(14) {
        case 0, 1: changeHeader()
        case 2, 3, 4, 5: changeRows()
        case 6: changeData()
        case 7: split()
        case 8: insert()
        case 9: move()
        case 10: changeStream()
        case 11: changeWindow()
        case 12: makeUsual()
        default: if random.oneIn(4) { tail = tail.mutated(atMost: tail.count + 16) } else { changeRows() }
        }
    }

    /// What the product reads itself: 8 bits per sample, no palette, not interlaced, only the picture.
    private mutating func makeUsual() {
        var header = header
        let rows = rows()
        let colors: [UInt8] = [0, 2, 4, 6]
        if !colors.contains(header[9]) || random.oneIn(2) { header[9] = random.pick(colors) }
        header.replaceSubrange(8..<9, with: [8])
        header.replaceSubrange(10..., with: [0, 0, 0])
        for at in [0, 4] where header.bigEndian(at: at) > 128 {
            header.replaceSubrange(at..<at + 4, with: [0, 0, 0, UInt8(1 + random.below(128))])
        }
        chunks = [Chunk("IHDR", header), Chunk("IEND", [])]
        setRows(rows)
    }

    private mutating func changeHeader() {
        guard let index = chunks.firstIndex(where: { $0.isType("IHDR") }) else { return }
        let sides: [UInt32] = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 65, 255, 1000]
        var header = header
        let rows = rows()
        switch random.below(8) {
        case 0, 1: header.replaceSubrange(..<4, with: Array(bigEndian: random.pick(sides)))
        case 2, 3: header.replaceSubrange(4..<8, with: Array(bigEndian: random.pick(sides)))
        case 4: header[9] = random.pick([0, 2, 2, 3, 4, 6, 6, UInt8(random.below(256))])
        case 5: header[8] = random.pick([1, 2, 4, 8, 8, 8, 16, UInt8(random.below(256))])
        case 6: header[12] = UInt8(random.below(3))
        default: header = header.mutated(atMost: 14)
        }
        chunks[index].data = header
        // Most of the time the rows still match the header.
        if !random.oneIn(4) { setRows(rows) }
    }

    private mutating func changeRows() {
        var rows = rows()
        let stride = rowBytes
        if !random.oneIn(3) { rows = rows.mutated(atMost: min(rows.count + 8, Self.maxRowBytes)) }
        // A filter for a few rows or all of them; sometimes one that does not exist.
        if stride > 1, !random.oneIn(4) {
            let isOne = random.oneIn(2)
            let filter = UInt8(random.below(random.oneIn(8) ? 256 : 5))
            for row in Swift.stride(from: 0, to: rows.count, by: stride) where isOne || random.oneIn(3) {
                rows[row] = isOne ? filter : UInt8(random.below(5))
            }
        }
        setRows(rows, keepsLength: random.oneIn(10))
    }

    private mutating func changeData() {
        guard !chunks.isEmpty else { return }
        let index = random.below(chunks.count)
        if random.oneIn(8) {
            chunks[index].type = chunks[index].type.mutated(atMost: 4)
            if chunks[index].type.count != 4 { chunks[index].type = random.bytes(4) }
        } else {
            chunks[index].data = chunks[index].data.mutated(atMost: chunks[index].data.count + 64)
        }
    }

    /// Cuts the compressed rows into chunks, some of them empty.
    private mutating func split() {
        var (data, place) = takeData()
        guard let place else { return }
        var parts: [Chunk] = []
        while !data.isEmpty, parts.count < 8 {
            let length = random.oneIn(4) ? 0 : random.below(data.count + 1)
            parts.append(Chunk("IDAT", Array(data.prefix(length))))
            data.removeFirst(length)
        }
        parts.append(Chunk("IDAT", data))
        chunks.insert(contentsOf: parts, at: place)
    }

    private mutating func insert() {
        let names = [
            "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "hIST",
            "pHYs",
            "tEXt", "zTXt", "iTXt", "tIME", "eXIf", "acTL", "fcTL", "fdAT", "CgBI", "vpAg", "ABCD", "abCd",
            "a1Cd",
        ]
        let name = random.pick(names)
        let lengths = [0, 1, 2, 3, 4, 6, 7, 9, 13, 32, 256, 768]
        let data =
            name == "IHDR" && random.oneIn(2) ? header : random.bytes(random.pick(lengths))
        chunks.insert(Chunk(name, data), at: random.below(chunks.count + 1))
    }

    private mutating func move() {
        guard !chunks.isEmpty else { return }
        let index = random.below(chunks.count)
        let chunk = random.oneIn(3) ? chunks[index] : chunks.remove(at: index)
        if !random.oneIn(3) { chunks.insert(chunk, at: random.below(chunks.count + 1)) }
    }

    /// The compressed rows end early, or something follows them.
    private mutating func changeStream() {
        var (data, place) = takeData()
        guard let place else { return }
        switch random.below(3) {
        case 0: data.removeLast(min(data.count, 1 + random.below(16)))
        case 1: data += random.bytes(1 + random.below(16))
        default: data = data.mutated(atMost: data.count + 16)
        }
        chunks.insert(Chunk("IDAT", data), at: place)
    }

    /// Another window or level in the first two bytes of the compressed rows, which check each other.
    private mutating func changeWindow() {
        guard let index = chunks.firstIndex(where: { $0.isType("IDAT") && $0.data.count > 2 }) else { return }
        let first = random.below(16) << 4 | (random.oneIn(8) ? random.below(16) : 8)
        let flags = random.below(8) << 5
        chunks[index].data[0] = UInt8(first)
        chunks[index].data[1] = UInt8(flags + (31 - (first << 8 + flags) % 31) % 31)
    }

    // MARK: - Rows

    /// The bytes of a row including its filter, for a picture that is not interlaced.
    private var rowBytes: Int { Self.rowBytes(width: Int(header.bigEndian(at: 0)), header) }

    private static func rowBytes(width: Int, _ header: [UInt8]) -> Int {
        let samples = [1, 1, 3, 1, 2, 1, 4][min(Int(header[9]), 6)]
        return 1 + (width * samples * Int(header[8]) + 7) / 8
    }

    /// The length of the rows for this header.
    private var expected: Int {
        let header = header
        let width = Int(header.bigEndian(at: 0)), height = Int(header.bigEndian(at: 4))
        guard width < 1 << 16, height < 1 << 16 else { return Self.maxRowBytes }
        guard header[12] == 1 else {
            return min(height * Self.rowBytes(width: width, header), Self.maxRowBytes)
        }
        // Adam7: the first column and row of each pass, and the steps.
        let passes = [
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
        ]
        let sum = passes.reduce(0) { sum, pass in
            let columns = (width - pass.0 + pass.2 - 1) / pass.2
            let rows = (height - pass.1 + pass.3 - 1) / pass.3
            return columns > 0 && rows > 0 ? sum + rows * Self.rowBytes(width: columns, header) : sum
        }
        return min(sum, Self.maxRowBytes)
    }

    private func rows() -> [UInt8] {
        let packed = chunks.filter { $0.isType("IDAT") }.flatMap(\.data)
        return [UInt8](unsafeUninitializedCapacity: Self.maxRowBytes) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            count = fuzz_unpack(packed, packed.count, start, Self.maxRowBytes)
        }
    }

    /// Replaces the rows with these, compressed.
    private mutating func setRows(_ rows: [UInt8], keepsLength: Bool = false) {
        var rows = rows
        let expected = expected
        if !keepsLength, rows.count > expected { rows.removeLast(rows.count - expected) }
        if !keepsLength, rows.count < expected { rows += [UInt8](repeating: 0, count: expected - rows.count) }
        let level = random.pick([0, 1, 6, 9]), strategy = random.below(5)
        let window = random.oneIn(4) ? 9 + random.below(7) : 15
        let room = rows.count + rows.count / 8 + 128
        let packed = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            count = fuzz_pack(rows, rows.count, Int32(level), Int32(window), Int32(strategy), start, room)
        }
        let place = takeData().place ?? max(chunks.count - 1, 1)
        chunks.insert(Chunk("IDAT", packed), at: min(place, chunks.count))
    }

    /// Removes all compressed rows.
    ///
    /// - Returns: the rows and where they started; nil if there are none.
    private mutating func takeData() -> (bytes: [UInt8], place: Int?) {
        let place = chunks.firstIndex { $0.isType("IDAT") }
        let bytes = chunks.filter { $0.isType("IDAT") }.flatMap(\.data)
        chunks.removeAll { $0.isType("IDAT") }
        return (bytes, place)
    }
}

extension [UInt8] {
    fileprivate init(bigEndian value: UInt32) {
        self = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    fileprivate func bigEndian(at offset: Int) -> UInt32 {
        self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
