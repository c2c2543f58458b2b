internal import Foundation

/// How many sizes the product and its peers count exactly.
struct VectorsSection {
    var workshop: Workshop
    /// Lines of JSON with `width`, `height`, `tier` and `tokens`.
    var file: URL

    private struct Vector: Decodable {
        var width: Int
        var height: Int
        var tier: String
        var tokens: Int
    }

    private struct Estimate: Decodable {
        var tokens: Int
    }

    /// The counts; nil if there are no vectors.
    func run() throws -> Section? {
        guard let text = try? Data(contentsOf: file) else {
            Console.say("  left out: there are no vectors at \(file.path)")
            return nil
        }
        let vectors = try text.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Vector.self, from: $0)
        }
        let tiers = Dictionary(grouping: vectors, by: \.tier).sorted { $0.key < $1.key }
        var rows: [[String]] = []
        func add(_ title: String, _ count: ([Vector], String) throws -> [Int]?) rethrows {
            let cells = try tiers.map { tier, vectors in
                guard let tokens = try count(vectors, tier), tokens.count == vectors.count else { return "–" }
                return "\(zip(vectors, tokens).count { $0.tokens == $1 }) of \(vectors.count)"
            }
            rows.append([title] + cells)
        }
        let models = ["high": "claude-sonnet-5-5", "standard": "claude-sonnet-4-6"]
        try add("**image-preflight estimate**") { vectors, tier in
            guard let model = models[tier] else { return nil }
            let sizes = vectors.map { "\($0.width)x\($0.height)" }
            let command =
                [workshop.product, "estimate", "--model", model, "--format", "ndjson", "--quiet"] + sizes
            // Some sizes are refused, so the status is 1.
            guard let text = output(of: ["sh", "-c", #""$@" || [ $? = 1 ]"#, "sh"] + command) else {
                return nil
            }
            return try text.split(separator: "\n").prefix(vectors.count).map {
                try JSONDecoder().decode(Estimate.self, from: Data($0.utf8)).tokens
            }
        }
        let peers = workshop.peers.filter { $0.kinds.contains("count") }
        for peer in peers {
            let title = peer.title.split(separator: ",").first.map(String.init) ?? peer.title
            add("\(title) \(peer.version)") { vectors, _ in
                let list = workshop.scratch.appending(path: "sizes.txt")
                let lines = vectors.map { "\($0.width) \($0.height)\n" }.joined()
                try? lines.write(to: list, atomically: false, encoding: .utf8)
                let command = peer.command("count", environment: [:]).arguments
                return output(
                    of: ["sh", "-c", #"list=$1; shift; exec "$@" <"$list""#, "sh", list.path] + command)?
                    .split(separator: "\n").compactMap { Int($0) }
            }
        }
        if peers.isEmpty { rows.append(["vision-squeezer"] + tiers.map { _ in "not installed" }) }
        return Section(
            id: "vectors", title: "Tokens counted exactly",
            note: "\(vectors.count) sizes with known counts, by the tier of the model.", outcomes: [],
            unit: "",
            kind: .counts(head: ["what"] + tiers.map { "\($0.key) tier" }, rows: rows))
    }
}
