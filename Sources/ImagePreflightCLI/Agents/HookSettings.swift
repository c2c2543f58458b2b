internal import MessageRequests
internal import PreflightRecords

/// The settings file of Claude Code, as a text in which a hook can be added or removed while every other byte
/// stays.
/// <https://code.claude.com/docs/en/hooks>, “Configuration”, read on 2026-11-30.
struct HookSettings {
    /// A hook as the settings describe it.
    struct Hook: Hashable {
        /// The tools before which it runs.
        var matcher: String
        /// What a shell runs.
        var command: String
    }

    /// The file.
    let text: [UInt8]
    private let places: Places

    private static let hooksKey = "hooks"
    /// The time limit for an answer in seconds; after that the agent continues without it.
    private static let timeout = 30

    /// Empty settings.
    static let empty = Array("{}\n".utf8)

    /// Reads settings.
    ///
    /// - Parameter text: the file.
    /// - Throws: ``ConsoleError``: a text that is not JSON, or whose hooks are not where they are expected.
    init(_ text: [UInt8]) throws(ConsoleError) {
        self.text = text
        let result = text.withUnsafeBytes { bytes -> Result<Places, ConsoleError> in
            do throws(JSONDefect) {
                return try Places.found(in: bytes)
            } catch {
                let position = TextPosition(of: error.offset, in: bytes, firstLine: 1)
                return .failure(
                    ConsoleError(
                        "it is not JSON: line \(position.line), column \(position.column): expected "
                            + "\(error.expected) instead of \(error.found(in: bytes))"))
            }
        }
        places = try result.get()
    }

    /// The hooks that run this program before a tool is used.
    var hooks: [Hook] { entries.map(\.hook) }

    /// The settings of a hook alone, as in an otherwise empty file.
    ///
    /// - Parameter hook: the hook.
    /// - Returns: JSON on several lines.
    static func text(of hook: Hook) -> [UInt8] {
        let layout = TextLayout(newline: "\n", unit: "  ")
        return layout.text(
            of: [hooksKey: value(under: hooksKey, for: hook)], indentation: "")
    }

    /// The text with a hook added after the existing ones.
    ///
    /// - Parameter hook: the hook.
    /// - Returns: the text.
    func adding(_ hook: Hook) -> [UInt8] {
        let layout = TextLayout(of: text, root: places.root)
        if let list = places.list {
            return layout.adding(Self.value(under: nil, for: hook), key: nil, to: list, of: text)
        }
        let (key, object) =
            places.hooks.map { (ToolEvent.beforeTool, $0) } ?? (Self.hooksKey, places.root)
        return layout.adding(Self.value(under: key, for: hook), key: key, to: object, of: text)
    }

    /// The text without any hook that runs this program; containers that were made for it and are now empty are
    /// removed too.
    ///
    /// - Returns: the text.
    /// - Throws: ``ConsoleError`` as when reading settings.
    func removingHooks() throws(ConsoleError) -> [UInt8] {
        guard let entry = entries.last else { return text }
        return try HookSettings(removing(entry)).removingHooks()
    }

    // MARK: - The value

    /// The value of a hook under a key of the settings; without a key, in the list of the event.
    private static func value(under key: String?, for hook: Hook) -> JSONValue {
        let group: JSONValue = [
            "matcher": .string(hook.matcher),
            "hooks": [["type": "command", "command": .string(hook.command), "timeout": .int(timeout)]],
        ]
        guard let key else { return group }
        return key == hooksKey ? [ToolEvent.beforeTool: [group]] : [group]
    }

    // MARK: - Hooks of ours

    /// A hook of ours within the text.
    private struct Entry {
        let hook: Hook
        /// Its group, by its number in the list.
        let group: Int
        /// Its number in the group.
        let index: Int
        /// The list of the hooks of its group.
        let handlers: JSONPlace
    }

    private var entries: [Entry] {
        guard let list = places.list else { return [] }
        return text.withUnsafeBytes { bytes in
            list.members.enumerated().flatMap { number, member -> [Entry] in
                guard let group = try? JSONPlace(in: bytes, at: member.value.lowerBound),
                    let handlers = try? group.member(Self.hooksKey).map({
                        try JSONPlace(in: bytes, at: $0.value.lowerBound)
                    }), handlers.kind == .array,
                    let matcher = try? JSONValue(json: bytes[member.value])["matcher"]?.text ?? ""
                else { return [] }
                return handlers.members.enumerated().compactMap { index, handler in
                    guard let value = try? JSONValue(json: bytes[handler.value]),
                        value["type"]?.text == "command", let command = value["command"]?.text,
                        Self.isOurs(command)
                    else { return nil }
                    return Entry(
                        hook: Hook(matcher: matcher, command: command), group: number, index: index,
                        handlers: handlers)
                }
            }
        }
    }

    /// Whether a command runs this program's hook, from any folder.
    private static func isOurs(_ command: String) -> Bool {
        command.ranges(of: " hook").contains { found in
            let word = command[..<found.lowerBound]
            let quote = word.first.flatMap { $0 == "'" || $0 == "\"" ? $0 : nil }
            guard command[found.upperBound...].first ?? " " == " ", quote != nil || !word.contains(" ")
            else { return false }
            return word.filter { $0 != quote }.split(separator: "/").last == "image-preflight"
        }
    }

    private func removing(_ entry: Entry) -> [UInt8] {
        guard let list = places.list else { return text }
        if entry.handlers.members.count > 1 { return entry.handlers.removing(entry.index, from: text) }
        if list.members.count > 1 || list.holdsItsOwnSpace(in: text) {
            return list.removing(entry.group, from: text)
        }
        // The list was made for the hook, and possibly the object around it.
        guard let hooks = places.hooks, let index = hooks.index(of: ToolEvent.beforeTool) else { return text }
        if hooks.members.count > 1 || hooks.holdsItsOwnSpace(in: text) {
            return hooks.removing(index, from: text)
        }
        guard let index = places.root.index(of: Self.hooksKey) else { return text }
        return places.root.removing(index, from: text)
    }
}

// MARK: - Places

/// The places of hooks in the settings, as far as they exist.
private struct Places {
    var root: JSONPlace
    /// The object of all hooks.
    var hooks: JSONPlace?
    /// The list of those before a tool is used.
    var list: JSONPlace?

    static func found(in text: UnsafeRawBufferPointer) throws(JSONDefect) -> Result<Places, ConsoleError> {
        var cursor = JSONCursor(text)
        let whole = try cursor.skipValueRange()
        if cursor.peek() != nil { throw cursor.defect("the end of the text") }
        let root = try JSONPlace(in: text, at: whole.lowerBound)
        guard root.kind == .object else { return .failure(ConsoleError("it is not a JSON object")) }
        var places = Places(root: root)
        guard root.isUnique("hooks") else { return .failure(twice("hooks")) }
        guard let hooks = root.member("hooks") else { return .success(places) }
        let object = try JSONPlace(in: text, at: hooks.value.lowerBound)
        guard object.kind == .object else { return .failure(ConsoleError("its “hooks” is not an object")) }
        places.hooks = object
        guard object.isUnique(ToolEvent.beforeTool) else {
            return .failure(twice("hooks.\(ToolEvent.beforeTool)"))
        }
        guard let events = object.member(ToolEvent.beforeTool) else { return .success(places) }
        let list = try JSONPlace(in: text, at: events.value.lowerBound)
        guard list.kind == .array else {
            return .failure(ConsoleError("its “hooks.\(ToolEvent.beforeTool)” is not an array"))
        }
        places.list = list
        return .success(places)
    }

    private static func twice(_ key: String) -> ConsoleError {
        ConsoleError("it has “\(key)” more than once: keep one of them")
    }
}

/// The place of a value in a JSON text, and its contents.
struct JSONPlace {
    enum Kind { case object, array, other }

    /// A member of an object, or an element of an array.
    struct Member {
        /// Nil in an array.
        var key: String?
        /// From its key to the end of its value.
        var range: Range<Int>
        var value: Range<Int>
    }

    let kind: Kind
    /// From its first byte to its last.
    let range: Range<Int>
    let members: [Member]

    /// Parses the value that begins at a byte.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - start: the byte.
    /// - Throws: `JSONDefect`.
    init(in text: UnsafeRawBufferPointer, at start: Int) throws(JSONDefect) {
        var cursor = JSONCursor(text, at: start)
        var members: [Member] = []
        switch cursor.peek() {
        case UInt8(ascii: "{"):
            kind = .object
            var rest = try cursor.beginObject()
            while let key = try cursor.nextKey(&rest) {
                let value = try cursor.skipValueRange()
                members.append(
                    Member(
                        key: cursor.decoded(key), range: (key.range.lowerBound - 1)..<value.upperBound,
                        value: value))
            }
        case UInt8(ascii: "["):
            kind = .array
            var rest = try cursor.beginArray()
            while try cursor.nextElement(&rest) {
                let value = try cursor.skipValueRange()
                members.append(Member(range: value, value: value))
            }
        default:
            kind = .other
            _ = try cursor.skipValueRange()
        }
        self.members = members
        range = start..<cursor.offset
    }

    /// The first member of a name.
    func member(_ key: String) -> Member? { members.first { $0.key == key } }

    /// The number of the first member of a name.
    func index(of key: String) -> Int? { members.firstIndex { $0.key == key } }

    /// Whether no two members have the same name.
    func isUnique(_ key: String) -> Bool { members.count { $0.key == key } <= 1 }

    /// Whether its only member has the same space before and after it: ``TextLayout`` leaves it so in a
    /// container that was empty, and never in one that it makes.
    func holdsItsOwnSpace(in text: [UInt8]) -> Bool {
        guard let only = members.first, members.count == 1 else { return false }
        return text[(range.lowerBound + 1)..<only.range.lowerBound]
            == text[only.range.upperBound..<(range.upperBound - 1)]
    }

    /// The text without one of the members.
    func removing(_ index: Int, from text: [UInt8]) -> [UInt8] {
        let cut: Range<Int>
        if index > 0 {
            cut = members[index - 1].range.upperBound..<members[index].range.upperBound
        } else if members.count > 1 {
            cut = members[0].range.lowerBound..<members[1].range.lowerBound
        } else if holdsItsOwnSpace(in: text) {
            cut = members[0].range.lowerBound..<(range.upperBound - 1)
        } else {
            cut = (range.lowerBound + 1)..<(range.upperBound - 1)
        }
        return Array(text[..<cut.lowerBound] + text[cut.upperBound...])
    }
}

// MARK: - Layout

/// The layout of a JSON text, for values that are added to it.
struct TextLayout {
    let newline: String
    /// What each level adds to the indentation.
    let unit: String

    init(newline: String, unit: String) {
        self.newline = newline
        self.unit = unit
    }

    /// The layout of a text, by its first line break and the indentation of its first member.
    init(of text: [UInt8], root: JSONPlace) {
        let lineFeed = text.firstIndex(of: UInt8(ascii: "\n"))
        newline = lineFeed.map { $0 > 0 && text[$0 - 1] == UInt8(ascii: "\r") } == true ? "\r\n" : "\n"
        let first = root.members.first.flatMap { Self.indentation(before: $0.range.lowerBound, in: text) }
        unit = first.flatMap { $0.isEmpty ? nil : $0 } ?? "  "
    }

    /// JSON on several lines, each but the first indented.
    func text(of value: JSONValue, indentation: String) -> [UInt8] {
        let deeper = indentation + unit
        let (brackets, items): (String, [[UInt8]])
        switch value {
        case .object(let members) where !members.isEmpty:
            brackets = "{}"
            items = members.map { member(key: $0.key, $0.value, indentation: deeper) }
        case .array(let values) where !values.isEmpty:
            brackets = "[]"
            items = values.map { text(of: $0, indentation: deeper) }
        default: return value.bytes
        }
        let separator = Array("\(newline)\(deeper)".utf8)
        var bytes = Array(brackets.utf8.prefix(1))
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += separator + item
        }
        return bytes + Array("\(newline)\(indentation)".utf8) + brackets.utf8.suffix(1)
    }

    private func member(key: String?, _ value: JSONValue, indentation: String) -> [UInt8] {
        let name = key.map { JSONValue.string($0).bytes + Array(": ".utf8) } ?? []
        return name + text(of: value, indentation: indentation)
    }

    /// The text with one more member at the end of a container.
    ///
    /// - Parameters:
    ///   - value: the member's value.
    ///   - key: its name; nil in an array.
    ///   - container: the container.
    ///   - text: the text.
    /// - Returns: the text.
    func adding(_ value: JSONValue, key: String?, to container: JSONPlace, of text: [UInt8]) -> [UInt8] {
        guard let last = container.members.last else {
            return adding(value, key: key, toEmpty: container, of: text)
        }
        // On a line of its own if the member before it is.
        let space = Self.indentation(before: last.range.lowerBound, in: text)
        let line = space ?? Self.lineIndentation(at: last.range.lowerBound, in: text)
        let separator = space.map { newline + $0 } ?? " "
        return Array(text[..<last.range.upperBound]) + Array(",\(separator)".utf8)
            + member(key: key, value, indentation: line) + text[last.range.upperBound...]
    }

    private func adding(
        _ value: JSONValue, key: String?, toEmpty container: JSONPlace, of text: [UInt8]
    ) -> [UInt8] {
        let start = container.range.lowerBound + 1
        let space = text[start..<(container.range.upperBound - 1)]
        let end = text[(start + space.count)...]
        let isRoot = text[..<container.range.lowerBound].allSatisfy { $0 <= 0x20 }
        if isRoot, space.isEmpty {
            return text[..<start] + Array("\(newline)\(unit)".utf8)
                + member(key: key, value, indentation: unit) + Array(newline.utf8) + end
        }
        // The existing space, before and after: this distinguishes it from what is added here.
        let indentation =
            Self.indentation(before: start + space.count, in: text)
            ?? Self.lineIndentation(at: start - 1, in: text)
        return text[..<start] + space + member(key: key, value, indentation: indentation) + space + end
    }

    /// The indentation before a byte that is the first of its line; nil if it is not.
    private static func indentation(before offset: Int, in text: [UInt8]) -> String? {
        let blank = text[..<offset].reversed().prefix { $0 == 0x20 || $0 == 0x09 }
        let start = offset - blank.count
        guard start > 0, text[start - 1] == UInt8(ascii: "\n") else { return nil }
        return String(decoding: text[start..<offset], as: UTF8.self)
    }

    /// The indentation of the line that a byte is on.
    private static func lineIndentation(at offset: Int, in text: [UInt8]) -> String {
        let start = text[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return String(
            decoding: text[start..<offset].prefix { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }
}
