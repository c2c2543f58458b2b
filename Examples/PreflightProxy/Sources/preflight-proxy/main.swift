import ArgumentParser
import AsyncHTTPClient
import Foundation
import Hummingbird
import PreflightProxy
import PreflightRequests

struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preflight-proxy",
        abstract: "Repairs the images of Messages requests on their way to the service.")

    @Option(help: "Where requests go.")
    var upstream = "https://api.anthropic.com"

    @Option(help: "The port on 127.0.0.1.")
    var port = 8787

    @Option(help: "The platform that takes the requests, as `image-preflight platforms` names it.")
    var platform = "claude-api"

    mutating func validate() throws {
        guard let url = URL(string: upstream), let host = url.host,
            url.scheme == "http" || url.scheme == "https"
        else { throw ValidationError("--upstream must be an http or https address.") }
        // Requests contain keys.
        guard url.scheme == "https" || ["127.0.0.1", "localhost", "::1"].contains(host) else {
            throw ValidationError("--upstream must be https, unless it is on this machine.")
        }
    }

    func run() async throws {
        let client = HTTPClient(
            configuration: .init(
                redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)),
                decompression: .disabled))
        let proxy = Proxy(
            upstream: upstream.hasSuffix("/") ? String(upstream.dropLast()) : upstream, client: client,
            // Images come from anywhere: one that crashes its decoder must affect only itself.
            preflighter: try Preflighter(
                model: ModelCatalog.defaultModelID, platform: platform, decoder: .workers(timeout: 30)))
        let application = Application(
            responder: proxy, configuration: .init(address: .hostname("127.0.0.1", port: port)))
        do { try await application.runService() } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}

// This program is its own worker.
ImagePreflightWorker.runIfAsked()
await start()

/// In a function, because at the top level the compiler picks the blocking `main` of a command.
func start() async { await ProxyCommand.main() }
