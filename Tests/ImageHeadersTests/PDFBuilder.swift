/// A PDF built for a test: objects, and the tables that point to them.
struct PDFBuilder {
    /// The objects by number: the text between `obj` and `endobj`.
    var objects: [Int: Bytes] = [:]
    var version = "1.7"

    /// A document with pages in a tree whose nodes have a limited number of kids; object 1 is the catalog.
    init(pages: Int, fanOut: Int = 1000, padding: Int = 0) {
        objects[1] = "<< /Type /Catalog /Pages 2 0 R >>"
        var next = 3
        func node(_ number: Int, _ parent: Int?, _ count: Int) {
            var kids: [Int] = []
            let up = parent.map { "/Parent \($0) 0 R " } ?? ""
            if count <= fanOut {
                for _ in 0..<count {
                    kids.append(next)
                    objects[next] = Bytes(
                        "<< /Type /Page /Parent \(number) 0 R /MediaBox [0 0 612 792] "
                            + "/Resources << /Font << >> /Kids 7 >> % (a comment\n /Title (\\)\\( (/Kids [) ) >>"
                            + String(repeating: " ", count: padding))
                    next += 1
                }
            } else {
                var rest = count
                let share = (count + fanOut - 1) / fanOut
                while rest > 0 {
                    let child = next
                    next += 1
                    kids.append(child)
                    node(child, number, min(share, rest))
                    rest -= share
                }
            }
            let list = kids.map { "\($0) 0 R" }.joined(separator: " ")
            objects[number] = Bytes("<< /Type /Pages \(up)/Count \(count) /Kids [ \(list) ] >>")
        }
        node(2, nil, pages)
    }

    var size: Int { (objects.keys.max() ?? 0) + 1 }

    private static func ten(_ number: Int, _ width: Int = 10) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }

    /// The header and the objects, and the offset of each.
    private func body(_ numbers: [Int]? = nil, after start: Bytes? = nil) -> (
        bytes: Bytes, offsets: [Int: Int]
    ) {
        var array = (start ?? Bytes("%PDF-\(version)\n%\u{E2}\u{E3}\n")).array
        var offsets: [Int: Int] = [:]
        for number in numbers ?? objects.keys.sorted() {
            guard let object = objects[number] else { continue }
            offsets[number] = array.count
            array += Array("\(number) 0 obj\n".utf8) + object.array + Array("\nendobj\n".utf8)
        }
        return (Bytes(array), offsets)
    }

    /// A classic table.
    static func table(_ offsets: [Int: Int], size: Int, lineEnd: String = " \n", trailer: String) -> Bytes {
        var text = "xref\n0 \(size)\n0000000000 65535 f\(lineEnd)"
        for number in 1..<size {
            if let offset = offsets[number] {
                text += ten(offset) + " 00000 n\(lineEnd)"
            } else {
                text += "0000000000 00001 f\(lineEnd)"
            }
        }
        return Bytes(text + "trailer\n<< /Size \(size) \(trailer) >>\n")
    }

    private static func end(_ table: Int) -> Bytes { Bytes("startxref\n\(table)\n%%EOF\n") }

    /// With a classic table.
    func classic(trailer: String = "", lineEnd: String = " \n") -> Bytes {
        let (bytes, offsets) = body()
        return bytes + Self.table(offsets, size: size, lineEnd: lineEnd, trailer: "/Root 1 0 R \(trailer)")
            + Self.end(bytes.array.count)
    }

    /// The objects in object streams, and a stream as the table; a predictor of 10 and up works as in PNG.
    /// The outermost filter comes first.
    func packed(
        predictor: Int = 1, perStream: Int = 100, filters: [String] = ["FlateDecode"], trailer: String = "",
        first: Bytes? = nil
    ) -> Bytes {
        var array = (first ?? Bytes("%PDF-\(version)\n")).array
        var entries: [Int: (Int, Int, Int)] = [0: (0, 0, 65535)]
        let numbers = objects.keys.sorted()
        var streamNumber = size
        for start in stride(from: 0, to: numbers.count, by: perStream) {
            let group = numbers[start..<min(start + perStream, numbers.count)]
            var (heads, contents) = ("", Bytes())
            for (index, number) in group.enumerated() {
                heads += "\(number) \(contents.array.count) "
                contents = contents + (objects[number] ?? "null") + "\n"
                entries[number] = (2, streamNumber, index)
            }
            entries[streamNumber] = (1, array.count, 0)
            let data = Self.encode(Bytes(heads) + contents, filters)
            array +=
                Array(
                    """
                    \(streamNumber) 0 obj
                    << /Type /ObjStm /N \(group.count) /First \(heads.utf8.count) /Length \(data.array.count) \
                    /Filter [\(filters.map { "/\($0)" }.joined(separator: " "))] >>
                    stream\r\n
                    """.utf8) + data.array + Array("\nendstream\nendobj\n".utf8)
            streamNumber += 1
        }
        let table = streamNumber
        entries[table] = (1, array.count, 0)
        var rows: [[UInt8]] = []
        for number in 0...table {
            let (kind, second, third) = entries[number] ?? (0, 0, 0)
            rows.append([UInt8(kind)] + Bytes.be32(second).array + Bytes.be16(third).array)
        }
        let data = Self.encode(Bytes(Self.predict(rows, predictor)), filters)
        let parameters =
            predictor > 1
            ? "/DecodeParms [\(String(repeating: "null ", count: filters.count - 1))<< /Predictor \(predictor) /Columns 7 >>]"
            : ""
        let offset = array.count
        array +=
            Array(
                """
                \(table) 0 obj
                << /Type /XRef /Size \(table + 1) /W [1 4 2] /Root 1 0 R \(parameters) /Length \(data.array.count) \
                /Filter [\(filters.map { "/\($0)" }.joined(separator: " "))] \(trailer) >>
                stream\n
                """.utf8) + data.array + Array("\nendstream\nendobj\n".utf8)
        return Bytes(array) + Self.end(offset)
    }

    /// A file for old readers: the pages are in an object stream that only `XRefStm` points to.
    func hybrid() -> Bytes {
        let hidden = objects.keys.sorted().filter { $0 > 2 }
        var (bytes, offsets) = body([1, 2])
        var (heads, contents) = ("", Bytes())
        for number in hidden {
            heads += "\(number) \(contents.array.count) "
            contents = contents + (objects[number] ?? "null") + "\n"
        }
        let stream = size
        offsets[stream] = bytes.array.count
        let data = ICC.stored(Bytes(heads) + contents)
        bytes =
            bytes
            + Bytes(
                "\(stream) 0 obj\n<< /Type /ObjStm /N \(hidden.count) /First \(heads.utf8.count) "
                    + "/Length \(data.array.count) /Filter /FlateDecode >>\nstream\n") + data
            + "\nendstream\nendobj\n"
        let rows = hidden.enumerated().map { Bytes([2]) + .be16(stream) + .be16($0.offset) }.reduce(
            Bytes(), +)
        let packed = ICC.stored(rows)
        let hybrid = bytes.array.count
        bytes =
            bytes
            + Bytes(
                "\(stream + 1) 0 obj\n<< /Type /XRef /Size \(stream + 2) /W [1 2 2] /Index [3 \(hidden.count)] "
                    + "/Length \(packed.array.count) /Filter /FlateDecode >>\nstream\n") + packed
            + "\nendstream\nendobj\n"
        return bytes + Self.table(offsets, size: stream + 1, trailer: "/Root 1 0 R /XRefStm \(hybrid)")
            + Self.end(bytes.array.count)
    }

    /// The file followed by a new page: new objects with their own table.
    func updated(_ file: Bytes, previous: Int) -> Bytes {
        var update = self
        let pages = objects.keys.filter { $0 > 2 }.sorted()
        let new = size + 10
        let kids = (pages + [new]).map { "\($0) 0 R" }.joined(separator: " ")
        update.objects = [
            2: Bytes("<< /Type /Pages /Count \(pages.count + 1) /Kids [\(kids)] >>"),
            new: "<< /Type /Page /Parent 2 0 R >>",
        ]
        let (bytes, offsets) = update.body(after: file)
        return bytes
            + Bytes(
                "xref\n2 1\n\(Self.ten(offsets[2] ?? 0)) 00000 n \n\(new) 1\n\(Self.ten(offsets[new] ?? 0)) 00000 n \n"
                    + "trailer\n<< /Size \(new + 1) /Root 1 0 R /Prev \(previous) >>\n")
            + Self.end(bytes.array.count)
    }

    /// Linearized: the first page's table is at the start, the main one at the end.
    func linearized() -> Bytes {
        func file(_ main: Int, _ length: Int) -> (bytes: Bytes, main: Int) {
            let head =
                Bytes(
                    "%PDF-\(version)\n%\u{E2}\u{E3}\n\(size) 0 obj\n<< /Linearized 1 /L \(Self.ten(length)) ")
                + Bytes("/H [0 0] /O 3 /E 600 /N \(objects.count - 2) /T \(Self.ten(main)) >>\nendobj\n")
            let first = head.array.count
            // The table precedes the objects that it points to: its length does not depend on its numbers.
            func start(_ offsets: [Int: Int]) -> Bytes {
                head
                    + Bytes(
                        "xref\n1 1\n\(Self.ten(offsets[1] ?? 0)) 00000 n \n3 1\n\(Self.ten(offsets[3] ?? 0)) 00000 n \n"
                            + "trailer\n<< /Size \(size + 1) /Root 1 0 R /Prev \(Self.ten(main)) >>\n")
                    + Bytes("startxref\n0\n%%EOF\n")
            }
            let (_, offsets) = body(
                [1, 3] + objects.keys.sorted().filter { $0 != 1 && $0 != 3 }, after: start([:]))
            let (bytes, _) = body(
                [1, 3] + objects.keys.sorted().filter { $0 != 1 && $0 != 3 }, after: start(offsets))
            var rest = offsets
            (rest[1], rest[3]) = (nil, nil)
            return (
                bytes + Self.table(rest, size: size, trailer: "") + Self.end(first), bytes.array.count
            )
        }
        let (_, main) = file(0, 0)
        let (whole, _) = file(main, 0)
        return file(main, whole.array.count).bytes
    }

    // MARK: Filters

    static func encode(_ bytes: Bytes, _ filters: [String]) -> Bytes {
        filters.reversed().reduce(bytes) { data, filter in
            switch filter {
            case "FlateDecode": ICC.stored(data)
            case "ASCIIHexDecode":
                Bytes(
                    data.array.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + ">")
            case "ASCII85Decode": ascii85(data)
            case "LZWDecode": lzw(data)
            default: data
            }
        }
    }

    private static func ascii85(_ bytes: Bytes) -> Bytes {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.array.count, by: 4) {
            let group = Array(bytes.array[start..<min(start + 4, bytes.array.count)])
            var value = (group + [0, 0, 0]).prefix(4).reduce(0) { $0 << 8 | Int($1) }
            if value == 0, group.count == 4 {
                result.append(UInt8(ascii: "z"))
                continue
            }
            var digits: [UInt8] = []
            for _ in 0..<5 {
                digits.insert(UInt8(value % 85 + 33), at: 0)
                value /= 85
            }
            result += digits.prefix(group.count + 1)
        }
        return Bytes(result) + "~>"
    }

    /// LZW with the clear code at the start and whenever the table is full.
    private static func lzw(_ bytes: Bytes) -> Bytes {
        var result: [UInt8] = []
        var (buffer, count) = (0, 0)
        func put(_ code: Int, _ width: Int) {
            (buffer, count) = (buffer << width | code, count + width)
            while count >= 8 {
                result.append(UInt8(buffer >> (count - 8) & 255))
                count -= 8
            }
            buffer &= 0xFFFF
        }
        var codes: [[UInt8]: Int] = [:]
        var next = 258
        var width: Int { next + 1 > 2048 ? 12 : next + 1 > 1024 ? 11 : next + 1 > 512 ? 10 : 9 }
        func code(_ word: [UInt8]) -> Int { word.count == 1 ? Int(word[0]) : codes[word] ?? 0 }
        put(256, 9)
        var word: [UInt8] = []
        for byte in bytes.array {
            if word.isEmpty || codes[word + [byte]] != nil {
                word.append(byte)
                continue
            }
            put(code(word), width)
            codes[word + [byte]] = next
            next += 1
            if next == 4094 {
                put(256, 12)
                (codes, next) = ([:], 258)
            }
            word = [byte]
        }
        if !word.isEmpty {
            put(code(word), width)
            next += 1
        }
        put(257, width)
        put(0, 7)
        return Bytes(result)
    }

    /// Predicts rows as PNG does: each row with another filter from 10 on, or all with the given one.
    private static func predict(_ rows: [[UInt8]], _ predictor: Int) -> [UInt8] {
        guard predictor >= 10 else { return rows.flatMap { $0 } }
        var result: [UInt8] = []
        var before = [UInt8](repeating: 0, count: rows[0].count)
        for (number, row) in rows.enumerated() {
            let filter = predictor == 15 ? number % 5 : predictor - 10
            result.append(UInt8(filter))
            for (index, byte) in row.enumerated() {
                let left = index > 0 ? Int(row[index - 1]) : 0
                let (up, corner) = (Int(before[index]), index > 0 ? Int(before[index - 1]) : 0)
                let estimate = left + up - corner
                let near = [left, up, corner].min { abs(estimate - $0) < abs(estimate - $1) } ?? 0
                let predicted = [0, left, up, (left + up) / 2, near][filter]
                result.append(byte &- UInt8(predicted))
            }
            before = row
        }
        return result
    }
}
