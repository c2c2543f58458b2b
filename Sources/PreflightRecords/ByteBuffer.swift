/// Bytes that grow at their end. Room is made once for all parts of a field, which then go through a
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

    /// Forgets what was written and keeps the room.
    mutating func removeAll() { count = 0 }

    /// Appends what the body writes.
    ///
    /// - Parameters:
    ///   - most: the bytes that the body writes at most.
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

    /// A place in the room of a buffer, which moves on with every byte.
    struct Cursor {
        /// Where the next byte goes.
        private(set) var next: UnsafeMutablePointer<UInt8>
        /// The end of the room that was asked for.
        private let end: UnsafeMutablePointer<UInt8>

        fileprivate init(next: UnsafeMutablePointer<UInt8>, end: UnsafeMutablePointer<UInt8>) {
            self.next = next
            self.end = end
        }

        /// Writes one byte.
        @inline(__always)
        mutating func put(_ byte: UInt8) {
            assert(next < end, "more is written than was asked for")
            next.pointee = byte
            next += 1
        }

        /// Writes some bytes.
        @inline(__always)
        mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
            assert(bytes.count <= end - next, "more is written than was asked for")
            guard let first = bytes.baseAddress else { return }
            next.update(from: first, count: bytes.count)
            next += bytes.count
        }

        /// Writes a text that stands in the source code.
        @inline(__always)
        mutating func put(_ text: StaticString) {
            put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }

        /// Writes a text that holds no more than was asked for.
        @inline(__always)
        mutating func put(_ text: String) {
            var text = text
            text.withUTF8 { put($0) }
        }

        /// Writes a number in decimal digits. ``ByteBuffer/maxDecimalLength`` bytes have to be asked for.
        mutating func put(_ value: Int) {
            if value < 0 { put(UInt8(ascii: "-")) }
            put(decimal: value.magnitude, minimumDigits: 1)
        }

        /// Writes a number in decimal digits, with zeros in front where it has fewer than asked for.
        /// ``ByteBuffer/maxDecimalLength`` bytes have to be asked for.
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
            assert(end - next >= 8, "more is written than was asked for")
            UnsafeMutableRawPointer(next).storeBytes(of: word.littleEndian, as: UInt64.self)
            next += digits
        }
    }

    /// The bytes to ask for before a number: the longest `Int` has 20, and its last digits are stored as a
    /// word of 8.
    static let maxDecimalLength = 28
}
