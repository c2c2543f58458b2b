internal import PreflightRecords
internal import ImagePreflight
internal import Mustache
internal import PreflightFiles
internal import SystemPackage

/// What the templates of a report show. Every text goes through the escapes of the template engine, except
/// for style and script, which are ours, and data, which ``ScriptJSON`` has made safe.
struct ReportPage {
    struct Tile {
        let name: String
        let before: String
        let after: String
        let change: String
        let isBetter: Bool
        let note: String
    }

    struct ModelLine {
        let name: String
        let tier: String
        let tokens: String
        let costBefore: String
        let costAfter: String
        let costOfAll: String
        /// Widths of the bars, in hundredths of the dearest.
        let barBefore: Int
        let barAfter: Int
        let isChosen: Bool
    }

    /// Pictures of some images, read by the page when it shows one of them.
    struct Block {
        let index: Int
        let json: String
    }

    let style: String
    let script: String
    let styleHash: String
    let scriptHash: String
    let title: String
    let subtitle: String
    let catalogDate: String
    let tiles: [Tile]
    let models: [ModelLine]
    let charts: [Chart]
    let rules: [ReportRule]
    let data: String
    let blocks: [Block]
    let pictureNote: String
    let imageCount: String
    /// How many images have a cost before and after.
    let comparedCount: String
    let version: String

    /// The page as HTML.
    func html() throws(ConsoleError) -> String {
        do {
            let library = MustacheLibrary(templates: [
                "report": try MustacheTemplate(string: Self.text(PackageResources.report_mustache)),
                "chart": try MustacheTemplate(string: Self.text(PackageResources.chart_mustache)),
            ])
            guard let html = library.render(self, withTemplate: "report") else {
                throw ConsoleError("the template of the report is missing")
            }
            return html
        } catch {
            throw error as? ConsoleError ?? ConsoleError("the template of the report is broken: \(error)")
        }
    }

    /// Whether there is nothing at a path, or a report: what else is there is not replaced by one.
    static func mayBeReplaced(_ path: FilePath) -> Bool {
        guard let status = FileStatus(path) else { return !FileStatus.isTaken(path) }
        guard status.kind == .file, let bytes = path.beginning(maxBytes: 1 << 14) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.isEmpty
            || text.hasPrefix("<!DOCTYPE html>") && text.contains(" – image-preflight report</title>")
    }

    static let styleText = text(PackageResources.report_css)
    static let scriptText = text(PackageResources.report_js)

    /// What a Content-Security-Policy calls a text that may run.
    static func hash(_ text: String) -> String {
        "sha256-" + Base64.text(Digest.sha256(text.utf8))
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension ReportPage.Tile {
    /// A number that is better when it is lower.
    init(_ name: String, _ pair: ReportTotals.Pair, note: String, _ text: (Int) -> String) {
        self.name = name
        before = text(pair.before)
        after = text(pair.after)
        isBetter = pair.after < pair.before
        self.note = note
        guard pair.before > 0, pair.before != pair.after else {
            change = pair.before == pair.after ? "unchanged" : ""
            return
        }
        let percent = (Double(pair.after) - Double(pair.before)) / Double(pair.before) * 100
        change =
            (percent < 0 ? "−" : "+")
            + Amounts.decimal(percent.magnitude, digits: percent.magnitude < 10 ? 1 : 0) + " %"
    }
}

extension ReportPage.ModelLine {
    init(_ line: ModelCosts.Line, dearest: Cost, chosen: String) {
        func bar(_ cost: Cost) -> Int {
            guard dearest > .zero else { return 0 }
            return Int((Double(cost.microdollars) / Double(dearest.microdollars) * 100).rounded(.up))
        }
        name = line.destination.model.id
        tier = line.destination.model.tier.id
        tokens = Amounts.count(line.tokens)
        costBefore = line.before.shortText
        costAfter = line.after.shortText
        costOfAll = line.all.shortText
        barBefore = bar(line.before)
        barAfter = bar(line.after)
        isChosen = name == chosen
    }
}
