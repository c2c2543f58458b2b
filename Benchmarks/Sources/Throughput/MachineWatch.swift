internal import Foundation

/// Other work on the machine during the run.
struct OtherWork: Sendable, CustomStringConvertible {
    /// The load before the run.
    var loadBefore: Double
    /// The share of all CPU time that other processes took just before the run; nil if unknown.
    var before: Double?
    /// The same during the run.
    var during: Double?

    /// Whether the results are unreliable: other processes took more than a tenth of the machine.
    var isBusy: Bool { max(before ?? 0, during ?? 0) > 0.1 }

    var description: String {
        func percent(_ share: Double?) -> String {
            share.map { Numbers.text($0 * 100, 0) + " %" } ?? "unknown"
        }
        return "load before it \(Numbers.text(loadBefore, 2)); processor time that other work took: "
            + "\(percent(before)) before it, \(percent(during)) during it (a quiet machine is near 0)"
    }
}

/// Watches the machine from now on.
struct MachineWatch {
    private let loadBefore = Machine.load
    private let before: Double?
    private let begin: ProcessorTime?

    /// Observes the machine for two seconds, then begins.
    init() {
        let first = ProcessorTime()
        Thread.sleep(forTimeInterval: 2)
        let now = ProcessorTime()
        before = first.flatMap { now?.othersShare(since: $0) }
        begin = now
    }

    /// Other work up to now.
    var others: OtherWork {
        OtherWork(
            loadBefore: loadBefore, before: before,
            during: begin.flatMap { begin in ProcessorTime()?.othersShare(since: begin) })
    }
}

/// The CPU time spent since the machine and this process started, seconds.
private struct ProcessorTime {
    private var everyone: Double
    private var idle: Double
    private var own: Double

    /// Nil if the system does not report it.
    init?() {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let line = text.split(separator: "\n").first, line.hasPrefix("cpu ")
        else { return nil }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard ticks.count == 8, ticksPerSecond > 0 else { return nil }
        everyone = ticks.reduce(0, +) / ticksPerSecond
        // Includes waiting for a disk.
        idle = (ticks[3] + ticks[4]) / ticksPerSecond
        own = 0
        for who in [Self.itself, Self.children] {
            var usage = rusage()
            getrusage(who, &usage)
            for time in [usage.ru_utime, usage.ru_stime] {
                own += Double(time.tv_sec) + Double(time.tv_usec) / 1e6
            }
        }
    }

    #if canImport(Glibc)
        private static let itself = RUSAGE_SELF.rawValue
        private static let children = RUSAGE_CHILDREN.rawValue
    #else
        private static let itself = RUSAGE_SELF
        private static let children = RUSAGE_CHILDREN
    #endif

    func othersShare(since begin: ProcessorTime) -> Double? {
        let all = everyone - begin.everyone
        guard all > 0 else { return nil }
        return max(all - (idle - begin.idle) - (own - begin.own), 0) / all
    }
}
