/// TIFF and BigTIFF: the first directory. Source: TIFF 6.0, sections 2 to 8; the BigTIFF design of libtiff.
enum TIFFHeader {
    /// The values of the tags that matter; their defaults where TIFF defines one.
    private struct Fields {
        var width: UInt64?
        var height: UInt64?
        var bitsPerSample: UInt64 = 1
        var samplesPerPixel: UInt64 = 1
        var photometric: UInt64?
        var orientation: UInt64?
        var extraSamples: UInt64 = 0
        var hasLocation = false
        var profile: (start: Int, end: Int)?
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .tiff
        let structure = try TIFFStructure(&source, from: 0, to: source.byteCount)
        guard structure.firstDirectory != 0 else { throw .malformed(.tiff, .noImage) }
        let directory = try structure.directory(&source, at: structure.firstDirectory)
        var fields = Fields()
        for index in 0..<min(directory.entryCount, HeaderBounds.maxDirectoryEntries) {
            let entry = try structure.entry(&source, index, of: directory)
            try read(&source, structure, entry, into: &fields)
        }
        guard let width = fields.width, let height = fields.height else {
            throw .malformed(.tiff, .missingHeader)
        }
        guard width > 0, height > 0, width <= UInt32.max, height <= UInt32.max else {
            throw .malformed(.tiff, .impossibleSize)
        }
        guard (1...64).contains(fields.bitsPerSample) else { throw .malformed(.tiff, .badField) }
        let model = colorModel(fields)
        var facts = ImageFacts(
            format: .tiff, size: PixelSize(width: Int(width), height: Int(height)), colorModel: model,
            bitDepth: Int(fields.bitsPerSample))
        if let orientation = fields.orientation {
            facts.apply(Orientation(rawValue: Int(min(orientation, 9))), from: .exif)
        }
        facts.hasAlpha =
            fields.extraSamples == 1 || fields.extraSamples == 2
            || fields.samplesPerPixel > colorSamples(model)
        facts.hasLocation = fields.hasLocation
        if let profile = fields.profile {
            try facts.readProfile(&source, from: profile.start, to: profile.end)
        }
        // A file that ends before it says whether there is another page has none.
        if let next = try? structure.nextDirectory(&source, after: directory), next != 0 {
            (facts.frames, facts.framesAreExact) = (2, false)
        }
        return facts
    }

    /// The number of pages. A chain that goes round in circles ends at the bound on segments.
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

    private static func read(
        _ source: inout ByteSource, _ structure: TIFFStructure, _ entry: TIFFStructure.Entry,
        into fields: inout Fields
    ) throws(HeaderError) {
        switch entry.tag {
        case 256: fields.width = try structure.firstValue(&source, entry)
        case 257: fields.height = try structure.firstValue(&source, entry)
        case 258: fields.bitsPerSample = try structure.firstValue(&source, entry) ?? 1
        case 262: fields.photometric = try structure.firstValue(&source, entry)
        case 274: fields.orientation = try structure.firstValue(&source, entry)
        case 277: fields.samplesPerPixel = try structure.firstValue(&source, entry) ?? 1
        case 338: fields.extraSamples = try structure.firstValue(&source, entry) ?? 0
        case 34853: fields.hasLocation = true
        case 34675 where entry.count <= UInt64(Int32.max):
            let count = Int(entry.count)
            let offset = try structure.offsetValue(&source, at: entry.valueField)
            let place = try structure.place(of: offset, count: count, in: source)
            fields.profile = (place, place + count)
        default: break
        }
    }

    private static func colorModel(_ fields: Fields) -> ColorModel {
        switch fields.photometric {
        case 0, 1, 4, 32803, 32844: .grayscale
        case 2, 6, 32845: .rgb
        case 3: .indexed
        case 5: .cmyk
        case 8, 9, 10: .lab
        default: fields.samplesPerPixel >= 3 ? .rgb : .grayscale
        }
    }

    private static func colorSamples(_ model: ColorModel) -> UInt64 {
        switch model {
        case .grayscale, .indexed: 1
        case .rgb, .lab: 3
        case .cmyk, .ycck: 4
        }
    }
}
