import Foundation
import TestSupport
import Testing

/// The rooms of a target are its source folders, and a room uses only types from itself and from rooms below.
@Suite("Rooms")
struct RoomTests {
    /// The rooms of each target, lowest first; "" is the target's own folder.
    static let order: [String: [String]] = [
        "VisionRules": ["", "Catalog", "Tokens", "Cost", "Rules", "Planning"],
        "MessageRequests": ["", "Scanning", "Rules", "Linting", "Repairing", "Packing", "Explaining"],
        "ImagePreflight": ["", "Pixels", "Decoding", "Walking", "Manifest", "Runs", "Serving"],
        "ImagePreflightCLI": ["Console", "Rendering", "Report", "Arguments", "Agents", "Commands", ""],
    ]

    private static let sources = Resources.packageRoot.appending(path: "Sources")

    /// One source file, without comments and string literals.
    struct Source {
        let name: String
        let room: String
        let code: String
    }

    @Test("a room uses no types from a room above it", arguments: order.keys.sorted())
    func rooms(target: String) throws {
        let rooms = try #require(Self.order[target])
        let sources = try Self.sources(of: target)
        #expect(sources.count > 20)
        #expect(Self.faults(in: sources, rooms: rooms) == [])
    }

    @Test("a file that uses a type from above is reported with the type")
    func faults() {
        let sources = [
            Source(
                name: "Low.swift", room: "Low",
                code: "struct Low { let high: High; let own: Own } struct Own {}"),
            Source(name: "High.swift", room: "High", code: "public final class High { let low: Low }"),
            Source(name: "Odd.swift", room: "Attic", code: ""),
        ]
        #expect(
            Self.faults(in: sources, rooms: ["Low", "High"])
                == ["Low.swift of Low uses High of High", "Odd.swift is in Attic, which is not a room"])
    }

    @Test("comments and string literals are not code")
    func code() {
        let text = #"""
            /// High
            let a = "High" // High
            /* High */ let b = "\(Low())"
            """#
        #expect(Self.names(in: Self.code(of: text)) == ["Low"])
    }

    @Test("at most five files depend on the platform or on where Foundation is")
    func imports() throws {
        let files = try Self.sources(in: Self.sources).filter {
            $0.code.contains("#if canImport") || $0.code.contains("#if os(")
        }.map(\.name)
        #expect(files.count <= 5, "\(files)")
    }

    // MARK: - Reading

    static func faults(in sources: [Source], rooms: [String]) -> [String] {
        var home: [String: String] = [:]
        for source in sources {
            for type in declarations(in: source.code) where home.updateValue(source.room, forKey: type) != nil
            {
                // If two files declare a name, the last one counts.
                home[type] = source.room
            }
        }
        var faults: [String] = []
        for source in sources {
            guard let level = rooms.firstIndex(of: source.room) else {
                faults.append("\(source.name) is in \(source.room), which is not a room")
                continue
            }
            let own = Set(declarations(in: source.code))
            for name in names(in: source.code).subtracting(own).sorted() {
                guard let room = home[name], let other = rooms.firstIndex(of: room), other > level else {
                    continue
                }
                faults.append("\(source.name) of \(source.room) uses \(name) of \(room)")
            }
        }
        return faults.sorted()
    }

    /// The types that a file declares at its top level.
    static func declarations(in code: String) -> [String] {
        code.matches(
            of:
                #/(?m)^(?:(?:@\w+|public|package|internal|final|indirect|nonisolated)[ ])*(?:struct|class|enum|protocol|actor|typealias)[ ]([A-Z]\w*)/#
        ).map { String($0.1) }
    }

    /// The names of the types that a file uses, except those after a period.
    static func names(in code: String) -> Set<String> {
        Set(code.matches(of: #/(?:^|[^.\w])([A-Z]\w*)/#).map { String($0.1) })
    }

    static func code(of text: String) -> String {
        text.replacing(#/"""(?s:.*?)"""/#, with: "\"\"")
            // An interpolated value is code.
            .replacing(#/"(?:\\[^(]|[^"\\\n])*"/#, with: "\"\"")
            .replacing(#/\/\*(?s:.*?)\*\//#, with: "")
            .replacing(#/\/\/[^\n]*/#, with: "")
    }

    private static func sources(of target: String) throws -> [Source] {
        try sources(in: sources.appending(path: target))
    }

    private static func sources(in folder: URL) throws -> [Source] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return try names.filter { $0.hasSuffix(".swift") }.map { name in
            let parts = name.split(separator: "/")
            return Source(
                name: String(parts.last ?? ""), room: parts.count > 1 ? String(parts[0]) : "",
                code: code(of: try String(contentsOf: folder.appending(path: name), encoding: .utf8)))
        }
    }
}
