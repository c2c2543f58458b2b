import PreflightFiles
import Foundation
import TestSupport
import Testing

@testable import ImagePreflight

@Suite("A pool of workers")
struct WorkerPoolTests {
    @Test("hands over results in item order, even if some are slow", arguments: [1, 2, 7])
    func order(workers: Int) {
        var next = 0
        var results: [Int] = []
        WorkerPool(workerCount: workers, window: 4).run(
            next: {
                next += 1
                return next <= 200 ? next : nil
            },
            makeWorker: {
                { (item: Int) -> Int in
                    if item % 17 == 0 { usleep(2_000) }
                    return item * 2
                }
            },
            emit: {
                results.append($0)
                return true
            })
        #expect(results == (1...200).map { $0 * 2 })
    }

    @Test("without workers and window, a pool uses one of each and does not hang", arguments: [0, -1])
    func least(count: Int) {
        var items = Array(1...5)[...]
        var results: [Int] = []
        WorkerPool(workerCount: count, window: count).run(
            next: { items.popFirst() }, makeWorker: { { (item: Int) -> Int in item } },
            emit: {
                results.append($0)
                return true
            })
        #expect(results == [1, 2, 3, 4, 5])
    }

    @Test("stops when no more results are taken")
    func stops() {
        var taken = 0
        var results: [Int] = []
        WorkerPool(workerCount: 2, window: 8).run(
            next: {
                taken += 1
                return taken
            },
            makeWorker: { { (item: Int) -> Int in item } },
            emit: {
                results.append($0)
                return results.count < 10
            })
        #expect(results == Array(1...10))
        #expect(taken <= 10 + 8 + 2)
    }

    @Test("starts no more threads than there are items", arguments: [0, 1, 200])
    func threads(itemCount: Int) {
        let starts = Monitor(0)
        var next = 0
        WorkerPool(workerCount: 3, window: 8).run(
            next: {
                next += 1
                return next <= itemCount ? next : nil
            },
            isLast: { $0 == itemCount },
            makeWorker: {
                starts.withLock { $0 += 1 }
                return { (item: Int) -> Int in
                    // So that there is work left when the third thread starts, even on a busy machine.
                    usleep(1_000)
                    return item
                }
            },
            emit: { _ in true })
        #expect(starts.withLock { $0 } == (itemCount > 1 ? 3 : 1))
    }

    @Test("starts spare threads only while items wait", arguments: [true, false])
    func spares(waits: Bool) {
        let started = Monitor(0)
        var next = 0
        WorkerPool(workerCount: 2, window: 64, spareCount: 5).run(
            next: {
                next += 1
                return next <= 100 ? next : nil
            },
            makeWorker: {
                started.withLock { $0 += 1 }
                return { (item: Int) -> Int in
                    // Sleeping gives up the core, just like waiting for a disk.
                    if waits { for _ in 0..<20 { usleep(10) } }
                    return item
                }
            },
            emit: { _ in true })
        #if os(Linux)
            #expect(started.withLock { $0 } == (waits ? 7 : 2))
        #endif
    }
}
