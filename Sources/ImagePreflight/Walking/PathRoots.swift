package import PreflightRecords
internal import PreflightFiles
package import ImageHeaders
internal import VisionRules

/// A file or folder that the caller named.
package struct PathRoot: Sendable, Hashable {
    /// The path as it was given.
    package var path: PathBytes
    /// For a file: where in ``path`` the part begins that a mirrored tree keeps.
    package var relativeStart: Int
    /// Whether a folder keeps the part from ``relativeStart`` on in a mirrored tree, because another root
    /// could have the same names; otherwise the tree below it is mirrored without its own name.
    package var isPrefixed: Bool
    /// What else could have the name of its output.
    package var clash: NameClash
}

/// Where a walk begins: the arguments of a command, or a list in a file.
package protocol PathRoots {
    /// The name of the source in messages.
    var name: PathBytes { get }
    /// The next root; nil at the end.
    mutating func next() throws(FileError) -> PathRoot?
}

/// Roots that are known from the start, such as the arguments of a command.
package struct ArgumentRoots: PathRoots {
    /// The name of the source in messages.
    package let name = PathBytes("arguments")
    private let roots: [PathRoot]
    private var index = 0

    /// Roots in the given order.
    ///
    /// A single root is mirrored without its own name. With several, each keeps its last component, unless
    /// two would clash: then all keep their paths as given.
    ///
    /// - Parameter paths: the paths as given.
    package init(_ paths: [PathBytes]) {
        let names = paths.map { ArraySlice(Self.lastComponent($0).map(\.asciiLowercased)) }
        let keepsWholePaths = Set(names).count < names.count
        var stems: [ArraySlice<UInt8>: Int] = [:]
        for name in names { stems[name.fileStem, default: 0] += 1 }
        let outputStems = Set(names.flatMap(NameClash.stemsOfOutputs))
        roots = zip(paths, names).map { path, name in
            PathRoot(
                path: path,
                relativeStart: keepsWholePaths
                    ? Self.mirroredStart(path) : path.bytes.count - Self.trailingLength(path),
                isPrefixed: paths.count > 1,
                clash: outputStems.contains(name)
                    ? .name : stems[name.fileStem, default: 0] > 1 ? .stem : .none)
        }
    }

    /// The next root; nil at the end.
    package mutating func next() throws(FileError) -> PathRoot? {
        guard index < roots.count else { return nil }
        defer { index += 1 }
        return roots[index]
    }

    /// The length of the last component with its trailing slashes.
    private static func trailingLength(_ path: PathBytes) -> Int {
        let slash = UInt8(ascii: "/")
        let trimmed = path.bytes.lastIndex { $0 != slash }.map { path.bytes[...$0] } ?? path.bytes
        let start = trimmed.lastIndex(of: slash).map { $0 + 1 } ?? trimmed.startIndex
        return path.bytes.endIndex - start
    }

    private static func lastComponent(_ path: PathBytes) -> ArraySlice<UInt8> {
        path.bytes.suffix(trailingLength(path)).prefix { $0 != UInt8(ascii: "/") }
    }

    /// Where the part of a path begins that stays inside an output folder: after leading `/`, `./`, `../`.
    static func mirroredStart(_ path: PathBytes) -> Int {
        let bytes = path.bytes
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
            guard bytes[start..<end].allSatisfy({ $0 == UInt8(ascii: ".") }), end - start <= 2,
                end < bytes.endIndex
            else { break }
            start = end + 1
        }
        return start - bytes.startIndex
    }
}

/// Roots from a file or standard input, one per line or each terminated by NUL; read as the walk proceeds, so
/// a list of any length costs one buffer.
package struct ListedRoots: PathRoots {
    /// The name of the source in messages.
    package let name: PathBytes
    private let fileDescriptor: Int32
    private let separator: UInt8
    private let isStopped: @Sendable () -> Bool
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Whether the next bytes are the rest of a refused line.
    private var isInLongLine = false

    /// A list.
    ///
    /// - Parameters:
    ///   - fileDescriptor: the list; stays open.
    ///   - name: the name of the source in messages.
    ///   - isNulSeparated: whether each path ends with NUL instead of a line feed.
    ///   - isStopped: whether to stop waiting for the next path.
    package init(
        fileDescriptor: Int32, name: PathBytes, isNulSeparated: Bool,
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.fileDescriptor = fileDescriptor
        self.name = name
        self.isStopped = isStopped
        separator = isNulSeparated ? 0 : UInt8(ascii: "\n")
    }

    /// The next root that is not empty; nil at the end. A line that is too long for a path is skipped and
    /// thrown: a list without separators, which may not be a list at all, is never held as a whole.
    package mutating func next() throws(FileError) -> PathRoot? {
        while true {
            if let end = buffer[position...].firstIndex(of: separator) {
                let path = buffer[position..<end]
                position = end + 1
                if isInLongLine { isInLongLine = false } else if let root = root(path) { return root }
            } else if isAtEnd {
                let path = buffer[position...]
                position = buffer.count
                return isInLongLine ? nil : root(path)
            } else if isInLongLine {
                position = buffer.count
                try fill()
            } else if buffer.count - position > Self.maxLineBytes {
                isInLongLine = true
                throw FileError(.open, errno: ENAMETOOLONG)
            } else {
                try fill()
            }
        }
    }

    /// Far more than any system allows: anything longer is not a path.
    private static let maxLineBytes = 1 << 16

    private func root(_ line: ArraySlice<UInt8>) -> PathRoot? {
        var line = line
        if separator == UInt8(ascii: "\n"), line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.isEmpty else { return nil }
        // A copy: the slice would keep the whole buffer of this moment alive.
        let path = PathBytes(Array(line)[...])
        return PathRoot(
            path: path, relativeStart: ArgumentRoots.mirroredStart(path), isPrefixed: true, clash: .stem)
    }

    private mutating func fill() throws(FileError) {
        buffer.removeFirst(position)
        position = 0
        let (start, chunk) = (buffer.count, 1 << 16)
        buffer.append(contentsOf: repeatElement(0, count: chunk))
        let result = buffer.withUnsafeMutableBytes { buffer in
            Result { () throws(FileError) in
                try readWaiting(
                    from: fileDescriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]),
                    until: isStopped)
            }
        }
        let count = try? result.get()
        buffer.removeLast(chunk - (count ?? 0))
        isAtEnd = count ?? 0 == 0
        // The beginning of a path is not a path.
        if try result.get() == nil { buffer = [] }
    }
}
