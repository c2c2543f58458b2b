internal import PreflightFiles

/// Our own threads, which take items from one source, process them, and emit the results in the order of the
/// items.
///
/// There is no thread for the source and none for the results: a free worker fetches its own next item, and a
/// worker with the next result in order emits all that wait after it. So a second worker is a second of
/// everything.
///
/// Files that are not in memory yet make a worker wait for the disk, which could serve many at once: as long
/// as a worker waits, it calls another. Warm files call none.
///
/// The cooperative pool of Swift Concurrency is not used: a thread that used libvips must report its end, and
/// blocking reads do not belong there.
package struct WorkerPool {
    /// The number of threads.
    private let workerCount: Int
    /// How many items may be taken before the first of them is emitted: one slow image must neither stop the
    /// others nor let their results pile up endlessly.
    private let window: Int
    /// How many more threads may be called while workers wait for the disk.
    private let spareCount: Int

    /// How many processors this machine has, at least 1.
    package static var processorCount: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

    /// The spare threads of a run that only reads headers. Of 20,000 cold files on one disk, 16 threads read
    /// six times as many in a second as one, and 32 hardly more (`scripts/bench`, its set `cold`).
    package static let spareReaders = 14
    /// A worker that waited this often for one item calls another. A batch of warm files waits for a lock now
    /// and then; nearly every cold file waits.
    private static let waitsThatCall = 8

    /// A pool. At least one thread works, in a window of at least one item: with less, nothing would ever be
    /// taken.
    package init(workerCount: Int, window: Int, spareCount: Int = 0) {
        self.workerCount = max(workerCount, 1)
        self.window = max(window, 1)
        self.spareCount = spareCount
    }

    /// Runs until the source ends or `emit` returns false. Returns when every thread has ended.
    ///
    /// - Parameters:
    ///   - next: the next item; nil ends the run. One thread at a time calls it.
    ///   - isLast: whether nothing is expected after an item, so that no other thread is needed for now.
    ///   - makeWorker: called once on each thread; what it returns is called for each item.
    ///   - emit: receives the results in the order of the items, one thread at a time. False stops the run.
    package func run<Item, Output>(
        next: () -> Item?, isLast: @escaping @Sendable (Item) -> Bool = { _ in false },
        makeWorker: @escaping @Sendable () -> (Item) -> Output,
        emit: (Output) -> Bool
    ) {
        withoutActuallyEscaping(next) { next in
            withoutActuallyEscaping(emit) { emit in
                let source = Monitor(Source(next: next))
                let sink = Monitor(Sink(emit: emit))
                let crew = Monitor(Crew(workerCount: workerCount, spareCount: spareCount))
                let window = window
                func runThread() {
                    let work = makeWorker()
                    var hasFollower = false
                    while let (index, item) = Self.take(source, sink, window) {
                        // Workers start one another, so that one file costs one thread.
                        if !hasFollower, !isLast(item) {
                            hasFollower = true
                            crew.withLock { $0.startWorker(runThread) }
                        }
                        let waits = OperatingSystem.waitsOfThisThread
                        let output = work(item)
                        if OperatingSystem.waitsOfThisThread - waits >= Self.waitsThatCall {
                            crew.withLock { $0.startSpare(runThread) }
                        }
                        sink.withLock { $0.deliver(output, at: index) }
                    }
                }
                crew.withLock { $0.startWorker(runThread) }
                // On a system without free threads the run is slow, not empty.
                if crew.withLock({ $0.threads.isEmpty }) { runThread() }
                // A worker that calls another is joined after the call, so none is missed.
                while let thread = crew.withLock({ $0.threads.popLast() }) { thread.join() }
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

    /// The threads of a run.
    private struct Crew {
        /// Started, and not yet waited for.
        var threads: [JoinableThread] = []
        /// How many workers may still be started.
        var workerCount: Int
        /// How many spare threads may still be started.
        var spareCount: Int

        mutating func startWorker(_ body: @escaping () -> Void) {
            guard workerCount > 0 else { return }
            workerCount -= 1
            start(body)
        }

        mutating func startSpare(_ body: @escaping () -> Void) {
            guard spareCount > 0 else { return }
            spareCount -= 1
            start(body)
        }

        private mutating func start(_ body: @escaping () -> Void) {
            if let thread = JoinableThread.start(body) { threads.append(thread) }
        }
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
