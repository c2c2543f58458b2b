/// What is read from an EXIF block: a TIFF structure in a JPEG's APP1, a PNG's eXIf or a WebP's EXIF.
/// Source: EXIF 2.3, section 4.6.
struct ExifBlock {
    /// Nil if the block gives no valid orientation.
    var orientation: Orientation?
    var hasLocation = false

    /// Reads the block between two offsets of the file. A broken block is ignored: the picture is still
    /// whole.
    ///
    /// - Throws: if the rest of the block is not available, because only the start of the file is.
    static func read(
        _ source: inout ByteSource, from start: Int, to end: Int
    ) throws(HeaderError) -> ExifBlock {
        var block = ExifBlock()
        do throws(HeaderError) {
            try block.fill(&source, from: start, to: end)
        } catch {
            if source.isCut(before: end) { throw .truncated(source.format) }
            // Keep what was read before the break.
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
                if let value = try structure.firstValue(&source, entry), let number = Int(exactly: value) {
                    orientation = Orientation(rawValue: number)
                }
            case 0x8825: hasLocation = true
            default: break
            }
        }
    }
}

extension ImageFacts {
    /// Takes over what an EXIF block says.
    mutating func apply(_ block: ExifBlock, from source: OrientationSource = .exif) {
        if block.hasLocation { hasLocation = true }
        apply(block.orientation, from: source)
    }

    /// Takes over an orientation, unless a part of the metadata with precedence gave one.
    mutating func apply(_ orientation: Orientation?, from source: OrientationSource) {
        guard let orientation, orientationSource.map({ source.rank < $0.rank }) ?? true else { return }
        self.orientation = orientation
        orientationSource = source
    }
}

extension OrientationSource {
    fileprivate var rank: Int {
        switch self {
        case .exif: 0
        case .rawProfile: 1
        case .xmp: 2
        }
    }
}
