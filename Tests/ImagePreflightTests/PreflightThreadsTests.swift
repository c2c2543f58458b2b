import Foundation
import ImagePreflight
import TestSupport
import Testing

@Suite("PreflightThreads")
struct PreflightThreadsTests {
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
        let threads = PreflightThreads(count: 1)
        let bytes = Array(
            try Data(
                contentsOf: Resources.testdata.appending(path: "orientation/jpeg-portrait-6-big-endian.jpg")))
        let preflighter = Preflighter(
            destination: Destination(
                model: try ModelCatalog.builtIn.model("claude-sonnet-5-5"),
                platform: try ModelCatalog.builtIn.platform("portable")))
        let image = try await threads.prepare(bytes: bytes, with: preflighter)
        let expected = try preflighter.prepare(bytes: bytes)
        #expect(image.bytes == expected.bytes)
        let first = try await threads.run { pthread_self() }
        let second = try await threads.run { pthread_self() }
        #expect(first == second)
    }

    @Test("hands on what the work throws")
    func throwing() async {
        let threads = PreflightThreads(count: 1)
        await #expect(throws: Reason.self) { try await threads.run { throw Reason() } }
    }

    @Test("refuses what is beyond its queue, and takes work again afterwards")
    func busy() async throws {
        let threads = PreflightThreads(count: 1, maxWaiting: 0)
        let gate = Gate()
        async let first = threads.run { () -> Int in
            gate.pass()
            return 1
        }
        await gate.waitForEntry()
        await #expect(throws: PreflightThreads.Busy.self) { _ = try await threads.run { 2 } }
        gate.open()
        #expect(try await first == 1)
        // Who has the result of one finds the thread free for the next, every time.
        for number in 0..<1000 { #expect(try await threads.run { number } == number) }
    }

    @Test("work that was cancelled while it waited is not done")
    func cancelled() async throws {
        let threads = PreflightThreads(count: 1)
        let gate = Gate()
        async let first: Void = threads.run { gate.pass() }
        await gate.waitForEntry()
        let wasDone = Gate()
        let second = Task { try await threads.run { wasDone.entered.withLock { $0 += 1 } } }
        second.cancel()
        gate.open()
        try await first
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(wasDone.entered.withLock { $0 } == 0)
    }
}
