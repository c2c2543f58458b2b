internal import ImagePreflight

extension PreflightError {
    /// The error as a sentence; what was found in an image is named by its codes.
    var namedText: String {
        guard case .image(let findings) = reason else { return description }
        return findings.map { "\($0.code.rawValue) \($0.name): \($0.message)" }.joined(separator: "; ")
    }
}
