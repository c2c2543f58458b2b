internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
public import SystemPackage
internal import VisionRules

/// Reads the rows of a manifest one after the other: memory does not grow with the manifest.
public struct ManifestReader: ~Copyable {
    /// The manifest.
    public let path: FilePath
    /// The line number of the last row; 0 before the first.
    public private(set) var line = 0
    /// The bytes of that line, without its line feed.
    private(set) var text: [UInt8] = []

    private let file: FileDescriptor
    private var closesFile = true
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)
    /// The offset in the file of the last row's line.
    private(set) var offset = 0
    /// The offset in the file of ``buffer``.
    private var bufferOffset = 0
    /// What was read and not returned yet.
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Whether what comes next is the rest of a line that was refused.
    private var isInLongLine = false

    /// The most bytes of a row: a thousand times what an image with its tiles takes.
    private static let maxLineBytes = 1 << 26

    /// Opens a manifest.
    ///
    /// - Parameter path: the file.
    /// - Throws: `PreflightError.file`.
    public init(path: some PathInput) throws(PreflightError) {
        let path = path.filePath
        do throws(FileError) { file = try path.openForReading() } catch { throw .file(error) }
        self.path = path
    }

    /// The rows of an open manifest, from its current position on.
    ///
    /// - Parameters:
    ///   - file: the manifest, which is closed with the reader.
    ///   - path: its path, for errors.
    init(_ file: FileDescriptor, path: FilePath) {
        self.file = file
        self.path = path
    }

    /// Leaves the file open when the reader is released.
    ///
    /// - Returns: the file, which the caller closes.
    mutating func keepFile() -> FileDescriptor {
        closesFile = false
        return file
    }

    deinit { if closesFile { try? file.close() } }

    /// The next row.
    ///
    /// - Returns: the row; nil at the end. Empty lines are skipped.
    /// - Throws: a `PreflightError`; the rows after a bad line can still be read.
    public mutating func next() throws(PreflightError) -> ManifestRow? {
        while let text = try nextLine() {
            line += 1
            guard text.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }) else {
                continue
            }
            do {
                let row = try JSONLine.decode(ManifestRow.self, from: text)
                self.text = text
                return row
            } catch {
                throw PreflightError(.badLine(path: path, line: line, reason: Self.reason(error)))
            }
        }
        return nil
    }

    private mutating func nextLine() throws(PreflightError) -> [UInt8]? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let start = position
                position = end + 1
                guard isInLongLine else {
                    offset = bufferOffset + start
                    return Array(buffer[start..<end])
                }
                isInLongLine = false
                searched = position
                continue
            }
            if isAtEnd {
                if isInLongLine { return nil }
                defer { position = buffer.count }
                offset = bufferOffset + position
                return position < buffer.count ? Array(buffer[position...]) : nil
            }
            if isInLongLine {
                position = buffer.count
            } else if buffer.count - position > Self.maxLineBytes {
                isInLongLine = true
                line += 1
                throw PreflightError(
                    .badLine(
                        path: path, line: line, reason: "it is longer than \(Self.maxLineBytes) bytes"))
            }
            bufferOffset += position
            buffer.removeFirst(position)
            position = 0
            searched = buffer.count
            try fill()
        }
    }

    private mutating func fill() throws(PreflightError) {
        let count: Int
        do {
            count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
        } catch {
            throw .file(FileError(.read, path, error as? Errno ?? .ioError))
        }
        isAtEnd = count == 0
        buffer += chunk[..<count]
    }

    /// What is wrong with a line, without the decoder's own vocabulary.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
                .joined(separator: ".")
            return path.isEmpty ? "" : " in \(path)"
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(key.stringValue) is missing\(place(context))"
        case .valueNotFound(_, let context), .typeMismatch(_, let context):
            "a value of another type is expected\(place(context))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is not JSON"
                : "\(context.debugDescription == RecordKey.outOfRange ? RecordKey.outOfRange : "an unknown value")"
                    + place(context)
        @unknown default: "it cannot be decoded"
        }
    }
}
