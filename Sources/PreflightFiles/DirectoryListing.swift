package import ImageHeaders

/// The names of one folder in the order of their bytes. Kept in one arena, so that a folder of a million
/// files costs their names and 16 bytes each.
package struct DirectoryListing {
    /// The kind of entry, as far as listing the folder shows it.
    package enum Kind: UInt8 {
        case file, folder, link, unknown, other
    }

    package struct Entry {
        /// The first eight bytes of the name, big-endian: most comparisons end here.
        var prefix: UInt64
        var offset: UInt32
        var length: UInt16
        package var kind: Kind
        /// A number of the reader's own; 0 at first.
        package var mark: UInt8 = 0
    }

    package var entries: [Entry] = []
    private var arena: [UInt8] = []

    /// Reads a folder.
    ///
    /// - Parameters:
    ///   - path: the folder, terminated by NUL.
    ///   - takesHidden: whether names that begin with a dot are included.
    /// - Throws: `FileError` when it cannot be opened or read to the end.
    package init(path: UnsafePointer<CChar>, takesHidden: Bool) throws(FileError) {
        guard let directory = opendir(path) else {
            throw FileError(.openFolder, errno: errno)
        }
        defer { closedir(directory) }
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw FileError(.readFolder, errno: errno) }
                break
            }
            append(entry, takesHidden: takesHidden)
        }
        sort()
    }

    /// The name of an entry.
    package func name(of entry: Entry) -> ArraySlice<UInt8> {
        arena[Int(entry.offset)..<Int(entry.offset) + Int(entry.length)]
    }

    private mutating func append(_ entry: UnsafeMutablePointer<dirent>, takesHidden: Bool) {
        let kind: Kind =
            switch Int32(entry.pointee.d_type) {
            case Int32(DT_REG): .file
            case Int32(DT_DIR): .folder
            case Int32(DT_LNK): .link
            case Int32(DT_UNKNOWN): .unknown
            default: .other
            }
        // Through the pointer, not the 256-byte tuple: some systems return longer names.
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
        let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: UInt8.self)
        let length = strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
        let dot = UInt8(ascii: ".")
        if length == 0 || name[0] == dot && (!takesHidden || length == 1 || length == 2 && name[1] == dot) {
            return
        }
        guard kind != .other, length <= Int(UInt16.max), let start = UInt32(exactly: arena.count) else {
            return
        }
        arena.append(contentsOf: UnsafeBufferPointer(start: name, count: length))
        arena.append(0)
        var prefix: UInt64 = 0
        for index in 0..<8 { prefix = prefix << 8 | (index < length ? UInt64(name[index]) : 0) }
        entries.append(
            Entry(prefix: prefix, offset: start, length: UInt16(length), kind: kind))
    }

    private mutating func sort() {
        arena.withUnsafeBufferPointer { arena in
            entries.sort { left, right in
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                guard let base = arena.baseAddress else { return false }
                return strcmp(
                    UnsafeRawPointer(base + Int(left.offset)).assumingMemoryBound(to: CChar.self),
                    UnsafeRawPointer(base + Int(right.offset)).assumingMemoryBound(to: CChar.self)) < 0
            }
        }
    }
}
