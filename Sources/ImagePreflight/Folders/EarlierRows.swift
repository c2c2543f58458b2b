internal import SystemPackage
internal import Vips
internal import VisionRules

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What earlier runs into the same folder have done, by source.
public struct EarlierRows: Sendable {
    private var rows: [PathBytes: ManifestRow] = [:]

    /// No earlier run.
    public init() {}

    /// Reads the rows of a manifest, finished or broken off in the middle of a line.
    ///
    /// - Parameter manifest: the lines of the manifest.
    public init(manifest: some Sequence<UInt8>) {
        let decoder = JSONDecoder()
        for line in Array(manifest).split(separator: UInt8(ascii: "\n")) {
            guard let row = try? decoder.decode(ManifestRow.self, from: Data(line)) else { continue }
            rows[row.path] = row
        }
    }

    /// How many sources are known.
    public var count: Int { rows.count }

    /// The row of a source, if what it tells is still true: the options, the bytes of the source and the bytes
    /// of the output, each by its hash.
    func row(for path: PathBytes, of run: PrepareRun, fingerprint: String) -> ManifestRow? {
        guard let row = rows[path], row.options == fingerprint, let output = row.output,
            let wanted = output.sha256, let sourceSHA256 = row.sourceSHA256
        else { return nil }
        let outputPath = run.outputFolder.pushing(FilePath(output.path))
        let maxBytes = run.preflighter.options.limits.maxFileBytes
        guard let written = try? FileReader.bytes(of: outputPath, maxBytes: maxBytes),
            Digest.sha256(written) == wanted,
            let source = try? FileReader.bytes(of: FilePath(path), maxBytes: maxBytes),
            Digest.sha256(source) == sourceSHA256
        else { return nil }
        return row
    }
}
