internal import PreflightRecords
internal import ImagePreflight
internal import SystemPackage

/// Turns a manifest into a page.
struct ReportBuilder {
    let manifest: FilePath
    let outputFolder: FilePath
    let catalog: ModelCatalog
    let thumbnails: ThumbnailSize
    let trustsPaths: Bool
    let workerCount: Int
    let limits: DecodeLimits
    let decoder: Preflighter.Decoder

    private struct Contents {
        let rows: RowSpool
        /// The rows that may have pictures; nil if none are wanted, or the list leaves no room for them.
        var pictured: [PicturedRow]?
        var totals = ReportTotals()
        var charts = ReportCharts()
        var models: ModelCosts
        var modelID = ModelCatalog.defaultModelID
        var platformID = ModelCatalog.defaultPlatformID
    }

    /// The page.
    ///
    /// - Parameters:
    ///   - output: where it is going to be.
    ///   - control: stops it.
    /// - Returns: the page, ready to be written; it is not complete when it was stopped.
    /// - Throws: ``ConsoleError`` with the manifest and its error.
    func report(for output: FilePath, control: RunControl) throws(ConsoleError) -> FinishedReport {
        let contents = try read(RowSpool(beside: output), control)
        let style = ReportPage.styleText
        let script = ReportPage.scriptText
        let rules = contents.totals.rules
            .sorted {
                ($1.value.finding.severity, $1.value.images, $0.key.rawValue)
                    < ($0.value.finding.severity, $0.value.images, $1.key.rawValue)
            }
            .map { ReportRule($0.value.finding, images: $0.value.images) }
        let data = dataBeginning(contents, rules: rules)
        let room = Self.maxPictureAndDataBytes - data.utf8.count - contents.rows.byteCount
        let pictures = pictures(contents, room: room, control)
        let dearest = contents.models.lines.flatMap { [$0.before, $0.after] }.max() ?? .zero
        let page = ReportPage(
            style: style, script: script, styleHash: ReportPage.hash(style),
            scriptHash: ReportPage.hash(script),
            title: Terminal.printable(outputFolder.lastComponent.map { "\($0)" } ?? "\(manifest)"),
            subtitle: "\(contents.modelID), \(contents.platformID)", catalogDate: catalog.date,
            tiles: tiles(contents.totals),
            models: contents.models.lines.map {
                ReportPage.ModelLine($0, dearest: dearest, chosen: contents.modelID)
            },
            charts: contents.charts.charts, rules: rules, data: data, blocks: pictures.blocks,
            pictureNote: pictures.note, imageCount: Amounts.count(contents.rows.count),
            comparedCount: Amounts.count(contents.totals.compared),
            version: ImagePreflightVersion.text)
        return FinishedReport(beginning: page.beginning.text, rows: contents.rows, end: page.end.text)
    }

    private func read(_ rows: RowSpool, _ control: RunControl) throws(ConsoleError) -> Contents {
        do {
            var contents = Contents(
                rows: rows, pictured: thumbnails == .none ? nil : [],
                models: ModelCosts(catalog, platform: try catalog.platform(ModelCatalog.defaultPlatformID)))
            var reader = try ManifestReader(path: manifest)
            var tier: ModelCatalog.Tier?
            while !control.isStopped, let row = try reader.next() {
                if tier == nil, let record = row.source {
                    tier = try catalog.model(record.model).tier
                    contents.modelID = record.model
                    contents.platformID = record.platform
                }
                let row = ReportRow(row, tier: tier ?? .standard)
                contents.totals.count(row)
                contents.charts.count(row)
                contents.models.count(row)
                try rows.append(row)
                contents.pictured?.append(PicturedRow(row))
                if rows.byteCount > Self.maxPictureAndDataBytes { contents.pictured = nil }
            }
            return contents
        } catch {
            throw ConsoleError("\(error)")
        }
    }

    private func tiles(_ totals: ReportTotals) -> [ReportPage.Tile] {
        // Refused originals cost nothing, so their outputs cannot be compared with them.
        let isAll = totals.compared == totals.prepared
        let compared = "for the \(Amounts.count(totals.compared)) accepted as they are"
        func note(_ all: String) -> String { isAll ? compared : "\(compared); \(all) for all" }
        func usd(_ microdollars: Int) -> String { Cost(microdollars: microdollars).shortText }
        var tiles = [
            ReportPage.Tile(
                "Refused", totals.refused, note: "of \(Amounts.count(totals.images)) images", Amounts.count),
            ReportPage.Tile(
                "Size", totals.bytes, note: "of \(Amounts.count(totals.prepared)) that were prepared",
                Amounts.bytes),
            ReportPage.Tile(
                "Visual tokens", totals.tokens, note: note(Amounts.count(totals.tokensOfAll)), Amounts.count),
            ReportPage.Tile("Cost as input", totals.cost, note: note(usd(totals.costOfAll)), usd),
        ]
        if totals.withText > 0 {
            tiles.append(
                ReportPage.Tile(
                    "Text too small", totals.smallText,
                    note: "of \(Amounts.count(totals.withText)) with text that was measured", Amounts.count))
        }
        return tiles
    }

    /// The fields of the data that come before the rows.
    private struct PageData: Record {
        let rules: [ReportRule]
        let patchEdge: Int

        private enum Key: String, CodingKey { case perBlock, patch, rules }

        func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
            writer.write(Key.perBlock, ReportLimits.imagesPerBlock)
            writer.write(Key.patch, patchEdge)
            writer.write(Key.rules, records: rules)
        }
    }

    /// The data of the page up to its rows: the object stays open, and so does their list.
    private func dataBeginning(_ contents: Contents, rules: [ReportRule]) -> String {
        let patchEdge =
            (try? catalog.model(contents.modelID).tier.patchEdge) ?? ModelCatalog.Tier.standard.patchEdge
        var writer = JSONFieldWriter()
        writer.appendObject(PageData(rules: rules, patchEdge: patchEdge))
        return ScriptJSON.safe(writer.bytes.dropLast()) + #","rows":["#
    }

    /// The most bytes of the pictures and the data; the rest of a page takes far less than the remainder of
    /// ``ReportLimits/maxBytes``.
    private static let maxPictureAndDataBytes = ReportLimits.maxBytes - 200_000

    /// The pictures in blocks, in the order of the rows, and notes about them.
    ///
    /// Each image may use its share of the space and what earlier ones left, so that the same manifest makes
    /// the same page on every machine.
    private func pictures(
        _ contents: Contents, room: Int, _ control: RunControl
    ) -> (blocks: [ReportPage.Block], note: String) {
        guard thumbnails == .none || contents.pictured != nil else {
            return (
                [],
                "Made without pictures: the list alone takes this file over \(Amounts.bytes(ReportLimits.maxBytes))."
            )
        }
        guard let rows = contents.pictured, let edge = thumbnails.edge(imageCount: rows.count),
            let destination = try? Destination(
                model: catalog.model(ModelCatalog.defaultModelID),
                platform: catalog.platform(ModelCatalog.defaultPlatformID))
        else { return ([], "Made without pictures.") }
        let maker = ThumbnailMaker(
            edge: edge, destination: destination, outputFolder: outputFolder, trustsPaths: trustsPaths,
            workerCount: workerCount, limits: limits, decoder: decoder)
        var blocks: [ReportPage.Block] = []
        var texts: [String] = []
        var (count, used, missing, leftOut) = (0, 0, 0, 0)
        func endBlock() {
            blocks.append(
                ReportPage.Block(
                    index: blocks.count, json: ScriptJSON.safe("[\(texts.joined(separator: ","))]".utf8)))
            texts = []
        }
        maker.make(rows, control: control) { made in
            var thumbnails = made
            ProblemList.report(made.problems)
            count += 1
            let allowed = Int(Double(room) * Double(count) / Double(rows.count)) - used
            if thumbnails.byteCount > max(allowed, 200) {
                leftOut += 1
                thumbnails = Thumbnails()
            } else if thumbnails.before.isEmpty {
                missing += 1
            }
            used += thumbnails.byteCount
            texts.append(thumbnails.json)
            if texts.count == ReportLimits.imagesPerBlock { endBlock() }
        }
        if !texts.isEmpty { endBlock() }
        var note = "Pictures have a long edge of at most \(edge) px."
        if missing > 0 { note += " \(Amounts.count(missing)) originals could not be shown." }
        if leftOut > 0 {
            note +=
                " The pictures of \(Amounts.count(leftOut)) images were left out to keep this file below "
                + "\(Amounts.bytes(ReportLimits.maxBytes))."
        }
        return (blocks, note)
    }
}
