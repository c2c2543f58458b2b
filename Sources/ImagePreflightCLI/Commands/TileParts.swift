internal import PreflightRecords
internal import PreflightFiles
internal import ImagePreflight
internal import MessageRequests
internal import SystemPackage

/// Finds which part of which picture a tile shows, from the manifests of `prepare`.
struct TileParts {
    private var parts: [FilePath: ImagePart] = [:]
    /// Folders whose manifests were looked for.
    private var folders: Set<FilePath> = []

    /// Reads a manifest named by the user.
    ///
    /// - Parameters:
    ///   - path: the manifest.
    ///   - roots: the folders that outputs may be in, in addition to that of the manifest.
    /// - Throws: ``ConsoleError`` when it cannot be read or is not a manifest.
    mutating func read(manifest path: FilePath, roots: [FilePath]) throws(ConsoleError) {
        do throws(PreflightError) {
            try read(path, bases: [path.absolute.removingLastComponent()] + roots.map(\.absolute))
        } catch {
            throw ConsoleError("\(error)")
        }
    }

    /// Which part a file shows; nil if it is not a part. Manifests are looked for in the file's folder and in
    /// all above it, because the outputs of a run mirror a tree.
    mutating func part(of path: PathBytes) -> ImagePart? {
        let path = FilePath(path).absolute
        var folder = path.removingLastComponent()
        while !folders.contains(folder) {
            look(in: folder)
            let parent = folder.removingLastComponent()
            if parent == folder { break }
            folder = parent
        }
        return parts[path]
    }

    private mutating func look(in folder: FilePath) {
        folders.insert(folder)
        // Any other file of such a name is not ours, and no reason to stop.
        for manifest in Manifest.all(in: folder) { try? read(manifest, bases: [folder]) }
    }

    private mutating func read(_ path: FilePath, bases: [FilePath]) throws(PreflightError) {
        var reader = try ManifestReader(path: path)
        while let row = try reader.next() {
            for tile in row.tiles {
                guard let output = tile.output else { continue }
                let map = tile.map
                let display = map.sourceSize.oriented(map.orientation)
                let part = ImagePart(
                    source: row.path.base64, number: tile.part, count: tile.count,
                    rows: Self.range(map.cropY, map.cropSize.height, of: display.height),
                    columns: Self.range(map.cropX, map.cropSize.width, of: display.width))
                for base in bases { parts[base.pushing(FilePath(output.path)).lexicallyNormalized()] = part }
            }
        }
    }

    /// The px from a position on; nil if that is the whole side, or invalid.
    private static func range(_ start: Int, _ length: Int, of whole: Int) -> Range<Int>? {
        guard start >= 0, length > 0, length < whole, start <= whole - length else { return nil }
        return start..<start + length
    }
}
