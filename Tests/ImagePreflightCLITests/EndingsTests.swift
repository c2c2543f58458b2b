import Foundation
import TestSupport
import Testing

@Suite("Signals and exits")
struct EndingsTests {
    private static let program = CommandRun.productsFolder.appending(path: "image-preflight")
    private static let photo = Resources.testdata.appending(path: "photos/lake-4000x3000.jpg")

    @Test(
        "hitting the file size limit is a failure and leaves no partial file",
        .disabled(if: Sanitizer.isOn, "ThreadSanitizer maps a file of its own, which is over the limit"))
    func fileSizeLimit() throws {
        let folder = try TemporaryFolder()
        try folder.write("in/a.jpg", Data(contentsOf: Self.photo))
        let run = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            ["-c", "ulimit -f 20; exec \"$0\" prepare in -o out -q", Self.program.path], in: folder.path)
        #expect(run.status == 2)
        #expect(run.errorText.contains("out/a.jpg"))
        #expect(try folder.files().filter { $0.hasPrefix("out/") } == ["out/manifest.jsonl"])
    }

    @Test(
        "the first Ctrl-C ends a run that is waiting for a list",
        arguments: [["check"], ["check", "--duplicates"], ["estimate"], ["prepare", "-o", "out"]])
    func interruptedList(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let list = Pipe()
        // The process gets the other end.
        let reading = dup(list.fileHandleForReading.fileDescriptor)
        defer { close(reading) }
        let run = try RunningCommand(
            arguments.map { $0 == "out" ? folder.path + "/out" : $0 } + ["--files-from", "-"], input: list)
        list.fileHandleForWriting.write(Data((Self.photo.path + "\nhalf-a-pa").utf8))
        // It starts reading only after its signal handlers are installed.
        run.wait { Self.waitingBytes(reading) == 0 }
        kill(run.processID, SIGINT)
        var patience = 0
        run.wait {
            patience += 1
            return patience == 10_000
        }
        #expect(!run.isRunning)
        #expect(run.end(SIGKILL) == 130)
        #expect(try !run.errorText.contains("half-a-pa"))
    }

    private static func waitingBytes(_ pipe: Int32) -> Int32 {
        var count: Int32 = 0
        return ioctl(pipe, UInt(FIONREAD), &count) == 0 ? count : 0
    }

    @Test("the command waits for a nonblocking standard output")
    func nonBlockingOutput() throws {
        let arguments = ["check", Resources.testdata.path, "--format", "ndjson", "-q"]
        let expected = try CommandRun.imagePreflight(arguments)
        let pipe = Pipe()
        let writing = pipe.fileHandleForWriting.fileDescriptor
        #expect(fcntl(writing, F_SETFL, fcntl(writing, F_GETFL) | O_NONBLOCK) == 0)
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        try pipe.fileHandleForWriting.close()
        var output = Data()
        while let part = try pipe.fileHandleForReading.read(upToCount: 1 << 12), !part.isEmpty {
            output += part
        }
        process.waitUntilExit()
        #expect(expected.output.count > 1 << 17)
        #expect(process.terminationStatus == expected.status && Array(output) == expected.output)
    }

    @Test("a link below the output folder is not followed")
    func linkInOutput() throws {
        let folder = try TemporaryFolder()
        let bytes = try Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png"))
        try folder.write("in/sub/a.png", bytes)
        try folder.write("in/b.png", bytes)
        try folder.write("elsewhere/keep", [1])
        try FileManager.default.createDirectory(
            atPath: folder.path + "/out", withIntermediateDirectories: false)
        #expect(symlink("../elsewhere", folder.path + "/out/sub") == 0)
        let run = try CommandRun.imagePreflight(["prepare", "in", "-o", "out", "-q"], in: folder.path)
        #expect(run.status == 2)
        #expect(run.errorText.contains("out/sub is a symbolic link"))
        #expect(try folder.files().filter { $0.hasPrefix("elsewhere/") } == ["elsewhere/keep"])
        #expect(try folder.files().contains("out/b.png"))
    }

    @Test(
        "an oversized manifest row is refused before all of it is read",
        .disabled(if: Sanitizer.isOn, "a process under a sanitizer has no memory limit"),
        arguments: [["report", "-o", "page.html"], ["locate", "a.jpg", "1", "2"]])
    func longRow(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("m.jsonl", "{\"source\":\"".utf8)
        #expect(truncate(file, 1 << 32) == 0)
        let command = [arguments[0], "m.jsonl"] + arguments.dropFirst()
        let run = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            ["-c", "ulimit -d 1048576; exec \"$0\" \"$@\"", Self.program.path] + command,
            in: folder.path)
        #expect(run.status == 2)
        #expect(run.errorText.contains("m.jsonl:1"), "\(run.errorText)")
    }

    @Test("any number of paths is accepted, in order, anywhere among the options")
    func manyPaths() throws {
        let folder = try TemporaryFolder()
        let names = (0..<300).map { "\($0).png" }
        for name in names { try folder.write(name, [1]) }
        for arguments in [
            ["check", "-q"] + names, ["check"] + names + ["-q"],
            ["check"] + names.prefix(150) + ["-q"] + names.dropFirst(150), ["check", "-q", "--"] + names,
        ] {
            let run = try CommandRun.imagePreflight(arguments, in: folder.path)
            #expect(run.status == 1)
            #expect(try run.records().map { $0["path"] as? String } == names)
        }
    }

    @Test("repair removes the leftovers of a killed run and keeps files that another repair is writing")
    func leftovers() throws {
        let folder = try TemporaryFolder()
        try folder.write("log.json", Data(contentsOf: Self.request))
        try folder.write(".image-preflight-locked-1", [1])
        let busy = try folder.write(".image-preflight-locked-2", [1])
        let lock = open(busy, O_RDONLY)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let run = try CommandRun.imagePreflight(["repair", "log.json", "--in-place"], in: folder.path)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(try folder.files() == [".image-preflight-locked-2", "log.json", "log.json.bak"])
    }

    private static let request = Resources.testdata.appending(path: "requests/R201-media-type-mismatch.json")

    @Test(
        "--in-place keeps the extended attributes of a log",
        .enabled(if: Attributes.areSupported, "the disk has no extended attributes"))
    func attributes() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.json", Data(contentsOf: Self.request))
        #expect(Attributes.set(log, "user.note", "kept"))
        let run = try CommandRun.imagePreflight(["repair", "log.json", "--in-place"], in: folder.path)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(Attributes.get(log, "user.note") == "kept")
    }

    @Test(
        "--in-place keeps the owner and the permissions of a log",
        .enabled(if: geteuid() == 0, "only root can give a file away"))
    func owner() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.json", Data(contentsOf: Self.request))
        #expect(chown(log, 65534, 12345) == 0 && chmod(log, 0o640) == 0)
        let run = try CommandRun.imagePreflight(["repair", "log.json", "--in-place"], in: folder.path)
        #expect(run.status == 0, "\(run.errorText)")
        var status = stat()
        #expect(stat(log, &status) == 0)
        #expect(status.st_uid == 65534 && status.st_gid == 12345 && status.st_mode & 0o7777 == 0o640)
    }
}

/// Extended attributes, which the Glibc module does not expose.
private enum Attributes {
    static func set(_ path: String, _ name: String, _ value: String) -> Bool {
        typealias Function =
            @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer, Int, Int32) -> Int32
        guard let function = function("setxattr", as: Function.self) else { return false }
        return function(path, name, value, value.utf8.count, 0) == 0
    }

    static func get(_ path: String, _ name: String) -> String? {
        typealias Function =
            @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer, Int) -> Int
        guard let function = function("getxattr", as: Function.self) else { return nil }
        var value = [UInt8](repeating: 0, count: 100)
        let count = function(path, name, &value, value.count)
        return count < 0 ? nil : String(decoding: value[..<count], as: UTF8.self)
    }

    /// Whether the file system for temporary files supports them. Darwin's calls have other parameters.
    static let areSupported: Bool = {
        #if os(Linux)
            guard let folder = try? TemporaryFolder(), let file = try? folder.write("file") else {
                return false
            }
            return set(file, "user.note", "x")
        #else
            return false
        #endif
    }()

    private static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(dlopen(nil, RTLD_NOW), name).map { unsafeBitCast($0, to: type) }
    }
}
