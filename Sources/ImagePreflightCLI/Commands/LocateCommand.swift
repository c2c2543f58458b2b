internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight
internal import SystemPackage

struct LocateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locate",
        abstract: "Map points or boxes that the model returned back to the original.",
        usage: "image-preflight locate [<options>] <manifest> <file> <x-y> ...",
        discussion: """
            X Y is a point, X Y X Y a box, in px of what the model sees of the prepared image (the service \
            downsizes anything larger than the model's tier). The answer is in px of the original, both as \
            displayed and as stored. Points outside are clamped. Put negative numbers after `--`.
            If the image was cut into tiles, name the tile that the model saw, or the original and --tile; with \
            --reverse, the original alone gives every tile that shows the place.

            EXAMPLES
              image-preflight locate ready/manifest.jsonl ready/IMG_0001.jpg 310 422
              image-preflight locate ready/manifest.jsonl IMG_0001.heic 310 422 512 600
              image-preflight locate ready/manifest.jsonl IMG_0001.heic 2000 1500 --reverse
              image-preflight locate ready/manifest.jsonl page.png 310 422 --tile 3
            """)

    @Argument(help: "The manifest that `prepare` wrote.", completion: .file(extensions: ["jsonl"]))
    var manifest: PathBytes

    @Argument(help: "The prepared image, or its original.", completion: .file())
    var file: PathBytes

    @Argument(help: ArgumentHelp("A point, or two corners of a box, in px.", valueName: "x-y"))
    var numbers: [Double]

    @Flag(name: .long, help: "The numbers are px of the original; report where the model sees them.")
    var reverse = false

    @Flag(
        name: .long,
        help: "With --reverse: the numbers are px of the original as it is stored, not as it is displayed.")
    var stored = false

    @Option(
        name: .long,
        help: ArgumentHelp("Which tile of an image that was cut into tiles, from 1.", valueName: "n"))
    var tile: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model that saw the image; by default the one that the manifest was written for.",
            valueName: "id"),
        completion: .list(ModelCatalog.builtIn.models.map(\.id)))
    var model: String?

    @OptionGroup var catalog: CatalogArguments

    @OptionGroup var output: OutputArguments

    mutating func validate() throws {
        if numbers.count != 2, numbers.count != 4 {
            throw ValidationError("Give X Y for a point, or X Y X Y for a box.")
        }
        if !numbers.allSatisfy(\.isFinite) { throw ValidationError("Coordinates must be numbers.") }
        if stored, !reverse { throw ValidationError("--stored requires --reverse.") }
    }

    func run() throws {
        let catalog = try catalog.load()
        let rows = try LocatedRow.find(file, part: tile, in: FilePath(manifest))
        if rows.count > 1, !reverse { throw LocatedRow.ambiguous(file, rows.compactMap(\.output)) }
        let tier: ModelCatalog.Tier
        do {
            let usual = rows.first?.model ?? ModelCatalog.defaultModelID
            tier = try catalog.model(model ?? usual).tier
        } catch {
            throw ConsoleError("\(error)")
        }
        let points = stride(from: 0, to: numbers.count, by: 2).map {
            PixelPoint(x: numbers[$0], y: numbers[$0 + 1])
        }
        let start: LocateRecord.Start = !reverse ? .seen : stored ? .stored : .displayed
        var records = RecordOutput<LocateRecord>(format: output.resolvedFormat)
        for row in LocatedRow.showing(rows, points: points, from: start) {
            records.write(LocateRecord(row, tier: tier, points: points, from: start))
        }
        try records.finish(summary: nil as ImageRecord.Totals?)
    }
}
