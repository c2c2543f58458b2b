internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight

/// When long work tells how far it is.
enum ProgressMode: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never
}

/// One line on standard error that tells how far a run is: files done, rate, refused so far, and the time
/// left as soon as the number of files is known. On a terminal it never scrolls; in a log a plain line
/// comes every ten seconds.
struct ProgressLine: Sendable {
    /// Counts files until it is told that nobody waits for the number any more; nil then.
    typealias Count = @Sendable (_ isOver: () -> Bool) -> Int?

    /// A number of files that is known already.
    static func known(_ count: Int) -> Count { { _ in count } }

    private let control: RunControl
    private let isTerminal: Bool
    private let start = ContinuousClock.now

    /// Runs `body`, and tells meanwhile how far it is if that is wanted.
    ///
    /// - Parameters:
    ///   - mode: `--progress`.
    ///   - control: the run.
    ///   - count: counts the files that there are; nil where they cannot be walked twice.
    ///   - body: the run.
    /// - Returns: what `body` returns.
    static func during<Value>(
        _ mode: ProgressMode, control: RunControl, count: Count?, _ body: () -> Value
    ) -> Value {
        guard mode == .always || mode == .auto && Terminal.isError else { return body() }
        let line = ProgressLine(control: control, isTerminal: Terminal.isError)
        let isOver = Monitor(false)
        let thread = JoinableThread.start { line.tell(until: isOver, count: count) }
        defer {
            isOver.withLock { $0 = true }
            thread?.join()
        }
        return body()
    }

    private init(control: RunControl, isTerminal: Bool) {
        self.control = control
        self.isTerminal = isTerminal
    }

    private func tell(until isOver: Monitor<Bool>, count: Count?) {
        // Short work says nothing: a line that flashes up is only noise.
        if isOver.wait(milliseconds: 500, until: { $0 }) { return }
        let total = count?({ isOver.withLock { $0 } })
        repeat {
            show(total: total)
        } while !isOver.wait(milliseconds: isTerminal ? 100 : 10_000, until: { $0 })
        if isTerminal { Diagnostics.write("\r\u{1B}[K") }
    }

    private func show(total: Int?) {
        let text = Self.text(
            done: control.done, refused: control.refused, total: total, elapsed: start.duration(to: .now))
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
