/// The version of the command and the library.
enum ImagePreflightVersion {
    /// As in `0.1.0`.
    static let text = "0.1.0"
}
