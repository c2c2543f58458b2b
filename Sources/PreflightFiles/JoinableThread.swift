/// A thread that must be joined or detached: only then is its stack freed.
package struct JoinableThread {
    private let handle: pthread_t

    /// A thread that runs `body`; nil if the system has none left.
    package static func start(_ body: @escaping () -> Void) -> JoinableThread? {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // Codecs keep rows on the stack; Darwin would give 512 KiB.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        return OperatingSystem.startThread(&attributes, body).map { JoinableThread(handle: $0) }
    }

    /// Waits until the thread has ended.
    package func join() { pthread_join(handle, nil) }

    /// Detaches the thread.
    package func detach() { pthread_detach(handle) }
}
