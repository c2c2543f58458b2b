import PreflightFiles
import Foundation
import SystemPackage
import Testing
import Vips

@testable import ImagePreflight

/// A folder of its own for one test, removed afterwards.
final class ScratchFolder {
    let path: FilePath

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "ipf-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = FilePath(url.path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// The files in the folder, including hidden ones.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path.string).sorted() }
    }

    func read(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path.appending(name).string)))
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> FilePath {
        try Data(bytes).write(to: URL(filePath: path.appending(name).string))
        return path.appending(name)
    }
}

@Suite struct OutputWriterTests {
    private let bytes = Array("the whole file".utf8)

    private func write(_ bytes: [UInt8], to path: FilePath, isDurable: Bool = false) throws(PreflightError) {
        try OutputWriter(isDurable: isDurable).write(ImageBytes(copying: bytes), to: path)
    }

    @Test("A file appears complete, and no other file appears", arguments: [false, true])
    func writes(isDurable: Bool) throws {
        let folder = try ScratchFolder()
        try write(bytes, to: folder.path.appending("a.png"), isDurable: isDurable)
        #expect(try folder.names == ["a.png"])
        #expect(try folder.read("a.png") == bytes)
    }

    @Test("An existing file is replaced; a link is replaced, not followed")
    func replaces() throws {
        let folder = try ScratchFolder()
        try folder.write([1, 2, 3], to: "precious")
        try folder.write([4, 5, 6], to: "old")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path.appending("link").string, withDestinationPath: "precious")
        try write(bytes, to: folder.path.appending("link"))
        try write(bytes, to: folder.path.appending("old"))
        #expect(try folder.read("precious") == [1, 2, 3])
        #expect(try folder.read("old") == bytes)
        #expect(try folder.read("link") == bytes)
        #expect(try folder.names == ["link", "old", "precious"])
    }

    @Test("A missing folder is an error with the target's path")
    func missingFolder() throws {
        let folder = try ScratchFolder()
        let path = folder.path.appending("no/such.png")
        let error = #expect(throws: PreflightError.self) { try write(bytes, to: path) }
        #expect(
            error == .file(FileError(.create, path, .noSuchFileOrDirectory)))
    }

    @Test("A folder at the file's path is an error, and the temporary file is removed")
    func targetIsFolder() throws {
        let folder = try ScratchFolder()
        let path = folder.path.appending("taken")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
        let error = #expect(throws: PreflightError.self) { try write(bytes, to: path) }
        #expect(error == .file(FileError(.rename, path, .isDirectory)))
        #expect(try folder.names == ["taken"])
    }

    @Test("A copy has the same bytes, small or large", arguments: [0, 14, 200_000])
    func copies(count: Int) throws {
        let folder = try ScratchFolder()
        let original = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let source = try folder.write(original, to: "source")
        let target = folder.path.appending("copy")
        try OutputWriter().copy(ImageSource(path: source), ImageBytes(copying: original), to: target)
        #expect(try folder.read("copy") == original)
        #expect(try folder.names == ["copy", "source"])
    }

    @Test("The bytes that were read are written, even if the source has changed")
    func sourceIsGone() throws {
        let folder = try ScratchFolder()
        let original = [UInt8](repeating: 5, count: 100_000)
        let target = folder.path.appending("copy")
        let source = try ImageSource(path: folder.write([UInt8](repeating: 6, count: 100_000), to: "source"))
        try OutputWriter().copy(source, ImageBytes(copying: original), to: target)
        #expect(try folder.read("copy") == original)
    }
}

@Suite struct ImageSourceTests {
    @Test("A missing file, a folder and a device are system errors with their path")
    func failures() throws {
        let folder = try ScratchFolder()
        let cases: [(FilePath, FileError.Operation, Errno)] = [
            (folder.path.appending("gone.jpg"), .open, .noSuchFileOrDirectory),
            (folder.path, .read, .isDirectory), ("/dev/null", .read, .illegalSeek),
        ]
        for (path, action, errno) in cases {
            let error = #expect(throws: PreflightError.self) {
                _ = try ImageSource(path: path).bytes(maxBytes: 1000)
            }
            #expect(error == .file(FileError(action, path, errno)))
        }
    }

    @Test("A file over the limit is not read")
    func tooLarge() throws {
        let folder = try ScratchFolder()
        let path = try folder.write([UInt8](repeating: 0, count: 1001), to: "a")
        let error = #expect(throws: PreflightError.self) {
            _ = try ImageSource(path: path).bytes(maxBytes: 1000)
        }
        #expect(error == .overLimit(DecodeLimits.Exceeded(kind: .fileBytes, measured: 1001, limit: 1000)))
        #expect(try ImageSource(path: path).bytes(maxBytes: 1001).count == 1001)
    }
}
