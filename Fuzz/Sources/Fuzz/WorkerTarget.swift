internal import Foundation
@testable internal import ImagePreflight
internal import VisionRules

/// The lines of the worker protocol, in both directions. Nothing is opened or written: paths that a fuzzer
/// makes up are not to be followed.
enum WorkerTarget {
    /// Reads a line as a task, as an answer and as a row of a manifest.
    ///
    /// - Parameter bytes: the line.
    static func attack(_ bytes: UnsafeRawBufferPointer) {
        let line = Data(bytes)
        if let task = try? JSONDecoder().decode(WorkerTask.self, from: line) { check(task) }
        if let reply = try? JSONDecoder().decode(PreparedReply.self, from: line) {
            // A row that was read is written anew by the run.
            var writer = JSONFieldWriter()
            writer.appendLine(reply.row)
            precondition(isOneLine(writer.bytes), "a row is not one line of JSON")
        }
        _ = try? JSONDecoder().decode(ConfiguredReply.self, from: line)
        _ = try? JSONDecoder().decode(WorkerHello.self, from: line)
    }

    /// What is written of a task is read as the same task.
    private static func check(_ task: WorkerTask) {
        for path in [task.path, task.outputFolder, task.relativePath] {
            precondition(path?.bytes.contains(0) != true, "a path holds a NUL")
        }
        if let options = task.options { precondition(options.limits.maxPixels > 0, "limits of nothing") }
        var written = task
        written.bytes = nil
        written.destination = nil
        written.options = nil
        var writer = JSONFieldWriter()
        writer.appendLine(written)
        precondition(isOneLine(writer.bytes), "a task is not one line of JSON")
        let read = try? JSONDecoder().decode(WorkerTask.self, from: Data(writer.bytes))
        precondition(read == written, "a task is not read as it was written")
    }

    private static func isOneLine(_ bytes: [UInt8]) -> Bool {
        bytes.count { $0 == UInt8(ascii: "\n") } == 1
            && (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any]
    }
}
