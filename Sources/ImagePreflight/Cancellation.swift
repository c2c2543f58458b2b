internal import PreflightFiles

/// Whether anyone still waits for a result, and how to stop the work.
///
/// A worker process can be stopped in the middle of an image. Decoding in this process runs to its end.
package final class Cancellation: Sendable {
    private struct State {
        var isCanceled = false
        /// Stops the current work; nil if nothing can be stopped.
        var stop: (@Sendable () -> Void)?
    }

    private let state = Monitor(State())

    package init() {}

    /// Whether the work is canceled.
    package var isCanceled: Bool { state.withLock { $0.isCanceled } }

    /// Cancels the work.
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

    /// Marks the start of work that can be stopped.
    ///
    /// - Parameter stop: stops it; called at most once, and only before ``end()``.
    /// - Returns: false if the work is already canceled.
    func begin(stop: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if !state.isCanceled { state.stop = stop }
            return !state.isCanceled
        }
    }

    /// Marks the end of that work.
    ///
    /// - Returns: whether it was stopped.
    func end() -> Bool {
        state.withLock { state in state.stop.take() == nil }
    }

    /// Continues only if the work is not canceled.
    ///
    /// - Throws: `PreflightError.canceled`.
    package func check() throws(PreflightError) { if isCanceled { throw .canceled } }
}
