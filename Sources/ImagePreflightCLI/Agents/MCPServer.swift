internal import PreflightFiles
internal import ImagePreflight

/// A server of the Model Context Protocol on standard input and output, one JSON-RPC message per line.
///
/// It speaks both eras: sessions that begin with `initialize`, and since 2026-07-28 requests that carry their
/// version themselves. This thread reads and answers at once; calls of tools wait for their turn in
/// ``ToolQueue``, so that a long one delays neither a `ping` nor its own cancellation.
struct MCPServer {
    /// The longest message that is read, bytes. Arguments are paths, never images.
    static let maxMessageBytes = 4 << 20

    private let output: MessageOutput
    private let queue: ToolQueue
    private var session: MCPSession

    init(output: Int32) {
        self.output = MessageOutput(output)
        queue = ToolQueue(output: self.output)
        session = MCPSession(queue: queue)
    }

    /// Serves until the input is closed; calls that were taken are answered first.
    mutating func run(input: Int32) {
        let worker = JoinableThread.start { [queue] in queue.work() }
        var lines = LineInput(fileDescriptor: input, maxLineBytes: Self.maxMessageBytes)
        while output.isOpen {
            do throws(LineInput.Failure) {
                let line = try lines.line()
                if !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { take(line) }
            } catch {
                guard error == .lineTooLong else { break }
                output.send(
                    JSONRPCMessage.error(
                        .invalidRequest, "the message is longer than \(Self.maxMessageBytes) bytes", to: .null
                    ))
            }
        }
        queue.close()
        // On a system without free threads, responses are late, not missing.
        if let worker { worker.join() } else { queue.work() }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) {
        let value: JSONValue
        do { value = try JSONValue(json: line) } catch {
            output.send(JSONRPCMessage.error(.parseError, "the line is not JSON", to: .null))
            return
        }
        guard case .array(let values) = value else {
            if let answer = session.answer(to: JSONRPCMessage(value)) { output.send(answer) }
            return
        }
        guard session.version?.hasBatches == true, !values.isEmpty else {
            let reason =
                values.isEmpty ? "a batch must not be empty" : "this revision does not support batches"
            output.send(JSONRPCMessage.error(.invalidRequest, reason, to: .null))
            return
        }
        takeBatch(values.map { JSONRPCMessage($0) })
    }

    /// All responses to a batch are sent together, when its last call of a tool is done.
    private mutating func takeBatch(_ messages: [JSONRPCMessage]) {
        let batch = AnswerBatch(output: output)
        for message in messages {
            if case .request(let request) = message, request.method == "initialize" {
                batch.add(request.failure(.invalidRequest, "initialize must not be part of a batch"))
            } else if let answer = session.answer(to: message, in: batch) {
                batch.add(answer)
            }
        }
        batch.close()
    }
}
