package import ImageHeaders
package import SystemPackage

extension FilePath {
    /// Opens a file or folder for reading; child processes do not inherit it.
    ///
    /// - Parameter options: additional options.
    /// - Returns: the descriptor, which the caller closes.
    /// - Throws: `FileError`.
    package func openForReading(
        _ options: FileDescriptor.OpenOptions = []
    ) throws(FileError) -> FileDescriptor {
        try FileError.naming(.open, self) {
            try FileDescriptor.open(self, .readOnly, options: options.union(.closeOnExec))
        }
    }

    /// The first bytes of a file; fewer if it is shorter, nil if it cannot be read. Never blocks on a FIFO.
    package func beginning(maxBytes: Int) -> [UInt8]? {
        guard let file = try? openForReading(.nonBlocking) else { return nil }
        defer { try? file.close() }
        return try? file.bytes(atMost: maxBytes)
    }

    /// All bytes of a file or pipe.
    ///
    /// - Parameter limit: where reading stops; the result of a longer file is also longer than this.
    /// - Returns: its bytes.
    /// - Throws: `FileError`.
    package func readWhole(limit: Int = .max) throws(FileError) -> [UInt8] {
        let file = try openForReading()
        defer { try? file.close() }
        return try FileError.naming(.read, self) { try file.readWhole(limit: limit) }
    }
}

extension FileDescriptor {
    /// Bytes of a file, whose position is not used.
    ///
    /// - Parameters:
    ///   - count: how many; fewer at the end of the file.
    ///   - offset: where they begin.
    /// - Returns: the bytes.
    /// - Throws: `Errno`.
    package func bytes(atMost count: Int, from offset: Int = 0) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
            // The array may have more room than requested.
            let wanted = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(memory)[..<count])
            filled = try fill(wanted, from: offset)
        }
    }

    /// Reads until the memory is full or the file ends; the position of the file is not used.
    ///
    /// - Parameters:
    ///   - memory: where the bytes go.
    ///   - offset: where they begin.
    /// - Returns: how many bytes were read.
    /// - Throws: `Errno`.
    package func fill(_ memory: UnsafeMutableRawBufferPointer, from offset: Int = 0) throws -> Int {
        var count = 0
        while count < memory.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            let read = try read(fromAbsoluteOffset: Int64(offset + count), into: rest)
            if read == 0 { break }
            count += read
        }
        return count
    }

    /// The rest of the file, from its current position.
    ///
    /// - Parameter limit: where reading stops; the result of a longer file is also longer than this.
    /// - Returns: the bytes.
    /// - Throws: `Errno`.
    package func readWhole(limit: Int = .max) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while bytes.count <= limit {
            let count = try read(into: chunk)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }
}
