/// A growing byte buffer. Room is reserved once for all parts of a field, which are then written through a
/// ``Cursor``: appending each part to an array costs more than the part.
struct ByteBuffer: Sendable {
    /// Its count is the room, not the content.
    private var storage: [UInt8]
    /// How many bytes were written.
    private(set) var count = 0

    /// An empty buffer.
    ///
    /// - Parameter capacity: bytes to reserve.
    init(capacity: Int) {
        storage = []
        if capacity > 0 { grow(by: capacity) }
    }

    /// What was written.
    var bytes: [UInt8] { Array(storage[..<count]) }

    /// Discards the contents and keeps the room.
    mutating func removeAll() { count = 0 }

    /// Appends what the body writes.
    ///
    /// - Parameters:
    ///   - most: the most bytes that the body writes.
    ///   - write: writes them.
    @inline(__always)
    mutating func append(atMost most: Int, _ write: (inout Cursor) -> Void) {
        if storage.count - count < most { grow(by: most) }
        let start = count
        count = storage.withUnsafeMutableBufferPointer { storage in
            guard let first = storage.baseAddress else { return start }
            var cursor = Cursor(next: first + start, end: first + start + most)
            write(&cursor)
            return cursor.next - first
        }
    }

    @inline(never)
    private mutating func grow(by most: Int) {
        let room = max(storage.count * 2, count + most)
        storage.reserveCapacity(room)
        storage.append(contentsOf: repeatElement(0, count: room - storage.count))
    }

    /// A position in the buffer's room that advances with every byte.
    struct Cursor {
        /// Where the next byte goes.
        private(set) var next: UnsafeMutablePointer<UInt8>
        /// The end of the reserved room.
        private let end: UnsafeMutablePointer<UInt8>

        fileprivate init(next: UnsafeMutablePointer<UInt8>, end: UnsafeMutablePointer<UInt8>) {
            self.next = next
            self.end = end
        }

        /// Writes one byte.
        @inline(__always)
        mutating func put(_ byte: UInt8) {
            assert(next < end, "more is written than was reserved")
            next.pointee = byte
            next += 1
        }

        /// Writes some bytes.
        @inline(__always)
        mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
            assert(bytes.count <= end - next, "more is written than was reserved")
            guard let first = bytes.baseAddress else { return }
            next.update(from: first, count: bytes.count)
            next += bytes.count
        }

        /// Writes a text from the source code.
        @inline(__always)
        mutating func put(_ text: StaticString) {
            put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }

        /// Writes a text that fits into the reserved room.
        @inline(__always)
        mutating func put(_ text: String) {
            var text = text
            text.withUTF8 { put($0) }
        }

        /// Writes a number in decimal digits. Reserve ``ByteBuffer/maxDecimalLength`` bytes.
        mutating func put(_ value: Int) {
            if value < 0 { put(UInt8(ascii: "-")) }
            put(decimal: value.magnitude, minimumDigits: 1)
        }

        /// Writes a number in decimal digits, padded with leading zeros to a minimum length. Reserve
        /// ``ByteBuffer/maxDecimalLength`` bytes.
        mutating func put(decimal value: UInt, minimumDigits: Int) {
            var rest = value
            // Eight digits fill a word from its first byte on, so most numbers are one store.
            var word: UInt64 = 0
            var digits = 0
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                word = word << 8 | UInt64(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
                rest = quotient
                digits += 1
            } while digits < 8 && (rest > 0 || digits < minimumDigits)
            if rest > 0 { put(decimal: rest, minimumDigits: 1) }
            assert(end - next >= 8, "more is written than was reserved")
            UnsafeMutableRawPointer(next).storeBytes(of: word.littleEndian, as: UInt64.self)
            next += digits
        }
    }

    /// The bytes to reserve for a number: the longest `Int` has 20, and its last digits are stored as a word
    /// of 8.
    static let maxDecimalLength = 28
}
