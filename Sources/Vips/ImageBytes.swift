/// Bytes of an encoded image at a fixed address: libvips reads from there as long as the image lives.
package final class ImageBytes {
    private let memory: UnsafeMutableRawBufferPointer
    private let free: (UnsafeMutableRawPointer) -> Void

    /// How many bytes there are.
    package let count: Int

    /// A buffer that is filled in place.
    ///
    /// - Parameters:
    ///   - capacity: the most bytes there will be.
    ///   - fill: writes the bytes and returns how many it wrote.
    /// - Throws: what `fill` throws.
    package init<Failure: Error>(
        capacity: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 1), alignment: 16)
        do throws(Failure) {
            count = try fill(UnsafeMutableRawBufferPointer(rebasing: memory[..<capacity]))
        } catch {
            memory.deallocate()
            throw error
        }
        self.memory = memory
        free = { $0.deallocate() }
    }

    /// A copy of bytes.
    package convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(capacity: bytes.count) { memory in
            memory.copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// A copy of bytes in memory.
    package convenience init(copying bytes: [UInt8]) {
        self.init(capacity: bytes.count) { memory in
            memory.copyBytes(from: bytes)
            return bytes.count
        }
    }

    /// Memory that a C library allocated, to be given back to it.
    ///
    /// - Parameters:
    ///   - memory: where the bytes begin.
    ///   - count: how many there are.
    ///   - free: gives them back.
    package init(
        adopting memory: UnsafeMutableRawPointer, count: Int,
        freedBy free: @escaping (UnsafeMutableRawPointer) -> Void
    ) {
        self.memory = UnsafeMutableRawBufferPointer(start: memory, count: count)
        self.count = count
        self.free = free
    }

    deinit { memory.baseAddress.map(free) }

    /// Passes the bytes to the body.
    ///
    /// - Parameter body: must not keep the pointer.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withExtendedLifetime(self) { () throws(Failure) -> Result in
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<count]))
        }
    }

    /// The bytes as an array of their own.
    package var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// Where the bytes begin. Valid as long as this object lives.
    var start: UnsafeRawPointer? { UnsafeRawPointer(memory.baseAddress) }
}
