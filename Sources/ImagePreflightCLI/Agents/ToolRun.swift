internal import PreflightFiles
internal import ImagePreflight
internal import SystemPackage

/// One call of a tool: the command itself, in a separate process. So a tool returns exactly what the command
/// prints, a decoder that crashes costs one call and not the server, a call can be canceled, and its memory
/// is freed.
struct ToolRun {
    /// The default number of returned records: they go into a model's context, and clients cut anything
    /// longer than some 25,000 tokens.
    static let usualRecords = 50
    /// The most records that can be requested.
    static let maxRecords = 10_000
    /// The most bytes of records that are kept, whatever was requested.
    private static let maxRecordBytes = 4 << 20
    /// The most lines of standard error that are kept.
    private static let maxProblems = 50

    let call: MCPTool.Call

    /// The result of a call.
    struct Outcome: Equatable {
        /// The object of records, summary and problems, written.
        var content: [UInt8]
        /// Whether the run failed, as opposed to images that would be refused.
        var isError: Bool
    }

    /// Runs the command and waits for its end.
    ///
    /// - Parameter whileRunning: receives the process before it is waited for, and nil before its number
    ///   can become another process's.
    /// - Returns: the result.
    func run(whileRunning: (pid_t?) -> Void) -> Outcome {
        guard let executable = OperatingSystem.currentExecutable else {
            return .failure("the path of this program is unknown")
        }
        let child: ChildProcess
        do throws(Errno) {
            child = try ChildProcess(
                executable, call.words, keepsErrors: true,
                environment: [Interruption.endsWithInputVariable: "1"])
        } catch {
            return .failure("the command could not be started: \(error)")
        }
        whileRunning(child.processID)
        let problems = Monitor<[String]>([])
        // Read in parallel with the records, so that neither pipe fills up while the other is waited for.
        let reader = child.errors.flatMap { errors in
            JoinableThread.start { Self.readLines(errors) { Self.keep($0 ?? [], in: problems) } }
        }
        var reply = RecordLines(limit: call.recordLimit, maxBytes: Self.maxRecordBytes)
        Self.readLines(child.output) { reply.take($0) }
        let summary = reply.finish()
        reader?.join()
        whileRunning(nil)
        let end = child.end(isKilled: false)
        return Outcome(reply, summary: summary, problems: problems.withLock { $0 }, end: end)
    }

    /// Passes on each line; nil for one that is too long to be kept.
    private static func readLines(_ descriptor: Int32, _ body: (ArraySlice<UInt8>?) -> Void) {
        var input = LineInput(fileDescriptor: descriptor, maxLineBytes: maxRecordBytes)
        while true {
            do throws(LineInput.Failure) {
                body(try input.line())
            } catch {
                guard error == .lineTooLong else { return }
                body(nil)
            }
        }
    }

    private static func keep(_ line: ArraySlice<UInt8>, in problems: Monitor<[String]>) {
        guard !line.isEmpty else { return }
        let text = String(decoding: line.prefix(2000), as: UTF8.self)
        let name = "image-preflight: "
        problems.withLock {
            guard $0.count < maxProblems else { return }
            $0.append(text.hasPrefix(name) ? String(text.dropFirst(name.count)) : text)
        }
    }
}

extension ToolRun.Outcome {
    /// A call that failed.
    static func failure(_ problem: String) -> ToolRun.Outcome {
        let content: JSONValue = [
            "records": [], "problems": [.string(problem)],
            "exit_status": .int(Int(ExitStatus.failed.rawValue)),
        ]
        return ToolRun.Outcome(content: content.bytes, isError: true)
    }

    init(_ reply: RecordLines, summary: [UInt8]?, problems: [String], end: ChildProcess.End) {
        var problems = problems
        if let signal = end.signal { problems.append("the command was killed by signal \(signal)") }
        let content: JSONValue = [
            "records": .array(reply.records.map { .written($0) })
        ]
        self.content =
            content.adding([
                "records_left_out": reply.leftOut > 0 ? .int(reply.leftOut) : nil,
                "summary": summary.map { .written($0) },
                "problems": problems.isEmpty ? nil : .array(problems.map { .string($0) }),
                "exit_status": .int(Int(end.signal.map { 128 + $0 } ?? end.exitStatus)),
            ]).bytes
        isError = end.signal != nil || end.exitStatus > ExitStatus.refused.rawValue
    }
}

/// The records of a command, of which only those to be returned are ever in memory, and its summary, which is
/// its last line.
struct RecordLines {
    let limit: Int
    let maxBytes: Int
    private(set) var records: [[UInt8]] = []
    private(set) var leftOut = 0
    private var byteCount = 0
    /// The line that came last: a record as soon as another follows.
    private var last: [UInt8]?

    init(limit: Int, maxBytes: Int) {
        self.limit = limit
        self.maxBytes = maxBytes
    }

    /// Adds the next line; nil for one that was too long to be kept.
    mutating func take(_ line: ArraySlice<UInt8>?) {
        keepLast()
        last = line.map { Array($0) }
        if line == nil { leftOut += 1 }
    }

    /// Ends the lines.
    ///
    /// - Returns: the summary; nil if there is none, as for a command that was killed.
    mutating func finish() -> [UInt8]? {
        if let last, case .object(let members)? = try? JSONValue(json: last), members.count <= 1,
            members.allSatisfy({ $0.key == "summary" })
        {
            self.last = nil
            // As it was written: the order of its members is part of the contract.
            return members.isEmpty ? nil : Array(last.dropFirst(#"{"summary":"#.utf8.count).dropLast())
        }
        keepLast()
        return nil
    }

    private mutating func keepLast() {
        guard let line = last else { return }
        if records.count < limit, byteCount + line.count <= maxBytes {
            byteCount += line.count
            records.append(line)
        } else {
            leftOut += 1
        }
        last = nil
    }
}
