internal import PreflightFiles

/// The memory that all workers of a run together may use for decoding. Each image is weighed by its header
/// before it is decoded, and waits until there is room: so N workers never decode N giants at once on a
/// machine that has room for fewer.
struct MemoryBudget: Sendable {
    /// The total, bytes.
    let total: Int
    private let left: Monitor<Int>

    /// A budget.
    ///
    /// - Parameter total: bytes.
    init(total: Int) {
        self.total = max(total, 1)
        left = Monitor(self.total)
    }

    /// The sum of the workers' limits, but at most half of this machine's memory; always enough for the
    /// largest image that the limit allows.
    ///
    /// - Parameters:
    ///   - limit: what one worker may take, bytes.
    ///   - workerCount: how many there are.
    init(limit: Int, workerCount: Int) {
        let (sum, overflow) = limit.multipliedReportingOverflow(by: max(workerCount, 1))
        let half = sysconf(Int32(_SC_PHYS_PAGES)) / 2
        let (machine, overflow2) = half.multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
        let room = half > 0 && !overflow2 ? machine : Int.max
        self.init(total: max(limit, min(overflow ? .max : sum, room)))
    }

    /// Waits until an image has room, and runs.
    ///
    /// - Parameters:
    ///   - bytes: what the image takes, as estimated; more than there is at all counts as all.
    ///   - body: decodes it.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    func with<Value, Failure: Error>(
        _ bytes: Int, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let weight = min(max(bytes, 0), total)
        left.wait(until: { $0 >= weight }) { $0 -= weight }
        defer { left.withLock { $0 += weight } }
        return try body()
    }
}
