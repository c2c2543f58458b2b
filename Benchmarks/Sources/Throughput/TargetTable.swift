internal import Foundation

/// The product's targets, as ratios within one run.
struct TargetTable {
    private var sections: [String: Section]
    private var jobs: Int

    init(_ sections: [Section], jobs: Int) {
        self.sections = Dictionary(sections.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.jobs = jobs
    }

    /// Every target.
    var targets: [Target] { check + prepare + formats + others }

    private var check: [Target] {
        let growth = sections["growth-check"]?.outcomes ?? []
        let largest = growth.map(\.contender.imageCount).max()
        let peak = growth.filter { $0.contender.imageCount == largest }.compactMap(\.peak).max()
        return [
            Target(
                "`check` on one worker, time against the one-thread floor", time("check", one, "floor-1"),
                1.7,
                stretch: 1.3, isAtMost: true),
            Target(
                "`check` on \(jobs) workers, time against the one-thread floor",
                time("check", "product", "floor-1")?.wall,
                0.95, stretch: 0.75, isAtMost: true),
            Target(
                "`check` against opening each with libvips, one worker each",
                rate("check", one, "vips-open-1"), 30, stretch: 40),
            Target(
                "`check` against opening each with libvips, \(jobs) workers each",
                rate("check", "product", "vips-open-\(jobs)"), 30, stretch: 40),
            Target(
                "`check`, 16× as many files (\(largest ?? 0)): rate against 1×",
                rate("growth-check", "product-16x-\(jobs)", "product-1x-\(jobs)")?.wall, 0.9, stretch: 1),
            Target(
                "`check`, \(largest ?? 0) files: peak memory", peak, 50, stretch: 20, isAtMost: true,
                unit: " MiB"),
        ]
    }

    private var prepare: [Target] {
        let photos = "photos-12mp"
        return [
            Target(
                "`prepare` 12 MP JPEG against vipsthumbnail",
                rate(photos, "product", "vipsthumbnail/processes"), 2.9,
                stretch: 3.2),
            Target(
                "… against OpenCV, reduced + INTER_AREA", rate(photos, "product", "opencv/area"), 1.7,
                stretch: 2,
                condition: looksBetter(than: "opencv/area"), remark: "higher SSIM"),
            Target(
                "… against pyvips with its own libvips",
                rate(photos, "product", "pyvips_thumbnail/thumbnail"), 1.8,
                stretch: 2),
            Target(
                "… against Pillow-SIMD, draft + Lanczos", rate(photos, "product", "pillow_simd/draft"), 1.35,
                stretch: 1.5),
            handAssembled("… with grain", photos, 1.22, stretch: 1.3),
            handAssembled("… without grain", "smooth-12mp", 1.35, stretch: 1.5),
            Target(
                "… time against the floor (decode at the same scale + encode)",
                time(photos, "product", "floor"), 1.08,
                stretch: 1, isAtMost: true),
            Target("… a second worker", rate(photos, "product", "product-1")?.wall, 1.85, stretch: 1.95),
            Target(
                "… peak memory, \(jobs) workers", sections[photos]?.outcome("product")?.peak, 130,
                stretch: 90,
                isAtMost: true, unit: " MiB"),
            Target(
                "`prepare`, 16× as many photos: rate against 1×",
                rate("growth-prepare", "product-16x-\(jobs)", "product-1x-\(jobs)")?.wall, 0.9, stretch: 1),
        ]
    }

    /// The product compared with the best combination of PyPI packages, by CPU time.
    private func handAssembled(_ what: String, _ section: String, _ bound: Double, stretch: Double) -> Target
    {
        let cpu = rate(section, "product", "turbojpeg_resizer/lanczos")?.cpu
        return Target(
            "\(what), against TurboJPEG + fast_image_resize, by CPU time", cpu, cpu: cpu, bound,
            stretch: stretch)
    }

    /// The product compared with the fastest peer that writes pictures of the target size.
    private func fastest(_ what: String, _ id: String, _ bound: Double, stretch: Double) -> Target {
        let section = sections[id]
        let fastest = section?.outcomes.filter { !$0.contender.isProduct && !$0.contender.isFloor }
            .max { ($0.imagesPerSecond ?? 0) < ($1.imagesPerSecond ?? 0) }
        return Target(
            "\(what) against the fastest peer (\(fastest?.contender.title ?? "–"))",
            Target.Ratio(section?.outcome("product"), over: fastest), bound, stretch: stretch)
    }

    private var rows: [Target] {
        ["report", "resume", "merge"].map { id in
            let outcome = sections["rows"]?.outcome(id)
            return Target(
                "\(outcome?.contender.imageCount ?? 0) rows, \(outcome?.contender.title ?? id): peak memory",
                outcome?.peak.map { $0 * 1_048_576 / 1e6 }, 400, stretch: 150, isAtMost: true, unit: " MB")
        }
    }

    private var formats: [Target] {
        let png = sections["screenshots-png"]?.outcome("product")
        let otherPNG = sections["screenshots-png"]?.outcome("vipsthumbnail/processes")
        let automatic = sections["screenshots-png"]?.outcome("product-auto")
        let isWebP = automatic?.outputExtension == "webp"
        let rival = sections[isWebP ? "screenshots-webp" : "screenshots-png"]?.outcome(
            "vipsthumbnail/processes")
        let smaller = automatic.flatMap { mine in rival.map { mine.outputBytes <= $0.outputBytes } }
        return [
            Target(
                "`prepare` screenshot PNG against vipsthumbnail, both PNG",
                Target.Ratio(png, over: otherPNG), 2.5, stretch: 3,
                condition: png.flatMap { mine in otherPNG.map { mine.outputBytes <= $0.outputBytes } },
                remark: "no more bytes"),
            Target(
                "… in the format that it chooses, both \(isWebP ? "lossless WebP" : "PNG")",
                Target.Ratio(automatic, over: rival), 1.3, stretch: 1.6,
                condition: smaller,
                remark: "no more bytes"),
        ]
            + [
                Target(
                    "measuring text, CPU time against preparing a screenshot without",
                    rate("text", "product", "product-measured")?.cpu, 1.15, stretch: 1.1, isAtMost: true)
            ]
            + [fastest("`prepare` progressive JPEG of 12 MP", "progressive", 1.1, stretch: 1.2)]
            + ["webp", "gif", "png"].map {
                fastest("`prepare` \($0.uppercased()) photos", "photos-\($0)", 1.3, stretch: 1.6)
            }
    }

    private var others: [Target] {
        let photos = sections["pixels-photos-12mp"]?.outcome("product")?.quality
        let screens = sections["pixels-screenshots"]?.outcome("product")?.quality
        let body = sections["lint"]?.outcome("product")
        let lint = body?.megabytesPerSecond.map { $0 / 1000 }
        return [
            Target("files that need nothing, against cp -r", rate("copy", "product", "cp"), 0.8, stretch: 1),
            Target(
                "pixels of 12 MP photos, mean SSIM", photos?.meanSSIM, 0.998, stretch: 0.999, unit: "",
                condition: photos.map { $0.leastSSIM >= 0.995 && $0.meanPSNR >= 46 },
                remark: "each ≥ 0.995, PSNR ≥ 46 dB"),
            Target("pixels of screenshots, mean SSIM", screens?.meanSSIM, 0.9995, stretch: 0.9999, unit: ""),
            Target(
                "start-up of `check one.jpg`, time against `file one.jpg`",
                time("start-up", "product", "file"), 3,
                stretch: 2, isAtMost: true),
            Target(
                "`prepare` of one 12 MP photo, whole process, time against djpeg -scale 4/8 and cjpeg",
                time("one-photo", "product", "pipe"), 1.5, stretch: 1.3, isAtMost: true),
            Target(
                "`check`, names on the command line: rate of all against a quarter of them",
                rate("names", "names-1", "names-4")?.wall, 0.9, stretch: 1),
            Target("`lint` of a large body", lint, 1.5, stretch: 3, unit: " GB/s"),
            // The peak is in MiB, the body in bytes.
            Target(
                "`lint` of a large body: peak memory, less 17 MB, against the body",
                body.flatMap { body in
                    body.peak.map { ($0 * 1_048_576 - 17e6) / Double(body.contender.byteCount) }
                },
                1.2, stretch: 1, isAtMost: true),
        ] + rows
    }

    /// The ID of the product on one worker in `check`.
    private var one: String { jobs == 1 ? "product" : "product-1" }

    private func rate(_ section: String, _ mine: String, _ other: String) -> Target.Ratio? {
        Target.Ratio(sections[section]?.outcome(mine), over: sections[section]?.outcome(other))
    }

    /// How many times as long the product takes per image.
    private func time(_ section: String, _ mine: String, _ other: String) -> Target.Ratio? {
        rate(section, mine, other)?.inverse
    }

    private func looksBetter(than peer: String) -> Bool? {
        let pixels = sections["pixels-photos-12mp"]
        guard let mine = pixels?.outcome("product")?.quality, let other = pixels?.outcome(peer)?.quality
        else {
            return nil
        }
        return mine.meanSSIM > other.meanSSIM
    }

    /// The comparison as Markdown.
    var markdown: String {
        var rows = ["| what | target | measured | by CPU time | |", "|---|---|---|---|---|"]
        for target in targets {
            rows.append(
                "| \(target.what) | \(target.target) | \(target.measured) | \(target.byCPU) | \(target.verdict.rawValue) |"
            )
        }
        return rows.joined(separator: "\n") + "\n"
    }
}
