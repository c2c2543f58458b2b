internal import Foundation

/// `check` on files that are not in memory: how well waits for the disk overlap.
struct ColdSection {
    var workshop: Workshop

    /// Runs everything on one set of small files, without hard links.
    ///
    /// - Parameter fileCount: how many small files.
    /// - Returns: the table; nil if the system's file cache cannot be emptied.
    /// - Throws: ``BenchmarkError``, or an error of the file system.
    func run(fileCount: Int) throws -> Section? {
        guard FileCache.canBeDropped else {
            Console.say("  left out: only root on Linux may empty the system's file cache")
            return nil
        }
        let set = try workshop.maker.thumbnails(count: fileCount)
        let list = workshop.scratch.appending(path: "cold.list")
        try set.writeList(to: list)
        var contenders = [workshop.productCheck(set, workers: workshop.jobs)]
        if workshop.jobs > 1 { contenders.append(workshop.productCheck(set, workers: 1)) }
        contenders += [1, 2, 16, 32].map { threads in
            Contender(
                id: "floor-\(threads)",
                title: "floor: open + pread + close, \(Numbers.count(threads, "thread"))",
                command: Command([workshop.tool("header-floor"), list.path, "\(threads)"]),
                imageCount: set.files.count, byteCount: set.byteCount)
        }
        var trial = workshop.trial(writes: false)
        trial.willRun = { command in
            try FileCache.drop()
            // The program itself should be warm.
            if let program = command.arguments.first { _ = try Data(contentsOf: URL(filePath: program)) }
        }
        return Section(
            id: "cold", title: "`check`, cold: \(fileCount) small files",
            note: "The same files, after the cache of files and names was emptied. Workers that wait for "
                + "the disk call for more threads.",
            outcomes: try trial.run(contenders), unit: "µs")
    }
}

/// The system's cache of files and names.
enum FileCache {
    private static let control = "/proc/sys/vm/drop_caches"

    static var canBeDropped: Bool { access(control, W_OK) == 0 }

    /// Empties the cache.
    ///
    /// - Throws: an error of the file system.
    static func drop() throws {
        sync()
        let file = try FileHandle(forWritingTo: URL(filePath: control))
        try file.write(contentsOf: Data("3\n".utf8))
        try file.close()
    }
}
