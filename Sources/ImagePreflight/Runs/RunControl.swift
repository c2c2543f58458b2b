internal import CPlatform

/// What a run shares with its observer: its progress, and whether it should stop.
///
/// `@unchecked Sendable` is safe because the numbers are only accessed by atomic operations.
package final class RunControl: @unchecked Sendable {
    private enum Number: Int, CaseIterable {
        case done, refused, bytes, stop
    }

    private let numbers: UnsafeMutablePointer<Int64>
    private let outer: RunControl?

    /// The state of a run that has not started.
    package convenience init() { self.init(outer: nil) }

    /// A part of a run that counts separately, and stops with the run.
    ///
    /// - Parameter outer: the whole run.
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

    /// The progress; the number of files is not known here.
    package var progress: RunProgress { RunProgress(done: done, total: nil, refused: refused, bytes: bytes) }

    /// Whether the run was asked to stop.
    package var isStopped: Bool { load(.stop) != 0 || outer?.isStopped == true }

    /// Asks the run to stop after its current files. May be called from a signal handler.
    package func stop() { ipa_store(numbers + Number.stop.rawValue, 1) }

    /// Counts what was done.
    package func add(done: Int, refused: Int, bytes: Int) {
        ipa_add(numbers + Number.done.rawValue, Int64(done))
        ipa_add(numbers + Number.refused.rawValue, Int64(refused))
        ipa_add(numbers + Number.bytes.rawValue, Int64(bytes))
    }
}
