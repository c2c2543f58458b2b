internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage
internal import Vips
internal import VisionRules

/// The results of earlier runs into the same folder, by source. Only the position of each row is in memory: a
/// row is read when its source is reached.
///
/// `@unchecked Sendable` is safe because nothing changes once the files are read; `pread` shares no
/// position.
package final class EarlierRows: @unchecked Sendable {
    private struct Place {
        var file: Int32
        var byteCount: Int32
        var offset: Int
    }

    private var files: [FileDescriptor] = []
    /// By the hash of the source's path; a row of another path with the same hash is ignored.
    private var places: [UInt64: Place] = [:]

    /// No earlier run.
    package init() {}

    deinit { for file in files { try? file.close() } }

    /// Reads the positions of a manifest's rows, even if it breaks off in the middle of a line. It takes
    /// precedence over manifests read before.
    ///
    /// - Parameters:
    ///   - file: the manifest, which is closed with the rows.
    ///   - path: its path, for errors.
    /// - Throws: `FileError`; lines that are not rows are skipped.
    func add(_ file: FileDescriptor, path: FilePath) throws(FileError) {
        var reader = ManifestReader(file, path: path)
        files.append(reader.keepFile())
        while true {
            do throws(PreflightError) {
                guard let row = try reader.next() else { return }
                places[PathHash.of(row.path.bytes)] = Place(
                    file: Int32(files.count - 1), byteCount: Int32(clamping: reader.text.count),
                    offset: reader.offset)
            } catch {
                if let error = error.fileError { throw error }
            }
        }
    }

    /// The row of a source, if it is still true: the options, the bytes of the source and the bytes of every
    /// output, each by its hash.
    func row(for path: PathBytes, outputFolder: FilePath, fingerprint: String) -> ManifestRow? {
        guard let row = row(of: path), row.options == fingerprint, !row.outputs.isEmpty,
            let sourceSHA256 = row.sourceSHA256,
            row.outputs.allSatisfy({ output in
                Digest.sha256(of: outputFolder.pushing(FilePath(output.path))) == output.sha256
            }), Digest.sha256(of: FilePath(path)) == sourceSHA256
        else { return nil }
        return row
    }

    private func row(of path: PathBytes) -> ManifestRow? {
        guard let place = places[PathHash.of(path.bytes)] else { return nil }
        let file = files[Int(place.file)]
        guard let line = try? file.bytes(atMost: Int(place.byteCount), from: place.offset),
            let row = try? JSONLine.decode(ManifestRow.self, from: line), row.path == path
        else { return nil }
        return row
    }
}
