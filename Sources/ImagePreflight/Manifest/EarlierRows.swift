internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage
internal import Vips
internal import VisionRules

/// What earlier runs into the same folder have done, by source. In memory is only where the row of each source is:
/// a row is read when its source comes by.
///
/// `@unchecked Sendable` holds because nothing changes after the files were read; `pread` has no position to share.
package final class EarlierRows: @unchecked Sendable {
    private struct Place {
        var file: Int32
        var byteCount: Int32
        var offset: Int
    }

    private var files: [FileDescriptor] = []
    /// By the hash of the source's path; a row of another path with the same hash counts for nothing.
    private var places: [UInt64: Place] = [:]

    /// No earlier run.
    package init() {}

    deinit { for file in files { try? file.close() } }

    /// Reads where the rows of a manifest are, finished or broken off in the middle of a line. What it says of a source
    /// counts more than what was read before.
    ///
    /// - Parameters:
    ///   - file: the manifest, which is closed with the rows.
    ///   - path: its path, for errors.
    /// - Throws: `FileError`; lines that are no rows are passed over.
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

    /// The row of a source, if what it says is still true: the options, the bytes of the source and the bytes
    /// of every output, each by its hash.
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
