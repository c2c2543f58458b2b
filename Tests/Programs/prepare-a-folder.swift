// At most 6 lines.
import ImagePreflight

let preflighter = try Preflighter(model: "claude-sonnet-5-5")
for try await row in preflighter.prepare(folder: "photos", into: "ready", existing: .resume) {
    print(row.path, row.action)
}
