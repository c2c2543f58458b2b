/// Where the picture of a TIFF file is, and how its samples are stored. Source: TIFF 6.0; TIFF Technical Note 1
/// (SubIFDs); Adobe's DNG 1.7 specification, chapter 2; TIFF/EP (ISO 12234-2) for raw files.
package struct TIFFLayout: Sendable, Hashable {
    /// What an extra sample means.
    package enum Alpha: Sendable, Hashable {
        case associated, unassociated
    }

    /// The offset of the picture's directory, bytes.
    package var offset: UInt64 = 0
    /// The number of the page that the picture is on, or below: 0 is the first.
    package var page = 0
    /// The number of the directory below the page that has the picture; nil if it is on the page itself.
    package var subdirectory: Int?
    /// The stored size in px.
    package var size = PixelSize(width: 0, height: 0)
    /// Bits per sample, for each sample as far as they are given; at most 8 of them.
    package var bits: [Int] = [1]
    /// Samples per px, extra ones included.
    package var sampleCount = 1
    /// SampleFormat of the first sample: 1 unsigned, 2 signed, 3 floating point.
    package var sampleFormat = 1
    /// PhotometricInterpretation; nil if it is missing.
    package var photometric: Int?
    /// Compression: 1 for none.
    package var compression = 1
    /// Whether each sample has its own strips or tiles.
    package var isPlanar = false
    /// Whether there are tiles instead of strips.
    package var isTiled = false
    /// Whether four samples are cyan, magenta, yellow and black.
    package var inksAreCMYK = true
    /// ExtraSamples: 0 unspecified, 1 associated alpha, 2 unassociated alpha.
    package var extraSamples: [Int] = []
    /// The EXIF orientation as stored; nil if none is given.
    package var orientation: Int?
    /// SMinSampleValue and SMaxSampleValue of floating-point samples, if both are given.
    package var minimum: Double?
    package var maximum: Double?
    /// Whether it is a camera's raw file: it holds the sensor's samples, and no picture but previews.
    package var isRaw = false

    var hasLocation = false
    /// Where an ICC profile for these samples is in the file.
    package private(set) var profilePlace: Range<Int>?
    /// Whether another page follows.
    var hasSecondPage = false
    private var subfileType = 0
    private var hasSensorSamples = false
    private var subdirectories: [UInt64] = []

    /// How the samples are to be read.
    package var colorModel: ImageFacts.ColorModel {
        switch photometric {
        case 0, 1, 4, 32803, 32844: .grayscale
        case 2, 6, 32845, 34892: .rgb
        case 3: .indexed
        case 5: .cmyk
        case 8, 9, 10: .lab
        default: sampleCount >= 3 ? .rgb : .grayscale
        }
    }

    /// How many samples of a px are color.
    package var colorSampleCount: Int {
        switch colorModel {
        case .grayscale, .indexed: 1
        case .rgb, .lab: 3
        case .cmyk, .ycck: 4
        }
    }

    /// Which sample is alpha. If a file does not say what its only extra sample is, readers take it as alpha.
    package var alpha: (index: Int, kind: Alpha)? {
        guard sampleCount > colorSampleCount else { return nil }
        if extraSamples.isEmpty {
            return sampleCount == colorSampleCount + 1 ? (colorSampleCount, .unassociated) : nil
        }
        for (index, meaning) in extraSamples.enumerated() where meaning == 1 || meaning == 2 {
            return (colorSampleCount + index, meaning == 1 ? .associated : .unassociated)
        }
        return nil
    }

    /// Drops the profile of samples that were converted.
    package mutating func forgetProfile() { profilePlace = nil }

    /// Reads the layout of a whole file.
    ///
    /// - Returns: nil if its directories cannot be read.
    package init?(_ file: UnsafeRawBufferPointer) {
        var source = ByteSource(bytes: file, byteCount: file.count)
        source.format = .tiff
        guard let layout = try? TIFFLayout(&source) else { return nil }
        self = layout
    }

    /// Reads the directories up to the one that has the picture.
    init(_ source: inout ByteSource) throws(HeaderError) {
        let structure = try TIFFStructure(&source, from: 0, to: source.byteCount)
        guard structure.firstDirectory != 0 else { throw .malformed(.tiff, .noImage) }
        let place = try structure.directory(&source, at: structure.firstDirectory)
        var first = try TIFFLayout(&source, structure, place)
        first.offset = structure.firstDirectory
        self = first
        // A file that ends before it says whether there is another page has none.
        var next = (try? structure.nextDirectory(&source, after: place)) ?? 0
        let hasSecondPage = next != 0
        // "CR" after the offset marks Canon's raw files, whose first page is a JPEG of full size.
        var isRaw = first.hasSensorSamples || source.hasPrefix("CR\u{2}\0", at: 8) && structure.start == 0
        var picture = first.isReduced ? nil : Optional(first)
        for (index, offset) in first.subdirectories.enumerated() {
            guard var below = try? Self.directory(&source, structure, at: offset) else { continue }
            (below.offset, below.subdirectory) = (offset, index)
            isRaw = isRaw || below.hasSensorSamples
            if picture == nil, !below.isReduced, !below.hasSensorSamples { picture = below }
        }
        var page = 1
        // More pages are examined only while none was the picture: a scan has hundreds of them.
        while picture == nil, !isRaw, next != 0, page < Self.maxPages,
            let place = try? structure.directory(&source, at: next),
            var layout = try? TIFFLayout(&source, structure, place)
        {
            (layout.offset, layout.page) = (next, page)
            isRaw = isRaw || layout.hasSensorSamples
            if !layout.isReduced, !layout.hasSensorSamples { picture = layout }
            next = (try? structure.nextDirectory(&source, after: place)) ?? 0
            page += 1
        }
        self = picture ?? first
        self.isRaw = isRaw
        self.hasSecondPage = hasSecondPage
        hasLocation = hasLocation || first.hasLocation
    }

    /// The most pages and directories below a page that are examined for the picture.
    private static let maxPages = 16

    /// Whether the directory is a thumbnail, a smaller copy or a mask of another (NewSubfileType).
    private var isReduced: Bool { subfileType & 0b101 != 0 }

    private static func directory(
        _ source: inout ByteSource, _ structure: TIFFStructure, at offset: UInt64
    ) throws(HeaderError) -> TIFFLayout {
        try TIFFLayout(&source, structure, structure.directory(&source, at: offset))
    }

    private init(
        _ source: inout ByteSource, _ structure: TIFFStructure, _ directory: TIFFStructure.Directory
    ) throws(HeaderError) {
        var width: UInt64?
        var height: UInt64?
        for index in 0..<min(directory.entryCount, HeaderBounds.maxDirectoryEntries) {
            let entry = try structure.entry(&source, index, of: directory)
            func number(_ standard: Int) throws(HeaderError) -> Int {
                Int(clamping: try structure.firstValue(&source, entry) ?? UInt64(standard))
            }
            switch entry.tag {
            case 254: subfileType = try number(0)
            case 256: width = try structure.firstValue(&source, entry)
            case 257: height = try structure.firstValue(&source, entry)
            case 258: bits = try structure.values(&source, entry, most: 8).map { Int(clamping: $0) }
            case 259: compression = try number(1)
            case 262: photometric = try number(0)
            case 274: orientation = try number(1)
            case 277: sampleCount = try number(1)
            case 284: isPlanar = try number(1) == 2
            case 322: isTiled = true
            case 330: subdirectories = try structure.values(&source, entry, most: Self.maxPages)
            case 332: inksAreCMYK = try number(1) == 1
            case 338: extraSamples = try structure.values(&source, entry, most: 8).map { Int(clamping: $0) }
            case 339: sampleFormat = try number(1)
            case 340: minimum = try structure.float(&source, entry)
            case 341: maximum = try structure.float(&source, entry)
            case 34853: hasLocation = true
            case 34675 where entry.count <= UInt64(Int32.max):
                let count = Int(entry.count)
                let offset = try structure.offsetValue(&source, at: entry.valueField)
                let place = try structure.place(of: offset, count: count, in: source)
                profilePlace = place..<place + count
            default: break
            }
        }
        guard let width, let height else { throw .malformed(.tiff, .missingHeader) }
        guard width > 0, height > 0, width <= UInt32.max, height <= UInt32.max else {
            throw .malformed(.tiff, .impossibleSize)
        }
        size = PixelSize(width: Int(width), height: Int(height))
        guard let depth = bits.first, (1...64).contains(depth) else { throw .malformed(.tiff, .badField) }
        // A color filter array, light as the sensor saw it, or a compression that only cameras write.
        hasSensorSamples =
            photometric == 32803 || photometric == 34892
            || [32767, 32769, 34713, 65000, 65535].contains(compression)
    }
}

extension TIFFStructure {
    /// The unsigned integers of an entry, the first ones of many.
    func values(_ source: inout ByteSource, _ entry: Entry, most: Int) throws(HeaderError) -> [UInt64] {
        guard let size = Self.size(of: entry.type), entry.count > 0 else { return [] }
        let (total, overflow) = UInt64(size).multipliedReportingOverflow(by: entry.count)
        guard !overflow else { return [] }
        let count = Int(min(entry.count, UInt64(most)))
        var place = entry.valueField
        if total > UInt64(isBigTIFF ? 8 : 4) {
            place = try self.place(of: offsetValue(&source, at: place), count: count * size, in: source)
        }
        var values: [UInt64] = []
        for index in 0..<count {
            let offset = place + index * size
            switch size {
            case 1: values.append(UInt64(try source.u8(at: offset)))
            case 2: values.append(UInt64(try u16(&source, at: offset)))
            case 4: values.append(UInt64(try u32(&source, at: offset)))
            default: values.append(try u64(&source, at: offset))
            }
        }
        return values
    }

    /// The first number of an entry of floating-point type; nil for other types.
    func float(_ source: inout ByteSource, _ entry: Entry) throws(HeaderError) -> Double? {
        guard entry.count > 0 else { return nil }
        var place = entry.valueField
        switch entry.type {
        case 11:
            if entry.count > (isBigTIFF ? 2 : 1) {
                place = try self.place(of: offsetValue(&source, at: place), count: 4, in: source)
            }
            return Double(Float(bitPattern: try u32(&source, at: place)))
        case 12:
            if entry.count > 1 || !isBigTIFF {
                place = try self.place(of: offsetValue(&source, at: place), count: 8, in: source)
            }
            return Double(bitPattern: try u64(&source, at: place))
        default: return try firstValue(&source, entry).map { Double($0) }
        }
    }

    private static func size(of type: UInt16) -> Int? {
        switch type {
        case 1: 1
        case 3: 2
        case 4, 13: 4
        case 16, 18: 8
        default: nil
        }
    }
}
