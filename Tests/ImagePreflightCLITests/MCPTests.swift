import Foundation
import TestSupport
import Testing

@Suite("mcp")
struct MCPTests {
    /// The server's answers to lines that all come at once.
    private func answers(to lines: [String], in folder: String? = nil) throws -> [[String: Any]] {
        let run = try CommandRun.imagePreflight(
            ["mcp"], input: Array((lines.joined(separator: "\n") + "\n").utf8),
            in: folder ?? Resources.testdata.path)
        #expect(run.status == 0)
        #expect(run.errorText.isEmpty, "\(run.errorText)")
        return try run.records()
    }

    /// The answers of a session with one revision.
    private func session(_ lines: [String], _ version: String = "2025-11-25") throws -> [[String: Any]] {
        let begun = [MCPMessage.initialize(version), MCPMessage.initialized]
        return Array(try answers(to: begun + lines).dropFirst())
    }

    private func error(_ answer: [String: Any]?) -> Int? {
        (answer?["error"] as? [String: Any])?["code"] as? Int
    }

    private func result(_ answer: [String: Any]?) -> [String: Any] {
        answer?["result"] as? [String: Any] ?? [:]
    }

    private func content(_ answer: [String: Any]?) -> [String: Any] {
        result(answer)["structuredContent"] as? [String: Any] ?? [:]
    }

    private func records(_ answer: [String: Any]?) -> [[String: Any]] {
        content(answer)["records"] as? [[String: Any]] ?? []
    }

    // MARK: Versions

    @Test(
        "the handshake accepts the client's revision or offers the newest one with a handshake",
        arguments: [
            ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"),
        ])
    func negotiation(asked: String, agreed: String) throws {
        let answer = try answers(to: [MCPMessage.initialize(asked, id: 7)]).first
        #expect(answer?["jsonrpc"] as? String == "2.0")
        #expect(answer?["id"] as? Int == 7)
        #expect(result(answer)["protocolVersion"] as? String == agreed)
        #expect((result(answer)["capabilities"] as? [String: Any])?.keys.sorted() == ["tools"])
        #expect((result(answer)["serverInfo"] as? [String: Any])?["name"] as? String == "image-preflight")
    }

    @Test("requests that carry their revision do not need a handshake")
    func withoutHandshake() throws {
        let answers = try answers(to: [
            MCPMessage.modern(1, "server/discover"), MCPMessage.modern(2, "tools/list"),
            MCPMessage.modern(3, "ping"), MCPMessage.modern(4, "server/discover", version: "1900-01-01"),
            MCPMessage.modern(
                5, "tools/call", #","name":"estimate","arguments":{"inputs":["1092x1092"]}"#),
            MCPMessage.request(
                6, "tools/list", #"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#),
        ])
        let byID = Dictionary(grouping: answers) { $0["id"] as? Int ?? -1 }.compactMapValues(\.first)
        let discovery = result(byID[1])
        #expect(
            discovery["supportedVersions"] as? [String] == [
                "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05",
            ])
        #expect(discovery["resultType"] as? String == "complete")
        let list = result(byID[2])
        #expect(list["resultType"] as? String == "complete")
        #expect(list["ttlMs"] as? Int == 3_600_000)
        #expect(list["cacheScope"] as? String == "public")
        #expect((list["_meta"] as? [String: Any])?["io.modelcontextprotocol/serverInfo"] != nil)
        #expect(error(byID[3]) == -32601)
        #expect(error(byID[4]) == -32022)
        let data = (byID[4]?["error"] as? [String: Any])?["data"] as? [String: Any]
        #expect(data?["requested"] as? String == "1900-01-01")
        #expect((data?["supported"] as? [String])?.first == "2026-07-28")
        #expect(result(byID[5])["resultType"] as? String == "complete")
        #expect(records(byID[5]).first?["tokens"] as? Int == 1521)
        #expect(error(byID[6]) == -32602)
    }

    @Test("before the handshake only ping is answered")
    func beforeHandshake() throws {
        let answers = try answers(to: [
            MCPMessage.request(1, "ping"), MCPMessage.request(2, "tools/list"),
            MCPMessage.request(3, "server/discover"),
        ])
        #expect(answers.map { $0["id"] as? Int } == [1, 2, 3])
        #expect(answers[0]["result"] as? NSDictionary == [:])
        #expect(error(answers[1]) == -32600)
        #expect(error(answers[2]) == -32600)
    }

    @Test("each revision gets the fields it knows")
    func fields() throws {
        let list = MCPMessage.request(1, "tools/list")
        let call = MCPMessage.call(2, "estimate", #"{"inputs":["200x200"]}"#)
        let known: [(String, [String], [String])] = [
            ("2024-11-05", ["description", "inputSchema", "name"], ["content", "isError"]),
            ("2025-03-26", ["annotations", "description", "inputSchema", "name"], ["content", "isError"]),
            (
                "2025-06-18",
                ["annotations", "description", "inputSchema", "name", "outputSchema", "title"],
                ["content", "isError", "structuredContent"]
            ),
        ]
        for (version, toolKeys, resultKeys) in known {
            let answers = try session([list, call], version)
            let tools = result(answers[0])["tools"] as? [[String: Any]] ?? []
            #expect(
                tools.map { $0["name"] as? String } == ["check", "estimate", "prepare", "lint", "locate"])
            for tool in tools { #expect(tool.keys.sorted() == toolKeys, "\(version)") }
            #expect(result(answers[1]).keys.sorted() == resultKeys, "\(version)")
        }
    }

    // MARK: Messages

    @Test("invalid messages are answered with an error, and the server continues")
    func badLines() throws {
        let answers = try session(
            [
                "{bad", "\u{1}\u{2}", "42", "null", "[]", #"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
                #"{"id":2,"method":"ping"}"#, #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
                #"{"jsonrpc":"2.0","id":3.5,"method":"ping"}"#, #"{"jsonrpc":"2.0","id":4,"method":5}"#,
                #"{"jsonrpc":"2.0","id":5}"#, #"{"jsonrpc":"2.0","id":6,"method":"ping","params":[1]}"#,
                "", "  ", #"{"jsonrpc":"2.0","id":9,"result":{}}"#,
                #"{"jsonrpc":"2.0","method":"notifications/unknown"}"#,
                String(repeating: "[", count: 100_000), MCPMessage.request(7, "resources/list"),
                #"{"jsonrpc":"2.0","id":"eight","method":"ping"}"#,
            ], "2025-06-18")
        let codes: [Int?] = [
            -32700, -32700, -32600, -32600, -32600, -32600, -32600, -32600, -32600, -32600, -32600, -32602,
            -32700, -32601, nil,
        ]
        let ids: [Int?] = [nil, nil, nil, nil, nil, nil, 2, nil, nil, 4, 5, 6, nil, 7, nil]
        #expect(answers.map { error($0) } == codes)
        #expect(answers.map { $0["id"] as? Int } == ids)
        #expect(answers.last?["id"] as? String == "eight")
    }

    @Test("bytes that are not UTF-8 are a parse error")
    func notUTF8() throws {
        let run = try CommandRun.imagePreflight(
            ["mcp"],
            input: [0xFF, 0xFE, 0x22, 0x0A] + Array((MCPMessage.request(1, "ping") + "\n").utf8))
        let answers = try run.records()
        let codes: [Int?] = [-32700, nil]
        #expect(answers.map { error($0) } == codes)
    }

    @Test("a line of 100 MB is refused, and the next one is answered")
    func hugeLine() throws {
        let client = try MCPClient()
        let piece = String(repeating: "x", count: 1 << 20)
        try client.send(
            #"{"jsonrpc":"2.0","id":1,"method":""# + String(repeating: piece, count: 100) + #""}"#)
        try client.send(MCPMessage.request(2, "ping"))
        let refusal = try client.receive()
        #expect(error(refusal) == -32600)
        #expect(refusal?["id"] is NSNull)
        #expect(try client.receive()?["id"] as? Int == 2)
        #expect(try client.end() == 0)
    }

    @Test("a batch gets one array back, or an error in revisions without batches")
    func batches() throws {
        let batch =
            "[" + MCPMessage.request(1, "ping") + "," + MCPMessage.call(2, "estimate", #"{"inputs":["9x9"]}"#)
            + "," + MCPMessage.initialized + ",7," + MCPMessage.initialize("2025-03-26", id: 3) + "]"
        let notifications = "[" + MCPMessage.initialized + "]"
        let run = try CommandRun.imagePreflight(
            ["mcp"],
            input: Array(
                [MCPMessage.initialize("2025-03-26"), batch, notifications].map { $0 + "\n" }.joined().utf8))
        let lines = run.text.split(separator: "\n")
        #expect(lines.count == 2)
        let array = try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [[String: Any]] ?? []
        let byID = Dictionary(grouping: array) { $0["id"] as? Int ?? -1 }.compactMapValues(\.first)
        #expect(array.count == 4)
        #expect(byID[1]?["result"] != nil)
        #expect(result(byID[2])["isError"] as? Bool == false)
        #expect(error(byID[3]) == -32600)
        #expect(error(byID[-1]) == -32600)
    }

    @Test("the server exits quietly when its input closes")
    func closedInput() throws {
        let run = try CommandRun.imagePreflight(["mcp"])
        #expect(run.status == 0)
        #expect(run.output.isEmpty && run.errorText.isEmpty)
    }

    // MARK: Tools

    @Test("a tool returns the records and summary that its command prints, also as text")
    func sameRecords() throws {
        let arguments = ["check", "photos", "screenshots", "--images-per-request", "30", "--format", "json"]
        let command = try CommandRun.imagePreflight(arguments, in: Resources.testdata.path)
        let expected = try JSONSerialization.jsonObject(with: Data(command.output)) as? NSDictionary
        let answer = try session([
            MCPMessage.call(
                1, "check", #"{"paths":["photos","screenshots"],"images_per_request":30,"max_records":1000}"#)
        ]).first
        let records = try #require(expected?["records"] as? NSArray)
        let summary = try #require(expected?["summary"] as? NSDictionary)
        #expect(content(answer)["records"] as? NSArray == records)
        #expect(content(answer)["summary"] as? NSDictionary == summary)
        #expect(content(answer)["exit_status"] as? Int == 1)
        #expect(content(answer)["records_left_out"] == nil)
        // That an image would be refused is the answer, not a failure of the tool.
        #expect(result(answer)["isError"] as? Bool == false)
        let blocks = result(answer)["content"] as? [[String: Any]] ?? []
        #expect(blocks.count == 1 && blocks[0]["type"] as? String == "text")
        let text = try #require(blocks[0]["text"] as? String)
        let textual = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
        let structured = result(answer)["structuredContent"] as? NSDictionary
        #expect(textual == structured)
    }

    @Test("records beyond the limit are counted, and the summary covers all")
    func recordLimit() throws {
        let answer = try session([MCPMessage.call(1, "check", #"{"paths":["photos"],"max_records":2}"#)])
            .first
        #expect(records(answer).count == 2)
        #expect(content(answer)["records_left_out"] as? Int == 11)
        #expect((content(answer)["summary"] as? [String: Any])?["images"] as? Int == 13)
    }

    @Test("prepare writes the image, and locate maps a point back to the original")
    func prepareAndLocate() throws {
        let folder = try TemporaryFolder()
        let manifest = folder.path + "/out/manifest.jsonl"
        let answers = try session([
            MCPMessage.call(
                1, "prepare",
                #"{"paths":["photos/lake-4000x3000.jpg"],"output_folder":"\#(folder.path)/out","#
                    + #""max_edge":800,"output_format":"png","existing":"replace"}"#),
            MCPMessage.call(
                2, "locate",
                #"{"manifest":"\#(manifest)","file":"photos/lake-4000x3000.jpg","coordinates":[400,300]}"#),
        ])
        let output = records(answers[0]).first?["output"] as? [String: Any]
        #expect(output?["path"] as? String == "lake-4000x3000.png")
        #expect(output?["width"] as? Int == 800)
        #expect(try folder.files() == ["out/lake-4000x3000.png", "out/manifest.jsonl"])
        #expect(records(answers[1]).first?["display_x"] as? Double == 2000)
        #expect(records(answers[1]).first?["display_y"] as? Double == 1500)
    }

    @Test("prepare keeps images small enough for tool results")
    func smallImages() throws {
        let folder = try TemporaryFolder()
        let call = { (id: Int, more: String) in
            MCPMessage.call(
                id, "prepare",
                #"{"paths":["photos/lake-4000x3000.jpg"],"output_folder":"\#(folder.path)/\#(id)"\#(more)}"#)
        }
        let answers = try session([call(1, ""), call(2, #","max_base64_bytes":60000"#)])
        let lengths = answers.map {
            (records($0).first?["output"] as? [String: Any])?["base64_bytes"] as? Int
        }
        #expect(try #require(lengths[0]) > 60_000)
        #expect(try #require(lengths[1]) <= 60_000)
        let file = try folder.read("2/lake-4000x3000.jpg")
        #expect((file.count + 2) / 3 * 4 == lengths[1])
    }

    @Test("lint names the offending block")
    func lint() throws {
        let answer = try session([
            MCPMessage.call(1, "lint", #"{"files":["requests/R201-media-type-mismatch.json"]}"#)
        ]).first
        let record = try #require(records(answer).first)
        #expect(record["pointer"] as? String == "messages.0.content.0")
        let findings = record["findings"] as? [[String: Any]] ?? []
        #expect(findings.map { $0["code"] as? String } == ["R201"])
    }

    @Test(
        "a failed job is reported to the model",
        arguments: [
            ("check", #"{}"#, "“paths” is missing"),
            ("check", #"{"paths":[]}"#, "“paths” is empty"),
            ("check", #"{"paths":"a.jpg"}"#, "“paths” is not an array of strings"),
            ("check", #"{"paths":["a\u0000b"]}"#, "“paths” contains a NUL"),
            ("check", #"{"paths":["photos"],"depth":1}"#, "there is no argument “depth”"),
            ("check", #"{"paths":["photos"],"deep":"yes"}"#, "“deep” is not true or false"),
            ("check", #"{"paths":["photos"],"max_records":0}"#, "“max_records” is not an integer"),
            ("check", #"{"paths":["photos"],"platform":"nowhere"}"#, "“platform” is not one of portable"),
            ("check", #"{"paths":["photos"],"model":"claude-nonsense"}"#, "claude-nonsense"),
            ("check", #"{"paths":["--deep"]}"#, "--deep: the file could not be opened"),
            ("lint", #"{"files":["-"]}"#, "./-: the file could not be opened"),
            ("estimate", #"{"inputs":["9x9"],"models":["a"],"all_models":true}"#, "either --model or"),
            (
                "locate", #"{"manifest":"m","file":"f","coordinates":[1]}"#,
                "“coordinates” is not an array of 2"
            ),
            ("locate", #"{"manifest":"nope","file":"f","coordinates":[1,-2]}"#, "nope"),
        ])
    func mistakes(tool: String, arguments: String, message: String) throws {
        let answer = try session([MCPMessage.call(1, tool, arguments)]).first
        #expect(result(answer)["isError"] as? Bool == true)
        let problems = content(answer)["problems"] as? [String] ?? []
        #expect(problems.joined(separator: "\n").contains(message), "\(problems)")
    }

    @Test("an invalid call is a protocol error")
    func badCalls() throws {
        let answers = try session([
            MCPMessage.call(1, "nonsense", "{}"), MCPMessage.request(2, "tools/call"),
            MCPMessage.call(3, "check", "[]"),
        ])
        let codes: [Int?] = [-32602, -32602, -32602]
        #expect(answers.map { error($0) } == codes)
    }

    @Test("a canceled call ends without an answer; others continue")
    func cancelling() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let client = try MCPClient()
        try client.send(MCPMessage.initialize("2025-11-25"))
        #expect(try client.receive()?["id"] as? Int == 0)
        try client.send(MCPMessage.call(1, "lint", #"{"files":["\#(pipe)"]}"#))
        try client.send(MCPMessage.call(2, "estimate", #"{"inputs":["9x9"]}"#))
        try client.send(MCPMessage.call(3, "estimate", #"{"inputs":["9x9"]}"#))
        // Returns when the linter has opened the other end; from then on it waits for input that never comes.
        let writer = open(pipe, O_WRONLY)
        defer { close(writer) }
        try client.send(MCPMessage.request(4, "ping"))
        #expect(try client.receive()?["id"] as? Int == 4)
        for id in [2, 1] {
            try client.send(
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
        }
        #expect(try client.receive()?["id"] as? Int == 3)
        #expect(try client.end() == 0)
        #expect(try client.receive() == nil)
    }

    /// A server with a call that hangs in its decoder.
    private func hangingClient(in folder: TemporaryFolder) throws -> MCPClient {
        try folder.write("in/fault-hang.jpg", Array(try Data(contentsOf: SourceFolder.turned)))
        let client = try MCPClient(in: folder.path, environment: FaultyDecoder.environment())
        try client.send(MCPMessage.initialize("2025-11-25"))
        #expect(try client.receive()?["id"] as? Int == 0)
        let paths = #"{"paths":["\#(folder.path)/in"],"output_folder":"\#(folder.path)/out"}"#
        try client.send(MCPMessage.call(1, "prepare", paths))
        while try !folder.files().contains("out/manifest.jsonl.partial") { usleep(2000) }
        return client
    }

    /// Whether a command that names a folder is running.
    private func isAtWork(in folder: TemporaryFolder) throws -> Bool {
        let run = try CommandRun.run(URL(filePath: "/bin/ps"), ["-A", "-o", "args="])
        return run.text.contains("prepare \(folder.path)") || run.text.contains("\(folder.path)/out")
    }

    @Test("a canceled call ends even if its decoder hangs, and the next is answered at once")
    func cancellingWhatHangs() throws {
        let folder = try TemporaryFolder()
        let client = try hangingClient(in: folder)
        #expect(try isAtWork(in: folder))
        try client.send(MCPMessage.call(2, "estimate", #"{"inputs":["9x9"]}"#))
        try client.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        #expect(try client.receive()?["id"] as? Int == 2)
        #expect(try client.end() == 0)
        #expect(try client.receive() == nil)
        #expect(try !isAtWork(in: folder))
    }

    @Test("a server's child processes end with it, however it exits")
    func childrenEnd() throws {
        let folder = try TemporaryFolder()
        let client = try hangingClient(in: folder)
        client.kill()
        var looks = 0
        while try isAtWork(in: folder), looks < 200 {
            usleep(50_000)
            looks += 1
        }
        #expect(try !isAtWork(in: folder))
    }

    @Test("a crashing decoder fails only one call")
    func crash() throws {
        let folder = try TemporaryFolder()
        try folder.write("fault-crash.jpg", Array(try Data(contentsOf: SourceFolder.turned)))
        let lines = [
            MCPMessage.initialize("2025-11-25"),
            MCPMessage.call(1, "prepare", #"{"paths":["."],"output_folder":"out"}"#),
            MCPMessage.call(2, "check", #"{"paths":["fault-crash.jpg"]}"#),
        ]
        let run = try CommandRun.imagePreflight(
            ["mcp"], input: Array(lines.map { $0 + "\n" }.joined().utf8), in: folder.path,
            environment: FaultyDecoder.environment(state: folder.path))
        let answers = try run.records()
        #expect(records(answers[1]).first?["action"] as? String == "failed")
        #expect(records(answers[2]).count == 1)
    }
}
