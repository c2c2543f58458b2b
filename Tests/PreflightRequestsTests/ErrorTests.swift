import Foundation
import ImageHeaders
import PreflightRequests
import Testing
import VisionRules

@Suite("Errors of the libraries")
struct ErrorTests {
    /// The errors of each product, as a client sees them.
    private static let thrown: [any Error] = [
        error { _ = try Preflighter(model: "gpt-9") },
        error { _ = try Preflighter(model: "claude-sonnet-5-5", platform: "azure") },
        error { _ = try DecodeLimits(maxPixels: 0) },
        error { _ = try Preflighter(model: "claude-sonnet-5-5").check("/nowhere/at-all.png") },
        error { _ = try ManifestReader(path: "/nowhere/manifest.jsonl") },
        error { _ = try RequestLinter(options: LintOptions(select: ["X9"])) },
        error { _ = try RequestLinter().lint(path: "/nowhere/body.json") },
        HeaderReader.read(bytes: []).header.failure,
    ].compactMap { $0 }

    @Test("each error is a sentence, in every description")
    func sentences() {
        #expect(Self.thrown.count == 8)
        for error in Self.thrown {
            #expect(error.localizedDescription == "\(error)")
            #expect("\(error)".contains(" "))
        }
    }

    @Test("each product has an error with an open code that says what happened")
    func codes() {
        let codes = Self.thrown.map { error in
            switch error {
            case let error as CatalogError: "CatalogError \(error.code.rawValue)"
            case let error as PreflightError: "PreflightError \(error.code.rawValue)"
            case let error as RequestError: "RequestError \(error.code.rawValue)"
            case let error as FileError: "FileError \(error.operation.rawValue)"
            case let error as HeaderError: "HeaderError \(error.code.rawValue)"
            default: "\(type(of: error))"
            }
        }
        #expect(
            codes == [
                "CatalogError unknown-model", "CatalogError unknown-platform", "PreflightError invalid-limit",
                "PreflightError file", "PreflightError file", "RequestError unknown-rule", "FileError open",
                "HeaderError empty",
            ])
        let nearest = (Self.thrown.dropFirst().first as? CatalogError)?.nearestIDs ?? []
        #expect(nearest.contains("claude-api"))
    }

    private static func error(_ body: () throws -> Void) -> (any Error)? {
        do {
            try body()
            return nil
        } catch { return error }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
