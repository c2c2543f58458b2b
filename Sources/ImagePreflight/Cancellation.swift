internal import PreflightFiles

/// Whether somebody still waits for what is being made, and how to stop what makes it.
///
/// A worker process can be stopped in the middle of an image. What is decoded in this process runs to its end.
package final class Cancellation: Sendable {
    private struct State {
        var isCanceled = false
        /// Stops what is being done just now; nil where nothing can be stopped.
        var stop: (@Sendable () -> Void)?
    }

    private let state = Monitor(State())

    package init() {}

    /// Whether nobody waits any more.
    package var isCanceled: Bool { state.withLock { $0.isCanceled } }

    /// Nobody waits any more.
    ///
    /// - Returns: whether something was stopped, so that its thread is about to return.
    package func cancel() -> Bool {
        state.withLock { state in
            state.isCanceled = true
            guard let stop = state.stop.take() else { return false }
            stop()
            return true
        }
    }

    /// Something begins that can be stopped.
    ///
    /// - Parameter stop: stops it. It is called at most once, and only before ``end()``.
    /// - Returns: whether somebody waits for it.
    func begin(stop: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if !state.isCanceled { state.stop = stop }
            return !state.isCanceled
        }
    }

    /// It can be stopped no longer.
    ///
    /// - Returns: whether it was.
    func end() -> Bool {
        state.withLock { state in state.stop.take() == nil }
    }

    /// Goes on only while somebody waits.
    ///
    /// - Throws: `PreflightError.canceled`.
    package func check() throws(PreflightError) { if isCanceled { throw .canceled } }
}
