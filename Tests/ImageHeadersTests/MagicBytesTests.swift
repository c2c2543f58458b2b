import ImageHeaders
import Testing

@Suite("Magic bytes")
struct MagicBytesTests {
    @Test(
        "A file that is not an image is identified and has no size",
        arguments: [
            ("%PDF-1.7\n", ImageFormat.pdf),
            ("<!doctype html><p>", .html),
            ("\n\t<!-- a comment --><HTML>", .html),
            ("\u{FEFF}<html lang='en'>", .html),
            ("<script>location='x'</script>", .html),
            ("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", .xml),
            ("<rss version='2.0'>", .xml),
            ("<?xml version='1.0'?>", .xml),
            ("PK\u{3}\u{4}............", .zip),
            ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", .text),
            ("{\"error\":\"not found\"}", .text),
            ("Grüße, 世界", .text),
            ("the free software", .text),
            ("a document that quotes %PDF-1.7", .text),
            ("BM, the letters, and then some prose", .text),
            ("<3 hearts", .text),
            ("a < b", .text),
        ])
    func named(text: String, format: ImageFormat) {
        #expect(Bytes(text).error == .noPixelSize(format))
    }

    @Test(
        "Binary formats that are not images are identified",
        arguments: [
            ([0x1F, 0x8B, 8, 0], ImageFormat.gzip),
            ([0x1A, 0x45, 0xDF, 0xA3], .video),
            (Array("RIFF\0\0\0\0AVI LIST".utf8), .video),
            ([0, 0, 0, 20] + Array("ftypisom".utf8), .video),
            ([0, 0, 1, 0xBA, 0x44], .video),
            (Array(repeating: [0x47] + Array(repeating: 0, count: 187), count: 3).flatMap { $0 }, .video),
            ([0x80, 0x81] + Array("junk\n%PDF-1.4\n".utf8), .pdf),
            ([0xFF, 0xFE, 0x41, 0], .text),
        ] as [([UInt8], ImageFormat)])
    func binary(bytes: [UInt8], format: ImageFormat) {
        #expect(Bytes(bytes).error == .noPixelSize(format))
    }

    @Test("Zero bytes are empty, and unknown bytes are unrecognized")
    func nothing() {
        #expect(Bytes().error == .empty)
        for bytes in [[0], [1, 2, 3, 4], [0xC3], [0xC0, 0x80], [0xFF, 0xFB, 0x90]] as [[UInt8]] {
            // A character cut off by the end of the file is still text.
            #expect(Bytes(bytes).error == (bytes == [0xC3] ? .noPixelSize(.text) : .unrecognized))
        }
    }

    @Test("Every sample is recognized by its bytes")
    func all() {
        for sample in samples {
            #expect(sample.bytes.array.withUnsafeBytes { MagicBytes.format(of: $0) } == sample.format)
        }
    }
}
