import ImageHeaders

/// Reads the entropy-coded data of a JPEG to its last coefficient, without making pixels: only that shows
/// where a picture without an end marker ends, and whether it is complete.
///
/// Sequential and progressive Huffman coding. Source: ITU-T T.81, annexes B, F and G.
struct JPEGEntropy {
    private let file: UnsafeRawBufferPointer
    private var offset = 2
    private var isProgressive = false
    private var restartInterval = 0
    private var dcTables = [HuffmanTable?](repeating: nil, count: 4)
    private var acTables = [HuffmanTable?](repeating: nil, count: 4)
    private var components: [Component] = []
    /// The nonzero coefficients of each component's blocks, one bit each; only for progressive files.
    private var known: [[UInt64]] = []
    private var mcuColumns = 0
    private var mcuRows = 0

    /// The bits that were read from the file and not used.
    private var bits: UInt32 = 0
    private var bitCount = 0
    /// Blocks that are known to have no more coefficients in this scan.
    private var endOfBandRun = 0

    /// libvips allows as many; more of them are made to waste time.
    private static let maxScans = 100
    /// Zeros that may be the last bytes of the data when more zeros follow: usually they overwrote it.
    private static let maxZeros = 8

    /// Where the data of a complete picture ends.
    ///
    /// - Parameter file: the whole file.
    /// - Returns: the offset after its last byte; nil if coefficients are missing or damaged, or if it is
    ///   not Huffman-coded with 8 bits.
    static func end(of file: UnsafeRawBufferPointer) -> Int? {
        var entropy = JPEGEntropy(file: file)
        guard let end = try? entropy.readScans() else { return nil }
        guard end < file.count, file[end] == 0 else { return end }
        let lastByte = file[..<end].lastIndex { $0 != 0 } ?? 0
        return end - lastByte - 1 <= maxZeros ? end : nil
    }

    private init(file: UnsafeRawBufferPointer) { self.file = file }

    /// The data ends too early, or is not entropy-coded.
    private struct Damage: Error {}

    // MARK: - Segments

    private struct Component {
        var id: UInt8
        var across: Int
        var down: Int
        /// Blocks that are in a scan of this component alone.
        var columns = 0
        var rows = 0
        /// Blocks in a row of the picture as whole MCUs cover it.
        var stride = 0
        /// How many low bits of each coefficient are still missing; nil before its first scan.
        var missingBits = [Int?](repeating: nil, count: 64)
    }

    /// Reads all scans.
    ///
    /// - Returns: the offset after the data of the last.
    private mutating func readScans() throws(Damage) -> Int {
        guard file.count >= 4, file[0] == 0xFF, file[1] == 0xD8 else { throw Damage() }
        var (end, scanCount) = (0, 0)
        while offset + 4 <= file.count, file[offset] == 0xFF {
            let marker = file[offset + 1]
            if marker == 0xFF {
                offset += 1
                continue
            }
            let length = number(at: offset + 2)
            guard marker >= 0xC0, marker != 0xD8, marker != 0xD9, length >= 2,
                length <= file.count - offset - 2
            else { break }
            let segment = offset + 4..<offset + 2 + length
            // After the last scan there are only a camera maker's bytes, which may look like anything.
            if end > 0, isComplete { break }
            switch marker {
            case 0xC0, 0xC1, 0xC2: try readFrame(segment, isProgressive: marker == 0xC2)
            case 0xC4: try readTables(segment)
            case 0xC3, 0xC5...0xC7, 0xC9...0xCF: throw Damage()
            case 0xDD: restartInterval = segment.count >= 2 ? number(at: segment.lowerBound) : 0
            case 0xDA:
                scanCount += 1
                guard scanCount <= Self.maxScans else { throw Damage() }
                offset = segment.upperBound
                try readScan(segment)
                end = offset
                continue
            default: break
            }
            offset = segment.upperBound
        }
        guard end > 0, isComplete else { throw Damage() }
        return end
    }

    /// Whether all bits of all coefficients were in a scan.
    private var isComplete: Bool {
        components.allSatisfy { $0.missingBits.allSatisfy { $0 == 0 } }
    }

    private func number(at offset: Int) -> Int { Int(file[offset]) << 8 | Int(file[offset + 1]) }

    private mutating func readFrame(_ segment: Range<Int>, isProgressive: Bool) throws(Damage) {
        let start = segment.lowerBound
        guard components.isEmpty, segment.count >= 6, file[start] == 8 else { throw Damage() }
        let (height, width, count) = (number(at: start + 1), number(at: start + 3), Int(file[start + 5]))
        guard width > 0, height > 0, (1...4).contains(count), segment.count >= 6 + 3 * count else {
            throw Damage()
        }
        self.isProgressive = isProgressive
        for index in 0..<count {
            let at = start + 6 + 3 * index
            let (across, down) = (Int(file[at + 1] >> 4), Int(file[at + 1] & 15))
            guard (1...4).contains(across), (1...4).contains(down) else { throw Damage() }
            components.append(Component(id: file[at], across: across, down: down))
        }
        let across = components.map(\.across).max() ?? 1
        let down = components.map(\.down).max() ?? 1
        func share(_ length: Int, _ part: Int) -> Int { (length + part - 1) / part }
        mcuColumns = share(width, 8 * across)
        mcuRows = share(height, 8 * down)
        let blocksPerMCU = components.reduce(0) { $0 + $1.across * $1.down }
        // Each block takes at least one bit.
        guard mcuColumns * mcuRows * blocksPerMCU <= 8 * file.count else { throw Damage() }
        for index in components.indices {
            components[index].columns = share(share(width * components[index].across, across), 8)
            components[index].rows = share(share(height * components[index].down, down), 8)
            components[index].stride = mcuColumns * components[index].across
            guard isProgressive else { continue }
            let count = components[index].stride * mcuRows * components[index].down
            known.append([UInt64](repeating: 0, count: count))
        }
    }

    private mutating func readTables(_ segment: Range<Int>) throws(Damage) {
        var at = segment.lowerBound
        while at + 17 <= segment.upperBound {
            let counts = (1...16).map { Int(file[at + $0]) }
            let total = counts.reduce(0, +)
            guard total <= 256, at + 17 + total <= segment.upperBound, file[at] & 15 < 4 else {
                throw Damage()
            }
            let table = HuffmanTable(counts: counts, symbols: Array(file[(at + 17)..<(at + 17 + total)]))
            if file[at] >> 4 == 0 {
                dcTables[Int(file[at] & 15)] = table
            } else {
                acTables[Int(file[at] & 15)] = table
            }
            at += 17 + total
        }
    }

    // MARK: - Scans

    /// What a scan says about one of its components.
    private struct Part {
        var component: Int
        var dc: HuffmanTable?
        var ac: HuffmanTable?
    }

    /// The coefficients of a scan, and which of their bits.
    private struct Band {
        var first: Int
        var last: Int
        var isRefinement: Bool
    }

    private mutating func readScan(_ segment: Range<Int>) throws(Damage) {
        let start = segment.lowerBound
        guard let count = segment.isEmpty ? nil : Int(file[start]), (1...4).contains(count),
            segment.count >= 4 + 2 * count
        else { throw Damage() }
        var parts: [Part] = []
        for index in 0..<count {
            let at = start + 1 + 2 * index
            guard let component = components.firstIndex(where: { $0.id == file[at] }),
                !parts.contains(where: { $0.component == component })
            else { throw Damage() }
            let tables = file[at + 1]
            guard tables >> 4 < 4, tables & 15 < 4 else { throw Damage() }
            parts.append(
                Part(component: component, dc: dcTables[Int(tables >> 4)], ac: acTables[Int(tables & 15)]))
        }
        let at = start + 1 + 2 * count
        var band = Band(first: 0, last: 63, isRefinement: false)
        var missing = 0
        if isProgressive {
            band = Band(
                first: Int(file[at]), last: Int(file[at + 1]), isRefinement: file[at + 2] >> 4 != 0)
            missing = Int(file[at + 2] & 15)
            guard band.first <= band.last, band.last < 64, band.first > 0 ? count == 1 : band.last == 0 else {
                throw Damage()
            }
        }
        for part in parts {
            for index in band.first...band.last {
                let known = components[part.component].missingBits[index]
                guard band.isRefinement ? known == missing + 1 : known == nil else { throw Damage() }
                components[part.component].missingBits[index] = missing
            }
        }
        try readBlocks(parts, band)
    }

    private mutating func readBlocks(_ parts: [Part], _ band: Band) throws(Damage) {
        startInterval()
        // A scan of one component has its blocks row by row, and none outside of the picture.
        let isAlone = parts.count == 1
        let first = components[parts[0].component]
        let columns = isAlone ? first.columns : mcuColumns
        let rows = isAlone ? first.rows : mcuRows
        for unit in 0..<(columns * rows) {
            if restartInterval > 0, unit > 0, unit % restartInterval == 0 { try readRestart() }
            let (row, column) = (unit / columns, unit % columns)
            for part in parts {
                let component = components[part.component]
                let (across, down) = isAlone ? (1, 1) : (component.across, component.down)
                for y in 0..<down {
                    for x in 0..<across {
                        let block = (row * down + y) * component.stride + column * across + x
                        try readBlock(part, block, band)
                    }
                }
            }
        }
        // Nothing undeclared may follow.
        guard endOfBandRun == 0 else { throw Damage() }
    }

    private mutating func startInterval() { (bits, bitCount, endOfBandRun) = (0, 0, 0) }

    private mutating func readRestart() throws(Damage) {
        guard endOfBandRun == 0 else { throw Damage() }
        startInterval()
        while offset + 1 < file.count, file[offset] == 0xFF, file[offset + 1] == 0xFF { offset += 1 }
        guard offset + 1 < file.count, file[offset] == 0xFF, 0xD0...0xD7 ~= file[offset + 1] else {
            throw Damage()
        }
        offset += 2
    }

    private mutating func readBlock(_ part: Part, _ block: Int, _ band: Band) throws(Damage) {
        guard isProgressive else {
            try skip(Int(try symbol(part.dc)))
            var index = 1
            while index < 64 {
                let symbol = Int(try symbol(part.ac))
                if symbol & 15 == 0 {
                    guard symbol == 0xF0 else { break }
                    index += 16
                } else {
                    index += symbol >> 4
                    try skip(symbol & 15)
                    index += 1
                }
            }
            guard index <= 64 else { throw Damage() }
            return
        }
        if band.first == 0 {
            try skip(band.isRefinement ? 1 : Int(try symbol(part.dc)))
        } else if band.isRefinement {
            try refineBand(part, block, band)
        } else {
            try readBand(part, block, band)
        }
    }

    private mutating func readBand(_ part: Part, _ block: Int, _ band: Band) throws(Damage) {
        guard endOfBandRun == 0 else {
            endOfBandRun -= 1
            return
        }
        var index = band.first
        while index <= band.last {
            let symbol = Int(try symbol(part.ac))
            let run = symbol >> 4
            if symbol & 15 == 0 {
                guard run == 15 else {
                    endOfBandRun = (1 << run) - 1 + (try take(run))
                    return
                }
                index += 16
            } else {
                index += run
                guard index <= band.last else { throw Damage() }
                try skip(symbol & 15)
                known[part.component][block] |= 1 << UInt64(index)
                index += 1
            }
        }
    }

    private mutating func refineBand(_ part: Part, _ block: Int, _ band: Band) throws(Damage) {
        var known = self.known[part.component][block]
        var index = band.first
        while endOfBandRun == 0, index <= band.last {
            let symbol = Int(try symbol(part.ac))
            var run = symbol >> 4
            let isNew = symbol & 15 != 0
            if isNew {
                try skip(1)
            } else if run != 15 {
                endOfBandRun = (1 << run) + (try take(run))
                break
            }
            // Past what is known, each with a bit of its own, and as many zeros.
            while index <= band.last {
                if known & 1 << UInt64(index) != 0 {
                    try skip(1)
                } else {
                    run -= 1
                    if run < 0 { break }
                }
                index += 1
            }
            if isNew {
                guard index <= band.last else { throw Damage() }
                known |= 1 << UInt64(index)
            }
            index += 1
        }
        if endOfBandRun > 0 {
            while index <= band.last {
                if known & 1 << UInt64(index) != 0 { try skip(1) }
                index += 1
            }
            endOfBandRun -= 1
        }
        self.known[part.component][block] = known
    }

    // MARK: - Bits

    /// Makes sure that enough bits are available; a marker or the end of the file ends them.
    private mutating func need(_ count: Int) throws(Damage) {
        while bitCount < count {
            guard offset < file.count else { throw Damage() }
            let byte = file[offset]
            if byte == 0xFF {
                guard offset + 1 < file.count, file[offset + 1] == 0 else { throw Damage() }
                offset += 1
            }
            offset += 1
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
        }
    }

    private mutating func take(_ count: Int) throws(Damage) -> Int {
        guard count > 0 else { return 0 }
        // A category of DC, which is any byte of the file, counts at most 16 bits (T.81, table H.2).
        guard count <= 16 else { throw Damage() }
        try need(count)
        bitCount -= count
        return Int(bits >> UInt32(bitCount)) & ((1 << count) - 1)
    }

    private mutating func skip(_ count: Int) throws(Damage) { _ = try take(count) }

    private mutating func symbol(_ table: HuffmanTable?) throws(Damage) -> UInt8 {
        guard let table else { throw Damage() }
        var code = 0
        for length in 1...16 {
            code = code << 1 | (try take(1))
            if let symbol = table.symbol(code, length: length) { return symbol }
        }
        throw Damage()
    }
}

/// The codes of one Huffman table. Source: ITU-T T.81, annexes C and F.2.2.3.
private struct HuffmanTable {
    /// The first code of each length, and the place of its symbol.
    private var first = [Int](repeating: 0, count: 17)
    private var place = [Int](repeating: 0, count: 17)
    private var counts = [0]
    private let symbols: [UInt8]

    init(counts: [Int], symbols: [UInt8]) {
        self.symbols = symbols
        self.counts += counts
        var (code, index) = (0, 0)
        for length in 1...16 {
            (first[length], place[length]) = (code, index)
            code = (code + self.counts[length]) << 1
            index += self.counts[length]
        }
    }

    /// The symbol of a code; nil where there is none of this length.
    func symbol(_ code: Int, length: Int) -> UInt8? {
        let number = code - first[length]
        return number >= 0 && number < counts[length] ? symbols[place[length] + number] : nil
    }
}
