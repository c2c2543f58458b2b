import PreflightFiles
import Foundation
import Testing

@testable import ImagePreflight

@Suite("The memory budget of a run")
struct MemoryBudgetTests {
    @Test("images that exceed the budget together are decoded one after another")
    func giants() {
        let budget = MemoryBudget(total: 100)
        let use = Monitor((now: 0, peak: 0, done: 0))
        let threads = (0..<6).compactMap { _ in
            JoinableThread.start {
                for _ in 0..<20 {
                    budget.with(60) {
                        use.withLock {
                            $0.now += 60
                            $0.peak = max($0.peak, $0.now)
                        }
                        usleep(100)
                        use.withLock {
                            $0.now -= 60
                            $0.done += 1
                        }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(use.withLock { $0.peak } == 60)
        #expect(use.withLock { $0.done } == threads.count * 20)
    }

    @Test("an image larger than the budget waits for all of it, but not forever")
    func oversized() {
        let budget = MemoryBudget(total: 100)
        #expect(budget.with(1000) { true })
        #expect(budget.with(100) { true })
    }

    @Test("the budget is never below one worker's limit and never above all of them")
    func totals() {
        #expect(MemoryBudget(limit: 1 << 20, workerCount: 4).total == 4 << 20)
        #expect(MemoryBudget(limit: 1 << 60, workerCount: 4).total == 1 << 60)
    }
}
