package import PreflightRecords
package import SystemPackage
internal import VisionRules

/// Two manifests, or two rows, that cannot stand in one.
package enum ManifestConflict: Sendable, Hashable, CustomStringConvertible {
    /// Two manifests tell different things of one source.
    case source(PathBytes, FilePath, FilePath)
    /// Two sources have one output.
    case output(PathBytes, PathBytes, PathBytes)
    /// Rows were made with different options; the number is how many rows.
    case options(String, Int, firstIn: FilePath)

    /// A sentence for people.
    package var description: String {
        switch self {
        case .source(let path, let first, let second):
            "\(path.text): \(first) and \(second) tell different things of it"
        case .output(let path, let first, let second):
            "\(path.text): it is the output of both \(first.text) and \(second.text)"
        case .options(let name, let count, let manifest):
            "\(manifest): \(count) rows were made with the options \(name), others with other ones"
        }
    }
}

/// Why manifests cannot be merged.
package enum ManifestMergeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A manifest cannot be read.
    case read(PreflightError)
    /// A manifest is the journal of a run that did not come to its end.
    case unfinished(FilePath)
    /// The rows do not go together. The first of them, and how many there are.
    case conflicts([ManifestConflict], count: Int)
    /// A manifest was changed while it was being read.
    case changed(FilePath)

    /// Sentences for people, one a line.
    package var description: String { lines.joined(separator: "\n") }

    /// Sentences for people. A path may hold a line feed.
    package var lines: [String] {
        switch self {
        case .read(let error): return ["\(error)"]
        case .unfinished(let path):
            return ["\(path) is the journal of a run that did not come to its end: resume that run first"]
        case .conflicts(let conflicts, let count):
            let rest = count - conflicts.count
            return conflicts.map(\.description) + (rest > 0 ? ["and \(rest) more"] : [])
        case .changed(let path): return ["\(path) was changed while it was being read"]
        }
    }
}

/// What speaks against a merge.
struct ConflictList {
    /// How many conflicts are named.
    static let maxShown = 10

    private var conflicts: [ManifestConflict] = []
    private var count = 0
    private var options: [String: (count: Int, manifest: FilePath)] = [:]

    mutating func add(_ conflict: ManifestConflict) {
        count += 1
        if conflicts.count < Self.maxShown { conflicts.append(conflict) }
    }

    /// Counts a row by its options. A row without them goes with all others.
    mutating func note(options name: String?, in manifest: FilePath) {
        guard let name = name.map(OptionsFingerprint.ofRun) else { return }
        options[name, default: (0, manifest)].count += 1
    }

    /// Why there is no merged manifest; nil where nothing speaks against it.
    var failure: ManifestMergeError? {
        let mixed =
            options.count < 2
            ? []
            : options.sorted { $0.key < $1.key }.map { name, rows in
                ManifestConflict.options(name, rows.count, firstIn: rows.manifest)
            }
        guard count > 0 || !mixed.isEmpty else { return nil }
        return .conflicts(Array((mixed + conflicts).prefix(Self.maxShown)), count: mixed.count + count)
    }
}
