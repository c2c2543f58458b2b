import Foundation
import ImagePreflight
import PreflightBeforeSend

func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

let arguments = CommandLine.arguments.dropFirst()
guard let prompt = arguments.first, arguments.count > 1 else {
    say("usage: preflight-before-send PROMPT FILE… > request.json")
    exit(2)
}
let paths = Array(arguments.dropFirst())

do {
    let builder = try RequestBuilder(model: "claude-sonnet-5-5", prompt: prompt, imageCount: paths.count)
    let request = try builder.build(paths)
    for draft in request.drafts { say("\(draft.path): \(draft.note)") }

    let images = request.images.compactMap(\.image)
    let tokens = images.reduce(0) { $0 + $1.tokens }
    let cost = images.reduce(.zero) { $0 + $1.cost }
    let verdict = request.refusals.first.map { "would be refused: \($0.message)" } ?? "passes"
    say(
        "\(images.count) images, \(tokens) tokens, \(cost.shortText); "
            + "the body has \(request.body.count) bytes and \(verdict)")

    guard !images.isEmpty, request.refusals.isEmpty else { exit(1) }
    try FileHandle.standardOutput.write(contentsOf: Data(request.body))
    exit(images.count == paths.count ? 0 : 1)
} catch {
    say("preflight-before-send: \(error)")
    exit(2)
}
