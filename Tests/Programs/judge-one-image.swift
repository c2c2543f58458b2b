// At most 6 lines.
import ImagePreflight

let preflighter = try Preflighter(model: "claude-sonnet-5-5", platform: "claude-api")
let photo = try preflighter.check("photo.heic")
print(photo.verdict, photo.tokens ?? 0, photo.cost ?? .zero)
photo.findings.forEach { print($0) }
