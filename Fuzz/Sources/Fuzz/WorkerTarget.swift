internal import Foundation
@testable internal import ImagePreflight
@testable internal import PreflightRecords
import SystemPackage
internal import VisionRules

/// The lines of the worker protocol, and the messages between a decoder and its workers. Nothing is opened
/// or written: paths made up by a fuzzer must not be followed.
enum WorkerTarget {
    /// Reads a line as each kind of message.
    ///
    /// - Parameter bytes: the line.
    static func attack(_ bytes: UnsafeRawBufferPointer) {
        let line = Data(bytes)
        if let task = try? JSONDecoder().decode(WorkerTask.self, from: line) { check(task) }
        if let row = try? JSONDecoder().decode(ManifestRow.self, from: line) {
            var writer = JSONFieldWriter()
            writer.appendLine(row)
            precondition(isOneLine(writer.bytes), "a row is not one line of JSON")
        }
        if let reply = try? JSONDecoder().decode(DecodingReply.self, from: line) {
            _ = reply.failure?.error(path: "image.jpg".filePath)?.description
            _ = reply.damage.compactMap(\.finding)
        }
        if let request = try? JSONDecoder().decode(DecodingRequest.self, from: line) {
            guard let line = request.line else { preconditionFailure("a task cannot be written") }
            precondition(isOneLine(line), "a task is not one line of JSON")
            let read = try? JSONDecoder().decode(DecodingRequest.self, from: Data(line))
            precondition(read?.task == request.task, "a task is not read as it was written")
        }
    }

    private static func check(_ task: WorkerTask) {
        for path in [task.path, task.outputFolder, task.relativePath] {
            precondition(path?.bytes.contains(0) != true, "a path holds a NUL")
        }
        if let options = task.options { precondition(options.limits.maxPixels > 0, "limits of nothing") }
    }

    private static func isOneLine(_ bytes: [UInt8]) -> Bool {
        bytes.count { $0 == UInt8(ascii: "\n") } == 1
            && (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any]
    }
}
