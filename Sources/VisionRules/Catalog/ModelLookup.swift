extension ModelCatalog {
    /// The model that an id names, in any form in use.
    ///
    /// With and without a date (`claude-sonnet-4-5-20250929`), `-latest`, Amazon Bedrock's names and ARNs
    /// (`us.anthropic.claude-…-v1:0`), Google Cloud's `@date`, a router's `anthropic/claude-sonnet-4.5`,
    /// Microsoft Foundry's `-fast` of a model that has a fast mode.
    ///
    /// - Parameter id: the id.
    /// - Returns: the model.
    /// - Throws: a ``CatalogError`` with the nearest known ids.
    public func model(_ id: String) throws(CatalogError) -> Model {
        if let exact = models.first(where: { $0.id == id }) { return exact }
        let name = ModelName(id)
        if let match = models.first(where: { ModelName($0.id) == name }) { return match }
        if let usual = name.withoutFast,
            let match = models.first(where: { $0.fastPrice != nil && ModelName($0.id) == usual })
        {
            return match
        }
        let nearest = EditDistance.sorted(models.map(\.id), by: name.text)
        throw CatalogError(.unknownModel(id: id, nearestIDs: Array(nearest.prefix(3))))
    }

    /// Whether an id names the fast mode of its model, as Microsoft Foundry's `claude-opus-5-5-fast` does.
    ///
    /// - Parameter id: an id of a model.
    /// - Returns: whether requests to it are priced as fast.
    package func namesFastMode(_ id: String) -> Bool {
        let name = ModelName(id)
        return name.withoutFast != nil && !models.contains { ModelName($0.id) == name }
    }

    /// The platform with an id.
    ///
    /// - Parameter id: the id or an alias, in any case.
    /// - Returns: the platform.
    /// - Throws: a ``CatalogError`` with the ids of the platforms.
    public func platform(_ id: String) throws(CatalogError) -> Platform {
        let lowercased = id.lowercased()
        if let exact = platforms.first(where: { $0.id == id }) { return exact }
        if let match = platforms.first(where: { $0.id.lowercased() == lowercased }) { return match }
        if let match = platforms.first(where: { $0.aliases.contains { $0.lowercased() == lowercased } }) {
            return match
        }
        throw CatalogError(
            .unknownPlatform(id: id, knownIDs: EditDistance.sorted(platforms.map(\.id), by: lowercased)))
    }
}

/// The name in a model's id without routes, dates and aliases: its words and its version.
///
/// `claude-3-7-sonnet-latest` and `anthropic/claude-sonnet-3.7` are the same name; a trailing `-0` means
/// nothing (`claude-opus-4-20250514` is `claude-opus-4-0`).
struct ModelName: Hashable {
    /// The words in alphabetical order.
    private var words: [String] = []
    /// The version, without trailing zeros.
    private var version: [String] = []
    /// The cleaned id, for display and for edit distance.
    private(set) var text: String

    static func == (left: ModelName, right: ModelName) -> Bool {
        left.words == right.words && left.version == right.version
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words)
        hasher.combine(version)
    }

    init(_ id: String) {
        var rest = Substring(id.lowercased())
        // Routers and resource names put the model last: `anthropic/…`, `publishers/…/models/…`, an ARN.
        if let slash = rest.lastIndex(of: "/") { rest = rest[rest.index(after: slash)...] }
        // Bedrock: `eu.anthropic.claude-…`. A version's dot is between digits, this one is not.
        while let dot = rest.firstIndex(of: "."), !Self.isBetweenDigits(dot, in: rest) {
            rest = rest[rest.index(after: dot)...]
        }
        // `@20250929` (Google Cloud), `:0` (Bedrock), `:beta` (routers), `[1m]` (Claude Code).
        if let end = rest.firstIndex(where: { "@:[".contains($0) }) { rest = rest[..<end] }

        var parts = rest.split(whereSeparator: { "-._ ".contains($0) }).map(String.init)
        if let last = parts.last, last.first == "v", Self.isNumber(last.dropFirst()) { parts.removeLast() }
        parts.removeAll { $0 == "latest" || ($0.utf8.count == 8 && Self.isNumber($0)) }
        text = parts.joined(separator: "-")
        words = parts.filter { !Self.isNumber($0) }.sorted()
        version = parts.filter { Self.isNumber($0) }
        while version.count > 1, version.last == "0" { version.removeLast() }
    }

    /// The name without its word `fast`; nil if it has none.
    var withoutFast: ModelName? {
        guard let place = words.firstIndex(of: "fast") else { return nil }
        var name = self
        name.words.remove(at: place)
        return name
    }

    private static func isNumber(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isBetweenDigits(_ index: Substring.Index, in text: Substring) -> Bool {
        guard index > text.startIndex else { return false }
        let next = text.index(after: index)
        guard next < text.endIndex else { return false }
        return isNumber(String(text[text.index(before: index)])) && isNumber(String(text[next]))
    }
}

/// How many letters have to change to turn one text into another.
enum EditDistance {
    /// Texts sorted by their distance from `text`, equally distant ones in their given order.
    static func sorted(_ candidates: [String], by text: String) -> [String] {
        let wanted = Array(text.utf8.prefix(100))
        return candidates.enumerated()
            .map { (distance: between(Array($0.element.utf8), wanted), offset: $0.offset, text: $0.element) }
            .sorted { ($0.distance, $0.offset) < ($1.distance, $1.offset) }
            .map(\.text)
    }

    /// The Levenshtein distance in bytes.
    static func between(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var row = Array(0...other.count)
        for (i, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, candidate) in other.enumerated() {
                let substituted = diagonal + (byte == candidate ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[other.count]
    }
}
