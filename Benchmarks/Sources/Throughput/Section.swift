internal import Foundation

/// One table of the report.
struct Section: Sendable {
    var id: String
    var title: String
    var note: String
    var outcomes: [Outcome]
    /// The unit of the CPU column: `ms` or `µs`.
    var unit: String
    var kind = Kind.speed

    /// What the table shows.
    enum Kind: Sendable {
        /// Images per second and their cost.
        case speed
        /// Only the quality of pixels.
        case quality
        /// Whole processes, by their time.
        case process
        /// Other numbers, ready to print.
        case counts(head: [String], rows: [[String]])
    }

    /// A contender's result.
    func outcome(_ id: String) -> Outcome? { outcomes.first { $0.contender.id == id } }

    /// The product on all workers, the baseline of the column `ratio`.
    var reference: Outcome? {
        outcome("product") ?? outcomes.first { $0.contender.isProduct }
    }

    /// The section as Markdown.
    var markdown: String {
        var lines = ["### \(title)", "", note, ""]
        switch kind {
        case .speed: lines += speedTable
        case .quality: lines += qualityTable
        case .process: lines += processTable
        case .counts(let head, let rows):
            lines.append("| \(head.joined(separator: " | ")) |")
            lines.append("|---|" + head.dropFirst().map { _ in "--:|" }.joined())
            lines += rows.map { "| \($0.joined(separator: " | ")) |" }
        }
        for outcome in outcomes {
            guard let failure = outcome.failure else { continue }
            lines += ["", "Out of the race: \(outcome.contender.title): \(failure)"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Fastest first, failed ones last.
    private var ranked: [Outcome] {
        outcomes.sorted { ($0.imagesPerSecond ?? 0) > ($1.imagesPerSecond ?? 0) }
    }

    private var speedTable: [String] {
        let writes = outcomes.contains { $0.outputBytes > 0 }
        let isCompared = outcomes.contains { $0.quality != nil }
        var head = [
            "what", "images/s", "MB/s", "ratio", "CPU \(unit)/image", "peak MiB", "start-up ms", "± %",
        ]
        if writes { head.append("KB/image written") }
        if isCompared { head += ["SSIM", "PSNR dB"] }
        var rows = [
            "| \(head.joined(separator: " | ")) |", "|---|" + head.dropFirst().map { _ in "--:|" }.joined(),
        ]
        let scale = unit == "ms" ? 1e3 : 1e6
        for outcome in ranked where outcome.failure == nil {
            let ratio = outcome.imagesPerSecond.flatMap { rate in reference?.imagesPerSecond.map { rate / $0 }
            }
            var cells = [
                outcome.contender.title, Numbers.short(outcome.imagesPerSecond),
                Numbers.short(outcome.megabytesPerSecond),
                ratio.map { Numbers.text($0, $0 < 0.095 ? 3 : 2) } ?? "–",
                Numbers.short(outcome.cpuPerImage.map { $0 * scale }), Numbers.short(outcome.peak),
                outcome.contender.startUp == nil ? "" : Numbers.text(outcome.startUp * 1000, 0),
                outcome.spread.map { Numbers.text($0 * 50, 0) } ?? "",
            ]
            if writes {
                let bytes = Double(outcome.outputBytes) / Double(max(outcome.outputCount, 1))
                cells.append(outcome.outputCount == 0 ? "" : Numbers.short(bytes / 1000))
            }
            if isCompared {
                cells.append(outcome.quality.map { Numbers.text($0.meanSSIM, 4) } ?? "")
                cells.append(outcome.quality.map { Numbers.text($0.meanPSNR, 1) } ?? "")
            }
            rows.append("| \(cells.joined(separator: " | ")) |")
        }
        return rows
    }

    private var processTable: [String] {
        var rows = ["| what | ms, median | ms, least | CPU ms | peak MiB |", "|---|--:|--:|--:|--:|"]
        for outcome in ranked where outcome.failure == nil {
            let walls = outcome.measurements.map(\.wall)
            let times = [walls.median, walls.min(), outcome.measurements.map(\.cpu).median].map {
                $0.map { $0 * 1000 }
            }
            let cells = [outcome.contender.title] + (times + [outcome.peak]).map(Numbers.short)
            rows.append("| \(cells.joined(separator: " | ")) |")
        }
        return rows
    }

    private var qualityTable: [String] {
        var rows = [
            "| what | SSIM, mean | SSIM, least | PSNR dB, mean | PSNR dB, least |", "|---|--:|--:|--:|--:|",
        ]
        let compared = outcomes.compactMap { outcome in outcome.quality.map { (outcome.contender.title, $0) }
        }
        for (title, quality) in compared.sorted(by: { $0.1.meanSSIM > $1.1.meanSSIM }) {
            let cells = [
                title, Numbers.text(quality.meanSSIM, 4), Numbers.text(quality.leastSSIM, 4),
                Numbers.text(quality.meanPSNR, 1), Numbers.text(quality.leastPSNR, 1),
            ]
            rows.append("| \(cells.joined(separator: " | ")) |")
        }
        return rows
    }
}
