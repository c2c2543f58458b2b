import ImageHeaders
import TestSupport
import Testing
import VisionRules

@testable import ImagePreflight

@Suite("The name of an output")
struct OutputLayoutTests {
    private func path(_ source: String, _ format: ImageFormat, sharesStem: Bool = false) -> String {
        OutputLayout.path(for: PathBytes(source), sharesStem: sharesStem, format: format).text
    }

    @Test("is the source's when the format stays")
    func same() {
        #expect(path("a/b.jpeg", .jpeg) == "a/b.jpeg")
        #expect(path("a/b.JPG", .jpeg) == "a/b.JPG")
    }

    @Test("gets the new extension when the format changes")
    func changed() {
        #expect(path("a/IMG_1.HEIC", .jpeg) == "a/IMG_1.jpg")
        #expect(path("wrong.jpg", .png) == "wrong.png")
    }

    @Test("keeps the old extension too when another file has the same stem")
    func shared() {
        #expect(path("IMG_1.HEIC", .jpeg, sharesStem: true) == "IMG_1.HEIC.jpg")
        #expect(path("IMG_1.JPG", .jpeg, sharesStem: true) == "IMG_1.JPG")
    }

    @Test("keeps what only looks like an extension")
    func noExtension() {
        #expect(path("release-v1.2", .png) == "release-v1.2.png")
        #expect(path("photo", .jpeg) == "photo.jpg")
        #expect(path("photo[1].png", .png) == "photo[1].png")
    }

    @Test("never leaves the output folder")
    func inside() {
        #expect(path("../../etc/x.png", .png) == "etc/x.png")
        #expect(path("/a/./b/../c.png", .png) == "a/b/c.png")
    }
}
