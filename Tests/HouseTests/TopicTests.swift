import Foundation
import TestSupport
import Testing

/// Every public type is in the documentation: each product lists its types in topics.
@Suite("Topics")
struct TopicTests {
    private static let sources = Resources.packageRoot.appending(path: "Sources")

    @Test(
        "every public type of a product is in one of its topic lists",
        arguments: ["ImageHeaders", "VisionRules", "MessageRequests", "ImagePreflight", "PreflightRequests"])
    func topics(product: String) throws {
        let names = try Self.publicNames(of: product)
        #expect(!names.isEmpty)
        let article = "\(product)/Documentation.docc/\(product).md"
        #expect(names.subtracting(Self.topics(in: try Self.text(article))).sorted() == [])
    }

    @Test("the article on records names every row and total")
    func records() throws {
        // DocC does not resolve symbols of other modules, even if re-exported, so they are not in any list.
        let article = try Self.text("ImagePreflight/Documentation.docc/Records.md")
        let named = Set(article.matches(of: #/`([A-Za-z]+)`/#).map { String($0.1) })
        let names = try Self.publicNames(of: "PreflightRecords")
        #expect(!names.isEmpty)
        #expect(names.subtracting(named).sorted() == [])
    }

    @Test("only public types that are not nested have to be listed")
    func names() {
        let code = """
            public struct Outer { public enum Inner { case one } }
            @frozen public indirect enum Tree {}
            public final class Run: Sendable { public func stop() {} }
            package struct Hidden {}
            extension Outer { public struct Another {} }
            #if os(Linux)
                public protocol Port {}
            #endif
            public func assess(_ image: Int) -> Int { image }
            """
        #expect(Self.publicNames(in: code) == ["Outer", "Tree", "Run", "Port", "assess"])
    }

    @Test("a name in body text is not a topic")
    func lists() {
        let article = """
            # ``Product``

            ``Mentioned`` does something.

            ## Topics

            ### Things

            - <doc:Article>
            - ``Listed``
            - ``Outer/Nested``
            - ``assess(_:for:)``
            """
        #expect(Self.topics(in: article) == ["Listed", "Outer/Nested", "assess"])
    }

    // MARK: - Reading

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: sources.appending(path: path), encoding: .utf8)
    }

    private static func publicNames(of target: String) throws -> Set<String> {
        let folder = sources.appending(path: target).path
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return try files.filter { $0.hasSuffix(".swift") }.reduce(into: []) { names, file in
            names.formUnion(publicNames(in: RoomTests.code(of: try text("\(target)/\(file)"))))
        }
    }

    /// The public types and functions outside of any braces.
    ///
    /// - Parameter code: a source without comments and string literals.
    /// - Returns: their names.
    private static func publicNames(in code: String) -> Set<String> {
        var outside = ""
        var depth = 0
        for character in code {
            if character == "{" { depth += 1 }
            if depth == 0 { outside.append(character) }
            if character == "}" { depth -= 1 }
        }
        let declaration =
            #/\bpublic\s+(?:(?:final|indirect)\s+)*(?:struct|class|enum|protocol|actor|typealias|func)\s+(\w+)/#
        return Set(outside.matches(of: declaration).map { String($0.1) })
    }

    /// The names in an article's lists, without the labels of functions.
    private static func topics(in article: String) -> Set<String> {
        guard let start = article.range(of: "\n## Topics\n") else { return [] }
        return Set(article[start.upperBound...].matches(of: #/\n- ``([\w/]+)/#).map { String($0.1) })
    }
}
