import Foundation
import Hummingbird
import ImagePreflight
import UploadGate

let catalog = ModelCatalog.builtIn
let gate = Gate(
    preflighter: Preflighter(
        destination: Destination(
            model: try catalog.model("claude-sonnet-5-5"), platform: try catalog.platform("claude-api"))))
let port = ProcessInfo.processInfo.environment["PORT"].flatMap { Int($0) } ?? 8080
let application = Application(
    router: gate.router(), configuration: .init(address: .hostname("127.0.0.1", port: port)))
try await application.runService()
