internal import Foundation
internal import ImageHeaders

/// Charts, diagrams and scanned pages: what they become, and at what cost.
struct DrawingsSection {
    var workshop: Workshop
    /// The folder with the repository's drawings.
    var folder: URL

    /// Each drawing as PNG, as lossless WebP, and in the format that the product chooses.
    func run() throws -> [Section] {
        let drawings = try ImageSet(name: "drawings", format: "mixed", size: nil, folder: folder).files.filter
        {
            file in ["chart", "diagram", "fax"].contains { file.lastPathComponent.hasPrefix($0) }
        }
        guard !drawings.isEmpty else {
            Console.say("  left out: no drawings in \(folder.path)")
            return []
        }
        let tiny = try workshop.maker.images("photo", "png", PixelSize(width: 64, height: 64), count: 1)
        return try drawings.map { drawing in
            let name = drawing.deletingPathExtension().lastPathComponent
            let single = workshop.scratch.appending(path: "drawing-\(name)")
            try FileManager.default.createDirectory(at: single, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: drawing, to: single.appending(path: drawing.lastPathComponent))
            let set = try ImageSet(name: name, format: "mixed", size: nil, folder: single)
            let contenders = [nil, "png", "webp"].map { format in
                workshop.productPrepare(
                    set, workers: 1, format: format, tiny: tiny, id: "product\(format.map { "-\($0)" } ?? "")"
                )
            }
            return Section(
                id: "drawings-\(name)", title: "A drawing: \(drawing.lastPathComponent)",
                note: "What the product writes by itself, as PNG, and as lossless WebP.",
                outcomes: try workshop.trial(writes: true).run(contenders), unit: "ms")
        }
    }
}
