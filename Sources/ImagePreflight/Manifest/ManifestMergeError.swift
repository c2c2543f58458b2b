package import PreflightRecords
package import SystemPackage
internal import VisionRules

/// Two manifests, or two rows, that cannot be in one.
package enum ManifestConflict: Sendable, Hashable, CustomStringConvertible {
    /// Two manifests disagree about one source.
    case source(PathBytes, FilePath, FilePath)
    /// Two sources have one output.
    case output(PathBytes, PathBytes, PathBytes)
    /// Rows were made with different options; the number is how many rows.
    case options(String, Int, firstIn: FilePath)

    /// The conflict as a sentence.
    package var description: String {
        switch self {
        case .source(let path, let first, let second):
            "\(path.text): \(first) and \(second) disagree about it"
        case .output(let path, let first, let second):
            "\(path.text): it is the output of both \(first.text) and \(second.text)"
        case .options(let name, let count, let manifest):
            "\(manifest): \(count) rows were made with the options \(name), the others with different ones"
        }
    }
}

/// Why manifests cannot be merged.
package enum ManifestMergeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A manifest cannot be read.
    case read(PreflightError)
    /// A manifest is the journal of an incomplete run.
    case unfinished(FilePath)
    /// The rows do not fit together: the first conflicts, and how many there are.
    case conflicts([ManifestConflict], count: Int)
    /// A manifest changed while it was being read.
    case changed(FilePath)

    /// Sentences, one per line.
    package var description: String { lines.joined(separator: "\n") }

    /// Sentences. A path may contain a line feed.
    package var lines: [String] {
        switch self {
        case .read(let error): return ["\(error)"]
        case .unfinished(let path):
            return ["\(path) is the journal of an incomplete run: resume that run first"]
        case .conflicts(let conflicts, let count):
            let rest = count - conflicts.count
            return conflicts.map(\.description) + (rest > 0 ? ["and \(rest) more"] : [])
        case .changed(let path): return ["\(path) changed while it was being read"]
        }
    }
}

/// The conflicts of a merge.
struct ConflictList {
    /// How many conflicts are listed.
    static let maxShown = 10

    private var conflicts: [ManifestConflict] = []
    private var count = 0
    private var options: [String: (count: Int, manifest: FilePath)] = [:]

    mutating func add(_ conflict: ManifestConflict) {
        count += 1
        if conflicts.count < Self.maxShown { conflicts.append(conflict) }
    }

    /// Counts a row by its options. A row without them fits with all others.
    mutating func note(options name: String?, in manifest: FilePath) {
        guard let name = name.map(OptionsFingerprint.ofRun) else { return }
        options[name, default: (0, manifest)].count += 1
    }

    /// Why there is no merged manifest; nil if there is no conflict.
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
