internal import Foundation
internal import ImageHeaders

/// `prepare` on one set compared with every peer that reads and writes the formats.
struct PrepareSection {
    var workshop: Workshop
    /// How many pictures from each contender are compared with the reference.
    var sampleCount: Int

    /// The runs on a set.
    struct Plan {
        var id: String
        var title: String
        var set: ImageSet
        /// The format that peers write, and the product if ``productChooses`` is false.
        var format: String
        /// Add a run in which the product chooses the format.
        var productChooses = false
        /// Add the product on one worker.
        var comparesWorkers = false
    }

    /// Runs one plan.
    func run(_ plan: Plan) throws -> [Section] {
        plan.set.warm()
        let tiny = try workshop.maker.images("photo", "jpg", PixelSize(width: 64, height: 64), count: 1)
        // The product would copy a tiny JPEG without starting libvips, which the peers' startup includes.
        let converted = try workshop.maker.images("photo", "png", PixelSize(width: 64, height: 64), count: 1)
        var contenders: [Contender] = []
        func addProduct(workers: Int, format: String?, id: String, engine: String? = nil) {
            contenders.append(
                workshop.productPrepare(
                    plan.set, workers: workers, format: format, tiny: format == "png" ? tiny : converted,
                    id: id, engine: engine))
        }
        addProduct(workers: workshop.jobs, format: plan.format, id: "product")
        addProduct(workers: workshop.jobs, format: plan.format, id: "product-libvips", engine: "libvips")
        if plan.productChooses { addProduct(workers: workshop.jobs, format: nil, id: "product-auto") }
        if plan.comparesWorkers, workshop.jobs > 1 {
            addProduct(workers: 1, format: plan.format, id: "product-1")
        }
        contenders += floors(plan)
        for peer in workshop.peers(reading: plan.set.format, writing: plan.format) {
            contenders.append(
                try workshop.contender(
                    peer, kind: "prepare", set: plan.set, format: plan.format, tiny: tiny,
                    slowLimit: max(plan.set.files.count / 4, 2)))
        }
        let unscaled = Set(workshop.peers.filter { $0.flags.contains("unscaled") }.map(\.id))
        var gauge = try workshop.gauge()
        let samples = plan.set.spread(sampleCount)
        var outcomes = try workshop.trial(writes: true, samplesTree: true).run(contenders) { index, folder in
            let id = contenders[index].id
            guard !id.hasPrefix("floor"), !unscaled.contains(id), id != "product-1" else { return }
            try gauge.keep(label: id, samples: samples, from: folder)
        }
        try addQuality(to: &outcomes, from: &gauge)
        let target = plan.set.target
        let to = "\(target.width)×\(target.height)"
        return [
            Section(
                id: plan.id, title: plan.title,
                note: "\(plan.set.files.count) images → \(to), \(plan.format), quality \(workshop.quality).",
                outcomes: outcomes, unit: "ms")
        ]
    }

    /// The pixels before lossy encoding: product and peers write PNG.
    func pixels(_ plan: Plan) throws -> Section {
        let samples = plan.set.spread(sampleCount)
        let folder = workshop.scratch.appending(path: "samples-\(plan.id)")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for sample in samples {
            try FileManager.default.linkOrCopy(sample, to: folder.appending(path: sample.lastPathComponent))
        }
        let set = try ImageSet(
            name: "samples-\(plan.id)", format: plan.set.format, size: plan.set.size, folder: folder)
        var contenders = [workshop.productPrepare(set, workers: workshop.jobs, format: "png")]
        for peer in workshop.peers(reading: set.format, writing: "png") {
            var contender = try workshop.contender(
                peer, kind: "prepare", set: set, format: "png", tiny: set, slowLimit: .max)
            contender.startUp = nil
            contenders.append(contender)
        }
        var gauge = try workshop.gauge()
        var trial = workshop.trial(writes: true)
        trial.rounds = 1
        var outcomes = try trial.run(contenders) { index, folder in
            try gauge.keep(label: contenders[index].id, samples: set.files, from: folder)
        }
        try addQuality(to: &outcomes, from: &gauge)
        return Section(
            id: "pixels-\(plan.id)", title: "Pixels before encoding: \(plan.title)",
            note: "\(samples.count) images written as PNG, against full decode + Lanczos3 at the same size.",
            outcomes: outcomes, unit: "ms", kind: .quality)
    }

    /// Files that need no changes, compared with `cp -r`.
    func copy(count: Int) throws -> Section {
        let set = try workshop.maker.images("photo", "jpg", PixelSize(width: 1270, height: 952), count: count)
        set.warm()
        let contenders = [
            workshop.productPrepare(set, workers: workshop.jobs, format: nil),
            Contender(
                id: "cp", title: "cp -r",
                command: Command(["cp", "-r", set.folder.path + "/.", workshop.outFolder.path]),
                imageCount: set.files.count, byteCount: set.byteCount),
        ]
        return Section(
            id: "copy", title: "`prepare`: files that need nothing",
            note: "\(count) JPEG files that already have the recommended size; "
                + "the product also reads headers, hashes each file and writes a manifest.",
            outcomes: try workshop.trial(writes: true).run(contenders), unit: "ms")
    }

    private func floors(_ plan: Plan) -> [Contender] {
        guard plan.format == "jpg", ["jpg", "progressive"].contains(plan.set.format), let size = plan.set.size
        else {
            return []
        }
        let target = plan.set.target
        let eighths = (1...8).first { size.width * $0 / 8 >= target.width } ?? 8
        let powerOfTwo = [1, 2, 4, 8].first { size.width * $0 / 8 >= target.width } ?? 8
        let list = workshop.scratch.appending(path: "floor-\(plan.id).list")
        guard (try? plan.set.writeList(to: list)) != nil else { return [] }
        return Set([eighths, powerOfTwo]).sorted().map { scale in
            Contender(
                id: scale == powerOfTwo ? "floor" : "floor-eighths",
                title: "floor: libjpeg-turbo decodes at \(scale)/8, encodes as many pixels",
                command: Command(
                    [workshop.tool("jpeg-floor"), list.path, workshop.outFolder.path]
                        + [target.width, target.height, workshop.quality, workshop.jobs, scale].map(
                            String.init)),
                imageCount: plan.set.files.count, byteCount: plan.set.byteCount)
        }
    }

    private func addQuality(to outcomes: inout [Outcome], from gauge: inout QualityGauge) throws {
        let quality = try gauge.compare()
        for index in outcomes.indices { outcomes[index].quality = quality[outcomes[index].contender.id] }
    }
}

extension Workshop {
    /// The peers that can do a job, fast ones first.
    func peers(reading input: String, writing output: String) -> [Peer] {
        peers.filter { $0.kinds.contains("prepare") && $0.reads(input) && $0.outputs.contains(output) }
    }

    /// A gauge with an empty folder.
    func gauge() throws -> QualityGauge {
        let folder = scratch.appending(path: "pictures")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return QualityGauge(python: python, script: compareScript, workers: jobs, folder: folder)
    }
}

extension FileManager {
    /// A hard link if the file system allows it.
    func linkOrCopy(_ source: URL, to target: URL) throws {
        do { try linkItem(at: source, to: target) } catch { try copyItem(at: source, to: target) }
    }
}
