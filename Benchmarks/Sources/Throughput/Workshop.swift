internal import Foundation
internal import ImageHeaders

/// Shared by all sections: programs, peers, sets and folders.
struct Workshop: Sendable {
    /// The product's command.
    var product: String
    /// The folder with `measure`, the floors and `make-images`.
    var tools: URL
    var peers: [Peer]
    /// The interpreter that compares pictures.
    var python: String
    var compareScript: URL
    var maker: ImageSetMaker
    var meter: Meter
    /// Emptied and refilled repeatedly.
    var outFolder: URL
    /// Lists of files.
    var scratch: URL
    var jobs: Int
    var rounds: Int
    var quality = 85

    func tool(_ name: String) -> String { tools.appending(path: name).path }

    func trial(writes: Bool, samplesTree: Bool = false) -> Trial {
        Trial(meter: meter, rounds: rounds, outFolder: writes ? outFolder : nil, samplesTree: samplesTree)
    }

    /// `image-preflight check` on a folder.
    func productCheck(_ set: ImageSet, workers: Int) -> Contender {
        Contender(
            id: workers == jobs ? "product" : "product-\(workers)",
            title: "**image-preflight check**, \(Numbers.count(workers, "worker"))",
            command: Command([
                product, "check", set.folder.path, "--format", "ndjson", "--jobs", "\(workers)", "--quiet",
            ]),
            imageCount: set.files.count, byteCount: set.byteCount, accepted: 0...1)
    }

    /// `image-preflight prepare` on a folder.
    ///
    /// - Parameters:
    ///   - set: the images.
    ///   - workers: `--jobs`.
    ///   - format: `--output-format`; nil lets the product choose.
    ///   - tiny: subtracts the startup time, as for a peer; nil keeps it.
    ///   - id: distinguishes it from the product's other contenders.
    ///   - engine: the value of `IMAGE_PREFLIGHT_ENGINE`; nil for the default engines.
    ///   - options: more options of the command.
    /// - Returns: the contender.
    func productPrepare(
        _ set: ImageSet, workers: Int, format: String?, tiny: ImageSet? = nil, id: String = "product",
        engine: String? = nil, options: [String] = []
    ) -> Contender {
        func command(_ folder: URL) -> Command {
            var arguments = [product, "prepare", folder.path, "-o", outFolder.path]
            arguments += ["--jobs", "\(workers)", "--quiet"]
            if let format { arguments += ["--output-format", format == "jpg" ? "jpeg" : format] }
            return Command(
                arguments + options, environment: engine.map { ["IMAGE_PREFLIGHT_ENGINE": $0] } ?? [:])
        }
        let choice = format.map { "to \($0)" } ?? "format by itself"
        return Contender(
            id: id,
            title: "**image-preflight prepare**, \(choice), \(Numbers.count(workers, "worker"))"
                + (engine.map { ", engine \($0)" } ?? "")
                + (options.isEmpty ? "" : ", `\(options.joined(separator: " "))`"),
            command: command(set.folder), startUp: tiny.map { command($0.folder) },
            imageCount: set.files.count, byteCount: set.byteCount, accepted: 0...1)
    }

    /// A job's parameters for a peer, as environment variables.
    func environment(
        list: URL, set: ImageSet, target: PixelSize, source: PixelSize?, format: String, workers: Int
    ) -> [String: String] {
        [
            "LIST": list.path, "SOURCES": set.folder.path, "OUT": outFolder.path, "WIDTH": "\(target.width)",
            "HEIGHT": "\(target.height)", "FORMAT": format, "QUALITY": "\(quality)", "WORKERS": "\(workers)",
            "SOURCE_WIDTH": source.map { "\($0.width)" } ?? "",
            "SOURCE_HEIGHT": source.map { "\($0.height)" } ?? "",
        ]
    }

    /// A peer on a set, or on an evenly spaced subset if the peer is slow.
    func contender(
        _ peer: Peer, kind: String, set: ImageSet, format: String, tiny: ImageSet, slowLimit: Int
    ) throws -> Contender {
        let isSlow = peer.flags.contains("slow")
        let name = peer.id.replacing("/", with: "-")
        let list = scratch.appending(path: "\(name)-\(set.name).list")
        let files = try set.writeList(to: list, limit: isSlow ? slowLimit : .max)
        let tinyList = scratch.appending(path: "\(name)-tiny.list")
        try tiny.writeList(to: tinyList, limit: 1)
        return Contender(
            id: peer.id, title: peer.title,
            command: peer.command(
                kind,
                environment: environment(
                    list: list, set: set, target: set.target, source: set.size, format: format, workers: jobs)
            ),
            startUp: peer.command(
                kind,
                environment: environment(
                    list: tinyList, set: tiny, target: PixelSize(width: 32, height: 32),
                    source: PixelSize(width: 64, height: 64), format: format, workers: jobs)),
            imageCount: files.count, byteCount: files.reduce(0) { $0 + $1.byteCount },
            rounds: isSlow ? 1 : nil)
    }
}
