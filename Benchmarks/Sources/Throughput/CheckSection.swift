internal import Foundation
internal import ImageHeaders

/// `check` on small files compared with bare system calls and with other header readers.
struct CheckSection {
    var workshop: Workshop

    /// Runs everything on one set of small files.
    ///
    /// - Parameters:
    ///   - fileCount: how many small files.
    ///   - withPeers: include the peers in `peers/`; otherwise only the floor and opening with libvips.
    /// - Returns: the table.
    /// - Throws: ``BenchmarkError``, or an error of the file system.
    func run(fileCount: Int, withPeers: Bool) throws -> Section {
        let set = try workshop.maker.thumbnails(count: fileCount)
        set.warm()
        let list = workshop.scratch.appending(path: "check.list")
        try set.writeList(to: list)
        var contenders = [1, workshop.jobs].map { workshop.productCheck(set, workers: $0) }
        if workshop.jobs == 1 { contenders.removeLast() }
        contenders += try [1, workshop.jobs].flatMap { workers in
            let threads = Numbers.count(workers, "thread")
            return [
                Contender(
                    id: "floor-\(workers)", title: "floor: open + pread + close, \(threads)",
                    command: Command([workshop.tool("header-floor"), list.path, "\(workers)"]),
                    imageCount: set.files.count, byteCount: set.byteCount),
                try opener(set, workers: workers, title: "libvips opens each, one process, \(threads)"),
            ]
        }
        if withPeers {
            let tiny = try workshop.maker.images("photo", "jpg", PixelSize(width: 64, height: 64), count: 1)
            for peer in workshop.peers where peer.kinds.contains("check") {
                contenders.append(
                    try workshop.contender(
                        peer, kind: "check", set: set, format: "", tiny: tiny, slowLimit: fileCount / 5))
            }
        }
        let outcomes = try workshop.trial(writes: false).run(contenders)
        return Section(
            id: "check", title: "`check`: \(fileCount) small files",
            note: "JPEG, PNG, GIF and WebP of 48 to 160 px, warm cache. "
                + "The floor does nothing but the system calls that cannot be avoided.",
            outcomes: outcomes, unit: "µs")
    }

    /// Opening takes a hundred times as long as the floor, so one round on a subset of the files is enough.
    private func opener(_ set: ImageSet, workers: Int, title: String) throws -> Contender {
        let list = workshop.scratch.appending(path: "vips-open.list")
        let files = try set.writeList(to: list, limit: max(set.files.count / 5, 1))
        return Contender(
            id: "vips-open-\(workers)", title: title,
            command: Command([workshop.tool("vips-open"), list.path, "\(workers)"]),
            imageCount: files.count, byteCount: files.reduce(0) { $0 + $1.byteCount })
    }
}

/// `check` and `prepare` on 1×, 4× and 16× as many images.
struct GrowthSection {
    var workshop: Workshop

    /// Hard links save disk space; there are as many names, folders and system calls as with copies.
    func check(base: Int) throws -> Section {
        try run(
            id: "growth-check", title: "Growth of `check`", note: "Small files, hard-linked to 400 originals."
        ) {
            try [1, 4, 16].flatMap { factor in
                let set = try workshop.maker.thumbnails(count: base * factor, links: true)
                return workerCounts.map { workers in
                    grown(workshop.productCheck(set, workers: workers), factor, workers)
                }
            }
        }
    }

    /// Photos of 12 MP, repeated by hard links.
    func prepare(base: Int) throws -> Section {
        let set = try workshop.maker.images("photo", "jpg", PixelSize(width: 4000, height: 3000), count: base)
        return try run(
            id: "growth-prepare", title: "Growth of `prepare`", note: "JPEG photos of 12 MP.", writes: true
        ) {
            try [1, 4, 16].flatMap { factor in
                let more = factor == 1 ? set : try workshop.maker.repeated(set, times: factor)
                return workerCounts.map { workers in
                    grown(workshop.productPrepare(more, workers: workers, format: "jpg"), factor, workers)
                }
            }
        }
    }

    private var workerCounts: [Int] { workshop.jobs == 1 ? [1] : [1, workshop.jobs] }

    private func grown(_ contender: Contender, _ factor: Int, _ workers: Int) -> Contender {
        var contender = contender
        contender.id = "product-\(factor)x-\(workers)"
        contender.title += ", \(contender.imageCount) images"
        return contender
    }

    private func run(
        id: String, title: String, note: String, writes: Bool = false, contenders: () throws -> [Contender]
    ) throws -> Section {
        var trial = workshop.trial(writes: writes, samplesTree: writes)
        trial.rounds = min(trial.rounds, writes ? 1 : 3)
        return Section(
            id: id, title: title, note: note, outcomes: try trial.run(try contenders()),
            unit: writes ? "ms" : "µs")
    }
}
