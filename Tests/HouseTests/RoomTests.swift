import Foundation
import TestSupport
import Testing

/// Dependencies point down between the rooms (folders) of a target: a file uses no type that is declared in a room
/// above its own. Read from the sources, so that no room has to be a target of its own.
@Suite("Rooms")
struct RoomTests {
    /// The rooms of each target, the lowest first; `.` is the target's own folder.
    static let rooms: [(target: String, rooms: [String])] = [
        ("ImagePreflight", [".", "Pixels", "Decoding", "Walking", "Manifest", "Runs", "Serving"]),
        ("VisionRules", ["Tokens", "Cost", "Catalog", "Rules", "Planning"]),
        (
            "MessageRequests",
            ["Files", "Scanning", "Rules", "Linting", "Repairing", "Packing", "Explaining"]
        ),
        ("ImagePreflightCLI", ["Console", "Rendering", "Arguments", "Report", "Agents", "Commands", "."]),
    ]

    private struct Source {
        let path: String
        let room: String
        let code: String
    }

    private static func sources(of target: String) throws -> [Source] {
        let folder = Resources.packageRoot.appending(path: "Sources/\(target)")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path())
        return try paths.filter { $0.hasSuffix(".swift") }.map { path in
            let room = path.contains("/") ? String(path.prefix { $0 != "/" }) : "."
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            return Source(path: path, room: room, code: Self.withoutCommentsAndText(text))
        }
    }

    static func withoutCommentsAndText(_ text: String) -> String {
        text.replacing(#/\"\"\"[\s\S]*?\"\"\"/#, with: "\"\"")
            .replacing(#/\"(?:\\.|[^\"\\\n])*\"/#, with: "\"\"")
            .replacing(#///[^\n]*/#, with: "")
    }

    /// The types that are declared outside of other types.
    static func declarations(in code: String) -> [String] {
        let pattern =
            #/(?m)^(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal )?(?:final |indirect )?(?:struct|class|enum|protocol|actor|typealias) (\w+)/#
        return code.matches(of: pattern).map { String($0.1) }
    }

    static func names(in code: String) -> Set<String> {
        Set(code.matches(of: #/(?:^|[^\w.])([A-Z]\w+)/#).map { String($0.1) })
    }

    @Test("no file uses a type from a room above its own", arguments: rooms.map(\.target))
    func dependenciesPointDown(target: String) throws {
        let order = try #require(Self.rooms.first { $0.target == target }).rooms
        let sources = try Self.sources(of: target)
        let unknown = Set(sources.map(\.room)).subtracting(order)
        #expect(unknown.isEmpty, "rooms without a place in the order: \(unknown.sorted())")
        var rooms: [String: Set<String>] = [:]
        for source in sources {
            for name in Self.declarations(in: source.code) { rooms[name, default: []].insert(source.room) }
        }
        let level = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        var faults: [String] = []
        for source in sources {
            for name in Self.names(in: source.code).sorted() {
                guard let declared = rooms[name], declared.count == 1, let room = declared.first,
                    let from = level[source.room], let to = level[room], to > from
                else { continue }
                faults.append("\(target)/\(source.path) uses \(name) of \(room)")
            }
        }
        #expect(faults.isEmpty, "\(faults.sorted().joined(separator: "\n"))")
    }

    @Test("at most five files know which platform they are on")
    func platformLadders() throws {
        let pattern = #/#(?:if|elseif) (?:canImport\((?:Darwin|Glibc|Musl)\)|os\()/#
        let targets = try FileManager.default.contentsOfDirectory(
            atPath: Resources.packageRoot.appending(path: "Sources").path())
        let files = try targets.flatMap { target in
            try Self.sources(of: target).filter { !$0.code.matches(of: pattern).isEmpty }
                .map { "\(target)/\($0.path)" }
        }
        #expect(files.count <= 5, "\(files.sorted())")
    }

    @Test("the test finds a type that is used from above")
    func finds() {
        let code = Self.withoutCommentsAndText(
            "/// Uses Above.\nlet text = \"Above\"\n\npublic struct Below { var other: Above }\n")
        #expect(Self.declarations(in: code) == ["Below"])
        #expect(Self.names(in: code) == ["Below", "Above"])
        #expect(!Self.names(in: Self.withoutCommentsAndText("// Above\n\"Above\"")).contains("Above"))
    }
}
