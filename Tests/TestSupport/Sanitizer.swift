/// What `make sanitize` builds.
public enum Sanitizer {
    /// Whether a sanitizer watches. Then a process has no memory limit, and costs several times as much.
    public static let isOn: Bool = {
        #if SANITIZED
            true
        #else
            false
        #endif
    }()
}
