import Foundation
import Testing

@testable import ImageHeaders

/// A folder that is removed with the test.
private final class Scratch {
    let url = FileManager.default.temporaryDirectory.appending(path: "headers-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func file(_ name: String, _ bytes: Bytes) throws -> String {
        let file = url.appending(path: name)
        try Data(bytes.array).write(to: file)
        return file.path
    }
}

@Suite("Reading headers from files")
struct HeaderReaderTests {
    @Test("A file gives the same result as its bytes in memory")
    func sameAsMemory() throws {
        let scratch = try Scratch()
        var reader = HeaderReader()
        let large = [
            JPEG.file(JPEG.segment(0xE2, .zeros(60_000)), JPEG.exif(tiff([(0x0112, 3, 6)])), JPEG.frame()),
            PNG.file(PNG.header(), PNG.chunk("tEXt", .zeros(5000)), PNG.chunk("tRNS")),
            GIF.screen() + GIF.image(blocks: 200) + GIF.image() + GIF.trailer,
            GIF.screen() + GIF.image(blocks: 300) + GIF.image() + GIF.trailer,
            WebP.file(
                WebP.extended(8), WebP.chunk("XMP ", .zeros(9000)), WebP.lossy(),
                WebP.chunk("EXIF", tiff([(0x0112, 3, 6)]))),
            Bytes(String(repeating: " ", count: 9000) + "<svg width='3' height='4'/>"),
            Bytes(String(repeating: "text ", count: 2000)),
        ]
        for (index, bytes) in (samples.map(\.bytes) + large).enumerated() {
            let path = try scratch.file("\(index)", bytes)
            let reading = try reader.read(path: path)
            #expect(reading == HeaderReader.read(bytes: bytes.array))
            let frames = bytes.array.withUnsafeBytes { HeaderReader.countFrames(bytes: $0) }
            #expect(try reader.countFrames(path: path) == frames)
        }
    }

    @Test("Most files need only the first read, and large metadata is skipped")
    func reads() throws {
        let scratch = try Scratch()
        func readCount(_ bytes: Bytes) throws -> Int {
            let handle = try #require(FileHandle(forReadingAtPath: scratch.file("x", bytes)))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 64)
            defer { buffer.deallocate() }
            let filled = Platform.read(
                handle.fileDescriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<4096]), at: 0)
            var source = ByteSource(
                descriptor: handle.fileDescriptor, byteCount: bytes.array.count, buffer: buffer,
                filled: filled, readSize: 4096)
            _ = try JPEGHeader.parse(&source)
            return source.readCount
        }
        #expect(try readCount(JPEG.file(JPEG.exif(tiff([(0x0112, 3, 6)])), JPEG.frame())) == 0)
        let metadata = (0..<20).map { _ in JPEG.segment(0xE1, .zeros(60_000)) }.reduce(Bytes(), +)
        #expect(try readCount(JPEG.file(metadata, JPEG.frame())) == 20)
    }

    @Test("The size in bytes is that of the whole file, even if only its start is read")
    func byteCount() throws {
        let scratch = try Scratch()
        var reader = HeaderReader()
        for count in [0, 1, 4095, 4096, 4097, 100_000] {
            let path = try scratch.file("x", .zeros(count))
            #expect(try reader.read(path: path).byteCount == count)
        }
    }

    @Test("The position of a descriptor is neither used nor changed")
    func position() throws {
        let scratch = try Scratch()
        let handle = try #require(FileHandle(forReadingAtPath: scratch.file("x", samples[0].bytes)))
        try handle.seek(toOffset: 7)
        var reader = HeaderReader()
        #expect(try reader.read(fileDescriptor: handle.fileDescriptor).facts?.format == .jpeg)
        #expect(try handle.offset() == 7)
    }

    @Test("A path that is not a regular file is an error that names its kind, and never hangs")
    func notFiles() throws {
        let scratch = try Scratch()
        let pipe = scratch.url.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        var reader = HeaderReader()
        for (path, sentence) in [
            (scratch.url.path, "the file could not be read: it is a folder"),
            (pipe, "the file could not be read: it is a pipe, a socket or a device"),
            ("/dev/null", "the file could not be looked at: it is a pipe, a socket or a device"),
            ("/dev/zero", "the file could not be looked at: it is a pipe, a socket or a device"),
        ] {
            do throws(FileError) {
                _ = try reader.read(path: path)
                Issue.record("\(path) was read")
            } catch {
                #expect(error.description == sentence)
                #expect(error.isNotAFile)
            }
        }
    }

    @Test("A missing file is an error")
    func missing() throws {
        let scratch = try Scratch()
        var reader = HeaderReader()
        #expect(throws: FileError(.open, errno: ENOENT)) {
            try reader.read(path: scratch.url.path + "/missing")
        }
        #expect(throws: FileError(.open, errno: ENOTDIR)) {
            try reader.read(path: scratch.file("x", [1]) + "/y")
        }
        #expect(throws: FileError(.read, errno: EBADF)) { try reader.read(fileDescriptor: -1) }
    }

    @Test("An unreadable file is an error", .enabled(if: geteuid() != 0, "root may read everything"))
    func unreadable() throws {
        let scratch = try Scratch()
        var reader = HeaderReader()
        let path = try scratch.file("secret", samples[0].bytes)
        chmod(path, 0)
        #expect(throws: FileError(.open, errno: EACCES)) { try reader.read(path: path) }
    }

    @Test("The start of an image gives the same size, and its end is not taken for the image's end")
    func starts() throws {
        func start(_ bytes: Bytes, _ count: Int) -> HeaderReading {
            bytes.array.withUnsafeBytes {
                HeaderReader.read(
                    start: UnsafeRawBufferPointer(rebasing: $0[..<count]), byteCount: bytes.array.count)
            }
        }
        let gif = GIF.screen() + GIF.image(blocks: 4) + GIF.trailer
        let reading = start(gif, 600)
        #expect(reading.byteCount == gif.array.count)
        let facts = try reading.header.get()
        #expect(facts.size == PixelSize(width: 10, height: 8))
        #expect((facts.frames, facts.framesAreExact) == (1, false))
        let webp = WebP.file(WebP.extended(2), WebP.frame, WebP.frame)
        #expect(start(webp, 60).facts?.framesAreExact == false)
        let jpeg = JPEG.file(JPEG.segment(0xE1, .zeros(5000)), JPEG.frame())
        #expect(start(jpeg, 4096).header == .failure(.truncated(.jpeg)))
        #expect(
            start(Bytes(String(repeating: "text ", count: 900)), 100).header == .failure(.noPixelSize(.text)))
    }

    @Test("Any collection of bytes can be read")
    func collections() {
        let bytes = samples[0].bytes.array
        let expected = HeaderReader.read(bytes: bytes)
        #expect(expected.facts?.format == .jpeg)
        #expect(HeaderReader.read(bytes: ([0] + bytes)[1...]) == expected)
        #expect(HeaderReader.read(bytes: bytes.lazy.map { $0 }) == expected)
    }
}
