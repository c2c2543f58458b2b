internal import CPlatform

/// What a run and the one who watches it share: how far it is, and whether it should stop.
///
/// `@unchecked Sendable` holds because the numbers are only reached by atomic operations.
package final class RunControl: @unchecked Sendable {
    private enum Number: Int, CaseIterable {
        case done, refused, bytes, stop
    }

    private let numbers: UnsafeMutablePointer<Int64>
    private let outer: RunControl?

    /// A run that has done nothing yet.
    package convenience init() { self.init(outer: nil) }

    /// A part of a run that counts for itself, and stops with the whole.
    ///
    /// - Parameter outer: the whole.
    package convenience init(stoppedBy outer: RunControl) { self.init(outer: outer) }

    private init(outer: RunControl?) {
        self.outer = outer
        numbers = .allocate(capacity: Number.allCases.count)
        numbers.initialize(repeating: 0, count: Number.allCases.count)
    }

    deinit { numbers.deallocate() }

    private func load(_ number: Number) -> Int { Int(ipa_load(numbers + number.rawValue)) }

    /// Files done so far.
    package var done: Int { load(.done) }

    /// Files done so far that the service would refuse.
    package var refused: Int { load(.refused) }

    /// Bytes of the files done so far.
    package var bytes: Int { load(.bytes) }

    /// How far the run is; it does not know how many files there are.
    package var progress: RunProgress { RunProgress(done: done, total: nil, refused: refused, bytes: bytes) }

    /// Whether somebody asked the run to stop.
    package var isStopped: Bool { load(.stop) != 0 || outer?.isStopped == true }

    /// Asks the run to stop after the files it is at. May be called from a signal handler.
    package func stop() { ipa_store(numbers + Number.stop.rawValue, 1) }

    /// Counts what was done.
    package func add(done: Int, refused: Int, bytes: Int) {
        ipa_add(numbers + Number.done.rawValue, Int64(done))
        ipa_add(numbers + Number.refused.rawValue, Int64(refused))
        ipa_add(numbers + Number.bytes.rawValue, Int64(bytes))
    }
}
