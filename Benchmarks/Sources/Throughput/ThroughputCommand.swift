internal import ArgumentParser
internal import Foundation
internal import ImageHeaders

@main
struct ThroughputCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "throughput",
        abstract: "Run image-preflight and its peers on the same image sets and print one table for each.",
        discussion: """
            Sets are made once and kept below --cache. Every round runs each contender once, beginning with \
            another one; the median counts. Peers are the files of --peers that say they are installed.
            """)

    /// The parts of a run.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case check, cold, startUp = "start-up", names, onePhoto = "one-photo", photos12 = "photos-12mp",
            smooth, photos2 = "photos-2mp", progressive, screenshots, text, drawings
        case webp, gif, png, mixed, copy, lint, rows, vectors
        case growthCheck = "growth-check", growthPrepare = "growth-prepare"

        static let growth = [Part.growthCheck, growthPrepare]
    }

    @Option(help: "The product's command.")
    var product = "../.build/release/image-preflight"

    @Option(help: "The folder of the peers.")
    var peers = "peers"

    @Option(help: "The folder of Python environments: venv-NAME for peers/NAME.py, else venv.")
    var environments: String?

    @Option(help: "The folder that keeps image sets between runs; by default below the temporary folder.")
    var cache: String?

    @Option(
        parsing: .upToNextOption,
        help: "Only these parts: \(Part.allCases.map(\.rawValue).joined(separator: ", ")).")
    var only: [Part] = []

    @Option(help: "Workers of the product and of every peer.")
    var jobs = 2

    @Option(help: "Rounds; the median of them counts.")
    var rounds = 3

    @Option(help: "Photos of 12 MP; of the other kinds of images there are fewer, as they take longer.")
    var images = 32

    @Option(help: "Small files for `check`.")
    var smallFiles = 20_000

    @Option(help: "Files that need nothing.")
    var copies = 400

    @Option(help: "Rows of the manifest for `report`, `--resume` and `manifest merge`.")
    var rows = 1_000_000

    @Option(help: "The folder of the drawings.")
    var drawings = "testdata/screenshots"

    @Option(help: "Sizes with known token counts, as lines of JSON; left out where there are none.")
    var vectors = "../shared/vectors/sizes.jsonl"

    @Flag(help: "Write --output even if other work kept the machine busy.")
    var evenIfBusy = false

    @Option(help: "Pictures of each contender that are compared with the reference.")
    var samples = 3

    @Flag(help: "Also 1×, 4× and 16× as many images, on one worker and on all.")
    var growth = false

    @Option(help: "Small files at 1× of --growth; 62500 makes a million at 16×.")
    var growthFiles = 6_250

    @Option(help: "Photos of 12 MP at 1× of --growth.")
    var growthImages = 8

    @Flag(help: "`check` only beside the floor and libvips, without the peers.")
    var withoutPeers = false

    @Option(help: "Also `check` and `prepare` the images of this folder, by size and format.")
    var take: String?

    @Option(help: "Write the report to this file too.")
    var output: String?

    func validate() throws {
        if jobs < 1 || rounds < 1 || images < 1 || smallFiles < 5 || copies < 1 || rows < 1 || samples < 1 {
            throw ValidationError("Counts must be at least 1, and --small-files at least 5.")
        }
    }

    func run() throws {
        let place = try Place(cache: cache)
        defer { place.remove() }
        let workshop = try workshop(in: place)
        let machine = MachineWatch()
        let begin = Date()
        var sections: [Section] = []
        for part in parts {
            Console.say("== \(part.rawValue)")
            sections += try run(part, workshop)
        }
        if let take {
            Console.say("== images of a folder")
            sections += try TakenSection(workshop: workshop, sampleCount: samples).run(
                folder: URL(filePath: take))
        }
        let report = Report(
            sections: sections, workshop: workshop, seconds: Date().timeIntervalSince(begin),
            others: machine.others)
        print(report.markdown)
        guard let output else { return }
        guard !report.others.isBusy || evenIfBusy else {
            Console.say(
                "The machine was busy with other work, so \(output) stays as it was (--even-if-busy writes it)."
            )
            return
        }
        try report.markdown.write(toFile: output, atomically: true, encoding: .utf8)
    }

    private var parts: [Part] {
        let usual = Part.allCases.filter { !Part.growth.contains($0) }
        let chosen = only.isEmpty && take == nil ? usual : only
        return growth ? chosen.filter { !Part.growth.contains($0) } + Part.growth : chosen
    }

    private func workshop(in place: Place) throws -> Workshop {
        let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let tools = (Bundle.main.executableURL ?? program).deletingLastPathComponent()
        let product = URL(filePath: product).standardizedFileURL.path
        guard FileManager.default.isExecutableFile(atPath: product) else {
            throw BenchmarkError("there is no product at \(product); build it with `make release`")
        }
        let peersFolder = URL(filePath: peers)
        let finder = PeerFinder(folder: peersFolder, environments: environments.map { URL(filePath: $0) })
        return Workshop(
            product: product, tools: tools, peers: try finder.find(), python: finder.python(for: "compare"),
            compareScript: peersFolder.deletingLastPathComponent().appending(path: "quality/compare.py"),
            maker: ImageSetMaker(
                program: tools.appending(path: "make-images").path, cache: place.cache,
                workers: ProcessInfo.processInfo.processorCount),
            meter: Meter(program: tools.appending(path: "measure").path, scratch: place.scratch),
            outFolder: place.out, scratch: place.scratch, jobs: jobs, rounds: rounds)
    }

    private func run(_ part: Part, _ workshop: Workshop) throws -> [Section] {
        let prepare = PrepareSection(workshop: workshop, sampleCount: samples)
        let fewer = max(images * 3 / 4, 1)
        let half = max(images / 2, 1)
        let few = max(images / 4, 1)
        let large = PixelSize(width: 4000, height: 3000)
        let small = PixelSize(width: 1600, height: 1200)
        func photos(_ format: String, _ size: PixelSize, _ count: Int) throws -> ImageSet {
            try workshop.maker.images("photo", format, size, count: count)
        }
        func screenshots() throws -> ImageSet {
            let size = PixelSize(width: 2560, height: 1440)
            return try workshop.maker.images("screenshot", "png", size, count: max(images * 3 / 8, 1))
        }
        switch part {
        case .check:
            return [try CheckSection(workshop: workshop).run(fileCount: smallFiles, withPeers: !withoutPeers)]
        case .cold: return try [ColdSection(workshop: workshop).run(fileCount: smallFiles)].compactMap { $0 }
        case .startUp: return [try StartUpSection(workshop: workshop).run()]
        case .lint: return [try LintSection(workshop: workshop).run()]
        case .names: return [try CommandLineSection(workshop: workshop).names(count: smallFiles)]
        case .onePhoto: return [try CommandLineSection(workshop: workshop).onePhoto()]
        case .rows: return [try RowsSection(workshop: workshop).run(rowCount: rows)]
        case .drawings:
            return try DrawingsSection(workshop: workshop, folder: URL(filePath: drawings)).run()
        case .vectors:
            return try [VectorsSection(workshop: workshop, file: URL(filePath: vectors)).run()].compactMap {
                $0
            }
        case .copy: return [try prepare.copy(count: copies)]
        case .growthCheck: return [try GrowthSection(workshop: workshop).check(base: growthFiles)]
        case .growthPrepare: return [try GrowthSection(workshop: workshop).prepare(base: growthImages)]
        case .photos12:
            let plan = PrepareSection.Plan(
                id: "photos-12mp", title: "JPEG photos of 12 MP", set: try photos("jpg", large, images),
                format: "jpg",
                comparesWorkers: true)
            return try prepare.run(plan) + [try prepare.pixels(plan)]
        case .smooth:
            return try prepare.run(
                .init(
                    id: "smooth-12mp", title: "JPEG photos of 12 MP without grain",
                    set: try workshop.maker.images("smooth", "jpg", large, count: half), format: "jpg"))
        case .photos2:
            return try prepare.run(
                .init(
                    id: "photos-2mp", title: "JPEG photos of 2 MP", set: try photos("jpg", small, fewer),
                    format: "jpg"))
        case .progressive:
            return try prepare.run(
                .init(
                    id: "progressive", title: "Progressive JPEG photos of 12 MP",
                    set: try photos("progressive", large, few), format: "jpg"))
        case .screenshots:
            let set = try screenshots()
            let plan = PrepareSection.Plan(
                id: "screenshots-png", title: "Screenshots, PNG 2560×1440 → PNG", set: set, format: "png",
                productChooses: true)
            var pixels = plan
            pixels.id = "screenshots"
            let webp = PrepareSection.Plan(
                id: "screenshots-webp", title: "Screenshots, PNG 2560×1440 → lossless WebP", set: set,
                format: "webp")
            return try prepare.run(plan) + prepare.run(webp) + [prepare.pixels(pixels)]
        case .text: return [try TextSection(workshop: workshop).run(screenshots())]
        case .webp, .png:
            let name = part.rawValue
            return try prepare.run(
                .init(
                    id: "photos-\(name)", title: "\(part == .webp ? "WebP" : "PNG") photos of 2 MP",
                    set: try photos(name, small, half), format: "jpg"))
        case .gif:
            return try prepare.run(
                .init(
                    id: "photos-gif", title: "GIF of 2 MP", set: try photos("gif", small, half), format: "png"
                ))
        case .mixed:
            return try prepare.run(
                .init(
                    id: "mixed", title: "Mixed: JPEG of 12 and 4 MP, WebP and PNG of 2 MP",
                    set: try workshop.maker.mixed(count: half), format: "jpg"))
        }
    }
}

/// The folders for one run.
struct Place {
    var cache: URL
    var scratch: URL
    var out: URL

    init(cache path: String?) throws {
        cache =
            path.map { URL(filePath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "image-preflight-bench")
        // Next to the sets, so that `cp` and the product write to the file system that they read from.
        let run = cache.appending(path: "run-\(ProcessInfo.processInfo.processIdentifier)")
        scratch = run.appending(path: "scratch")
        out = run.appending(path: "out")
        for folder in [scratch, out] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
    }

    func remove() { try? FileManager.default.removeItem(at: scratch.deletingLastPathComponent()) }
}
