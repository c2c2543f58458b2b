internal import PreflightFiles
internal import ImagePreflight

/// Where messages go: one a line, never two at once.
final class MessageOutput: Sendable {
    private let descriptor: Int32
    private let isOpenFlag = Monitor(true)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Whether somebody still reads.
    var isOpen: Bool { isOpenFlag.withLock { $0 } }

    /// Sends a message.
    func send(_ message: JSONValue) {
        let line = message.bytes + [UInt8(ascii: "\n")]
        isOpenFlag.withLock { isOpen in
            if isOpen { isOpen = line.withUnsafeBytes { writeAll($0, to: descriptor) == 0 } }
        }
    }
}

/// The answers to a batch, which go out as one array when the last of them is there.
final class AnswerBatch: Sendable {
    private struct State {
        var answers: [JSONValue] = []
        /// Answers that are still to come, and one for whoever adds them.
        var open = 1
    }

    private let output: MessageOutput
    private let state = Monitor(State())

    init(output: MessageOutput) { self.output = output }

    /// Adds an answer that is there at once.
    func add(_ answer: JSONValue) { state.withLock { $0.answers.append(answer) } }

    /// Says that an answer comes later.
    func expectOne() { state.withLock { $0.open += 1 } }

    /// Adds an answer that was expected; nil when there will be none after all.
    func deliver(_ answer: JSONValue?) {
        if let answer { add(answer) }
        close()
    }

    /// Says that one answer less is to come. A batch of notifications is not answered at all.
    func close() {
        let answers: [JSONValue]? = state.withLock {
            $0.open -= 1
            return $0.open == 0 ? $0.answers : nil
        }
        if let answers, !answers.isEmpty { output.send(.array(answers)) }
    }
}
