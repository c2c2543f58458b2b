internal import Foundation
internal import ImageHeaders
internal import VisionRules

/// Images of one kind and one size in one folder.
struct ImageSet: Sendable {
    /// A short name, also used for its folder.
    var name: String
    /// The format of the sources as peers name it: `jpg`, `progressive`, `png`, `gif`, `webp`, `mixed`.
    var format: String
    /// The size of the sources, px; nil if they differ.
    var size: PixelSize?
    /// The target size of every image, px.
    var target: PixelSize
    /// Their location.
    var folder: URL
    /// The files, ordered by path.
    var files: [URL]
    /// The sum of their sizes, bytes.
    var byteCount: Int

    /// Finds the files in a folder and its subfolders.
    init(name: String, format: String, size: PixelSize?, folder: URL) throws {
        self.name = name
        self.format = format
        self.size = size
        self.folder = folder
        target = size.map { SeenSize(of: $0, tier: .standard).size } ?? PixelSize(width: 1270, height: 952)
        var found: [(path: String, bytes: Int)] = []
        let keys: [URLResourceKey] = [.isRegularFileKey, .fileSizeKey]
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys) else {
            throw BenchmarkError("cannot read \(folder.path)")
        }
        for case let file as URL in walk {
            let values = try file.resourceValues(forKeys: Set(keys))
            if values.isRegularFile == true { found.append((file.path, values.fileSize ?? 0)) }
        }
        found.sort { $0.path < $1.path }
        files = found.map { URL(filePath: $0.path) }
        byteCount = found.reduce(0) { $0 + $1.bytes }
    }

    /// Writes a list of NUL-terminated paths, as read by peers.
    ///
    /// - Parameters:
    ///   - file: where to write.
    ///   - limit: the most files to list, evenly spaced.
    /// - Returns: the files that were listed.
    /// - Throws: an error of the file system.
    @discardableResult
    func writeList(to file: URL, limit: Int = .max) throws -> [URL] {
        let chosen = spread(limit)
        var text = Data()
        for path in chosen { text.append(contentsOf: Array(path.path.utf8) + [0]) }
        try text.write(to: file)
        return chosen
    }

    /// At most the given number of files, evenly spaced.
    func spread(_ limit: Int) -> [URL] {
        let count = min(limit, files.count)
        return (0..<count).map { files[$0 * files.count / count] }
    }

    /// Reads everything once, so that every contender finds it in the page cache.
    func warm() {
        for file in files {
            guard let handle = try? FileHandle(forReadingFrom: file) else { continue }
            while let chunk = try? handle.read(upToCount: 1 << 20), !chunk.isEmpty {}
            try? handle.close()
        }
    }
}
