/// One thread, which is either joined or detached: its stack is only freed then.
package struct JoinableThread {
    private let handle: pthread_t

    /// A thread that runs `body`; nil when the system has none left.
    package static func start(_ body: @escaping () -> Void) -> JoinableThread? {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // Codecs keep rows on the stack; Darwin would give 512 KiB.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        let box = Unmanaged.passRetained(Body(body))
        #if os(macOS)
            var handle: pthread_t?
        #else
            var handle = pthread_t()
        #endif
        let status = pthread_create(&handle, &attributes, runThread, box.toOpaque())
        #if os(macOS)
            guard status == 0, let handle else {
                box.release()
                return nil
            }
            return JoinableThread(handle: handle)
        #else
            guard status == 0 else {
                box.release()
                return nil
            }
            return JoinableThread(handle: handle)
        #endif
    }

    /// Waits until the thread has ended.
    package func join() { pthread_join(handle, nil) }

    /// Lets the thread go: nobody waits for its end.
    package func detach() { pthread_detach(handle) }

    fileprivate final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }
}

#if os(macOS)
    private func runThread(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<JoinableThread.Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
#else
    private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        Unmanaged<JoinableThread.Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
#endif
