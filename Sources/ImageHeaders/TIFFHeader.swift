/// TIFF and BigTIFF: the directory that has the picture. Source: TIFF 6.0, sections 2 to 8; the BigTIFF design of
/// libtiff.
enum TIFFHeader {
    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .tiff
        let layout = try TIFFLayout(&source)
        let model = layout.colorModel
        var facts = ImageFacts(
            format: .tiff, size: layout.size, colorModel: model, bitDepth: layout.bits.first ?? 1)
        if let orientation = layout.orientation {
            facts.apply(Orientation(rawValue: min(orientation, 9)), from: .exif)
        }
        facts.hasAlpha = layout.alpha != nil
        facts.hasLocation = layout.hasLocation
        if let place = layout.profilePlace {
            try facts.readProfile(&source, from: place.lowerBound, to: place.upperBound)
        }
        if layout.hasSecondPage { (facts.frames, facts.framesAreExact) = (2, false) }
        return facts
    }

    /// The number of pages. A circular chain ends at the bound on segments.
    static func countFrames(_ source: inout ByteSource) -> Int {
        source.readSize = HeaderReader.firstReadSize
        guard let structure = try? TIFFStructure(&source, from: 0, to: source.byteCount) else { return 0 }
        var count = 0
        var offset = structure.firstDirectory
        while offset != 0, count < HeaderBounds.maxSegments,
            let directory = try? structure.directory(&source, at: offset)
        {
            count += 1
            offset = (try? structure.nextDirectory(&source, after: directory)) ?? 0
        }
        return count
    }
}
