internal import PreflightRecords
internal import SystemPackage
internal import Vips
internal import VisionRules

/// What earlier runs into the same folder have done, by source.
public struct EarlierRows: Sendable {
    private var rows: [PathBytes: ManifestRow] = [:]

    /// No earlier run.
    public init() {}

    /// Reads the rows of a manifest, finished or broken off in the middle of a line.
    ///
    /// - Parameter manifest: the lines of the manifest.
    public init(manifest: some Sequence<UInt8>) {
        for line in Array(manifest).split(separator: UInt8(ascii: "\n")) {
            guard let row = try? JSONLine.decode(ManifestRow.self, from: line) else { continue }
            rows[row.path] = row
        }
    }

    /// How many sources are known.
    public var count: Int { rows.count }

    /// The row of a source, if what it tells is still true: the options, the bytes of the source and the bytes
    /// of every output, each by its hash.
    func row(
        for path: PathBytes, outputFolder: FilePath, maxBytes: Int, fingerprint: String
    ) -> ManifestRow? {
        guard let row = rows[path], row.options == fingerprint, !row.outputs.isEmpty,
            let sourceSHA256 = row.sourceSHA256,
            row.outputs.allSatisfy({ output in
                Self.has(output.sha256, at: outputFolder.pushing(FilePath(output.path)), maxBytes)
            }), Self.has(sourceSHA256, at: FilePath(path), maxBytes)
        else { return nil }
        return row
    }

    private static func has(_ sha256: String?, at path: FilePath, _ maxBytes: Int) -> Bool {
        guard let sha256, let bytes = try? ImageSource(path: path).bytes(maxBytes: maxBytes) else {
            return false
        }
        return Digest.sha256(bytes) == sha256
    }
}
