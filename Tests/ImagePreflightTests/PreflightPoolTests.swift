import PreflightFiles
import Foundation
@testable import ImagePreflight
import TestSupport
import Testing

@Suite("PreflightPool")
struct PreflightPoolTests {
    private struct Reason: Error, Hashable {}

    /// Makes work wait until the test opens the gate.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        let entered = Monitor(0)

        func pass() {
            entered.withLock { $0 += 1 }
            semaphore.wait()
        }

        func open() { semaphore.signal() }

        func waitForEntry() async {
            while entered.withLock({ $0 }) == 0 { await Task.yield() }
        }
    }

    @Test("prepares an image outside Swift Concurrency's threads")
    func prepares() async throws {
        let pool = PreflightPool(workers: 1)
        let bytes = Array(
            try Data(
                contentsOf: Resources.testdata.appending(path: "orientation/jpeg-portrait-6-big-endian.jpg")))
        let preflighter = Preflighter(
            destination: Destination(
                model: try ModelCatalog.builtIn.model("claude-sonnet-5-5"),
                platform: try ModelCatalog.builtIn.platform("portable")))
        let image = try await preflighter.prepare(bytes, on: pool)
        let expected = try await pool.run { try preflighter.prepare(bytes) }
        #expect(image.bytes == expected.bytes)
        let first = try await pool.run { pthread_self() }
        let second = try await pool.run { pthread_self() }
        #expect(first == second)
    }

    @Test("rethrows errors from the work")
    func throwing() async {
        let pool = PreflightPool(workers: 1)
        await #expect(throws: Reason.self) { try await pool.run { throw Reason() } }
    }

    @Test("refuses work beyond its queue and accepts work again afterwards")
    func busy() async throws {
        let pool = PreflightPool(workers: 1, whenFull: .refuse(afterWaiting: 0))
        let gate = Gate()
        async let first = pool.run { () -> Int in
            gate.pass()
            return 1
        }
        await gate.waitForEntry()
        await #expect(throws: PreflightPool.Busy.self) { _ = try await pool.run { 2 } }
        gate.open()
        #expect(try await first == 1)
        // Whoever has one result always finds the thread free for the next call.
        for number in 0..<1000 { #expect(try await pool.run { number } == number) }
    }

    @Test("any number of calls may wait, and each gets its turn")
    func waiting() async throws {
        let pool = PreflightPool(workers: 1)
        let gate = Gate()
        async let first: Void = pool.run { gate.pass() }
        await gate.waitForEntry()
        let order = Monitor<[Int]>([])
        let calls = (0..<50).map { number in
            Task { try await pool.run { order.withLock { $0.append(number) } } }
        }
        gate.open()
        try await first
        for call in calls { try await call.value }
        #expect(order.withLock { $0.count } == 50)
    }

    @Test("a call canceled while it waits ends at once and its work is not done")
    func canceledWaiting() async throws {
        let pool = PreflightPool(workers: 1)
        let gate = Gate()
        async let first: Void = pool.run { gate.pass() }
        await gate.waitForEntry()
        let wasDone = Gate()
        let second = Task { try await pool.run { wasDone.entered.withLock { $0 += 1 } } }
        second.cancel()
        // The thread is still busy: only the cancellation can end this call.
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        try await first
        #expect(wasDone.entered.withLock { $0 } == 0)
    }

    @Test("a call canceled during its work ends at once, and its result is dropped")
    func canceledWorking() async throws {
        let pool = PreflightPool(workers: 1)
        let gate = Gate()
        let call = Task { try await pool.run { gate.pass() } }
        await gate.waitForEntry()
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        gate.open()
        #expect(try await pool.run { 7 } == 7)
    }

    @Test("the largest possible number of waiting calls works like any other")
    func largestLimit() async throws {
        let pool = PreflightPool(workers: 2, whenFull: .refuse(afterWaiting: .max))
        #expect(try await pool.run { 1 } == 1)
    }
}
