import Foundation
import TestSupport

/// A run of the built program that the test stops midway.
final class RunningCommand {
    private let process = Process()
    private let files: TemporaryFolder

    /// Starts the command, which reads from `input` or, without one, from our own standard input.
    init(
        _ arguments: [String], input: Pipe? = nil, environment: [String: String] = [:]
    ) throws {
        files = try TemporaryFolder()
        process.executableURL = CommandRun.productsFolder.appending(path: "image-preflight")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let input { process.standardInput = input }
        process.standardOutput = FileHandle(forWritingAtPath: try files.write("out"))
        process.standardError = FileHandle(forWritingAtPath: try files.write("err"))
        try process.run()
    }

    var processID: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// What it wrote to standard error.
    var errorText: String {
        get throws { String(decoding: try files.read("err"), as: UTF8.self) }
    }

    /// Sends a signal, or none for 0, and waits for the end; the status is 128 + N after signal N.
    func end(_ signal: Int32) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        let signalled = process.terminationReason == .uncaughtSignal
        return signalled ? 128 + process.terminationStatus : process.terminationStatus
    }

    /// Waits until a condition holds or the run has ended.
    func wait(until isReady: () -> Bool) {
        while process.isRunning, !isReady() { usleep(2000) }
    }
}

/// Folders of small images that each need decoding.
enum SourceFolder {
    /// A small JPEG that has to be turned upright.
    static let turned = Resources.testdata.appending(path: "orientation/jpeg-portrait-6-big-endian.jpg")

    /// Writes images into a folder; `name` gives each one its name.
    static func make(_ folder: TemporaryFolder, count: Int, name: (Int) -> String) throws {
        let bytes = Array(try Data(contentsOf: turned))
        for index in 0..<count { try folder.write("in/" + name(index), bytes) }
    }
}
