internal import PreflightRecords
internal import ImagePreflight
internal import PreflightFiles
internal import SystemPackage

/// The contents of a report. Style and script are ours, and ``ScriptJSON`` has made the data safe; ``HTML``
/// escapes everything else.
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
        /// Widths of the bars, in hundredths of the most expensive.
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
    /// The data up to its rows, which follow the beginning of the page.
    let data: String
    let blocks: [Block]
    let pictureNote: String
    let imageCount: String
    /// How many images have a cost before and after.
    let comparedCount: String
    let version: String

    /// Whether a path is free, or has a report: other files are not replaced by one.
    static func mayBeReplaced(_ path: FilePath) -> Bool {
        guard let status = FileStatus(path) else { return !FileStatus.isTaken(path) }
        guard status.kind == .file, let bytes = path.beginning(maxBytes: 1 << 14) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.isEmpty
            || text.hasPrefix("<!DOCTYPE html>") && text.contains(" – image-preflight report</title>")
    }

    static let styleText = text(PackageResources.report_css)
    static let scriptText = text(PackageResources.report_js)

    /// The hash of an allowed script or style in a Content-Security-Policy.
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

extension ReportPage {
    /// The page up to the rows of its data.
    var beginning: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src \
        '\(styleHash)'; script-src '\(scriptHash)'; base-uri 'none'; form-action 'none'; \
        require-trusted-types-for 'script'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>\(title) – image-preflight report</title>
        <style>\(raw: style)</style>
        </head>
        <body>
        <a class="skip" href="#images">Skip to the images</a>
        <header class="top">
        <p class="brand"><svg viewBox="0 0 28 28" width="28" height="28" aria-hidden="true">\
        <rect class="logo-back" width="28" height="28" rx="7"/>\
        <path class="logo-line" d="M7 19l5-6 4 4 2-2 3 4M19 9.5h.01M7 7h14v14H7z"/>\
        </svg>image-preflight</p>
        <h1>\(title)</h1>
        <p class="sub">\(imageCount) images for <b>\(subtitle)</b></p>
        </header>
        <main>
        <section aria-labelledby="h-totals"><h2 id="h-totals" class="hidden">Totals, before and after</h2>
        <ul class="tiles">\(tiles.map(\.html))</ul></section>
        <section aria-labelledby="h-charts"><h2 id="h-charts">At a glance</h2>\
        <div class="charts">\(charts.map(\.html))</div></section>
        <section aria-labelledby="h-models"><h2 id="h-models">What the set costs, by model</h2>
        <div class="card scroll" tabindex="0" role="region" aria-labelledby="h-models">\
        <table class="models"><thead><tr><th scope="col">Model</th><th scope="col">Tier</th>\
        <th scope="col" class="n">Cost before</th><th scope="col" class="n">Cost after</th>\
        <th scope="col" class="wide"><span class="hidden">Cost as bars</span></th>\
        <th scope="col" class="n">Whole set, tokens</th><th scope="col" class="n">Whole set, cost</th>\
        </tr></thead><tbody>
        \(models.map(\.html))</tbody></table></div>
        <p class="hint">Images only, as input, each in a request of its own; prices of \(catalogDate). \
        Before and after compare the \(comparedCount) images that would be accepted as they are; the \
        whole set is everything that was prepared.</p></section>
        <section aria-labelledby="h-rules"><h2 id="h-rules">Findings</h2>
        \(rules.isEmpty ? Self.noFindings : "")
        <ul class="rules">\(rules.map(\.html))</ul></section>
        <section aria-labelledby="h-images" id="images"><h2 id="h-images">Images</h2>
        <noscript>\
        <p class="card empty">The list of images needs JavaScript, which is switched off here.</p>\
        </noscript>
        <form class="tools" role="search" aria-label="Filter the images">
        <label class="search"><span class="hidden">Search in paths, messages and codes</span>\
        <input id="q" type="search" placeholder="Search paths and findings  ( / )" autocomplete="off" \
        spellcheck="false"></label>
        <label><span>Verdict</span><select id="verdict"><option value="">all</option>\
        <option value="accepted">accepted</option><option value="downsized">downsized</option>\
        <option value="rejected">refused</option></select></label>
        <label><span>Action</span><select id="action"><option value="">all</option></select></label>
        <label><span>Format</span><select id="format"><option value="">all</option></select></label>
        <label><span>Finding</span><select id="code">\
        <option value="">all</option>\(rules.map(\.option))</select></label>
        <label><span>Sort by</span><select id="sort"><option value="">manifest order</option>\
        <option value="path">path</option><option value="verdict">verdict</option>\
        <option value="action">action</option><option value="pixels">px before</option>\
        <option value="bytes">bytes before</option><option value="tokens">tokens before</option>\
        <option value="tokensAfter">tokens after</option><option value="saved">tokens saved</option>\
        <option value="cost">cost after</option><option value="findings">findings</option></select>\
        </label>
        <button id="dir" type="button" aria-pressed="false" aria-label="Largest first" title="Largest \
        first">↓</button>
        <button id="reset" type="button" class="link">Clear</button>
        </form>
        <p id="count" role="status" aria-live="polite"></p>
        <table class="grid" aria-labelledby="h-images"><thead><tr><th scope="col">Before and after</th>\
        <th scope="col" data-sort="path">Image</th><th scope="col" data-sort="verdict">Verdict</th>\
        <th scope="col" data-sort="pixels" class="n">Size, px</th>\
        <th scope="col" data-sort="bytes" class="n">Bytes</th>\
        <th scope="col" data-sort="tokens" class="n">Tokens</th>\
        <th scope="col" data-sort="cost" class="n">Cost</th>\
        <th scope="col" data-sort="findings">Findings</th></tr></thead><tbody id="rows"></tbody></table>
        <nav class="pager" aria-label="Pages of the list">\
        <button type="button" id="first" aria-label="First page">«</button>\
        <button type="button" id="prev">‹ Previous</button><span id="page"></span>\
        <button type="button" id="next">Next ›</button>\
        <button type="button" id="last" aria-label="Last page">»</button></nav>
        <p class="hint">\(pictureNote)</p></section>
        </main>
        <footer><p>Made offline by image-preflight \(version). This file loads nothing from anywhere.</p>\
        </footer>
        <div id="toast" role="status" aria-live="polite"></div>
        <script type="application/json" id="data">\(raw: data)
        """
    }

    /// The page after the rows of its data.
    var end: HTML {
        """
        ]}</script>
        \(blocks.map(\.html))<script>\(raw: script)</script>
        </body>
        </html>

        """
    }

    private static let noFindings: HTML =
        """
        <p class="card empty">No rule has anything to say. Everything can be sent as it is.</p>
        """
}

extension ReportPage.Tile {
    fileprivate var html: HTML {
        """
        <li class="card tile"><h3>\(name)</h3><p class="values"><span class="hidden">before </span>\
        <span class="was">\(before)</span><span class="arrow" aria-hidden="true">→</span>\
        <span class="hidden">after </span><strong>\(after)</strong></p>\
        <p class="foot">\(chip)<span>\(note)</span></p></li>
        """
    }

    private var chip: HTML {
        change.isEmpty ? "" : "<span class=\"chip\(isBetter ? " good" : "")\">\(change)</span> "
    }
}

extension ReportPage.ModelLine {
    fileprivate var html: HTML {
        let mark: HTML = isChosen ? " <span class=\"chip\">chosen</span>" : ""
        return """
            <tr class="\(isChosen ? "chosen" : "")">\
            <th scope="row">\(name)\(mark)</th>\
            <td>\(tier)</td><td class="n was">\(costBefore)</td><td class="n">\(costAfter)</td>\
            <td class="wide"><svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="before" width="\(barBefore)" height="5" rx="1"/>\
            <rect class="after" y="6" width="\(barAfter)" height="5" rx="1"/></svg></td>\
            <td class="n">\(tokens)</td><td class="n"><b>\(costOfAll)</b></td></tr>

            """
    }
}

extension ReportPage.Block {
    fileprivate var html: HTML {
        """
        <script type="application/json" id="pictures-\(index)">\(raw: json)</script>

        """
    }
}

extension ReportRule {
    fileprivate var html: HTML {
        """
        <li class="card rule-card"><details><summary>\
        <span class="code \(severity)">\(code)</span> <span class="rule-name">\(name)</span> <span \
        class="count">\(images)<span class="hidden"> images</span></span></summary><p>\(what) \(why)</p>\
        <p><b>What to do.</b> \(remedy)</p>\
        <button type="button" class="link" data-code="\(code)">Show these images</button></details></li>
        """
    }

    /// The rule in the list to choose from.
    fileprivate var option: HTML {
        """
        <option value="\(code)">\(code) \(name)</option>
        """
    }
}
