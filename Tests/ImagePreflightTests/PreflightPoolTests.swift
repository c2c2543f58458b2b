import PreflightFiles
import Foundation
@testable import ImagePreflight
import TestSupport
import Testing

@Suite("PreflightPool")
struct PreflightPoolTests {
    private struct Reason: Error, Hashable {}

    /// Lets work wait until the test says go.
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

    @Test("prepares an image, on no thread of Swift Concurrency")
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

    @Test("hands on what the work throws")
    func throwing() async {
        let pool = PreflightPool(workers: 1)
        await #expect(throws: Reason.self) { try await pool.run { throw Reason() } }
    }

    @Test("refuses what is beyond its queue, and takes work again afterwards")
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
        // Who has the result of one finds the thread free for the next, every time.
        for number in 0..<1000 { #expect(try await pool.run { number } == number) }
    }

    @Test("any number of calls may wait, and they have their turn in order")
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

    @Test("a call that is canceled while it waits ends at once and is not done")
    func canceledWaiting() async throws {
        let pool = PreflightPool(workers: 1)
        let gate = Gate()
        async let first: Void = pool.run { gate.pass() }
        await gate.waitForEntry()
        let wasDone = Gate()
        let second = Task { try await pool.run { wasDone.entered.withLock { $0 += 1 } } }
        second.cancel()
        // The thread is still busy: nothing but the cancellation can end this call.
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        try await first
        #expect(wasDone.entered.withLock { $0 } == 0)
    }

    @Test("a call that is canceled while it is worked on ends at once, and its result is dropped")
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

    @Test("the largest number of waiting calls is a number like any other")
    func largestLimit() async throws {
        let pool = PreflightPool(workers: 2, whenFull: .refuse(afterWaiting: .max))
        #expect(try await pool.run { 1 } == 1)
    }
}
