import Foundation
import TestSupport
import Testing

@testable import ImageHeaders

/// A generated file and its contents.
struct PDFSample: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var pages: Int?
    var isDamaged = false
    var isEncrypted = false
    var isLinearized = false
    /// Whether `pdfinfo` agrees; where it does not, it gives no number or trusts a wrong `/Count`.
    var pdfinfoAgrees = true

    var testDescription: String { name }

    private static func sample(
        _ name: String, _ bytes: Bytes, _ pages: Int?, _ change: (inout PDFSample) -> Void = { _ in }
    ) -> PDFSample {
        var sample = PDFSample(name: name, bytes: bytes.array, pages: pages)
        change(&sample)
        return sample
    }

    /// One file of each structure.
    static let all: [PDFSample] = structures + damaged

    private static let structures: [PDFSample] = {
        let (one, few, many) = (PDFBuilder(pages: 1), PDFBuilder(pages: 7), PDFBuilder(pages: 150, fanOut: 4))
        let classic = few.classic()
        let table = Bytes(Array(classic.array)).place(of: "xref\n0 ")
        var direct = few
        direct.objects[2] =
            "<</Type/Pages/Count 2/Kids[<</Type/Page/MediaBox[0 0 9 9]>><</Type/Page/MediaBox[0 0 9 9]>>]>>"
        var indirect = few
        indirect.objects[2] = "<</Type/Pages/Count 90 0 R/Kids 91 0 R>>"
        indirect.objects[90] = "7"
        indirect.objects[91] = "[3 0 R 4 0 R 5 0 R 6 0 R 7 0 R 8 0 R 9 0 R]"
        var escaped = few
        escaped.objects[2] = "<</Type/P#61ges/C#6funt 7/#4bids[3 0 R 4 0 R 5 0 R 6 0 R 7 0 R 8 0 R 9 0 R]>>"
        var later = one
        later.version = "1.3"
        later.objects[1] = "<</Type/Catalog/Version/1.6/Pages 2 0 R>>"
        var large = few
        large.objects[3] = Bytes("<</Type/Page/Parent 2 0 R/Long(\(String(repeating: "x", count: 30_000)))>>")
        return [
            sample("one page", one.classic(), 1), sample("classic", classic, 7),
            sample("a deep tree", many.classic(), 150),
            sample("1,200 pages", PDFBuilder(pages: 1200).classic(), 1200),
            sample("entries that end with CR LF", few.classic(lineEnd: "\r\n"), 7),
            sample("entries of 19 bytes", few.classic(lineEnd: "\n"), 7) { $0.pdfinfoAgrees = true },
            sample("object streams", few.packed(), 7),
            sample("many object streams", many.packed(perStream: 9), 150),
            sample("an up predictor", many.packed(predictor: 12), 150),
            sample("all predictors of PNG", many.packed(predictor: 15), 150),
            sample("a Paeth predictor", few.packed(predictor: 14), 7),
            sample("hexadecimal around deflate", few.packed(filters: ["ASCIIHexDecode", "FlateDecode"]), 7),
            sample("base 85 around deflate", few.packed(filters: ["ASCII85Decode", "FlateDecode"]), 7),
            sample("LZW", many.packed(filters: ["LZWDecode"]), 150),
            sample("an update", few.updated(classic, previous: table), 8),
            sample("hybrid", few.hybrid(), 7),
            sample("linearized", few.linearized(), 7) { $0.isLinearized = true },
            sample("pages within the node", direct.classic(), 2),
            sample("indirect count and kids", indirect.classic(), 7),
            sample("escaped names", escaped.classic(), 7),
            sample("a later version in the catalog", later.classic(), 1),
            sample("a page of 30 KB", large.classic(), 7),
            sample("something before the header", "GET / HTTP/1.1\n\n" + classic, 7),
            sample("encrypted, pages readable", few.classic(trailer: encryption), 7) {
                // pdfinfo requires the password, which this file does not have.
                ($0.isEncrypted, $0.pdfinfoAgrees) = (true, false)
            },
            sample("encrypted, pages in streams", few.packed(trailer: encryption), nil) {
                ($0.isEncrypted, $0.pdfinfoAgrees) = (true, false)
            },
        ]
    }()

    private static let damaged: [PDFSample] = {
        let few = PDFBuilder(pages: 7)
        let classic = few.classic()
        var nowhere = few
        nowhere.objects[2] = "<</Type/Pages/Kids[3 0 R 4 0 R 99 0 R]>>"
        var counted = few
        counted.objects[2] = "<</Type/Pages/Count 150/Kids[]>>"
        var walked = few
        walked.objects[2] = "<</Type/Pages/Kids[3 0 R 4 0 R 10 0 R]>>"
        walked.objects[10] = "<</Kids[5 0 R 6 0 R 7 0 R]>>"
        var endless = few
        endless.objects[2] = "<</Type/Pages/Count 99999999999/Kids[3 0 R 4 0 R]>>"
        var circle = few
        circle.objects[2] = "<</Type/Pages/Kids[3 0 R 4 0 R]>>"
        circle.objects[4] = "<</Type/Pages/Count 1/Kids[2 0 R]>>"
        // The root gives no count, so the tree has to be walked.
        var doubling = PDFBuilder(pages: 1)
        for number in 2..<60 {
            doubling.objects[number] = Bytes("<</Type/Pages/Kids[\(number + 1) 0 R \(number + 1) 0 R]>>")
        }
        doubling.objects[60] = "<</Type/Page>>"
        var lying = few
        lying.objects[2] = "<</Type/Pages/Count 5/Kids[3 0 R 4 0 R 5 0 R 6 0 R 7 0 R 8 0 R 9 0 R]>>"
        var rootless = few
        rootless.objects[1] = nil
        func sampled(_ name: String, _ bytes: Bytes, _ pages: Int?, agrees: Bool = true) -> PDFSample {
            sample(name, bytes, pages) { ($0.isDamaged, $0.pdfinfoAgrees) = (true, agrees) }
        }
        let shifted = Bytes(Array("%PDF-1.7\n% more\n".utf8) + classic.array.dropFirst(9))
        return [
            sampled("offsets that are wrong", shifted, 7),
            sampled("no startxref", classic.replacing("startxref", "startxxxx"), 7),
            sampled(
                "no table", Bytes(Array(classic.array[..<classic.place(of: "xref\n0 ")])), 7, agrees: false),
            sampled("a table that is cut", classic.replacing("trailer", "trxxxxx"), 7, agrees: false),
            sampled(
                "object streams without a table", few.packed().replacing("startxref", "startxxxx"), 7,
                agrees: false),
            sampled("a page that is missing", nowhere.classic(), nil, agrees: false),
            sampled("a circle", circle.classic(), nil, agrees: false),
            sampled("nodes that double", doubling.classic(), nil, agrees: false),
            sample("a count that is another than the leaves", lying.classic(), 5),
            sample("a count without leaves", counted.classic(), 150) { $0.pdfinfoAgrees = false },
            sample("no count, and a tree to walk", walked.classic(), 5) { $0.pdfinfoAgrees = false },
            sample("a count beyond any file", endless.classic(), 2) { $0.pdfinfoAgrees = false },
            sampled("no catalog", rootless.classic(), nil, agrees: false),
            sampled(
                "cut behind the root of the pages", Bytes(Array(classic.array.prefix(300))), 7, agrees: false),
            sampled("cut before it", Bytes(Array(classic.array.prefix(60))), nil, agrees: false),
            sampled("only a header", "%PDF-1.4\n", nil, agrees: false),
        ]
    }()

    private static let encryption =
        "/ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>] /Encrypt << /Filter /Standard "
        + "/V 1 /R 2 /P -4 /O <2055C756C72E1AD702608E8196ACAD447AD32D17CFF583235F6DD15FED7DAB67> "
        + "/U <7150015C3A40C7B3D8A94C23BD26B4B7B1E3F8B7D4F7C3F8D9E8A7B6C5D4E3F2> >>"
}

extension Bytes {
    /// The last occurrence of a text.
    func place(of text: String) -> Int {
        let word = Array(text.utf8)
        return (0...(array.count - word.count)).last { Array(array[$0..<($0 + word.count)]) == word } ?? 0
    }

    /// The bytes with the last occurrence of a text replaced by one of the same length.
    func replacing(_ text: String, _ other: String) -> Bytes {
        let place = place(of: text)
        return Bytes(Array(array[..<place]) + Array(other.utf8) + Array(array[(place + text.utf8.count)...]))
    }
}

/// `pdfinfo` of poppler, an independent reader.
private enum Pdfinfo {
    static let path = ["/usr/bin/pdfinfo", "/usr/local/bin/pdfinfo", "/opt/homebrew/bin/pdfinfo"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Its output for a file, line by line; empty if it gives up.
    static func run(_ file: String) throws -> [String: String] {
        guard let path else { return [:] }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = [file]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return values
    }
}

@Suite("PDFs")
struct PDFReaderTests {
    private func facts(_ bytes: [UInt8]) throws -> PDFFacts { try PDFReader.read(bytes: bytes).get() }

    @Test("Pages, encryption and damage are found in every structure", arguments: PDFSample.all)
    func structures(sample: PDFSample) throws {
        let facts = try facts(sample.bytes)
        #expect(facts.pages == sample.pages)
        #expect(facts.isDamaged == sample.isDamaged)
        #expect(facts.isEncrypted == sample.isEncrypted)
        #expect(facts.isLinearized == sample.isLinearized)
        #expect((facts.problem == nil) == (sample.pages != nil))
        #expect(facts.byteCount == sample.bytes.count)
    }

    @Test("A file gives the same result as its bytes in memory", arguments: PDFSample.all)
    func files(sample: PDFSample) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a.pdf", sample.bytes)
        #expect(try PDFReader.read(path: path) == PDFReader.read(bytes: sample.bytes))
    }

    @Test(
        "pdfinfo counts the same pages", .enabled(if: Pdfinfo.path != nil, "poppler-utils is not installed"),
        arguments: PDFSample.all)
    func pdfinfo(sample: PDFSample) throws {
        let folder = try TemporaryFolder()
        let values = try Pdfinfo.run(try folder.write("a.pdf", sample.bytes))
        guard sample.pdfinfoAgrees else {
            // A sample that agrees now must be taken off the list.
            #expect(values["Pages"] != sample.pages.map(String.init) || sample.pages == nil)
            return
        }
        let facts = try facts(sample.bytes)
        #expect(values["Pages"] == facts.pages.map(String.init))
        #expect(values["PDF version"] == facts.version)
        #expect(values["Optimized"] == (facts.isLinearized ? "yes" : "no"))
        #expect(values["Encrypted"]?.hasPrefix("yes") == facts.isEncrypted)
    }

    @Test(
        "pdfinfo counts the same pages in this machine's documentation",
        .enabled(if: Pdfinfo.path != nil, "poppler-utils is not installed"))
    func documentation() throws {
        let manager = FileManager.default
        var files: [String] = []
        for folder in ["/usr/share/doc", "/usr/share/cups", Resources.testdata.path, Resources.shared.path] {
            for case let name as String in manager.enumerator(atPath: folder) ?? .init()
            where name.hasSuffix(".pdf") && files.count < 200 { files.append(folder + "/" + name) }
        }
        for file in files {
            let result = try PDFReader.read(path: file)
            let values = try Pdfinfo.run(file)
            // Encrypted files are not read here.
            if (try? result.get())?.problem == .encrypted { continue }
            #expect(values["Pages"] == (try? result.get())?.pages.map(String.init), "\(file)")
        }
    }

    @Test("Other bytes are not a PDF")
    func others() {
        #expect(PDFReader.read(bytes: []) == .failure(.empty))
        #expect(PDFReader.read(bytes: Array("hello".utf8)) == .failure(.unrecognized))
        let late = [UInt8](repeating: 0x20, count: 1024) + Array("%PDF-1.4".utf8)
        #expect(PDFReader.read(bytes: late) == .failure(.unrecognized))
    }

    @Test("A missing file or a folder is an error")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError(.open, errno: ENOENT)) {
            try PDFReader.read(path: folder.path + "/missing.pdf")
        }
        #expect(throws: FileError(.stat, errno: EISDIR)) { try PDFReader.read(path: folder.path) }
    }

    @Test("A file truncated anywhere gives the right number of pages or none")
    func truncation() throws {
        for (bytes, pages) in [
            (PDFBuilder(pages: 7).classic(), 7), (PDFBuilder(pages: 20, fanOut: 3).packed(predictor: 15), 20),
            (PDFBuilder(pages: 7).linearized(), 7), (PDFBuilder(pages: 7).hybrid(), 7),
        ] {
            for length in 9..<bytes.array.count {
                let found = try facts(Array(bytes.array.prefix(length))).pages
                #expect(found == nil || found == pages, "\(length) bytes: \(found ?? 0)")
            }
        }
    }

    @Test("Tables that point to each other, streams inside themselves and self-referring lengths end")
    func circles() throws {
        let few = PDFBuilder(pages: 2)
        let table = few.classic().place(of: "xref\n0 ")
        let itself = few.classic(trailer: "/Prev \(table)")
        #expect(try facts(itself.array).pages == 2)
        var length = few
        length.objects[1] = "<</Type/Catalog/Pages 2 0 R>>"
        length.objects[9] = "<</Type/ObjStm/N 1/First 4/Length 9 0 R>>\nstream\n9 0 \nendstream"
        #expect(try facts(length.classic().array).pages == 2)
        let packed = few.packed()
        // The object stream, by its own entry, within itself.
        let own = packed.array.indices.first { Array(packed.array[$0...].prefix(5)) == [1, 0, 0, 0, 9] }
        if let own { #expect(try facts(packed.setting(own, to: 2).array).pages == 2) }
        var kids = few
        kids.objects[2] = "<</Type/Pages/Kids 2 0 R>>"
        #expect(try facts(kids.classic().array).problem == .noPageTree)
    }

    @Test("The reader gives up on endless nesting and streams that expand endlessly")
    func bombs() throws {
        var nested = PDFBuilder(pages: 1)
        nested.objects[2] = Bytes(Array(repeating: UInt8(ascii: "["), count: 2_000_000))
        #expect(try facts(nested.classic().array).pages == nil)
        nested.objects[2] = Bytes(
            Array("<</Kids ".utf8) + Array(repeating: Array("<</Kids ".utf8), count: 100_000).flatMap { $0 })
        #expect(try facts(nested.classic().array).pages == nil)
        nested.objects[2] = Bytes(
            Array("<</Other ".utf8) + Array(repeating: UInt8(ascii: "["), count: 500_000)
                + Array(repeating: UInt8(ascii: "]"), count: 500_000) + Array("/Type/Page>>".utf8))
        #expect(try facts(nested.classic().array).pages == 1)
        // 100 MB of zeros in an object stream.
        var writer = BitWriter()
        writer.write(0b011, 3)
        writer.writeCode(0x30, 8)
        for _ in 0..<400_000 {
            writer.writeCode(0b1100_0101, 8)
            writer.writeCode(0, 5)
        }
        let bomb = Bytes([0x78, 1] + writer.bytes)
        let file =
            Bytes("%PDF-1.5\n9 0 obj\n<</Type/XRef/W[1 4 2]/Size 9/Root 1 0 R/Filter/FlateDecode/Length ")
            + Bytes("\(bomb.array.count)>>\nstream\n") + bomb + "\nendstream\nendobj\nstartxref\n9\n%%EOF"
        #expect(try facts(file.array).problem != nil)
    }

    @Test("Random changes to every structure give a number of pages or a reason why there is none")
    func random() throws {
        var state: UInt64 = 20_261_130
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let files = PDFSample.all.map(\.bytes).filter { $0.count < 20_000 }
        for round in 0..<6000 {
            var bytes = files[round % files.count]
            for _ in 0...next(6) {
                let index = next(bytes.count)
                switch next(4) {
                case 0: bytes[index] = UInt8(next(256))
                case 1: bytes[index] = UInt8(ascii: "0") + UInt8(next(10))
                case 2: bytes.removeSubrange(index..<min(index + next(20) + 1, bytes.count))
                default:
                    bytes.insert(contentsOf: bytes[index..<min(index + next(40), bytes.count)], at: index)
                }
                if bytes.isEmpty { bytes = [0x25] }
            }
            if case .success(let facts) = PDFReader.read(bytes: bytes), let pages = facts.pages {
                #expect((0...8_388_607).contains(pages))
                #expect(facts.problem == nil)
            }
        }
    }
}
