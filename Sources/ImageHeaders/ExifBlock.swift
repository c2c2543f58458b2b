/// What is read of an EXIF block: a TIFF structure in a JPEG's APP1, a PNG's eXIf or a WebP's EXIF.
/// Source: EXIF 2.3, section 4.6.
struct ExifBlock {
    var orientation: Orientation = .up
    var hasLocation = false

    /// Reads the block between two offsets of the file. A broken block is no block: the picture beside it
    /// is whole.
    ///
    /// - Throws: where the rest of the block is not at hand, because only the start of the file is.
    static func read(
        _ source: inout ByteSource, from start: Int, to end: Int
    ) throws(HeaderError) -> ExifBlock {
        var block = ExifBlock()
        do throws(HeaderError) {
            try block.fill(&source, from: start, to: end)
        } catch {
            if source.isCut(before: end) { throw .truncated(source.format) }
            // What was read before the break counts.
        }
        return block
    }

    private mutating func fill(
        _ source: inout ByteSource, from start: Int, to end: Int
    ) throws(HeaderError) {
        let structure = try TIFFStructure(&source, from: start, to: end)
        let directory = try structure.directory(&source, at: structure.firstDirectory)
        var hasOrientation = false
        for index in 0..<min(directory.entryCount, HeaderBounds.maxDirectoryEntries) {
            let entry = try structure.entry(&source, index, of: directory)
            switch entry.tag {
            case 0x0112 where !hasOrientation:
                hasOrientation = true
                if let value = try structure.firstValue(&source, entry), let number = Int(exactly: value),
                    let orientation = Orientation(rawValue: number)
                {
                    self.orientation = orientation
                }
            case 0x8825: hasLocation = true
            default: break
            }
        }
    }
}
