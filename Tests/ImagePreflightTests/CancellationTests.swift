import Foundation
import ImageHeaders
import ImagePreflight
import PreflightFiles
import TestSupport
import Testing

@Suite("Canceling a decode in a worker process")
struct CancellationTests {
    private let folder: TemporaryFolder
    private let preflighter: Preflighter
    /// One call at a time without waiting, so a leaked slot shows at once.
    private let pool = PreflightPool(workers: 1, whenFull: .refuse(afterWaiting: 0))

    init() throws {
        folder = try TemporaryFolder()
        // The timeout is too long to help: only cancellation can end a worker that hangs.
        preflighter = try Preflighter(
            model: "claude-sonnet-5-5",
            decoder: .workers(executable: FaultyDecoder.path, timeout: 100_000))
    }

    /// A small photo that has to be decoded, under a name.
    private func file(_ name: String) throws -> String {
        let photo = Resources.testdata.appending(path: "orientation/jpeg-portrait-6-big-endian.jpg")
        return try folder.write(name, Array(try Data(contentsOf: photo)))
    }

    /// The process ID of the worker that hangs on a file, as soon as it does.
    private func worker(over path: String) async throws -> pid_t {
        while true {
            if let text = try? String(contentsOfFile: path + ".stalls", encoding: .utf8) {
                return try #require(pid_t(text))
            }
            await Task.yield()
        }
    }

    @Test("the worker is killed without a trace, and the next call gets another one", arguments: 0..<3)
    func stalling(round: Int) async throws {
        let (stalling, good) = (try file("fault-stall-\(round).jpg"), try file("good.jpg"))
        let output = folder.path + "/out"
        let (preflighter, pool) = (preflighter, pool)
        let call = Task { () -> PreparedImage in
            switch round {
            case 0: try await preflighter.prepare(stalling, on: pool)
            case 1: try await preflighter.prepare(stalling, into: output, on: pool)
            default:
                // A worker that an earlier image started.
                try await {
                    _ = try await preflighter.prepare(good, on: pool)
                    return try await preflighter.prepare(stalling, on: pool)
                }()
            }
        }
        let worker = try await worker(over: stalling)
        #expect(kill(worker, 0) == 0)
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        // Not even a zombie: the process was reaped.
        #expect(kill(worker, 0) == -1 && errno == ESRCH)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
        #expect(files == [])
        // The thread is free again, and so is a worker.
        let next = try await preflighter.prepare(good, into: output, on: pool)
        #expect(next.size == PixelSize(width: 203, height: 301))
        #expect(try FileManager.default.contentsOfDirectory(atPath: output) == ["good.jpg"])
    }

    @Test("in this process, the work is dropped and nothing is written")
    func inProcess() async throws {
        let good = try file("good.jpg")
        let preflighter = try Preflighter(model: "claude-sonnet-5-5")
        let output = folder.path + "/out"
        let cancellation = Cancellation()
        #expect(!cancellation.cancel())
        #expect(throws: PreflightError.self) {
            try preflighter.stopping(with: cancellation).prepare(good, into: output)
        }
        #expect(!FileManager.default.fileExists(atPath: output + "/good.jpg"))
    }

    @Test("a deep check is canceled like a preparation")
    func deepCheck() async throws {
        let stalling = try file("fault-stall.jpg")
        let (preflighter, pool) = (preflighter, pool)
        let call = Task { try await preflighter.checkDeeply(stalling, on: pool) }
        let worker = try await worker(over: stalling)
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        #expect(kill(worker, 0) == -1 && errno == ESRCH)
    }

    @Test("canceling at any point of a worker's task leaves the pool intact")
    func anyMoment() async throws {
        let good = try file("good.jpg")
        let preflighter = preflighter
        let pool = PreflightPool(workers: 2)
        for _ in 0..<20 {
            let calls = (0..<4).map { _ in Task { try await preflighter.prepare(good, on: pool).size } }
            for call in calls.shuffled() {
                await Task.yield()
                call.cancel()
            }
            for call in calls {
                do { #expect(try await call.value == PixelSize(width: 203, height: 301)) } catch {
                    #expect(error is CancellationError)
                }
            }
        }
        #expect(try await preflighter.prepare(good, on: pool).size == PixelSize(width: 203, height: 301))
    }
}
