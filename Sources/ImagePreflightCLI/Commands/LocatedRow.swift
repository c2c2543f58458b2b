internal import ImagePreflight
internal import SystemPackage

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The row of a manifest that a file on the command line means.
struct LocatedRow {
    let source: PathBytes
    let output: PathBytes?
    let model: String?
    let map: CoordinateMap

    /// Finds the row of a file.
    ///
    /// - Parameters:
    ///   - file: an output or a source, as the manifest writes it or as a path from here.
    ///   - manifest: the manifest; outputs lie beside it.
    /// - Returns: the row. A row that a later one replaced is passed over.
    /// - Throws: ``ConsoleError`` when there is none, or more than one.
    static func find(_ file: String, in manifest: FilePath) throws(ConsoleError) -> LocatedRow {
        let wanted = PathBytes(file)
        let absolute = Self.absolute(FilePath(file))
        let folder = Self.absolute(manifest).removingLastComponent()
        var byOutput: ManifestRow?
        var bySource: [ManifestRow] = []
        do throws(ManifestReadError) {
            var reader = try ManifestReader(path: manifest)
            while let row = try reader.next() {
                if let output = row.output?.path,
                    output == wanted
                        || folder.pushing(FilePath(output)).lexicallyNormalized() == absolute
                {
                    byOutput = row
                } else if row.path == wanted || Self.absolute(FilePath(row.path)) == absolute {
                    bySource.removeAll { $0.output?.path == row.output?.path }
                    bySource.append(row)
                }
            }
        } catch {
            throw ConsoleError("\(error)")
        }
        if byOutput == nil, bySource.count > 1 {
            let names = bySource.compactMap { $0.output?.path.text }
            throw ConsoleError(
                "\(file) became \(names.count) images; name one of them: \(names.joined(separator: ", "))")
        }
        guard let row = byOutput ?? bySource.first else {
            throw ConsoleError("\(manifest) has no row of \(file)")
        }
        guard let map = row.map else {
            let reason = row.error ?? row.findings.first?.message
            throw ConsoleError("\(file) was not prepared" + (reason.map { ": \($0)" } ?? ""))
        }
        return LocatedRow(source: row.path, output: row.output?.path, model: row.source?.model, map: map)
    }

    private static func absolute(_ path: FilePath) -> FilePath {
        let current = FilePath(FileManager.default.currentDirectoryPath)
        return (path.isAbsolute ? path : current.pushing(path)).lexicallyNormalized()
    }
}
