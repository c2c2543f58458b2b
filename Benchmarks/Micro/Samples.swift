internal import Foundation
internal import ImageHeaders
internal import VisionRules

/// The project's own test images, read once.
enum Samples {
    /// A typical file of each format that can be sent.
    static let headers = [
        ("JPEG", "formats/jpeg/baseline-420.jpg"), ("JPEG with EXIF", "formats/jpeg/exif-thumbnail.jpg"),
        ("JPEG, progressive", "formats/jpeg/progressive.jpg"), ("PNG", "formats/png/rgb-8.png"),
        ("GIF", "formats/gif/static.gif"), ("GIF, animated", "formats/gif/animated-5.gif"),
        ("WebP, lossy", "formats/webp/lossy.webp"), ("WebP, lossless", "formats/webp/lossless.webp"),
    ]

    /// The bytes of one file.
    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: testdata.appending(path: name)))
    }

    /// The path of one file, as the system expects it.
    static func path(_ name: String) -> String { testdata.appending(path: name).path }

    /// A photo without findings at the default destination.
    static let cleanSubject = ImageSubject(
        header: .success(ImageFacts(format: .jpeg, size: PixelSize(width: 1270, height: 952))),
        byteCount: 300_000,
        promisedFormat: .jpeg)

    /// A large photo with the wrong extension: several rules apply.
    static let troubledSubject = ImageSubject(
        header: .success(ImageFacts(format: .jpeg, size: PixelSize(width: 8064, height: 6048))),
        byteCount: 9_000_000, promisedFormat: .png)

    /// The default destination.
    static func destination() throws -> Destination {
        Destination(
            model: try ModelCatalog.builtIn.model(ModelCatalog.defaultModelID),
            platform: try ModelCatalog.builtIn.platform(ModelCatalog.defaultPlatformID))
    }

    private static let testdata = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../testdata").standardizedFileURL
}
