package import ImageHeaders
package import SystemPackage

extension FilePath {
    /// The first bytes of a file; fewer where it ends, nil for one that cannot be read. A FIFO holds nobody up.
    package func beginning(maxBytes: Int) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(self, .readOnly, options: [.closeOnExec, .nonBlocking])
        else {
            return nil
        }
        defer { try? file.close() }
        return try? file.beginning(maxBytes: maxBytes)
    }

    /// All bytes of a file, or of a pipe.
    ///
    /// - Parameter limit: the bytes after which reading stops: what is longer comes back longer than this, too.
    /// - Returns: its bytes.
    /// - Throws: `FileError`.
    package func readWhole(limit: Int = .max) throws(FileError) -> [UInt8] {
        let file = try FileError.naming(.open, self) {
            try FileDescriptor.open(self, .readOnly, options: [.closeOnExec])
        }
        defer { try? file.close() }
        return try FileError.naming(.read, self) { try file.readWhole(limit: limit) }
    }
}

extension FileDescriptor {
    /// The first bytes of a file; fewer where it ends.
    package func beginning(maxBytes: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: maxBytes) { memory, count in
            while count < maxBytes {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(memory)[count...])
                let read = try read(fromAbsoluteOffset: Int64(count), into: rest)
                if read == 0 { return }
                count += read
            }
        }
    }

    /// What is left to read, from the present position on.
    ///
    /// - Parameter limit: the bytes after which reading stops: what is longer comes back longer than this, too.
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
