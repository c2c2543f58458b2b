internal import Foundation
internal import ImageHeaders

/// How long a process of the product takes to do almost nothing.
struct StartUpSection {
    var workshop: Workshop

    /// `check` on one photo compared with `file` on the same photo.
    func run() throws -> Section {
        let set = try workshop.maker.images("photo", "jpg", PixelSize(width: 1600, height: 1200), count: 1)
        guard let file = set.files.first else { throw BenchmarkError("no photo was made") }
        let contenders = [
            Contender(
                id: "product", title: "**image-preflight check one.jpg**",
                command: Command([workshop.product, "check", file.path]), imageCount: 1,
                byteCount: file.byteCount,
                accepted: 0...1),
            Contender(
                id: "file", title: "file one.jpg", command: Command(["file", file.path]), imageCount: 1,
                byteCount: file.byteCount),
            Contender(
                id: "true", title: "true (a process that does nothing)", command: Command(["true"]),
                imageCount: 1,
                byteCount: file.byteCount),
        ]
        var trial = workshop.trial(writes: false)
        trial.rounds = max(trial.rounds * 10, 20)
        return Section(
            id: "start-up", title: "Start-up", note: "Whole processes, \(trial.rounds) rounds.",
            outcomes: try trial.run(contenders), unit: "ms", kind: .process)
    }
}

/// `lint` on one large request body.
struct LintSection {
    var workshop: Workshop

    /// Scans a body of about 30 MB.
    func run() throws -> Section {
        let photos = try workshop.maker.images("photo", "jpg", PixelSize(width: 4000, height: 3000), count: 8)
        let body = workshop.scratch.appending(path: "body.json")
        var blocks: [String] = []
        var size = 0
        while size < 30_000_000 {
            let photo = photos.files[blocks.count % photos.files.count]
            let data = try Data(contentsOf: photo).base64EncodedString()
            blocks.append(
                #"{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"\#(data)"}}"#)
            size += data.utf8.count
        }
        let text =
            #"{"model":"claude-sonnet-5-5","max_tokens":256,"messages":[{"role":"user","content":["#
            + blocks.joined(separator: ",") + #",{"type":"text","text":"What is this?"}]}]}"#
        try text.write(to: body, atomically: false, encoding: .utf8)
        let contenders = [
            Contender(
                id: "product", title: "**image-preflight lint**, one body",
                command: Command([workshop.product, "lint", body.path, "--quiet"]), imageCount: blocks.count,
                byteCount: body.byteCount, accepted: 0...1),
            Contender(
                id: "cat", title: "cat", command: Command(["cat", body.path]), imageCount: blocks.count,
                byteCount: body.byteCount),
        ]
        var trial = workshop.trial(writes: false)
        trial.rounds = max(trial.rounds, 5)
        return Section(
            id: "lint", title: "`lint`: one request body",
            note: "\(body.byteCount / 1_000_000) MB, start-up included.",
            outcomes: try trial.run(contenders), unit: "ms")
    }
}
