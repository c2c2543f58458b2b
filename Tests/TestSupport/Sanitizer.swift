/// What `make sanitize` builds.
public enum Sanitizer {
    /// Whether a sanitizer is on. A process then has no memory limit and is several times slower.
    public static let isOn: Bool = {
        #if SANITIZED
            true
        #else
            false
        #endif
    }()
}
