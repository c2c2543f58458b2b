internal import Foundation

/// The whole run as one page.
struct Report {
    var sections: [Section]
    var workshop: Workshop
    /// How long it took.
    var seconds: Double
    /// Other work on the machine.
    var others: OtherWork

    /// The page as Markdown.
    var markdown: String {
        let table = TargetTable(sections, jobs: workshop.jobs)
        let facts =
            Machine.facts(workshop: workshop)
            + [
                "- took \(Int(seconds)) s; \(others)"
            ]
        let warning =
            others.isBusy
            ? "**The machine was busy with other work: do not rely on these figures.**\n\n" : ""
        return """
            # Results of `throughput`

            \(facts.joined(separator: "\n"))

            \(warning)All contenders of a table worked on the same files in the same run, interleaved, \
            with \(Numbers.count(workshop.jobs, "worker")) or processes unless said otherwise, warm cache; medians of \
            \(Numbers.count(workshop.rounds, "round")). `ratio` is throughput relative to image-preflight. \
            `start-up ms` is the time for one tiny image; where it stands, it was taken off. \
            `peak MiB` is the sum over all processes, where memory they share counts in each. \
            `± %` is half the distance between the slowest and the fastest round. SSIM and PSNR are against full \
            decode + Lanczos3 at the same size, after encoding unless said otherwise.

            ## Targets

            \(table.markdown)
            ## Tables

            \(sections.map(\.markdown).joined(separator: "\n"))
            """
    }
}
