internal import Foundation
internal import ImageHeaders
internal import VisionRules

/// Makes image sets, and reuses those of earlier runs.
struct ImageSetMaker: Sendable {
    /// The program `make-images`.
    var program: String
    /// Where sets are kept between runs.
    var cache: URL
    /// How many processes make images.
    var workers: Int

    /// Images of one kind.
    ///
    /// - Parameters:
    ///   - kind: the content: `photo`, `smooth` (a photo without grain) or `screenshot`.
    ///   - format: `jpg`, `progressive`, `png`, `gif` or `webp`.
    ///   - size: their size in px.
    ///   - count: how many.
    /// - Returns: the set, made now or found.
    /// - Throws: ``BenchmarkError``, or an error of the file system.
    func images(_ kind: String, _ format: String, _ size: PixelSize, count: Int) throws -> ImageSet {
        let name = "\(kind)-\(format)-\(size.width)x\(size.height)-\(count)"
        let folder = try make(name) { partial in
            try draw(kind, format, size, 0..<count, into: partial)
        }
        return try ImageSet(name: name, format: format, size: size, folder: folder)
    }

    /// Photos in all formats and three sizes with one aspect ratio, so that all become one size.
    func mixed(count: Int) throws -> ImageSet {
        let parts: [(String, PixelSize)] = [
            ("jpg", PixelSize(width: 4000, height: 3000)), ("webp", PixelSize(width: 1600, height: 1200)),
            ("png", PixelSize(width: 1600, height: 1200)), ("jpg", PixelSize(width: 2400, height: 1800)),
        ]
        let folder = try make("mixed-\(count)") { partial in
            for (index, part) in parts.enumerated() {
                let share = count * index / parts.count..<count * (index + 1) / parts.count
                try draw("photo", part.0, part.1, share, into: partial)
            }
        }
        return try ImageSet(name: "mixed-\(count)", format: "mixed", size: nil, folder: folder)
    }

    /// Small images in all four formats in a tree of folders.
    ///
    /// - Parameters:
    ///   - count: how many files.
    ///   - links: hard links to a few hundred files instead of copies: for hundreds of thousands.
    /// - Returns: the set, made now or found.
    /// - Throws: ``BenchmarkError``, or an error of the file system.
    func thumbnails(count: Int, links: Bool = false) throws -> ImageSet {
        let formats = ["jpg", "png", "gif", "webp"]
        let distinct = 100
        let size = PixelSize(width: 160, height: 160)
        let originals = try make("thumbnail-originals-\(distinct * formats.count)") { partial in
            for format in formats { try draw("thumbnail", format, size, 0..<distinct, into: partial) }
        }
        let sources = try ImageSet(name: "originals", format: "mixed", size: nil, folder: originals).files
        let name = "thumbnails-\(links ? "links-" : "")\(count)"
        let folder = try make(name) { partial in
            let manager = FileManager.default
            for index in 0..<count {
                let part = partial.appending(path: String(index / 1000))
                if index % 1000 == 0 {
                    try manager.createDirectory(at: part, withIntermediateDirectories: true)
                }
                let source = sources[index % sources.count]
                let target = part.appending(path: "\(index).\(source.pathExtension)")
                if links {
                    try manager.linkItem(at: source, to: target)
                } else {
                    try manager.copyItem(at: source, to: target)
                }
            }
        }
        return try ImageSet(name: name, format: "mixed", size: nil, folder: folder)
    }

    /// More files for a set: hard links to its own under other names.
    func repeated(_ set: ImageSet, times: Int) throws -> ImageSet {
        let name = "\(set.name)-times-\(times)"
        let folder = try make(name) { partial in
            for (index, file) in set.files.enumerated() {
                for copy in 0..<times {
                    let target = partial.appending(path: "\(index)-\(copy).\(file.pathExtension)")
                    try FileManager.default.linkItem(at: file, to: target)
                }
            }
        }
        return try ImageSet(name: name, format: set.format, size: set.size, folder: folder)
    }

    /// Fills a folder under another name and renames it, so that a killed run does not leave a partial set.
    private func make(_ name: String, fill: (URL) throws -> Void) throws -> URL {
        let folder = cache.appending(path: name)
        let manager = FileManager.default
        if manager.fileExists(atPath: folder.path) { return folder }
        Console.say("making \(name)")
        let partial = cache.appending(path: name + ".partial")
        try? manager.removeItem(at: partial)
        try manager.createDirectory(at: partial, withIntermediateDirectories: true)
        try fill(partial)
        try manager.moveItem(at: partial, to: folder)
        return folder
    }

    private func draw(
        _ kind: String, _ format: String, _ size: PixelSize, _ numbers: Range<Int>, into folder: URL
    ) throws {
        let processes = try (0..<workers).map { worker in
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments =
                [kind, format, String(size.width), String(size.height), folder.path]
                + [numbers.lowerBound + worker, workers, numbers.upperBound].map(String.init)
            try process.run()
            return process
        }
        for process in processes { process.waitUntilExit() }
        if processes.contains(where: { $0.terminationStatus != 0 }) {
            throw BenchmarkError("make-images could not make \(kind) \(format)")
        }
    }
}
