internal import Foundation

/// The cost of one run of a command.
struct Measurement: Sendable {
    /// From the start of the process to its end, seconds.
    var wall: Double
    /// User and system time of the process and all children it waited for, seconds.
    var cpu: Double
    /// The peak memory of its largest process, MiB.
    var largestProcess: Double
    /// The peak memory of all its processes together, MiB; 0 if not sampled.
    var tree: Double
    /// The exit status; 128 plus the signal if one ended it.
    var status: Int
    /// The end of what it wrote to standard error.
    var errors: String
}

/// A command to run: program, arguments, and additions to the environment.
struct Command: Sendable {
    var arguments: [String]
    var environment: [String: String] = [:]

    init(_ arguments: [String], environment: [String: String] = [:]) {
        self.arguments = arguments
        self.environment = environment
    }
}

/// Why the benchmark cannot continue.
struct BenchmarkError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Runs commands through the `measure` program.
struct Meter: Sendable {
    /// The program `measure`.
    var program: String
    /// The folder for its results.
    var scratch: URL

    /// Runs a command to its end.
    ///
    /// - Parameters:
    ///   - command: what to run. Its standard output is discarded.
    ///   - samplesTree: also add up the memory of all its processes; takes about 1 % of one core.
    /// - Returns: the cost, regardless of its exit status.
    /// - Throws: ``BenchmarkError`` if nothing could be measured.
    func run(_ command: Command, samplesTree: Bool = false) throws -> Measurement {
        let result = scratch.appending(path: "measure.txt")
        let errors = scratch.appending(path: "stderr.txt")
        var arguments = [result.path, "/dev/null", errors.path]
        if samplesTree { arguments.append("--tree") }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments + ["--"] + command.arguments
        process.environment = ProcessInfo.processInfo.environment.merging(command.environment) { $1 }
        try process.run()
        process.waitUntilExit()
        let fields = try String(contentsOf: result, encoding: .utf8).split(separator: " ")
            .compactMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        guard process.terminationStatus == 0, fields.count == 6 else {
            throw BenchmarkError("measure failed for \(command.arguments.joined(separator: " "))")
        }
        let talk = (try? Data(contentsOf: errors)) ?? Data()
        return Measurement(
            wall: fields[0] / 1e9, cpu: (fields[1] + fields[2]) / 1e6, largestProcess: fields[3] / 1024,
            tree: fields[4] / 1024, status: Int(fields[5]),
            errors: String(decoding: talk.suffix(400), as: UTF8.self))
    }
}

/// Runs a program without measuring it and returns its output; nil if it failed or is missing.
func output(of arguments: [String], environment: [String: String] = [:]) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self)
}

extension [Double] {
    /// The median; nil if there are no values.
    var median: Double? {
        guard !isEmpty else { return nil }
        let ordered = sorted()
        let middle = count / 2
        return count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
    }
}
