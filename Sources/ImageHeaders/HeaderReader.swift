/// The result of reading the start of a file.
public struct HeaderReading: Sendable, Hashable {
    /// The size of the file in bytes.
    public var byteCount: Int
    /// What the header says, or why it could not be read.
    public var header: Result<ImageFacts, HeaderError>

    /// A reading made elsewhere.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the file in bytes.
    ///   - header: what the header says, or why it could not be read.
    public init(byteCount: Int, header: Result<ImageFacts, HeaderError>) {
        self.byteCount = byteCount
        self.header = header
    }

    /// The facts, when the header could be read.
    public var facts: ImageFacts? {
        if case .success(let facts) = header { facts } else { nil }
    }
}

/// Reads headers: usually one `open`, one `pread` of ``firstReadSize`` bytes and one `close` for a file.
///
/// A reader owns one buffer that it reuses for every file, so make one for each thread and keep it.
public struct HeaderReader: ~Copyable {
    /// The bytes that the first `pread` requests. Measured: 2, 4 and 8 KiB cost the same within the noise,
    /// and 4 KiB holds the whole header of most JPEGs whose EXIF block has no thumbnail.
    public static let firstReadSize = 4096
    /// The most bytes that one `pread` requests, when a GIF is walked from block to block.
    static let walkReadSize = 64 * 1024

    private let buffer: UnsafeMutableRawBufferPointer

    /// A reader with its own buffer of 64 KiB.
    public init() {
        buffer = .allocate(byteCount: Self.walkReadSize, alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }

    /// Reads the header of the file at a path.
    ///
    /// - Parameters:
    ///   - path: a path as the system takes it, ending with a zero byte.
    ///   - folder: a descriptor of the folder that a relative path begins in.
    ///   - isRegular: whether it is known to be a regular file; its size then costs less to find out.
    /// - Returns: the size of the file, and what its start says.
    /// - Throws: ``FileError`` when the file cannot be read, or is a folder, pipe, socket or device.
    public mutating func read(
        path: UnsafePointer<CChar>, of folder: Int32 = HeaderReader.presentFolder, isRegular: Bool = false
    ) throws(FileError) -> HeaderReading {
        let descriptor = try Self.open(path: path, of: folder)
        defer { Platform.close(descriptor) }
        return try read(fileDescriptor: descriptor, isRegular: isRegular)
    }

    /// Opens a file as ``read(path:of:isRegular:)`` does.
    ///
    /// - Parameters:
    ///   - path: a path as the system takes it, ending with a zero byte.
    ///   - folder: a descriptor of the folder that a relative path begins in.
    /// - Returns: a descriptor, to be closed by the caller.
    /// - Throws: ``FileError`` when the file cannot be opened.
    package static func open(
        path: UnsafePointer<CChar>, of folder: Int32 = HeaderReader.presentFolder
    ) throws(FileError) -> Int32 {
        let descriptor = Platform.open(path, of: folder)
        guard descriptor >= 0 else { throw FileError(.open, errno: Platform.errno) }
        return descriptor
    }

    /// Represents the current folder where a folder's descriptor is expected.
    public static let presentFolder: Int32 = Platform.presentFolder

    /// Reads the header of an open file. Its position is not used.
    ///
    /// - Parameters:
    ///   - fileDescriptor: a descriptor that is open for reading; it stays open.
    ///   - isRegular: whether it is known to be a regular file; its size then costs less to find out, and
    ///     the position of the descriptor moves.
    /// - Returns: the size of the file, and what its start says.
    /// - Throws: ``FileError`` when the file cannot be read, or is a folder, pipe, socket or device.
    public mutating func read(
        fileDescriptor: Int32, isRegular: Bool = false
    ) throws(FileError) -> HeaderReading {
        var source = try open(fileDescriptor, isRegular: isRegular)
        let header = Self.parse(&source)
        return try Self.finish(source, header)
    }

    /// Reads the header of an image in memory.
    ///
    /// - Parameter bytes: the whole file.
    /// - Returns: the number of bytes, and what their start says.
    public static func read(bytes: UnsafeRawBufferPointer) -> HeaderReading {
        read(start: bytes, byteCount: bytes.count)
    }

    /// Reads the header from the start of an image whose rest is not at hand, as in a request's base64.
    ///
    /// - Parameters:
    ///   - start: the first bytes; 4 KiB are enough for most images.
    ///   - byteCount: the size of the whole image in bytes.
    /// - Returns: the size of the whole, and what its start says: ``HeaderError/Code/truncated`` where the
    ///   header continues beyond the given bytes.
    public static func read(start: UnsafeRawBufferPointer, byteCount: Int) -> HeaderReading {
        var source = ByteSource(bytes: start, byteCount: byteCount)
        let header = parse(&source)
        return HeaderReading(byteCount: source.byteCount, header: header)
    }

    /// Reads the header of an image in memory.
    ///
    /// - Parameter bytes: the whole file.
    /// - Returns: the number of bytes, and what their start says.
    public static func read(bytes: some Collection<UInt8>) -> HeaderReading {
        let reading = bytes.withContiguousStorageIfAvailable { read(bytes: UnsafeRawBufferPointer($0)) }
        return reading ?? Array(bytes).withUnsafeBytes { read(bytes: $0) }
    }

    /// Counts the frames of the file at a path by reading it to the end: GIF, PNG, WebP and TIFF. Sequences
    /// of AVIF and HEIC and animated JPEG XL are not counted; they give 2 for "more than one".
    ///
    /// - Parameter path: a path as the system takes it, ending with a zero byte.
    /// - Returns: the number of frames, at least 1; or why the header could not be read.
    /// - Throws: ``FileError`` when the file cannot be read, or is a folder, pipe, socket or device.
    public mutating func countFrames(
        path: UnsafePointer<CChar>
    ) throws(FileError) -> Result<Int, HeaderError> {
        let descriptor = Platform.open(path)
        guard descriptor >= 0 else { throw FileError(.open, errno: Platform.errno) }
        defer { Platform.close(descriptor) }
        return try countFrames(fileDescriptor: descriptor)
    }

    /// Counts the frames of an open file by reading it to the end: GIF, PNG, WebP and TIFF. Sequences of AVIF
    /// and HEIC and animated JPEG XL are not counted; they give 2 for "more than one".
    ///
    /// - Parameter fileDescriptor: a descriptor that is open for reading; it stays open.
    /// - Returns: the number of frames, at least 1; or why the header could not be read.
    /// - Throws: ``FileError`` when the file cannot be read, or is a folder, pipe, socket or device.
    public mutating func countFrames(fileDescriptor: Int32) throws(FileError) -> Result<Int, HeaderError> {
        var source = try open(fileDescriptor)
        let frames = Self.countFrames(&source)
        guard source.failure == 0 else { throw FileError(.read, errno: source.failure) }
        return frames
    }

    /// Counts the frames of an image in memory by reading it to the end: GIF, PNG, WebP and TIFF. Sequences
    /// of AVIF and HEIC and animated JPEG XL are not counted; they give 2 for "more than one".
    ///
    /// - Parameter bytes: the whole file.
    /// - Returns: the number of frames, at least 1; or why the header could not be read.
    public static func countFrames(bytes: UnsafeRawBufferPointer) -> Result<Int, HeaderError> {
        var source = ByteSource(bytes: bytes, byteCount: bytes.count)
        return countFrames(&source)
    }

    private func open(_ descriptor: Int32, isRegular: Bool = false) throws(FileError) -> ByteSource {
        let filled = Platform.read(
            descriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Self.firstReadSize]), at: 0)
        guard filled >= 0 else { throw FileError(.read, errno: Platform.errno) }
        var byteCount = filled
        // A short read is the whole file. An empty one may also be a device.
        if filled == Self.firstReadSize || filled == 0 {
            let status = Platform.byteCount(descriptor, isRegular: isRegular)
            guard status.errno == 0 else { throw FileError(.stat, errno: status.errno) }
            byteCount = max(status.count, filled)
        }
        return ByteSource(
            descriptor: descriptor, byteCount: byteCount, buffer: buffer, filled: filled,
            readSize: Self.firstReadSize)
    }

    private static func finish(
        _ source: borrowing ByteSource, _ header: Result<ImageFacts, HeaderError>
    ) throws(FileError) -> HeaderReading {
        guard source.failure == 0 else { throw FileError(.read, errno: source.failure) }
        return HeaderReading(byteCount: source.byteCount, header: header)
    }

    private static func countFrames(_ source: inout ByteSource) -> Result<Int, HeaderError> {
        switch parse(&source) {
        case .failure(let error): return .failure(error)
        case .success(let facts):
            guard facts.framesNeedCounting else { return .success(facts.frames) }
            source.readSize = walkReadSize
            source.isUnbounded = true
            let counted =
                switch facts.format {
                case .png: PNGHeader.countFrames(&source)
                case .gif: GIFHeader.countFrames(&source)
                case .webp: WebPHeader.countFrames(&source)
                case .tiff: TIFFHeader.countFrames(&source)
                default: facts.frames
                }
            return .success(max(counted, 1))
        }
    }

    private static func parse(_ source: inout ByteSource) -> Result<ImageFacts, HeaderError> {
        do throws(HeaderError) {
            return .success(try facts(&source))
        } catch {
            return .failure(error)
        }
    }

    private static func facts(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        guard source.byteCount > 0 else { throw .empty }
        guard let format = MagicBytes.format(&source) else { throw .unrecognized }
        source.format = format
        switch format {
        case .jpeg: return try JPEGHeader.parse(&source)
        case .png: return try PNGHeader.parse(&source)
        case .gif: return try GIFHeader.parse(&source)
        case .webp: return try WebPHeader.parse(&source)
        case .heic, .avif: return try ISOMediaHeader.parse(&source, format)
        case .tiff: return try TIFFHeader.parse(&source)
        case .bmp: return try BMPHeader.parse(&source)
        case .ico: return try ICOHeader.parse(&source)
        case .jxl: return try JXLHeader.parse(&source)
        case .jp2: return try JP2Header.parse(&source)
        case .psd: return try PSDHeader.parse(&source)
        case .svg: return try SVGHeader.parse(&source)
        default: throw .noPixelSize(format)
        }
    }
}
