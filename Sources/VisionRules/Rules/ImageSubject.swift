public import ImageHeaders

/// One image as the rules judge it: its header, its size in bytes, and its name.
public struct ImageSubject: Sendable, Hashable {
    /// What the header says, or why it could not be read.
    public var header: Result<ImageFacts, HeaderError>
    /// The size of the file in bytes.
    public var byteCount: Int
    /// The format that the name's extension promises; nil for no or an unknown extension.
    public var promisedFormat: ImageFormat?
    /// The path of the image's block in a request, as the service writes it.
    ///
    /// `messages.0.content.0` is used for a file that is not in a request yet.
    public var blockPath: String
    /// What is known about a PDF, which is not an image; nil for anything else, and if it was not examined.
    package var document: DocumentSubject?
    /// What is known about its text; nil if the pixels were not examined.
    package var text: TextSubject?

    /// An image for the rules.
    ///
    /// - Parameters:
    ///   - header: what the header says, or why it could not be read.
    ///   - byteCount: the size of the file in bytes.
    ///   - promisedFormat: the format that the name's extension promises.
    ///   - blockPath: the path of the block, as the service writes it.
    public init(
        header: Result<ImageFacts, HeaderError>, byteCount: Int, promisedFormat: ImageFormat? = nil,
        blockPath: String = "messages.0.content.0"
    ) {
        self.header = header
        self.byteCount = byteCount
        self.promisedFormat = promisedFormat
        self.blockPath = blockPath
    }

    /// An image that does not exist yet and has only a size: rules about anything else find nothing.
    ///
    /// - Parameter size: its size in px.
    public init(planned size: PixelSize) {
        // The smallest file, in the most common format, that can be sent.
        self.init(header: .success(ImageFacts(format: .jpeg, size: size)), byteCount: 1)
    }

    /// The length of the base64 text of the file in bytes, `4 * ceil(n / 3)`, to which the byte limit
    /// applies.
    public var base64ByteCount: Int { Base64Length.encoded(byteCount) }

    /// The facts, when the header could be read.
    public var facts: ImageFacts? {
        if case .success(let facts) = header { facts } else { nil }
    }
}
