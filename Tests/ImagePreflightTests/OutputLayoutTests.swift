import ImageHeaders
import TestSupport
import Testing
import VisionRules

@testable import ImagePreflight

@Suite("The name of an output")
struct OutputLayoutTests {
    private func path(_ source: String, _ format: ImageFormat, clash: NameClash = .none) -> String {
        OutputLayout.path(for: PathBytes(source), clash: clash, format: format).text
    }

    @Test("is the source's if the format stays the same")
    func same() {
        #expect(path("a/b.jpeg", .jpeg) == "a/b.jpeg")
        #expect(path("a/b.JPG", .jpeg) == "a/b.JPG")
    }

    @Test("gets the new extension when the format changes")
    func changed() {
        #expect(path("a/IMG_1.HEIC", .jpeg) == "a/IMG_1.jpg")
        #expect(path("wrong.jpg", .png) == "wrong.png")
    }

    @Test("also keeps the old extension if another file has the same stem")
    func shared() {
        #expect(path("IMG_1.HEIC", .jpeg, clash: .stem) == "IMG_1.HEIC.jpg")
        #expect(path("IMG_1.JPG", .jpeg, clash: .stem) == "IMG_1.JPG")
    }

    @Test("keeps a suffix that only looks like an extension")
    func noExtension() {
        #expect(path("release-v1.2", .png) == "release-v1.2.png")
        #expect(path("photo", .jpeg) == "photo.jpg")
        #expect(path("photo[1].png", .png) == "photo[1].png")
    }

    @Test("of a tile has its number and the count, so that names sort in reading order and never clash")
    func tiles() {
        func path(_ source: String, _ part: Int, _ count: Int, clash: NameClash = .none) -> String {
            OutputLayout.path(
                for: PathBytes(source), clash: clash, format: .png, tile: (part, count)
            ).text
        }
        #expect(path("a/page.png", 2, 5) == "a/page.tile-2-of-5.png")
        #expect(path("page.heic", 2, 12) == "page.tile-02-of-12.png")
        #expect(path("page.png", 1, 100, clash: .stem) == "page.png.tile-001-of-100.png")
        #expect(path("v1.2", 1, 2) == "v1.2.tile-1-of-2.png")
    }

    @Test("never leaves the output folder")
    func inside() {
        #expect(path("../../etc/x.png", .png) == "etc/x.png")
        #expect(path("/a/./b/../c.png", .png) == "a/b/c.png")
    }
}
