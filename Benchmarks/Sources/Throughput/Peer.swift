internal import Foundation

/// One way to do the product's work with another program, as described by a file in `peers/`.
struct Peer: Sendable {
    /// `FILE/VARIANT`, as in `pillow/draft`.
    var id: String
    var title: String
    var version: String
    /// `check` or `prepare`.
    var kinds: Set<String>
    /// Formats it reads, named as in ``ImageSet/format``.
    var inputs: Set<String>
    /// Formats it writes: `jpg`, `png`, `webp` (lossless).
    var outputs: Set<String>
    /// `slow`: one round on a subset of files. `unscaled`: its pictures have another size, so not compared.
    var flags: Set<String>
    /// Program and leading arguments.
    var program: [String]

    /// The command for one kind of job.
    func command(_ kind: String, environment: [String: String]) -> Command {
        Command(program + [kind, String(id.split(separator: "/")[1])], environment: environment)
    }

    func reads(_ format: String) -> Bool {
        format == "mixed" ? inputs.isSuperset(of: ["jpg", "png", "webp"]) : inputs.contains(format)
    }
}

/// Finds the peers that are installed.
struct PeerFinder {
    /// The folder with the peers' files.
    var folder: URL
    /// A folder with Python environments: `venv-NAME` for `NAME.py`, else `venv`.
    var environments: URL?

    /// All variants of all peers that report that they can run.
    func find() throws -> [Peer] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
            .flatMap { file -> [Peer] in
                guard let program = program(for: file), let text = output(of: program + ["describe"]) else {
                    return []
                }
                let name = file.deletingPathExtension().lastPathComponent
                return text.split(separator: "\n").compactMap { peer(from: $0, file: name, program: program) }
            }
    }

    private func program(for file: URL) -> [String]? {
        let name = file.deletingPathExtension().lastPathComponent
        switch file.pathExtension {
        case "sh": return ["/bin/sh", file.path]
        case "py" where name != "peer": return [python(for: name), file.path]
        default: return nil
        }
    }

    /// The interpreter for a peer; the common one if it has no environment of its own.
    func python(for name: String) -> String {
        for environment in ["venv-\(name)", "venv"] {
            guard let path = environments?.appending(path: "\(environment)/bin/python").path else { continue }
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return "python3"
    }

    private func peer(from line: Substring, file: String, program: [String]) -> Peer? {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 7 else { return nil }
        func list(_ text: String) -> Set<String> { Set(text.split(separator: ",").map(String.init)) }
        return Peer(
            id: "\(file)/\(fields[0])", title: fields[1], version: fields[2], kinds: list(fields[3]),
            inputs: list(fields[4]), outputs: list(fields[5]), flags: list(fields[6]), program: program)
    }
}
