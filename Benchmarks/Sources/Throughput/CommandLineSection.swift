internal import Foundation
internal import ImageHeaders

/// Whole runs over many names, and over one photo.
struct CommandLineSection {
    var workshop: Workshop

    /// `check` on files named as arguments, compared with the same names in a list.
    func names(count: Int) throws -> Section {
        let set = try workshop.maker.thumbnails(count: count)
        set.warm()
        var contenders: [Contender] = []
        for share in [4, 2, 1] {
            let names = set.files.prefix(max(count / share, 1)).map(\.path)
            let list = workshop.scratch.appending(path: "names-\(names.count).list")
            try (names.joined(separator: "\n") + "\n").write(to: list, atomically: false, encoding: .utf8)
            for (kind, title, arguments) in [
                ("names", "names on the command line", names),
                ("list", "the same in a list", ["--files-from", list.path]),
            ] {
                contenders.append(
                    Contender(
                        id: "\(kind)-\(share)",
                        title: "**image-preflight check**, \(names.count) files: \(title)",
                        command: Command(
                            [workshop.product, "check", "--format", "ndjson", "--quiet"] + arguments),
                        imageCount: names.count,
                        byteCount: set.files.prefix(names.count).reduce(0) { $0 + $1.byteCount },
                        accepted: 0...1))
            }
        }
        return Section(
            id: "names", title: "`check`: names on the command line", note: "Start-up included.",
            outcomes: try workshop.trial(writes: false).run(contenders), unit: "µs")
    }

    /// `prepare` on one 12 MP photo, compared with libjpeg-turbo's own commands.
    func onePhoto() throws -> Section {
        let size = PixelSize(width: 4000, height: 3000)
        let set = try workshop.maker.images("photo", "jpg", size, count: 1)
        set.warm()
        guard let file = set.files.first else { throw BenchmarkError("no photo was made") }
        let out = workshop.outFolder.path
        let pipe = #"djpeg -scale 4/8 -pnm "$1" | cjpeg -quality "$2" >"$3/one.jpg""#
        let contenders = [
            Contender(
                id: "product", title: "**image-preflight prepare one.jpg**",
                command: Command([workshop.product, "prepare", file.path, "-o", out, "--quiet"]),
                imageCount: 1,
                byteCount: file.byteCount),
            Contender(
                id: "pipe", title: "djpeg -scale 4/8 \\| cjpeg (no resampling)",
                command: Command(["sh", "-c", pipe, "sh", file.path, "\(workshop.quality)", out]),
                imageCount: 1,
                byteCount: file.byteCount),
        ]
        var trial = workshop.trial(writes: true)
        trial.rounds = max(trial.rounds * 5, 11)
        return Section(
            id: "one-photo", title: "One photo of 12 MP", note: "Whole processes, \(trial.rounds) rounds.",
            outcomes: try trial.run(contenders), unit: "ms", kind: .process)
    }
}
