import Foundation
import TestSupport
import Testing

/// A library does not know the command's options: people who never saw the command read its errors.
@Suite("Text in the libraries")
struct LibraryTextTests {
    @Test(
        "no error or comment in a library names an option of the command",
        arguments: [
            "ImageHeaders", "VisionRules", "PreflightRecords", "PreflightFiles", "MessageRequests", "Vips",
            "ImagePreflight", "PreflightRequests",
        ])
    func options(target: String) throws {
        let folder = Resources.packageRoot.appending(path: "Sources/\(target)")
        // `image-preflight rules` prints the rule pages.
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Rules/") }
        #expect(!files.isEmpty)
        let named = try files.sorted().flatMap { file in
            try String(contentsOf: folder.appending(path: file), encoding: .utf8).split(separator: "\n")
                .filter { $0.contains(#/[ (`:]--[a-z]/#) }.map { "\(file): \($0)" }
        }
        #expect(named == [])
    }
}
