import Foundation
import ImagePreflight
import SystemPackage
import TestSupport
import Testing

/// One image as a client uses it: nothing here is `@testable`.
@Suite("One image")
struct OneImageTests {
    private let folder: TemporaryFolder
    private let preflighter: Preflighter
    private let photo = Resources.testdata.appending(path: "photos/lake-4000x3000.jpg")

    init() throws {
        folder = try TemporaryFolder()
        preflighter = try Preflighter(model: "claude-sonnet-4-5")
    }

    @Test("can be checked from a string, a URL, a file path, data or bytes")
    func sources() throws {
        let data = try Data(contentsOf: photo)
        let expected = try preflighter.check(photo)
        #expect(expected.verdict == .downsized)
        #expect(expected.size == PixelSize(width: 4000, height: 3000))
        #expect(expected.tokens == 1564)
        #expect(expected.cost == Cost(microdollars: 4692))
        #expect(expected.findings.map(\.code).contains(.downsizedByService))
        #expect(try preflighter.check(photo.path) == expected)
        #expect(try preflighter.check(FilePath(photo.path)) == expected)
        #expect(try preflighter.check(data, name: "a.jpg") == expected)
        #expect(try preflighter.check(Array(data), name: "a.jpg") == expected)
    }

    @Test("is prepared asynchronously, to bytes and into a folder")
    func prepares() async throws {
        let ready = try await preflighter.prepare(photo)
        #expect(ready.mediaType == "image/jpeg")
        #expect(ready.size == PixelSize(width: 1268, height: 951))
        #expect(ready.action == .resized)
        #expect(ready.tokens == 1564)
        #expect(try preflighter.check(ready.data).size == ready.size)
        let written = try await preflighter.prepare(photo, into: folder.path + "/ready")
        #expect(written.path == FilePath(folder.path + "/ready/lake-4000x3000.jpg"))
        #expect(try Data(contentsOf: URL(filePath: folder.path + "/ready/lake-4000x3000.jpg")) == ready.data)
        #expect(written.data == ready.data)
    }

    @Test("never replaces its original, and replaces other files only on request")
    func keepsTheOriginal() async throws {
        let data = try Data(contentsOf: photo)
        try folder.write("lake.jpg", data)
        for replaces in [false, true] {
            await #expect(throws: PreflightError.self) {
                try await preflighter.prepare(
                    folder.path + "/lake.jpg", into: folder.path, replaces: replaces)
            }
            #expect(try Data(contentsOf: URL(filePath: folder.path + "/lake.jpg")) == data)
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.jpg", withDestinationPath: folder.path + "/lake.jpg")
        await #expect(throws: PreflightError.self) {
            try await preflighter.prepare(folder.path + "/lake.jpg", into: folder.path + "/.", replaces: true)
        }
        try await preflighter.prepare(folder.path + "/lake.jpg", into: folder.path + "/out")
        await #expect(throws: PreflightError.self) {
            try await preflighter.prepare(folder.path + "/lake.jpg", into: folder.path + "/out")
        }
        try await preflighter.prepare(folder.path + "/lake.jpg", into: folder.path + "/out", replaces: true)
        #expect(try Data(contentsOf: URL(filePath: folder.path + "/lake.jpg")) == data)
    }

    @Test("a missing file is an error that reads as a sentence; a broken image is a finding")
    func errors() throws {
        #expect(throws: PreflightError.self) { try preflighter.check(folder.path + "/none.jpg") }
        let text = try preflighter.check(Data("hello".utf8), name: "a.png")
        #expect(text.verdict == .rejected)
        #expect(text.tokens == nil)
        #expect(throws: (any Error).self) { try Preflighter(model: "claude-nonsense") }
    }

    @Test("a box maps to the original and back, on a rotated photo and on tiles")
    func boxes() async throws {
        let turned = Resources.testdata.appending(path: "photos/phone-4032x3024-orientation-6-gps.jpg")
        let ready = try await preflighter.prepare(turned)
        let box = PixelBox(x: 100, y: 200, width: 300, height: 150)
        let original = ready.original(box)
        #expect(original.x > 300 && original.y > 600)
        let back = ready.prepared(original)
        #expect(abs(back.x - box.x) < 0.01 && abs(back.height - box.height) < 0.01)
        var tiling = preflighter
        tiling.options.tiling = Tiling()
        let page = try await tiling.prepare(
            Resources.testdata.appending(path: "screenshots/page-1440x4000.png"))
        #expect(page.action == .tiled)
        #expect(page.images.count > 1)
        let last = try #require(page.images.last)
        #expect(last.original(PixelBox(x: 0, y: 0, width: 10, height: 10)).y > 1000)
        #expect(page.tokens == page.images.reduce(0) { $0 + $1.tokens })
    }

    @Test("fifty callers take turns on two threads")
    func fiftyCallers() async throws {
        let pool = PreflightPool(workers: 2)
        let data = try Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png"))
        let preflighter = preflighter
        let sizes = try await withThrowingTaskGroup(of: PixelSize.self) { group in
            for _ in 0..<50 { group.addTask { try await preflighter.prepare(data, on: pool).size } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sizes == Array(repeating: PixelSize(width: 360, height: 270), count: 50))
    }
}
