/// Unpacks deflate (RFC 1951), bare or in zlib's frame (RFC 1950), within bounds and without C.
///
/// The output is the window that matches refer to, so nothing else grows with the input: the tables take 4
/// KiB. Every step either uses up input or produces output, and both are bounded. Wrong data ends in an
/// error; the output before it is kept, because half of a text or of a table can still be useful.
package struct Inflate: ~Copyable {
    /// What surrounds the compressed data.
    package enum Frame: Sendable {
        case zlib
        case none
    }

    /// How unpacking ended.
    package enum Ending: Sendable, Hashable {
        /// At the end of the compressed data. The checksum after it is not compared.
        case complete
        /// The output is full, and there is more data.
        case outputFull
        /// The input is used up in the middle of the data.
        case inputEnds
        /// The data contradicts the format.
        case damaged
    }

    private var input: UnsafeRawBufferPointer
    private var position = 0
    private var bits: UInt64 = 0
    private var bitCount = 0
    private var output: Output

    private init(_ input: UnsafeRawBufferPointer, _ output: consuming Output) {
        self.input = input
        self.output = output
    }

    /// Unpacks as much as fits into a buffer.
    ///
    /// - Parameters:
    ///   - input: the compressed data, or its start.
    ///   - frame: what surrounds it.
    ///   - buffer: where the bytes go.
    /// - Returns: how many bytes were written, and how it ended.
    package static func unpack(
        _ input: UnsafeRawBufferPointer, _ frame: Frame = .zlib, into buffer: UnsafeMutableRawBufferPointer
    ) -> (count: Int, ending: Ending) {
        var inflate = Inflate(input, Output(fixed: buffer))
        let ending = inflate.run(frame)
        return (inflate.output.count, ending)
    }

    /// Unpacks into memory of its own.
    ///
    /// - Parameters:
    ///   - input: the compressed data.
    ///   - frame: what surrounds it.
    ///   - limit: the most bytes that may come out.
    /// - Returns: the bytes, and how it ended.
    package static func unpack(
        _ input: UnsafeRawBufferPointer, _ frame: Frame = .zlib, limit: Int
    ) -> (bytes: [UInt8], ending: Ending) {
        var inflate = Inflate(input, Output(limit: limit, guess: input.count))
        let ending = inflate.run(frame)
        return (inflate.output.array, ending)
    }

    private mutating func run(_ frame: Frame) -> Ending {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: Tables.capacity) { buffer in
            do throws(Stop) {
                try readBlocks(frame, Tables(buffer))
                return .complete
            } catch {
                switch error {
                case .inputEnds: return .inputEnds
                case .outputFull: return .outputFull
                case .damaged: return .damaged
                }
            }
        }
    }

    private mutating func readBlocks(_ frame: Frame, _ tables: borrowing Tables) throws(Stop) {
        if frame == .zlib {
            let header = UInt32(try byte()) << 8 | UInt32(try byte())
            // Method 8, a window of at most 32 KiB, no preset dictionary, and its own checksum.
            guard header >> 8 & 15 == 8, header >> 12 <= 7, header & 0x20 == 0, header % 31 == 0 else {
                throw .damaged
            }
        }
        var isFixed = false
        var described = 0
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1:
                if !isFixed { tables.setFixed() }
                isFixed = true
                try decodeBlock(tables)
            case 2:
                isFixed = false
                described += 1
                // Tables cost more to build than to send: only a bomb consists of nothing else.
                guard described <= Self.maxSmallBlocks + output.count / 128 else { throw .damaged }
                try readCodes(tables)
                try decodeBlock(tables)
            default: throw .damaged
            }
        }
    }

    /// Blocks with their own tables, however little they hold; beyond that they hold 128 bytes each.
    private static let maxSmallBlocks = 16_384

    private enum Stop: Error { case inputEnds, outputFull, damaged }

    // MARK: Bits

    private mutating func byte() throws(Stop) -> UInt8 {
        guard position < input.count else { throw .inputEnds }
        position += 1
        return input[position - 1]
    }

    /// Fills up the bits at hand, as far as there is input.
    @inline(__always)
    private mutating func refill() {
        if position &+ 8 <= input.count {
            let word = UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            bits |= word &<< UInt64(bitCount)
            let taken = (63 &- bitCount) >> 3
            position &+= taken
            bitCount &+= taken << 3
            // At most 63 bits; those beyond the counted ones come again with the next word.
            bits &= (1 &<< UInt64(bitCount)) &- 1
        } else {
            while bitCount <= 56, position < input.count {
                bits |= UInt64(input[position]) << UInt64(bitCount)
                position &+= 1
                bitCount &+= 8
            }
        }
    }

    /// The next bits as a number, the first bit lowest; at most 16.
    @inline(__always)
    private mutating func take(_ count: Int) throws(Stop) -> Int {
        if bitCount < count {
            refill()
            guard bitCount >= count else { throw .inputEnds }
        }
        let value = Int(bits & ((1 &<< UInt64(count)) &- 1))
        bits &>>= UInt64(count)
        bitCount &-= count
        return value
    }

    // MARK: Blocks

    private mutating func copyStored() throws(Stop) {
        _ = try take(bitCount & 7)
        let length = try take(16)
        guard try take(16) == length ^ 0xFFFF else { throw .damaged }
        // The bits at hand are whole bytes: they go back.
        position -= bitCount / 8
        (bits, bitCount) = (0, 0)
        let count = min(length, input.count - position)
        let written = output.append(UnsafeRawBufferPointer(rebasing: input[position..<(position + count)]))
        position += written
        guard written == count else { throw .outputFull }
        guard count == length else { throw .inputEnds }
    }

    /// Reads the code lengths of a block and makes its tables.
    private mutating func readCodes(_ tables: borrowing Tables) throws(Stop) {
        let literals = try take(5) + 257
        let distances = try take(5) + 1
        let lengths = try take(4) + 4
        guard literals <= 286, distances <= 30 else { throw .damaged }
        tables.clearLengths()
        for index in 0..<lengths { tables.setLength(Self.order[index], try take(3)) }
        guard tables.makeLiterals(count: 19) else { throw .damaged }
        let all = literals + distances
        var index = 0
        // They overwrite the 19 lengths that the table was just made of.
        while index < all {
            let symbol = try decode(tables, Tables.literals)
            switch symbol {
            case 0...15:
                tables.setLength(index, symbol)
                index += 1
            default:
                let (value, count) =
                    switch symbol {
                    case 16: (index > 0 ? tables.length(index - 1) : -1, 3 + (try take(2)))
                    case 17: (0, 3 + (try take(3)))
                    default: (0, 11 + (try take(7)))
                    }
                guard value >= 0, index + count <= all else { throw .damaged }
                for _ in 0..<count {
                    tables.setLength(index, value)
                    index += 1
                }
            }
        }
        // A block without an end code never ends.
        guard tables.length(256) > 0, tables.make(literals: literals, distances: distances) else {
            throw .damaged
        }
    }

    private mutating func decodeBlock(_ tables: borrowing Tables) throws(Stop) {
        while true {
            let symbol = try decode(tables, Tables.literals)
            if symbol < 256 {
                guard output.append(UInt8(truncatingIfNeeded: symbol)) else { throw .outputFull }
                continue
            }
            if symbol == 256 { return }
            guard symbol <= 285 else { throw .damaged }
            let (base, extra) = Self.lengths[symbol - 257]
            let length = Int(base) + (try take(Int(extra)))
            let code = try decode(tables, Tables.distances)
            guard code < 30 else { throw .damaged }
            let (far, more) = Self.distances[code]
            let distance = Int(far) + (try take(Int(more)))
            guard distance <= output.count else { throw .damaged }
            guard output.repeatBytes(from: distance, count: length) else { throw .outputFull }
        }
    }

    @inline(__always)
    private mutating func decode(_ tables: borrowing Tables, _ table: Int) throws(Stop) -> Int {
        if bitCount < 15 { refill() }
        guard let (symbol, length) = tables.find(table, UInt32(truncatingIfNeeded: bits)) else {
            throw bitCount < 15 ? .inputEnds : .damaged
        }
        guard length <= bitCount else { throw .inputEnds }
        bits &>>= UInt64(length)
        bitCount &-= length
        return symbol
    }

    /// The order in which the lengths of the code for lengths come. RFC 1951, 3.2.7.
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Base and extra bits of the lengths 257 to 285. RFC 1951, 3.2.5.
    private static let lengths: [(UInt16, UInt8)] = [
        (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1),
        (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4),
        (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
    ]

    /// Base and extra bits of the distances.
    private static let distances: [(UInt16, UInt8)] = [
        (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4),
        (65, 5), (97, 5), (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9),
        (2049, 10), (3073, 10), (4097, 11), (6145, 11), (8193, 12), (12289, 12), (16385, 13), (24577, 13),
    ]
}

/// The two Huffman tables of a block, in memory that the caller owns.
///
/// Each has 512 entries for codes of at most 9 bits (symbol * 16 + length), and the counts and symbols of a
/// canonical code for the longer ones, which are rare.
private struct Tables: ~Copyable {
    static let fastBits = 9
    private static let fastSize = 1 << fastBits
    private static let countsAt = fastSize
    private static let symbolsAt = countsAt + 16
    /// One table: entries, counts, symbols.
    private static let size = symbolsAt + 288
    static let literals = 0
    static let distances = size
    private static let lengthsAt = 2 * size
    static let capacity = 2 * size + 320

    private let words: UnsafeMutableBufferPointer<UInt16>

    init(_ words: UnsafeMutableBufferPointer<UInt16>) {
        self.words = words
    }

    func length(_ index: Int) -> Int { Int(words[Self.lengthsAt + index]) }
    func setLength(_ index: Int, _ length: Int) {
        words[Self.lengthsAt + index] = UInt16(truncatingIfNeeded: length)
    }
    func clearLengths() { for index in 0..<320 { setLength(index, 0) } }

    /// The code that needs no description. RFC 1951, 3.2.6.
    func setFixed() {
        for symbol in 0..<288 {
            setLength(symbol, symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)
        }
        for symbol in 0..<32 { setLength(288 + symbol, 5) }  // of which the last two are never used
        _ = make(literals: 288, distances: 32)
    }

    func makeLiterals(count: Int) -> Bool { make(Self.literals, from: 0, count, mayBeIncomplete: false) }

    /// Builds both tables from the lengths that were set, those of the distances after those of the literals.
    func make(literals: Int, distances: Int) -> Bool {
        make(Self.literals, from: 0, literals, mayBeIncomplete: true)
            && make(Self.distances, from: literals, distances, mayBeIncomplete: true)
    }

    /// Builds one table; false if the lengths do not form a code. As in zlib, a code may be incomplete
    /// only if it has one symbol of one bit, or none.
    private func make(_ table: Int, from first: Int, _ count: Int, mayBeIncomplete: Bool) -> Bool {
        let words = words  // Without it, Swift 6.3 cannot compile this for ThreadSanitizer.
        for length in 0..<16 { words[table + Self.countsAt + length] = 0 }
        for index in 0..<count { words[table + Self.countsAt + length(first + index)] += 1 }
        for entry in 0..<Self.fastSize { words[table + entry] = 0 }
        let used = count - Int(words[table + Self.countsAt])
        words[table + Self.countsAt] = 0
        if used == 0 { return mayBeIncomplete }
        var left = 1
        var longest = 0
        for length in 1...15 {
            let number = Int(words[table + Self.countsAt + length])
            left = left << 1 - number
            if left < 0 { return false }
            if number > 0 { longest = length }
        }
        guard left == 0 || (mayBeIncomplete && used == 1 && longest == 1) else { return false }

        return withUnsafeTemporaryAllocation(of: Int.self, capacity: 32) { places in
            // Where the symbols of each length begin, and the first code of each.
            var place = 0
            var code = 0
            for length in 1...15 {
                places[length] = place
                places[16 + length] = code
                place += Int(words[table + Self.countsAt + length])
                code = (code + Int(words[table + Self.countsAt + length])) << 1
            }
            for symbol in 0..<count {
                let length = length(first + symbol)
                guard length > 0 else { continue }
                words[table + Self.symbolsAt + places[length]] = UInt16(symbol)
                places[length] += 1
                let code = places[16 + length]
                places[16 + length] += 1
                guard length <= Self.fastBits else { continue }
                // The first bit of a code is the lowest at hand.
                var entry = 0
                for bit in 0..<length where code >> bit & 1 == 1 { entry |= 1 << (length - 1 - bit) }
                while entry < Self.fastSize {
                    words[table + entry] = UInt16(symbol << 4 | length)
                    entry += 1 << length
                }
            }
            return true
        }
    }

    /// The symbol whose code the next bits are, and the length of the code.
    @inline(__always)
    func find(_ table: Int, _ bits: UInt32) -> (symbol: Int, length: Int)? {
        let entry = Int(words[table &+ Int(bits) & (Self.fastSize - 1)])
        if entry != 0 { return (entry >> 4, entry & 15) }
        return findLong(table, bits)
    }

    @inline(never)
    private func findLong(_ table: Int, _ bits: UInt32) -> (symbol: Int, length: Int)? {
        var (code, first, index) = (0, 0, 0)
        for length in 1...15 {
            code |= Int(bits >> UInt32(length - 1) & 1)
            let count = Int(words[table + Self.countsAt + length])
            if code - count < first {
                return (Int(words[table + Self.symbolsAt + index + code - first]), length)
            }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        return nil
    }
}

/// Where unpacked bytes go: the caller's buffer, or one that grows up to a limit.
private struct Output: ~Copyable {
    private var buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 0
    private let limit: Int
    private let isOwned: Bool

    init(fixed buffer: UnsafeMutableRawBufferPointer) {
        self.buffer = buffer
        limit = buffer.count
        isOwned = false
    }

    init(limit: Int, guess: Int) {
        self.limit = max(limit, 0)
        let first = min(self.limit, max(4096, min(guess, 1 << 20) * 3))
        buffer = .allocate(byteCount: first, alignment: 16)
        isOwned = true
    }

    deinit {
        if isOwned { buffer.deallocate() }
    }

    var array: [UInt8] { Array(buffer[..<count]) }

    /// Makes room for more bytes; false if the limit does not allow that.
    @inline(__always)
    private mutating func reserve(_ more: Int) -> Bool {
        more <= buffer.count &- count || grow(more)
    }

    @inline(never)
    private mutating func grow(_ more: Int) -> Bool {
        guard isOwned, more <= limit - count else { return false }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(limit, max(count + more, 2 * buffer.count)), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        buffer.deallocate()
        buffer = larger
        return true
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) -> Bool {
        guard reserve(1) else { return false }
        buffer[count] = byte
        count &+= 1
        return true
    }

    /// Appends as many of the bytes as fit.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        let fitting = min(bytes.count, limit - count)
        guard fitting > 0, reserve(fitting) else { return 0 }
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<fitting]))
        count += fitting
        return fitting
    }

    /// Repeats earlier bytes, which may overlap with the result. False if not all fit; those
    /// that do are written.
    @inline(__always)
    mutating func repeatBytes(from distance: Int, count length: Int) -> Bool {
        let fitting = min(length, limit &- count)
        guard reserve(fitting) else { return false }
        for _ in 0..<fitting {
            buffer[count] = buffer[count &- distance]
            count &+= 1
        }
        return fitting == length
    }
}
