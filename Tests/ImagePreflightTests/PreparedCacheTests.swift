import Foundation
import ImagePreflight
import SystemPackage
import TestSupport
import Testing

@Suite("PreparedCache")
struct PreparedCacheTests {
    private let folder: TemporaryFolder
    private let preflighter: Preflighter
    private static let turned = "orientation/jpeg-portrait-6-big-endian.jpg"

    init() throws {
        folder = try TemporaryFolder()
        preflighter = Preflighter(
            destination: Destination(
                model: try ModelCatalog.builtIn.model("claude-sonnet-5-5"),
                platform: try ModelCatalog.builtIn.platform("portable")))
    }

    private func cache(maxBytes: Int = PreparedCache.defaultMaxBytes) -> PreparedCache {
        PreparedCache(folder: FilePath(folder.path + "/cache"), maxBytes: maxBytes)
    }

    private func source(_ name: String = turned) -> FilePath {
        FilePath(Resources.testdata.appending(path: name).path)
    }

    @Test("an image is prepared once and found by its bytes under another name")
    func hit() throws {
        let first = try cache().entry(for: source(), with: preflighter)
        #expect(first.isNew)
        #expect(first.image.assessment.verdict == .accepted)
        let copy = try folder.write(
            "other name.jpeg", Array(try Data(contentsOf: Resources.testdata.appending(path: Self.turned))))
        let second = try cache().entry(for: FilePath(copy), with: preflighter)
        #expect(!second.isNew)
        #expect(second.path == first.path)
        #expect(second.image == first.image)
        #expect(
            try folder.files() == ["cache/" + (first.path.lastComponent?.string ?? ""), "other name.jpeg"])
    }

    @Test("other options make another entry")
    func options() throws {
        let first = try cache().entry(for: source(), with: preflighter)
        var other = preflighter
        other.options.quality = 40
        let second = try cache().entry(for: source(), with: other)
        #expect(second.isNew)
        #expect(second.path != first.path)
    }

    @Test("the folder is for this user alone")
    func permissions() throws {
        _ = try cache().entry(for: source(), with: preflighter)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/cache")
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("permissions for others are removed from the folder and from entries")
    func permissionsOfOthers() throws {
        let manager = FileManager.default
        let cachePath = folder.path + "/cache"
        try manager.createDirectory(atPath: cachePath, withIntermediateDirectories: true)
        try manager.setAttributes([.posixPermissions: 0o777], ofItemAtPath: cachePath)
        let first = try cache().entry(for: source(), with: preflighter)
        #expect(try permissions(cachePath) == 0o700)
        #expect(try permissions(first.path.string) == 0o600)
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: cachePath)
        try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: first.path.string)
        let second = try cache().entry(for: source(), with: preflighter)
        #expect(!second.isNew)
        #expect(second.path == first.path)
        #expect(try permissions(cachePath) == 0o700)
        #expect(try permissions(first.path.string) == 0o600)
    }

    @Test("a folder that is a link is refused, even if it points to our own folder")
    func linkedFolder() throws {
        try folder.write("real/keep", [])
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/cache", withDestinationPath: folder.path + "/real")
        let error = #expect(throws: PreflightError.self) {
            try cache().entry(for: source(), with: preflighter)
        }
        #expect(error?.description == "could not use the folder \(folder.path)/cache: it is a link")
        #expect(try folder.files().filter { $0.hasPrefix("real/") } == ["real/keep"])
    }

    @Test("another user's folder is refused, regardless of its permissions")
    func strangersFolder() throws {
        // Root can make one; everyone else can use root's.
        var path = "/"
        if geteuid() == 0 {
            path = folder.path + "/stranger"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            #expect(chown(path, 65534, 65534) == 0)
        }
        let error = #expect(throws: PreflightError.self) {
            try PreparedCache(folder: FilePath(path)).entry(for: source(), with: preflighter)
        }
        #expect(error?.description == "could not use the folder \(path): it belongs to another user")
        #expect(try folder.files().isEmpty)
    }

    @Test("an entry whose bytes have changed is remade")
    func changedEntry() throws {
        let first = try cache().entry(for: source(), with: preflighter)
        let bytes = try Data(contentsOf: URL(filePath: first.path.string))
        // Another image: its header alone does not show the change.
        let other = try Data(
            contentsOf: Resources.testdata.appending(path: "orientation/jpeg-portrait-1-big-endian.jpg"))
        try other.write(to: URL(filePath: first.path.string))
        let second = try cache().entry(for: source(), with: preflighter)
        #expect(second.isNew)
        #expect(second.path == first.path)
        #expect(try Data(contentsOf: URL(filePath: second.path.string)) == bytes)
    }

    @Test("an entry that is a link or has a second name is remade, and the other file is left alone")
    func linkedEntry() throws {
        let manager = FileManager.default
        let first = try cache().entry(for: source(), with: preflighter)
        let elsewhere = folder.path + "/elsewhere.jpg"
        try manager.moveItem(atPath: first.path.string, toPath: elsewhere)
        try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: elsewhere)
        try manager.createSymbolicLink(atPath: first.path.string, withDestinationPath: elsewhere)
        #expect(try cache().entry(for: source(), with: preflighter).isNew)
        try manager.removeItem(atPath: first.path.string)
        try manager.linkItem(atPath: elsewhere, toPath: first.path.string)
        #expect(try cache().entry(for: source(), with: preflighter).isNew)
        #expect(try permissions(elsewhere) == 0o644)
    }

    @Test("an entry left empty by a system crash is remade")
    func empty() throws {
        let first = try cache().entry(for: source(), with: preflighter)
        let bytes = try Data(contentsOf: URL(filePath: first.path.string))
        try Data().write(to: URL(filePath: first.path.string))
        let second = try cache().entry(for: source(), with: preflighter)
        #expect(second.isNew)
        #expect(try Data(contentsOf: URL(filePath: second.path.string)) == bytes)
    }

    @Test("over the limit, the least recently used entries go; recent ones and other files stay")
    func bounds() throws {
        let old = try cache().entry(for: source(), with: preflighter)
        let used = try cache().entry(
            for: source("orientation/jpeg-portrait-3-big-endian.jpg"), with: preflighter)
        let stranger = try folder.write("cache/notes.txt", Array("mine".utf8))
        let killed = try folder.write("cache/.image-preflight-abc", [1, 2, 3])
        let longAgo = Date(timeIntervalSinceNow: -2 * Double(PreparedCache.protectedSeconds))
        for path in [old.path.string, stranger, killed] {
            try FileManager.default.setAttributes([.modificationDate: longAgo], ofItemAtPath: path)
        }
        let new = try cache(maxBytes: 1).entry(
            for: source("orientation/jpeg-portrait-8-big-endian.jpg"), with: preflighter)
        let left = Set(try folder.files())
        let kept = [used.path, new.path].compactMap { $0.lastComponent?.string } + ["notes.txt"]
        #expect(left == Set(kept.map { "cache/" + $0 }))
    }

    @Test("a hit counts as use")
    func use() throws {
        let first = try cache().entry(for: source(), with: preflighter)
        let longAgo = Date(timeIntervalSinceNow: -2 * Double(PreparedCache.protectedSeconds))
        try FileManager.default.setAttributes([.modificationDate: longAgo], ofItemAtPath: first.path.string)
        _ = try cache().entry(for: source(), with: preflighter)
        _ = try cache(maxBytes: 1).entry(
            for: source("orientation/jpeg-portrait-8-big-endian.jpg"), with: preflighter)
        #expect(FileManager.default.fileExists(atPath: first.path.string))
    }

    @Test("many callers at once make the same complete entry")
    func concurrency() async throws {
        let cache = cache()
        let source = source()
        let preflighter = preflighter
        let paths = try await withThrowingTaskGroup(of: FilePath.self) { group in
            for _ in 0..<4 {
                group.addTask { try cache.entry(for: source, with: preflighter).path }
            }
            return try await group.reduce(into: Set<FilePath>()) { $0.insert($1) }
        }
        #expect(paths.count == 1)
        #expect(try folder.files().count == 1)
    }

    @Test("an image that cannot be prepared leaves nothing behind")
    func broken() throws {
        let path = try folder.write("broken.jpg", Array("no image".utf8))
        #expect(throws: PreflightError.self) {
            try cache().entry(for: FilePath(path), with: preflighter)
        }
        #expect(try folder.files() == ["broken.jpg"])
    }
}
