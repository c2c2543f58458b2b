/// Threads of our own that take items from one source, work on them, and hand the results over in the
/// order of the items.
///
/// There is no thread for the source and none for the results: a worker that is free walks on for its own
/// next item, and a worker that has the next result in order hands over all that wait behind it. So a
/// second worker is a second of everything.
///
/// The cooperative pool of Swift Concurrency is not used: a thread that used libvips has to say so at its
/// end, and blocking reads do not belong there.
package struct WorkerPool {
    /// How many threads work.
    private let workerCount: Int
    /// How many items may be taken before the first of them is handed over: one slow image must neither
    /// stop the others nor let their results pile up without end.
    private let window: Int

    /// A pool, each parameter as the property of the same name says, and at least 1: with less, nothing would
    /// ever be taken.
    package init(workerCount: Int, window: Int) {
        self.workerCount = max(workerCount, 1)
        self.window = max(window, 1)
    }

    /// Runs until the source ends or `emit` returns false. Returns when every thread has ended.
    ///
    /// - Parameters:
    ///   - next: the next item; nil ends the run. One thread at a time calls it.
    ///   - makeWorker: called once on each thread; what it returns is called for each item.
    ///   - threadWillEnd: called last on each thread.
    ///   - emit: takes the results in the order of the items, one thread at a time. False stops the run.
    package func run<Item, Output>(
        next: () -> Item?, makeWorker: @escaping @Sendable () -> (Item) -> Output,
        threadWillEnd: @escaping @Sendable () -> Void, emit: (Output) -> Bool
    ) {
        withoutActuallyEscaping(next) { next in
            withoutActuallyEscaping(emit) { emit in
                let source = Monitor(Source(next: next))
                let sink = Monitor(Sink(emit: emit))
                let window = window
                let body = {
                    let work = makeWorker()
                    while let (index, item) = Self.take(source, sink, window) {
                        let output = work(item)
                        sink.withLock { $0.deliver(output, at: index) }
                    }
                    threadWillEnd()
                }
                let threads = (0..<workerCount).compactMap { _ in JoinableThread.start(body) }
                // A system without threads left makes the run slow, not empty.
                if threads.isEmpty { body() }
                for thread in threads { thread.join() }
            }
        }
    }

    private static func take<Item, Output>(
        _ source: Monitor<Source<Item>>, _ sink: Monitor<Sink<Output>>, _ window: Int
    ) -> (Int, Item)? {
        let isStopped = sink.wait(until: { $0.isStopped || $0.taken - $0.emitted < window }) { sink in
            sink.taken += 1
            return sink.isStopped
        }
        if isStopped { return nil }
        guard let taken = source.withLock({ $0.take() }) else {
            sink.withLock { $0.taken -= 1 }
            return nil
        }
        return taken
    }

    private struct Source<Item> {
        let next: () -> Item?
        var index = 0
        var isAtEnd = false

        mutating func take() -> (Int, Item)? {
            guard !isAtEnd, let item = next() else {
                isAtEnd = true
                return nil
            }
            defer { index += 1 }
            return (index, item)
        }
    }

    private struct Sink<Output> {
        let emit: (Output) -> Bool
        var pending: [Int: Output] = [:]
        var taken = 0
        var emitted = 0
        var isStopped = false

        mutating func deliver(_ output: Output, at index: Int) {
            guard !isStopped else { return }
            guard index == emitted else {
                pending[index] = output
                return
            }
            var next: Output? = output
            while let output = next, !isStopped {
                isStopped = !emit(output)
                emitted += 1
                next = pending.removeValue(forKey: emitted)
            }
        }
    }
}
