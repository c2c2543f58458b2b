// At most 12 lines.
import ImagePreflight

let run = try Preflighter(model: "claude-sonnet-5-5").check(folder: "photos")
let reading = Task {
    for try await row in run where row.verdict == .rejected { print(row.path ?? "", row.findings) }
    return try await run.totals
}
while run.progress.done < 1000 { try await Task.sleep(for: .seconds(1)) }
reading.cancel()
