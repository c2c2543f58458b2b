import ImageHeaders
import TestSupport
import VisionRules

/// A plain image that a test changes where it matters.
func image(
    _ width: Int, _ height: Int, format: ImageFormat = .jpeg, bytes: Int = 100_000,
    promised: ImageFormat? = nil, _ change: (inout ImageFacts) -> Void = { _ in }
) -> ImageSubject {
    var facts = ImageFacts(format: format, size: px(width, height))
    change(&facts)
    return ImageSubject(header: .success(facts), byteCount: bytes, promisedFormat: promised)
}
