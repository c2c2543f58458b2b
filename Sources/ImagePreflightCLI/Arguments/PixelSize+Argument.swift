internal import ImageHeaders

extension PixelSize {
    /// A size written as `1920x1080` (or with `×` or a capital X); nil for anything else.
    init?(argument: String) {
        let parts = argument.split(omittingEmptySubsequences: false) { "xX×".contains($0) }
        guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
            parts.allSatisfy({ $0.allSatisfy(\.isNumber) }), (1...Int(Int32.max)).contains(width),
            (1...Int(Int32.max)).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }
}
