internal import PreflightRecords
internal import PreflightFiles
internal import ImagePreflight
internal import SystemPackage

extension LocatedRow {
    /// Finds the images of a file.
    ///
    /// - Parameters:
    ///   - file: an output or a source, as the manifest writes it or as a path from here.
    ///   - part: which tile of the source, from 1; nil for all.
    ///   - manifest: the manifest; outputs are next to it.
    /// - Returns: one image, or the tiles of a source in reading order. A row that a later one replaced is
    ///   skipped.
    /// - Throws: ``ConsoleError`` when there is none, or the file may be either of two.
    static func find(_ file: PathBytes, part: Int?, in manifest: FilePath) throws(ConsoleError)
        -> [LocatedRow]
    {
        let absolute = FilePath(file).absolute
        let folder = manifest.absolute.removingLastComponent()
        var byOutput: (row: ManifestRow, index: Int)?
        var bySource: [ManifestRow] = []
        do throws(PreflightError) {
            var reader = try ManifestReader(path: manifest)
            while let row = try reader.next() {
                let index = row.outputs.firstIndex { output in
                    output.path == file
                        || folder.pushing(FilePath(output.path)).lexicallyNormalized() == absolute
                }
                if let index {
                    byOutput = (row, index)
                } else if row.path == file || FilePath(row.path).absolute == absolute {
                    bySource.removeAll { $0.outputs.first?.path == row.outputs.first?.path }
                    bySource.append(row)
                }
            }
        } catch {
            throw ConsoleError("\(error)")
        }
        if byOutput == nil, bySource.count > 1 {
            throw ambiguous(file, bySource.flatMap(\.outputs).map(\.path))
        }
        guard let row = byOutput?.row ?? bySource.first else {
            throw ConsoleError("\(manifest) has no row of \(file.text)")
        }
        var images = Self.images(of: row)
        guard !images.isEmpty else {
            let reason = row.error ?? row.findings.first?.message
            throw ConsoleError("\(file.text) was not prepared" + (reason.map { ": \($0)" } ?? ""))
        }
        if let byOutput { images = [images[byOutput.index]] }
        guard let part else { return images }
        guard let image = images.first(where: { $0.tile?.part == part }) else {
            let count = images.first?.tile?.count
            throw ConsoleError(
                count.map { "\(file.text) has no tile \(part) of \($0)" }
                    ?? "\(file.text) was not cut into tiles")
        }
        return [image]
    }

    /// Why a file does not identify an image.
    static func ambiguous(_ file: PathBytes, _ outputs: [PathBytes]) -> ConsoleError {
        ConsoleError(
            "\(file.text) became \(outputs.count) images; name one of them: "
                + outputs.map(\.text).joined(separator: ", "))
    }

    private static func images(of row: ManifestRow) -> [LocatedRow] {
        func image(_ map: CoordinateMap, _ output: ManifestRow.Output?, _ tile: ManifestRow.Tile? = nil)
            -> LocatedRow
        {
            LocatedRow(
                source: row.path, output: output?.path, model: row.source?.model, map: map,
                tile: tile.map { ($0.part, $0.count) })
        }
        if let map = row.map { return [image(map, row.output)] }
        return row.tiles.map { image($0.map, $0.output, $0) }
    }
}

extension LocatedRow {
    /// The tiles that contain a point or a box of the original: those that show all of it if there are any,
    /// otherwise those that show a part.
    ///
    /// - Parameters:
    ///   - rows: the tiles of one source.
    ///   - points: a point, or two corners of a box.
    ///   - start: what the points refer to: the original as it is displayed, or as it is stored.
    /// - Returns: at least one, because points outside of the original are clamped.
    static func showing(
        _ rows: [LocatedRow], points: [PixelPoint], from start: LocateRecord.Start
    ) -> [LocatedRow] {
        guard rows.count > 1, let map = rows.first?.map else { return rows }
        let display = map.sourceSize.oriented(map.orientation)
        let original = CoordinateMap(
            sourceSize: map.sourceSize, orientation: map.orientation, outputSize: display)
        let shown = points.map { start == .stored ? original.seen(stored: $0) : original.seen(upright: $0) }
        let (xs, ys) = (shown.map(\.x), shown.map(\.y))
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else {
            return rows
        }
        /// Where a side of the tile begins and ends.
        func side(_ start: Int, _ length: Int) -> (start: Double, end: Double) {
            (Double(start), Double(start) + Double(length))
        }
        func sides(_ row: LocatedRow) -> (x: (start: Double, end: Double), y: (start: Double, end: Double)) {
            let map = row.map
            return (side(map.cropX, map.cropSize.width), side(map.cropY, map.cropSize.height))
        }
        let whole = rows.filter { row in
            let (x, y) = sides(row)
            return left >= x.start && right <= x.end && top >= y.start && bottom <= y.end
        }
        guard whole.isEmpty else { return whole }
        return rows.filter { row in
            let (x, y) = sides(row)
            return left <= x.end && right >= x.start && top <= y.end && bottom >= y.start
        }
    }
}
