/// The objects of a PDF: where they are, and what they hold. Source: ISO 32000-1, 7.3.8 to 7.5.8.
struct PDFObjects: ~Copyable {
    /// Bounds that no real file approaches, and that a hostile one cannot exceed.
    enum Bounds {
        /// The bytes that all streams together may unpack to.
        static let unpackedBytes = 64 * 1024 * 1024
        /// The bytes of one object without its stream. A page tree in one piece has 12 bytes for each page.
        static let objectBytes = 16 * 1024 * 1024
        /// Tables of objects: one for each time the file was saved.
        static let sections = 1024
        /// Parts of such tables, of all together.
        static let subsections = 65_536
        /// Objects found by searching.
        static let foundObjects = 1_000_000
        /// References within references, as from a stream to its length.
        static let depth = 8
        /// Steps of all kinds, each of which takes about a nanosecond.
        static let work = 1 << 30
        /// Where the end of the file points to its table. ISO 32000-1, annex H, note 18.
        static let tailBytes = 1024
    }

    /// Where an object is.
    private enum Place {
        /// At an offset of the file.
        case offset(Int)
        /// In an object stream, which has a number, at an index.
        case packed(Int, Int)
    }

    /// One table of objects.
    private enum Section {
        case table([Subsection])
        case stream(rows: [UInt8], widths: [Int], ranges: [(first: Int, count: Int, row: Int)])
    }

    /// Entries of a classic table that follow one another.
    private struct Subsection {
        var first: Int
        var count: Int
        var offset: Int
        /// The bytes of an entry: 20, and 19 or 21 in files of careless writers.
        var stride: Int
    }

    /// The objects of an object stream.
    private struct ObjectStream {
        var data: [UInt8]
        var places: [(number: Int, offset: Int)]
    }

    /// An object: its value, and where the data of its stream begins.
    struct Object {
        var value: PDFValue
        var streamStart: Int?
    }

    private(set) var bytes: PDFBytes
    /// The number of the catalog.
    private(set) var root: Int?
    private(set) var isEncrypted = false
    /// Whether the table was rebuilt by searching the file.
    private(set) var isRebuilt = false

    /// Where the line `%PDF-` is: offsets count from there in files that have something before it.
    private let base: Int
    private var sections: [Section] = []
    private var subsectionCount = 0
    private var found: [Int: Place] = [:]
    private var objectStreams: [Int: ObjectStream] = [:]
    private var unpackedBytes = 0
    private var work = 0

    init(_ bytes: consuming PDFBytes, base: Int) {
        self.bytes = bytes
        self.base = base
    }

    private mutating func spend(_ amount: Int) throws(PDFStop) {
        work += amount
        guard work <= Bounds.work else { throw .tooComplex }
    }

    // MARK: Objects

    /// The object with a number; nil if it does not exist, which means null.
    mutating func object(_ number: Int, depth: Int = 0) throws(PDFStop) -> Object? {
        guard depth < Bounds.depth else { throw .damaged }
        guard let place = try place(of: number) else { return nil }
        switch place {
        case .offset(let offset):
            if let object = try object(number, at: offset) { return object }
            if base > 0, !isRebuilt, let object = try object(number, at: offset + base) { return object }
            throw .damaged
        case .packed(let stream, let index):
            let value = try packedValue(number, in: stream, index, depth: depth)
            return value.map { Object(value: $0) }
        }
    }

    /// The value that a reference leads to, or the value itself.
    mutating func resolve(_ value: PDFValue?, depth: Int = 0) throws(PDFStop) -> PDFValue? {
        guard case .reference(let number) = value else { return value }
        let object = try object(number, depth: depth + 1)
        // A reference to a reference is not allowed, and not followed.
        return object?.value
    }

    /// The object at an offset; nil if a different one, or none, is there.
    private mutating func object(_ number: Int, at offset: Int) throws(PDFStop) -> Object? {
        var size = 1024
        while true {
            let slice = bytes.slice(at: offset, atMost: size)
            try spend(slice.count + 100)
            do throws(PDFStop) {
                var lexer = PDFLexer(slice)
                guard try lexer.natural() == number else { return nil }
                _ = try lexer.natural()
                try lexer.expect("obj")
                let value = try lexer.value()
                guard value.dictionary != nil else { return Object(value: value) }
                lexer.skipSpace()
                // The word that may follow must be available as a whole.
                guard lexer.position + 10 <= slice.count || slice.count < size else { throw .cut }
                guard lexer.take("stream") else { return Object(value: value) }
                lexer.skipEndOfLine()
                return Object(value: value, streamStart: offset + lexer.position)
            } catch {
                switch error {
                case .cut where slice.count == size && size < Bounds.objectBytes: size *= 8
                case .cut where slice.count == size: throw .tooComplex
                case .cut, .damaged: return nil
                case .encrypted, .tooComplex: throw error
                }
            }
        }
    }

    // MARK: Streams

    /// The contents of an object's stream.
    private mutating func contents(_ object: Object, depth: Int) throws(PDFStop) -> [UInt8] {
        guard let start = object.streamStart, let dictionary = object.value.dictionary else { throw .damaged }
        let length = try streamLength(dictionary, from: start, depth: depth)
        let steps = try filters(dictionary, depth: depth)
        let limit = Bounds.unpackedBytes - unpackedBytes
        try spend(length)
        let data = try PDFStream.decode(bytes.slice(at: start, atMost: length), steps, limit: limit)
        unpackedBytes += data.count
        try spend(4 * data.count)
        return data
    }

    private mutating func filters(
        _ dictionary: PDFDictionary, depth: Int
    ) throws(PDFStop) -> [PDFStream.Step] {
        guard let filter = try resolve(dictionary[.filter], depth: depth) else { return [] }
        let parameters = try resolve(dictionary[.parameters], depth: depth)
        if let name = filter.name {
            let own = parameters?.dictionary ?? parameters?.array?.first?.dictionary ?? [:]
            return [PDFStream.Step(name: name, parameters: own)]
        }
        var steps: [PDFStream.Step] = []
        for (index, name) in (filter.array ?? []).enumerated() {
            var own = parameters?.dictionary
            if let all = parameters?.array, index < all.count {
                own = try resolve(all[index], depth: depth)?.dictionary
            }
            guard let name = try resolve(name, depth: depth)?.name else { throw .damaged }
            steps.append(PDFStream.Step(name: name, parameters: own ?? [:]))
        }
        return steps
    }

    /// The length of a stream in bytes: the given one if the stream ends there, otherwise the distance to its
    /// end.
    private mutating func streamLength(
        _ dictionary: PDFDictionary, from start: Int, depth: Int
    ) throws(PDFStop) -> Int {
        if let length = try resolve(dictionary[.length], depth: depth)?.integer, length >= 0,
            length <= bytes.byteCount - start
        {
            var lexer = PDFLexer(bytes.slice(at: start + length, atMost: 64))
            if lexer.take("endstream") { return length }
        }
        return try find("endstream", from: start) - start
    }

    /// The offset after a word.
    private mutating func find(_ word: StaticString, from start: Int) throws(PDFStop) -> Int {
        var offset = start
        while offset < bytes.byteCount {
            let slice = bytes.slice(at: offset, atMost: 65_536)
            try spend(slice.count)
            guard slice.count >= word.utf8CodeUnitCount else { break }
            for index in 0...(slice.count - word.utf8CodeUnitCount)
            where slice[index] == word.utf8Start[0] && slice.has(word, at: index) { return offset + index }
            offset += slice.count - word.utf8CodeUnitCount + 1
        }
        return bytes.byteCount
    }

    /// The value of an object in an object stream.
    private mutating func packedValue(
        _ number: Int, in stream: Int, _ index: Int, depth: Int
    ) throws(PDFStop) -> PDFValue? {
        // Texts and streams are encrypted; what is in a stream cannot be read.
        guard !isEncrypted else { throw .encrypted }
        if objectStreams[stream] == nil {
            guard case .offset? = try place(of: stream), let object = try object(stream, depth: depth + 1)
            else {
                throw .damaged
            }
            objectStreams[stream] = try objectStream(object, depth: depth + 1)
        }
        guard let packed = objectStreams[stream] else { return nil }
        let places = packed.places
        var offset: Int?
        if index < places.count, places[index].number == number { offset = places[index].offset }
        if offset == nil {
            try spend(places.count)
            offset = places.last { $0.number == number }?.offset
        }
        guard let offset, offset < packed.data.count else { return nil }
        let result = packed.data.withUnsafeBytes { data in
            Result { () throws(PDFStop) -> (PDFValue, Int) in
                var lexer = PDFLexer(data, at: offset)
                return (try lexer.value(), lexer.position - offset)
            }
        }
        do throws(PDFStop) {
            let (value, count) = try result.get()
            try spend(count + 100)
            return value
        } catch {
            throw error == .cut ? .damaged : error
        }
    }

    private mutating func objectStream(_ object: Object, depth: Int) throws(PDFStop) -> ObjectStream {
        guard let dictionary = object.value.dictionary,
            let count = try resolve(dictionary[.number], depth: depth)?.integer,
            let first = try resolve(dictionary[.first], depth: depth)?.integer
        else { throw .damaged }
        var data = try contents(object, depth: depth)
        // The last number must not end where the bytes do.
        data.append(0x20)
        guard first >= 0, first <= data.count, (0...data.count / 4 + 1).contains(count) else {
            throw .damaged
        }
        let places = data.withUnsafeBytes { bytes in
            var lexer = PDFLexer(bytes)
            var places: [(Int, Int)] = []
            for _ in 0..<count {
                guard let number = try? lexer.natural(), let offset = try? lexer.natural() else { break }
                places.append((number, first + offset))
            }
            return places
        }
        return ObjectStream(data: data, places: places)
    }

    // MARK: Tables

    /// Where an object is, by the newest table that knows it; nil if it is free or unknown.
    private mutating func place(of number: Int) throws(PDFStop) -> Place? {
        if isRebuilt { return found[number] }
        for index in sections.indices {
            switch sections[index] {
            case .table(let subsections):
                try spend(2 * subsections.count + 20)
                guard
                    let part = subsections.first(where: {
                        number - $0.first >= 0 && number - $0.first < $0.count
                    })
                else { continue }
                return try entry(part, number - part.first)
            case .stream(let rows, let widths, let ranges):
                try spend(2 * ranges.count + 20)
                guard
                    let range = ranges.first(where: { number - $0.first >= 0 && number - $0.first < $0.count }
                    )
                else { continue }
                let width = widths[0] + widths[1] + widths[2]
                let start = (range.row + number - range.first) * width
                guard start + width <= rows.count else { continue }
                func field(_ from: Int, _ count: Int) -> Int {
                    // Numbers of more than 7 bytes would be offsets beyond any file.
                    rows[from..<(from + count)].suffix(7).reduce(0) { $0 << 8 | Int($1) }
                }
                let second = field(start + widths[0], widths[1])
                switch widths[0] == 0 ? 1 : field(start, widths[0]) {
                case 0: return nil
                case 1: return .offset(second)
                case 2: return .packed(second, field(start + widths[0] + widths[1], widths[2]))
                default: return nil
                }
            }
        }
        return nil
    }

    /// An entry of a classic table.
    private mutating func entry(_ part: Subsection, _ index: Int) throws(PDFStop) -> Place? {
        var lexer = PDFLexer(bytes.slice(at: part.offset + index * part.stride, atMost: 24))
        do throws(PDFStop) {
            let offset = try lexer.natural()
            _ = try lexer.natural()
            if lexer.take("n") { return .offset(offset) }
            guard lexer.take("f") else { throw .damaged }
            return nil
        } catch {
            throw .damaged
        }
    }

    /// Reads all tables, from the newest back to the first.
    mutating func readTables() throws(PDFStop) {
        let tail = max(0, bytes.byteCount - Bounds.tailBytes)
        let slice = bytes.slice(at: tail, atMost: Bounds.tailBytes)
        guard let place = slice.lastPlace(of: "startxref") else { throw .damaged }
        var next = slice.natural(at: place + 9)
        var seen: Set<Int> = []
        while let offset = next {
            guard sections.count < Bounds.sections else { throw .tooComplex }
            // The chain is circular.
            guard seen.insert(offset).inserted else { throw .damaged }
            next = try readSection(at: offset)
        }
        guard root != nil else { throw .damaged }
    }

    /// Reads one table and what belongs to it.
    ///
    /// - Returns: the offset of the table before it.
    private mutating func readSection(at given: Int) throws(PDFStop) -> Int? {
        var offset = given
        if base > 0, !bytes.slice(at: offset, atMost: 32).beginsWithTable {
            offset += base
        }
        var lexer = PDFLexer(bytes.slice(at: offset, atMost: 64))
        guard lexer.take("xref") else { return try readTableStream(at: offset) }
        offset += lexer.position
        var subsections: [Subsection] = []
        while true {
            var lexer = PDFLexer(bytes.slice(at: offset, atMost: 64))
            if lexer.take("trailer") {
                offset += lexer.position
                break
            }
            guard let first = try? lexer.natural(), let count = try? lexer.natural() else { throw .damaged }
            lexer.skipSpace()
            offset += lexer.position
            guard count <= (bytes.byteCount - offset) / 18 else { throw .damaged }
            subsectionCount += 1
            guard subsectionCount <= Bounds.subsections else { throw .tooComplex }
            try spend(100)
            guard count > 0 else { continue }
            let stride = try entrySize(at: offset)
            subsections.append(Subsection(first: first, count: count, offset: offset, stride: stride))
            offset += count * stride
        }
        let trailer = try dictionary(at: offset)
        // Objects that old readers must not see are in a stream next to the table.
        if let hybrid = trailer[.hybrid]?.integer { _ = try? readTableStream(at: hybrid) }
        sections.append(.table(subsections))
        read(trailer: trailer)
        return trailer[.previous]?.integer
    }

    private mutating func entrySize(at offset: Int) throws(PDFStop) -> Int {
        var lexer = PDFLexer(bytes.slice(at: offset, atMost: 48))
        guard (try? lexer.natural()) != nil, (try? lexer.natural()) != nil, lexer.take("n") || lexer.take("f")
        else {
            throw .damaged
        }
        lexer.skipSpace()
        // The trailer follows the last entry.
        return (18...21).contains(lexer.position) ? lexer.position : 20
    }

    private mutating func dictionary(at offset: Int) throws(PDFStop) -> PDFDictionary {
        var size = 1024
        while true {
            let slice = bytes.slice(at: offset, atMost: size)
            try spend(slice.count)
            var lexer = PDFLexer(slice)
            do throws(PDFStop) {
                guard let dictionary = try lexer.value().dictionary else { throw .damaged }
                return dictionary
            } catch {
                guard error == .cut, slice.count == size, size < Bounds.objectBytes else {
                    throw error == .cut ? .damaged : error
                }
                size *= 8
            }
        }
    }

    private mutating func readTableStream(at offset: Int) throws(PDFStop) -> Int? {
        var lexer = PDFLexer(bytes.slice(at: offset, atMost: 64))
        guard let number = try? lexer.natural(), let object = try object(number, at: offset),
            let dictionary = object.value.dictionary, let widths = dictionary[.widths]?.array,
            widths.count >= 3
        else { throw .damaged }
        let sizes = widths.prefix(3).map { $0.integer ?? -1 }
        guard sizes.allSatisfy({ (0...16).contains($0) }), sizes.reduce(0, +) > 0 else { throw .damaged }
        let rows = try contents(object, depth: 0)
        var ranges: [(Int, Int, Int)] = []
        let numbers =
            dictionary[.index]?.array?.map { $0.integer ?? -1 } ?? [0, dictionary[.size]?.integer ?? -1]
        var row = 0
        for index in stride(from: 0, to: numbers.count - 1, by: 2) {
            guard numbers[index] >= 0, (0...rows.count).contains(numbers[index + 1]) else { throw .damaged }
            ranges.append((numbers[index], numbers[index + 1], row))
            row += numbers[index + 1]
        }
        subsectionCount += ranges.count
        guard subsectionCount <= Bounds.subsections else { throw .tooComplex }
        sections.append(.stream(rows: rows, widths: sizes, ranges: ranges))
        read(trailer: dictionary)
        return dictionary[.previous]?.integer
    }

    /// Takes the catalog from the newest trailer that has one.
    private mutating func read(trailer: PDFDictionary) {
        if root == nil { root = trailer[.root]?.reference }
        if trailer[.encrypt] != nil { isEncrypted = true }
    }

    // MARK: Searching

    /// Builds a table of all objects in the file, ignoring its own: of several with the same number, the last
    /// counts.
    mutating func rebuild() throws(PDFStop) {
        let wasEncrypted = isEncrypted
        (sections, found, objectStreams, root) = ([], [:], [:], nil)
        isRebuilt = true
        var packed: [Int] = []
        var catalog: Int?
        var offset = 0
        // What is before and after a word must be available.
        let (chunk, margin) = (65_536, 64)
        while offset < bytes.byteCount {
            let slice = bytes.slice(at: offset, atMost: chunk + margin)
            try spend(2 * slice.count)
            let end = min(chunk, slice.count)
            var marks: [Mark] = []
            slice.collectMarks(
                from: offset == 0 ? 0 : margin, to: end + (offset + end < bytes.byteCount ? margin : 0),
                into: &marks)
            guard found.count + marks.count <= Bounds.foundObjects else { throw .tooComplex }
            for mark in marks {
                switch mark {
                case .trailer(let place):
                    guard let trailer = try? dictionary(at: offset + place + 7) else { continue }
                    if let newer = trailer[.root]?.reference { root = newer }
                    if trailer[.encrypt] != nil { isEncrypted = true }
                case .object(let number, let place):
                    found[number] = .offset(offset + place)
                    guard let object = try object(number, at: offset + place),
                        let dictionary = object.value.dictionary
                    else { continue }
                    switch dictionary[.type]?.name {
                    case "Catalog": catalog = number
                    case "ObjStm" where object.streamStart != nil: packed.append(number)
                    case "XRef":
                        if let newer = dictionary[.root]?.reference { root = newer }
                        if dictionary[.encrypt] != nil { isEncrypted = true }
                    default: break
                    }
                }
            }
            offset += end
        }
        isEncrypted = isEncrypted || wasEncrypted
        if !isEncrypted { try addPacked(packed) }
        if root == nil { root = catalog }
        if root == nil { root = try findCatalog() }
        guard root != nil else { throw isEncrypted && !packed.isEmpty ? .encrypted : .damaged }
    }

    /// Adds the objects of object streams, the later ones over the earlier; an object of the file itself that comes
    /// later takes precedence, as it does for an update.
    private mutating func addPacked(_ streams: [Int]) throws(PDFStop) {
        for stream in streams {
            guard case .offset(let own)? = found[stream], let object = try? object(stream),
                let contents = try? objectStream(object, depth: 1)
            else { continue }
            guard found.count + contents.places.count <= Bounds.foundObjects else { throw .tooComplex }
            try spend(50 * contents.places.count)
            for (index, place) in contents.places.enumerated() {
                if case .offset(let other)? = found[place.number], other > own { continue }
                found[place.number] = .packed(stream, index)
            }
            objectStreams[stream] = contents
        }
    }

    /// A catalog in an object stream, if no trailer names one.
    private mutating func findCatalog() throws(PDFStop) -> Int? {
        for (number, place) in found {
            guard case .packed = place else { continue }
            if let value = try? object(number)?.value.dictionary, value[.type]?.name == "Catalog" {
                return number
            }
        }
        return nil
    }
}

/// A word of the file's structure, found by searching.
private enum Mark {
    /// An object with a number begins at an offset.
    case object(Int, Int)
    /// The word `trailer` is at an offset.
    case trailer(Int)
}

extension UnsafeRawBufferPointer {
    /// Whether a table begins here: its own word, or an object.
    fileprivate var beginsWithTable: Bool {
        var lexer = PDFLexer(self)
        if lexer.take("xref") { return true }
        guard (try? lexer.natural()) != nil, (try? lexer.natural()) != nil else { return false }
        return lexer.take("obj")
    }

    /// The last place of a word.
    fileprivate func lastPlace(of word: StaticString) -> Int? {
        guard count >= word.utf8CodeUnitCount else { return nil }
        return (0...(count - word.utf8CodeUnitCount)).last { has(word, at: $0) }
    }

    /// A number after white space, which may end where the bytes do.
    fileprivate func natural(at place: Int) -> Int? {
        var offset = place
        while offset < count, PDFLexer.isSpace(self[offset]) { offset += 1 }
        var value: Int?
        while offset < count, (0x30...0x39).contains(self[offset]), (value ?? 0) < 1 << 50 {
            value = (value ?? 0) * 10 + Int(self[offset] - 0x30)
            offset += 1
        }
        return value
    }

    /// Collects the objects and trailers whose word begins between two offsets.
    fileprivate func collectMarks(from start: Int, to end: Int, into marks: inout [Mark]) {
        var offset = start
        while offset < end {
            switch self[offset] {
            case 0x6F where has("obj", at: offset):  // o
                if let (number, place) = objectHeader(before: offset) { marks.append(.object(number, place)) }
                offset += 3
            case 0x74 where has("trailer", at: offset):
                marks.append(.trailer(offset))
                offset += 7
            default: offset += 1
            }
        }
    }

    /// The number before the word `obj`, and where it begins.
    private func objectHeader(before word: Int) -> (number: Int, place: Int)? {
        var offset = word
        func skipSpace() -> Bool {
            let start = offset
            while offset > 0, PDFLexer.isSpace(self[offset - 1]) { offset -= 1 }
            return offset < start
        }
        func skipDigits() -> Bool {
            let start = offset
            while offset > 0, (0x30...0x39).contains(self[offset - 1]), start - offset < 10 { offset -= 1 }
            return offset < start
        }
        // Some writers forget the space before the word.
        _ = skipSpace()
        guard skipDigits(), skipSpace(), skipDigits(), let number = natural(at: offset) else { return nil }
        return (number, offset)
    }
}
