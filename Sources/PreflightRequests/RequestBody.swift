internal import ImageHeaders
public import ImagePreflight
internal import MessageRequests
internal import PreflightFiles
public import SystemPackage

/// The body of a request with prepared images. It is written as a stream: the base64 text is never held as a whole.
///
/// ```swift
/// for try await chunk in try await preflighter.request("What is on these?", images: paths) { send(chunk) }
/// ```
public struct RequestBody: AsyncSequence, Sendable {
    /// Some bytes of the body, at most 64 KiB.
    public typealias Element = [UInt8]
    /// Reading a body cannot fail.
    public typealias Failure = Never

    /// The images in the given order; a tiled one is several.
    public let images: [PreparedImage]
    /// The size of the body, bytes.
    public let byteCount: Int
    /// The tokens of the images, with what each costs in addition to its patches. Text is not counted.
    public let imageTokens: Int
    /// The cost of the images as input.
    public let cost: Cost
    private let parts: [RequestPart]

    init(images: [PreparedImage], plan: PlannedRequest?, writer: RequestWriter, parts: [RequestImage]) {
        self.images = images
        byteCount = writer.byteCount(parts)
        imageTokens = plan?.imageTokens ?? 0
        cost = plan?.cost ?? .zero
        self.parts = writer.parts(parts)
    }

    /// All bytes of the body.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        var reader = RequestPartReader(parts)
        while let chunk = reader.next() { bytes += chunk }
        return bytes
    }

    /// Writes the body.
    ///
    /// - Parameter file: open for writing; it stays open. Nothing has to be flushed.
    /// - Throws: the system's error.
    public func write(to file: FileDescriptor) throws {
        var reader = RequestPartReader(parts)
        while let chunk = reader.next() { try file.writeAll(chunk) }
    }

    /// Begins to read the body; it can be read any number of times.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: RequestPartReader(parts)) }

    /// Iterates over a body in pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var reader: RequestPartReader

        /// The next bytes; nil at the end.
        public mutating func next() async -> [UInt8]? { reader.next() }

        /// The next bytes; nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> [UInt8]? { reader.next() }
    }
}
