/// Reads what the structure of a PDF says: pages, version, encryption. Offline, without decoding a page.
///
/// In a healthy file only the tables of objects, the catalog and the root of the page tree are read, which
/// gives the number of pages; otherwise the tree is walked. A damaged file is searched from start to
/// end. Time, memory and depth are bounded, circles are found, and an unknown number of pages is nil.
///
/// Sources: ISO 32000-1, 7.5 (file structure), 7.7.3 (page tree), annex F (linearized files).
public enum PDFReader {
    /// Reads a PDF in memory.
    ///
    /// - Parameter bytes: the whole file.
    /// - Returns: the facts; ``HeaderError/Code/empty`` without any bytes, ``HeaderError/Code/unrecognized`` if no PDF
    ///   begins within the first 1024 bytes.
    public static func read(bytes: UnsafeRawBufferPointer) -> Result<PDFFacts, HeaderError> {
        read(PDFBytes(bytes)).facts
    }

    /// Reads a PDF in memory.
    ///
    /// - Parameter bytes: the whole file.
    /// - Returns: the facts, or why the file could not be read.
    public static func read(bytes: some Collection<UInt8>) -> Result<PDFFacts, HeaderError> {
        let facts = bytes.withContiguousStorageIfAvailable { read(bytes: UnsafeRawBufferPointer($0)) }
        return facts ?? Array(bytes).withUnsafeBytes { read(bytes: $0) }
    }

    /// Reads the PDF at a path.
    ///
    /// - Parameters:
    ///   - path: a path as the system takes it, ending with a zero byte.
    ///   - folder: a descriptor of the folder that a relative path begins in.
    /// - Returns: the facts, or why the file could not be read.
    /// - Throws: ``FileError`` when the file cannot be read, or is a folder, pipe, socket or device.
    public static func read(
        path: UnsafePointer<CChar>, of folder: Int32 = HeaderReader.presentFolder
    ) throws(FileError) -> Result<PDFFacts, HeaderError> {
        let descriptor = Platform.open(path, of: folder)
        guard descriptor >= 0 else { throw FileError(.open, errno: Platform.errno) }
        defer { Platform.close(descriptor) }
        return try read(fileDescriptor: descriptor)
    }

    /// Reads an open PDF. The descriptor's position is not used.
    ///
    /// - Parameter fileDescriptor: a descriptor that is open for reading; it stays open.
    /// - Returns: the facts, or why the file could not be read.
    /// - Throws: ``FileError`` when the file cannot be read, or is a folder, pipe, socket or device.
    public static func read(fileDescriptor: Int32) throws(FileError) -> Result<PDFFacts, HeaderError> {
        let status = Platform.byteCount(fileDescriptor)
        guard status.errno == 0 else { throw FileError(.stat, errno: status.errno) }
        let (facts, failure) = read(PDFBytes(descriptor: fileDescriptor, byteCount: status.count))
        guard failure == 0 else { throw FileError(.read, errno: failure) }
        return facts
    }

    private static func read(
        _ bytes: consuming PDFBytes
    ) -> (facts: Result<PDFFacts, HeaderError>, failure: Int32) {
        let byteCount = bytes.byteCount
        guard byteCount > 0 else { return (.failure(.empty), 0) }
        let start = bytes.slice(at: 0, atMost: HeaderBounds.textProbeBytes + 16)
        guard let header = Header(start) else { return (.failure(.unrecognized), bytes.failure) }
        var facts = PDFFacts(byteCount: byteCount, version: header.version)
        facts.isLinearized = isLinearized(bytes.slice(at: header.offset, atMost: 1024))

        var objects = PDFObjects(bytes, base: header.offset)
        do throws(PDFStop) {
            do throws(PDFStop) {
                try objects.readTables()
                try count(&objects, into: &facts)
            } catch {
                guard error == .damaged || error == .cut else { throw error }
                facts.isDamaged = true
                try objects.rebuild()
                try count(&objects, into: &facts)
            }
        } catch {
            facts.problem =
                switch error {
                case .damaged, .cut: .noPageTree
                case .encrypted: .encrypted
                case .tooComplex: .tooComplex
                }
        }
        facts.isEncrypted = objects.isEncrypted
        return (.success(facts), objects.bytes.failure)
    }

    /// Counts the pages below the catalog.
    private static func count(_ objects: inout PDFObjects, into facts: inout PDFFacts) throws(PDFStop) {
        guard let root = objects.root, let catalog = try objects.object(root)?.value.dictionary else {
            throw .damaged
        }
        if let version = catalog[.version]?.name, isLater(version, than: facts.version) {
            facts.version = version
        }
        switch try PDFPageTree.count(&objects, catalog[.pages]) {
        case .pages(let count): facts.pages = count
        case .contradictory:
            // Perhaps only the table points to the wrong objects.
            if !objects.isRebuilt { throw .damaged }
            facts.problem = .contradictory
        }
    }

    /// Whether a version is a later one: digits, a dot, digits.
    private static func isLater(_ version: String, than other: String) -> Bool {
        func parts(_ text: String) -> (Int, Int)? {
            let numbers = text.split(separator: ".").map { Int($0) }
            guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
            return (major, minor)
        }
        guard let new = parts(version) else { return false }
        guard let old = parts(other) else { return true }
        return new > old
    }

    /// Whether the first object says that the file is linearized.
    private static func isLinearized(_ start: UnsafeRawBufferPointer) -> Bool {
        var lexer = PDFLexer(start)
        lexer.skipSpace()
        guard (try? lexer.natural()) != nil, (try? lexer.natural()) != nil, lexer.take("obj"),
            let dictionary = try? lexer.value().dictionary
        else { return false }
        return dictionary[.linearized] != nil
    }

    /// The line with which a PDF begins.
    private struct Header {
        var offset: Int
        var version: String

        init?(_ bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= 5,
                let offset = (0..<min(HeaderBounds.textProbeBytes, bytes.count)).first(where: {
                    bytes[$0] == 0x25 && bytes.has("%PDF-", at: $0)
                })
            else { return nil }
            self.offset = offset
            let digits = bytes[(offset + 5)...].prefix { (0x30...0x39).contains($0) || $0 == 0x2E }.prefix(8)
            version = String(decoding: digits, as: UTF8.self)
        }
    }
}

/// The tree of pages.
private enum PDFPageTree {
    /// Nodes within nodes; real trees have fewer than ten.
    private static let maxDepth = 512
    /// The most objects that a PDF may have. ISO 32000-1, annex C.
    private static let maxObjects = 8_388_607
    /// Entries of all nodes together.
    private static let maxEntries = 1_000_000

    enum Answer {
        case pages(Int)
        /// Pages are missing, or a node is in the tree twice.
        case contradictory
    }

    /// A node on the path from the root.
    private struct Node {
        var kids: [PDFValue]
        var next = 0
    }

    /// The number of pages that the root gives, which is what readers show; if it gives none, its leaves are
    /// counted.
    static func count(_ objects: inout PDFObjects, _ root: PDFValue?) throws(PDFStop) -> Answer {
        guard let dictionary = try objects.resolve(root)?.dictionary else { throw .damaged }
        if let count = try objects.resolve(dictionary[.count])?.integer, (1...maxObjects).contains(count) {
            return .pages(count)
        }
        if dictionary[.type]?.name == "Page" { return .pages(1) }
        guard let kids = try objects.resolve(dictionary[.kids])?.array else { throw .damaged }

        var stack = [Node(kids: kids)]
        var seen: Set<Int> = []
        if let number = root?.reference { seen.insert(number) }
        var (pages, missing, entries) = (0, 0, 0)
        while var node = stack.popLast() {
            guard node.next < node.kids.count else { continue }
            let kid = node.kids[node.next]
            node.next += 1
            stack.append(node)
            entries += 1
            guard entries <= maxEntries else { throw .tooComplex }
            guard let dictionary = try objects.resolve(kid)?.dictionary else {
                missing += 1
                continue
            }
            if isPage(dictionary) {
                pages += 1
                continue
            }
            if let number = kid.reference, !seen.insert(number).inserted { return .contradictory }
            guard stack.count < maxDepth else { return .contradictory }
            guard let kids = try objects.resolve(dictionary[.kids])?.array else {
                missing += 1
                continue
            }
            stack.append(Node(kids: kids))
        }
        return missing > 0 ? .contradictory : .pages(pages)
    }

    /// Whether a node is a page: it says so, or has nothing below it.
    private static func isPage(_ dictionary: PDFDictionary) -> Bool {
        dictionary[.type]?.name == "Page" || dictionary[.kids] == nil
    }
}
