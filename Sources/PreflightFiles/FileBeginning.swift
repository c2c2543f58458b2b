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
}
