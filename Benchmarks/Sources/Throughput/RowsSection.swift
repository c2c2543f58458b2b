internal import Foundation
internal import ImageHeaders

/// `report`, `prepare --resume` and `manifest merge` on a manifest with very many rows.
struct RowsSection {
    var workshop: Workshop

    /// Runs each command once: a million rows are their own average.
    func run(rowCount: Int) throws -> Section {
        let set = try workshop.maker.mixed(count: 16)
        let folder = workshop.scratch.appending(path: "rows")
        let prepared = folder.appending(path: "prepared")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let prepare = [workshop.product, "prepare", set.folder.path, "-o", prepared.path, "--quiet"]
        guard output(of: prepare) != nil else {
            throw BenchmarkError("`prepare` of the images for the rows failed")
        }
        let own = prepared.appending(path: "manifest.jsonl")
        let many = folder.appending(path: "manifest.jsonl")
        try RowMultiplier(of: own).write(rowCount, to: many)
        func contender(_ id: String, _ title: String, _ arguments: [String]) -> Contender {
            Contender(
                id: id, title: "**image-preflight \(title)**",
                command: Command([workshop.product] + arguments + ["--quiet"]), imageCount: rowCount,
                byteCount: many.byteCount)
        }
        let page = folder.appending(path: "report.html").path
        let merged = folder.appending(path: "merged.jsonl").path
        let contenders = [
            contender(
                "report", "report --thumbnails none",
                ["report", many.path, "-o", page, "--thumbnails", "none"]),
            contender(
                "resume", "prepare --resume", ["prepare", set.folder.path, "-o", prepared.path, "--resume"]),
            contender("merge", "manifest merge", ["manifest", "merge", many.path, "-o", merged]),
        ]
        var trial = workshop.trial(writes: false)
        trial.rounds = 1
        trial.willRun = { command in
            guard command.arguments.contains("--resume") else { return }
            // `prepare` replaces the name and leaves the old file.
            try? FileManager.default.removeItem(at: own)
            try FileManager.default.linkOrCopy(many, to: own)
        }
        let outcomes = try trial.run(contenders)
        try FileManager.default.removeItem(at: folder)
        return Section(
            id: "rows", title: "A manifest of \(rowCount) rows",
            note:
                "The rows of \(set.files.count) prepared images, repeated with paths and hashes of their own. "
                + "An image is a row here. `--resume` looks up \(set.files.count) images among all rows.",
            outcomes: outcomes, unit: "µs")
    }
}

/// Makes a large manifest from a small one.
struct RowMultiplier {
    /// A row as the pieces of text around its number.
    private var templates: [[Data]] = []

    /// Reads the rows of a manifest.
    init(of manifest: URL) throws {
        for line in try String(contentsOf: manifest, encoding: .utf8).split(separator: "\n") {
            guard let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let source = row["source"] as? [String: Any], let path = source["path"] as? String
            else { throw BenchmarkError("\(manifest.path) holds a line that is no row") }
            var text = String(line)
            let output = row["output"] as? [String: Any]
            for path in [path, output?["path"] as? String].compactMap({ $0 }) {
                let name = path.split(separator: "/").last.map(String.init) ?? path
                text = text.replacing(#""path":"\#(path)""#, with: "\"path\":\"many/folders/\u{0}-\(name)\"")
            }
            for hash in [row["source_sha256"], output?["sha256"]].compactMap({ $0 as? String }) {
                text = text.replacing(hash, with: "\u{0}" + hash.dropFirst(Self.digitCount))
            }
            templates.append(text.split(separator: "\u{0}").map { Data($0.utf8) })
        }
        guard !templates.isEmpty else { throw BenchmarkError("\(manifest.path) has no rows") }
    }

    /// All numbers have the same length, and their digits are valid in a hash.
    private static let digitCount = 12

    /// Writes the given number of rows.
    func write(_ count: Int, to file: URL) throws {
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
            throw BenchmarkError("cannot write \(file.path)")
        }
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        var buffer = Data()
        for index in 0..<count {
            let number = Data(String(format: "%0\(Self.digitCount)d", index).utf8)
            for (position, part) in templates[index % templates.count].enumerated() {
                if position > 0 { buffer.append(number) }
                buffer.append(part)
            }
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count > 1 << 22 || index == count - 1 {
                try handle.write(contentsOf: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
    }
}
