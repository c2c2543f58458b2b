public import ImageHeaders

/// One image as the rules judge it: what its bytes say, how many they are, and what it is called.
public struct ImageSubject: Sendable, Hashable {
    /// What the header says, or why it says nothing.
    public var header: Result<ImageFacts, HeaderError>
    /// The size of the file in bytes.
    public var byteCount: Int
    /// The format that the name's extension promises; nil for no or an unknown extension.
    public var promisedFormat: ImageFormat?
    /// The path of the image's block in a request, as the service writes it.
    ///
    /// `messages.0.content.0` stands for a file that is in no request yet.
    public var blockPath: String
    /// What is known of a PDF, which is not an image; nil for anything else, and where it was not looked at.
    package var document: DocumentSubject?
    /// What is known of its text; nil where the pixels were not looked at.
    package var text: TextSubject?

    /// An image for the rules.
    ///
    /// - Parameters:
    ///   - header: what the header says, or why it says nothing.
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

    /// An image that does not exist yet, of which only the size is known: rules about anything else find nothing.
    ///
    /// - Parameter size: its size in px.
    public init(planned size: PixelSize) {
        // As small a file, of as common a format, as can be sent.
        self.init(header: .success(ImageFacts(format: .jpeg, size: size)), byteCount: 1)
    }

    /// The length of the base64 text of the file in bytes, `4 * ceil(n / 3)`: what the byte limit is on.
    public var base64ByteCount: Int { Base64Length.encoded(byteCount) }

    /// The facts, when the header could be read.
    public var facts: ImageFacts? {
        if case .success(let facts) = header { facts } else { nil }
    }
}
