internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight

/// When to show progress.
enum ProgressMode: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never
}

/// One line on standard error that shows a run's progress: files done, rate, refused so far, and the time
/// left once the number of files is known. On a terminal it never scrolls; in a log there is a plain line
/// every ten seconds.
struct ProgressLine: Sendable {
    private let progress: @Sendable () -> RunProgress
    private let isTerminal: Bool
    private let start = ContinuousClock.now

    /// Runs `body`, and shows its progress if requested.
    ///
    /// - Parameters:
    ///   - mode: `--progress`.
    ///   - progress: the progress of the run.
    ///   - walk: the files to count, for a run that does not learn their number itself.
    ///   - body: the run.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    static func during<Value>(
        _ mode: ProgressMode, _ progress: @escaping @Sendable () -> RunProgress, counting walk: Walk? = nil,
        _ body: () throws -> Value
    ) rethrows -> Value {
        guard mode == .always || mode == .auto && Terminal.isError else { return try body() }
        let line = ProgressLine(progress: progress, isTerminal: Terminal.isError)
        let isOver = Monitor(false)
        let thread = JoinableThread.start { line.tell(until: isOver, counting: walk) }
        defer {
            isOver.withLock { $0 = true }
            thread?.join()
        }
        return try body()
    }

    private init(progress: @escaping @Sendable () -> RunProgress, isTerminal: Bool) {
        self.progress = progress
        self.isTerminal = isTerminal
    }

    private func tell(until isOver: Monitor<Bool>, counting walk: Walk?) {
        // Short runs show nothing: a line that flashes up is only noise.
        if isOver.wait(milliseconds: 500, until: { $0 }) { return }
        let total = walk?.count { isOver.withLock { $0 } }
        repeat {
            show(total: total)
        } while !isOver.wait(milliseconds: isTerminal ? 100 : 10_000, until: { $0 })
        if isTerminal { Diagnostics.write("\r\u{1B}[K") }
    }

    private func show(total: Int?) {
        let progress = progress()
        let text = Self.text(
            done: progress.done, refused: progress.refused, total: progress.total ?? total,
            elapsed: start.duration(to: .now))
        guard isTerminal else { return Diagnostics.line(text) }
        let width = Terminal.width(of: STDERR_FILENO) ?? 80
        Diagnostics.write("\r\u{1B}[K" + String(text.prefix(max(width - 1, 10))))
    }

    /// The line itself.
    static func text(done: Int, refused: Int, total: Int?, elapsed: Duration) -> String {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate = seconds > 0 ? Double(done) / seconds : 0
        var text = Amounts.count(done)
        if let total { text += " of \(Amounts.count(max(total, done)))" }
        text += " images, \(Amounts.rate(rate))/s, \(Amounts.count(refused)) refused"
        if let total, rate > 0, done < total {
            text += ", \(Amounts.duration(seconds: Double(total - done) / rate)) left"
        }
        return text
    }
}
