internal import Foundation

/// How close pictures are to the reference: full decode and Lanczos3.
struct Quality: Sendable {
    /// The mean structural similarity; 1 is identical.
    var meanSSIM: Double
    var leastSSIM: Double
    /// The mean peak signal-to-noise ratio, dB.
    var meanPSNR: Double
    var leastPSNR: Double
}

/// Compares pictures from all contenders with `quality/compare.py`.
struct QualityGauge {
    /// A Python interpreter that may have numpy and Pillow.
    var python: String
    /// The script.
    var script: URL
    var workers: Int
    /// The folder for pictures until they are compared.
    var folder: URL
    private var pairs: [(label: String, source: URL, picture: URL)] = []

    init(python: String, script: URL, workers: Int, folder: URL) {
        self.python = python
        self.script = script
        self.workers = workers
        self.folder = folder
    }

    /// Keeps the pictures that a contender made from the samples.
    ///
    /// - Parameters:
    ///   - label: names the contender.
    ///   - samples: the sources.
    ///   - outFolder: the folder with its pictures, under the sources' names with any extension.
    /// - Throws: an error of the file system.
    mutating func keep(label: String, samples: [URL], from outFolder: URL) throws {
        let pictures = try ImageSet(name: "", format: "", size: nil, folder: outFolder).files
            .filter { ImageExtension.all.contains($0.pathExtension) }
        let byStem = Dictionary(pictures.map { ($0.stem, $0) }, uniquingKeysWith: { first, _ in first })
        for sample in samples {
            guard let picture = byStem[sample.stem] else { continue }
            let kept = folder.appending(path: "\(pairs.count).\(picture.pathExtension)")
            try? FileManager.default.removeItem(at: kept)
            try FileManager.default.moveItem(at: picture, to: kept)
            pairs.append((label, sample, kept))
        }
    }

    /// Compares everything that was kept and forgets it.
    ///
    /// - Returns: the quality of each label; empty if Python, numpy or Pillow is missing.
    mutating func compare() throws -> [String: Quality] {
        defer { pairs = [] }
        guard !pairs.isEmpty else { return [:] }
        let input = folder.appending(path: "pairs.tsv")
        try pairs.map { "\($0.label)\t\($0.source.path)\t\($0.picture.path)\n" }.joined()
            .write(to: input, atomically: false, encoding: .utf8)
        let shell = [
            "sh", "-c", "exec \"$0\" \"$1\" \"$2\" <\"$3\"", python, script.path, "\(workers)", input.path,
        ]
        guard let text = output(of: shell) else {
            Console.say("no SSIM: \(python) cannot run \(script.lastPathComponent)")
            return [:]
        }
        var values: [String: [(ssim: Double, psnr: Double)]] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t")
            guard fields.count == 3, let ssim = Double(fields[1]), let psnr = Double(fields[2]) else {
                continue
            }
            values[String(fields[0]), default: []].append((ssim, psnr))
        }
        return values.mapValues { list in
            let count = Double(list.count)
            return Quality(
                meanSSIM: list.reduce(0) { $0 + $1.ssim } / count, leastSSIM: list.map(\.ssim).min() ?? 0,
                meanPSNR: list.reduce(0) { $0 + $1.psnr } / count, leastPSNR: list.map(\.psnr).min() ?? 0)
        }
    }
}

extension URL {
    /// The name without its extension.
    var stem: String { deletingPathExtension().lastPathComponent }
}
