public import Foundation

/// One run of a built program in a separate process.
public struct CommandRun: Sendable {
    /// Its exit status; 128 + N after signal N.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: [UInt8]
    /// What it wrote to standard error.
    public let errorText: String

    /// Standard output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }

    /// Standard output, one JSON object per line.
    public func records() throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        }
    }

    /// Runs a program and waits for it.
    ///
    /// - Parameters:
    ///   - program: the path of the program.
    ///   - arguments: its arguments.
    ///   - input: what it reads from standard input.
    ///   - folder: its working folder.
    ///   - environment: variables to add to ours.
    /// - Returns: how it ended and what it wrote.
    /// - Throws: when it could not be started.
    public static func run(
        _ program: URL, _ arguments: [String], input: [UInt8] = [], in folder: String? = nil,
        environment: [String: String] = [:]
    ) throws -> CommandRun {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        // Files instead of pipes: no reader has to keep up with the output.
        let files = try TemporaryFolder()
        let standardInput = try files.write("in", input)
        let standardOutput = try files.write("out")
        let standardError = try files.write("err")
        process.standardInput = FileHandle(forReadingAtPath: standardInput)
        process.standardOutput = FileHandle(forWritingAtPath: standardOutput)
        process.standardError = FileHandle(forWritingAtPath: standardError)
        try process.run()
        process.waitUntilExit()
        let signalled = process.terminationReason == .uncaughtSignal
        return CommandRun(
            status: signalled ? 128 + process.terminationStatus : process.terminationStatus,
            output: try files.read("out"), errorText: String(decoding: try files.read("err"), as: UTF8.self))
    }

    /// The folder with this build's programs.
    public static let productsFolder: URL = {
        #if os(macOS)
            for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
                return bundle.bundleURL.deletingLastPathComponent()
            }
        #endif
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    }()

    /// Runs this build's `image-preflight`.
    ///
    /// - Parameters:
    ///   - arguments: its arguments.
    ///   - input: what it reads from standard input.
    ///   - folder: its working folder.
    ///   - environment: variables to add to ours.
    /// - Returns: how it ended and what it wrote.
    /// - Throws: when it could not be started.
    public static func imagePreflight(
        _ arguments: [String], input: [UInt8] = [], in folder: String? = nil,
        environment: [String: String] = [:]
    ) throws -> CommandRun {
        try run(
            productsFolder.appending(path: "image-preflight"), arguments, input: input, in: folder,
            environment: environment)
    }
}
