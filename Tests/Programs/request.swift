// At most 8 lines.
import MessageRequests
import PreflightRequests

let preflighter = try Preflighter(model: "claude-sonnet-5-5")
let body = try await preflighter.request("Which is sharper?", images: ["a.jpg", "b.png", "c.heic"])
for await piece in body { print(piece.count) }
print(try RequestLinter(options: LintOptions()).lint(bytes: body.bytes).findings)
print(try await preflighter.repair(body.bytes).changes)
