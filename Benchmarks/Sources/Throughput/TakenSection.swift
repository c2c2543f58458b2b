internal import Foundation
internal import ImageHeaders
internal import VisionRules

/// A folder with the caller's own images, split by format and size, because peers get one size for all.
struct TakenSection {
    var workshop: Workshop
    var sampleCount: Int

    /// `check` on the whole folder, and `prepare` on every group of at least four images that need it.
    func run(folder: URL) throws -> [Section] {
        let all = try ImageSet(name: "taken", format: "mixed", size: nil, folder: folder)
        all.warm()
        let contenders = [workshop.productCheck(all, workers: workshop.jobs)]
        var sections = [
            Section(
                id: "taken-check", title: "`check` of \(all.files.count) given files", note: "",
                outcomes: try workshop.trial(writes: false).run(contenders), unit: "µs")
        ]
        for (kind, files) in groups(of: all).sorted(by: { $0.value.count > $1.value.count })
        where files.count >= 4 && !SeenSize.fits(kind.size, tier: .standard) {
            let name = "taken-\(kind.format)-\(kind.size.width)x\(kind.size.height)"
            let links = workshop.scratch.appending(path: name)
            try FileManager.default.createDirectory(at: links, withIntermediateDirectories: true)
            for (index, file) in files.enumerated() {
                let target = links.appending(path: "\(index)-\(file.stem).\(kind.extension)")
                try FileManager.default.linkOrCopy(file, to: target)
            }
            let plan = PrepareSection.Plan(
                id: name, title: "Given \(kind.format) images of \(kind.size.width)×\(kind.size.height)",
                set: try ImageSet(name: name, format: kind.format, size: kind.size, folder: links),
                format: kind.format == "png" || kind.format == "gif" ? "png" : "jpg")
            sections += try PrepareSection(workshop: workshop, sampleCount: sampleCount).run(plan)
        }
        return sections
    }

    private struct Kind: Hashable {
        var format: String
        var size: PixelSize
        var `extension`: String { format == "progressive" ? "jpg" : format }
    }

    /// Upright images only: peers differ in how they handle orientation.
    private func groups(of set: ImageSet) -> [Kind: [URL]] {
        var groups: [Kind: [URL]] = [:]
        var reader = HeaderReader()
        for file in set.files {
            guard let facts = try? reader.read(path: file.path).facts, facts.orientation == .up else {
                continue
            }
            let format: String? =
                switch facts.format {
                case .jpeg: facts.isInterlaced ? "progressive" : "jpg"
                case .png: "png"
                case .gif: "gif"
                case .webp: "webp"
                default: nil
                }
            if let format { groups[Kind(format: format, size: facts.size), default: []].append(file) }
        }
        return groups
    }
}
