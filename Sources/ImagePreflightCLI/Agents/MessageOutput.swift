internal import PreflightFiles
internal import ImagePreflight

/// The output of messages: one per line, never two at once.
final class MessageOutput: Sendable {
    private let descriptor: Int32
    private let isOpenFlag = Monitor(true)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Whether the output is still open.
    var isOpen: Bool { isOpenFlag.withLock { $0 } }

    /// Sends a message.
    func send(_ message: JSONValue) {
        let line = message.bytes + [UInt8(ascii: "\n")]
        isOpenFlag.withLock { isOpen in
            if isOpen { isOpen = line.withUnsafeBytes { writeAll($0, to: descriptor) == 0 } }
        }
    }
}

/// The responses to a batch, which are sent as one array when the last of them is ready.
final class AnswerBatch: Sendable {
    private struct State {
        var answers: [JSONValue] = []
        /// Pending responses, and one for the code that adds them.
        var open = 1
    }

    private let output: MessageOutput
    private let state = Monitor(State())

    init(output: MessageOutput) { self.output = output }

    /// Adds a response that is ready at once.
    func add(_ answer: JSONValue) { state.withLock { $0.answers.append(answer) } }

    /// Announces a later response.
    func expectOne() { state.withLock { $0.open += 1 } }

    /// Adds an announced response; nil if there will be none after all.
    func deliver(_ answer: JSONValue?) {
        if let answer { add(answer) }
        close()
    }

    /// Removes one pending response. A batch of notifications is not answered at all.
    func close() {
        let answers: [JSONValue]? = state.withLock {
            $0.open -= 1
            return $0.open == 0 ? $0.answers : nil
        }
        if let answers, !answers.isEmpty { output.send(.array(answers)) }
    }
}
