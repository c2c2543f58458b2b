import Foundation
import TestSupport
import Testing

/// A library does not know the options of the command: its errors are read by people who never saw it.
@Suite("Texts of the libraries")
struct LibraryTextTests {
    @Test(
        "no error and no comment of a library names an option of the command",
        arguments: [
            "ImageHeaders", "VisionRules", "PreflightRecords", "PreflightFiles", "MessageRequests", "Vips",
            "ImagePreflight", "PreflightRequests",
        ])
    func options(target: String) throws {
        let folder = Resources.packageRoot.appending(path: "Sources/\(target)")
        // The pages of rules are what `image-preflight rules` prints.
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
