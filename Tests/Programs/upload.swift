// At most 8 lines.
import ImagePreflight

var options = PrepareOptions()
options.maxBase64Bytes = 1_000_000
let preflighter = try Preflighter(model: "claude-sonnet-5-5", options: options)
let pool = PreflightPool(workers: 4, whenFull: .refuse(afterWaiting: 50))
@Sendable func prepared(_ upload: [UInt8]) async throws -> PreparedImage {
    try await preflighter.prepare(upload, on: pool)
}
