internal import ImagePreflight

extension PreflightError {
    /// The error as a sentence; findings about an image have their codes.
    var namedText: String {
        guard case .image(let findings) = reason else { return description }
        return findings.map { "\($0.code.rawValue) \($0.name): \($0.message)" }.joined(separator: "; ")
    }
}
