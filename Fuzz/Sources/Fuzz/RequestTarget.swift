internal import Foundation
@testable internal import MessageRequests
internal import VisionRules

/// The JSON scanner, the linter over it, and the repairer over both.
enum RequestTarget {
    private static let linter: RequestLinter = {
        guard let linter = try? RequestLinter() else { fatalError("the defaults are no options") }
        return linter
    }()

    private static let repairers: [RequestRepairer] = [false, true].map { drops in
        guard let repairer = try? RequestRepairer(drops: drops) else {
            fatalError("the defaults are no options")
        }
        return repairer
    }

    /// The start of a PNG of 952×980 px: what a re-encoder returns.
    private static let made: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 3, 0xB8, 0, 0, 3, 0xD4, 8, 2, 0, 0, 0, 0x08, 0x6D, 0x02, 0x2D, 0, 0, 0, 0]
        + Array("IDAT".utf8)

    /// Lints and repairs a document.
    ///
    /// - Parameter bytes: the document.
    static func attack(_ bytes: UnsafeRawBufferPointer) {
        let isJSON = check(linter.lint(bytes: bytes), of: bytes)
        for repairer in repairers {
            let plan = repairer.plan(bytes: bytes)
            var sink = MemorySink()
            // Every third image cannot be re-encoded.
            var tasks = 0
            let changes = try? repairer.repair(bytes: bytes, plan: plan, to: &sink) { task in
                precondition(task.maxEdge > 0 && task.maxBase64Bytes > 0, "an image of no size is wanted")
                tasks += 1
                return tasks % 3 == 0 ? .failed("for the sake of it") : .image(made)
            }
            guard let changes else { fatalError("memory could not be read or written") }
            precondition(changes.count == plan.steps.count, "a step was forgotten")
            if changes.allSatisfy({ $0.done == .none }) {
                precondition(sink.bytes.elementsEqual(bytes), "nothing was done, but the text is another")
            }
            sink.bytes.withUnsafeBytes { repaired in
                let report = linter.lint(bytes: repaired)
                precondition(check(report, of: repaired) || !isJSON, "repairing broke the JSON")
            }
        }
    }

    /// Checks a report against its promises.
    ///
    /// - Returns: whether the document is JSON.
    private static func check(_ report: LintReport, of bytes: UnsafeRawBufferPointer) -> Bool {
        precondition(report.file.bytes == bytes.count)
        for image in report.images {
            precondition(image.byteRange.upperBound <= bytes.count, "an image lies behind the end")
        }
        return !report.findings.contains { $0.code == .notJSON }
    }
}
