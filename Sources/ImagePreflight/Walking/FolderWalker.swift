package import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import SystemPackage
internal import VisionRules

/// Walks files and folders in a fixed order, depth first, names by their bytes, and returns the files in
/// batches. Holds the listings of the current folder and those above it, and nothing else.
package struct FolderWalker {
    /// What to walk and what to include.
    package struct Options: Sendable, Hashable {
        /// Which files of a folder are included.
        package var filter: PathFilter
        /// The part of the files that is included; nil for all.
        package var shard: WalkOptions.Shard?
        /// Whether ``PathBatch/Entry`` gets what else could have the name of a file's output, which naming
        /// outputs needs.
        package var marksClashes: Bool
        /// Where the walk gives up on a branch.
        package var limits: WalkLimits
        /// A folder that is never entered: the output folder, when it is inside a folder that is walked.
        package var excludedFolder: PathBytes?

        /// Options for a walk.
        package init(
            filter: PathFilter = PathFilter(), shard: WalkOptions.Shard? = nil, marksClashes: Bool = false,
            limits: WalkLimits = .standard, excludedFolder: PathBytes? = nil
        ) {
            self.excludedFolder = excludedFolder
            self.filter = filter
            self.shard = shard
            self.marksClashes = marksClashes
            self.limits = limits
        }
    }

    /// A folder that is being walked.
    private struct Level {
        var listing: DirectoryListing
        var next: Int
        /// The length of `path` without the names, with the slash.
        var pathLength: Int
        /// Nil if it is not needed: see ``descend(nameStart:isLink:in:)``.
        var identity: FileIdentity?
    }

    private let options: Options
    /// The identity of the excluded folder; nil while it does not exist.
    private let excluded: FileIdentity?
    private var roots: any PathRoots
    private var levels: [Level] = []
    /// The path of the current folder with its slash; names are appended and removed again.
    private var path: [UInt8] = []
    private var relativeStart = 0
    /// For how many more missing roots a similar name is looked for: that lists the folder each time, and a list
    /// may name any number.
    private var suggestionsLeft = 16

    /// A walker over roots: files and folders that the caller names.
    ///
    /// - Parameters:
    ///   - roots: where to begin, in order.
    ///   - options: what to include.
    package init(roots: any PathRoots, options: Options) {
        self.roots = roots
        self.options = options
        excluded = options.excludedFolder.flatMap { FileStatus(FilePath($0))?.identity }
    }

    /// The next files, at most `limit`.
    ///
    /// - Parameter limit: the most files in a batch.
    /// - Returns: the files, and what could not be walked on the way to them; nil at the end.
    package mutating func next(limit: Int) -> PathBatch? {
        var batch = PathBatch()
        while batch.entries.count < limit {
            if levels.isEmpty {
                do throws(FileError) {
                    guard let root = try roots.next() else { break }
                    begin(root, in: &batch)
                } catch {
                    batch.problems.append(PathBatch.Problem(path: roots.name, error: error))
                    break
                }
            } else {
                step(in: &batch)
            }
        }
        return batch.isEmpty ? nil : batch
    }

    private mutating func begin(_ root: PathRoot, in batch: inout PathBatch) {
        path = Array(root.path.bytes)
        relativeStart = root.relativeStart
        if path.isEmpty || path.contains(0) {
            return report(FileError(.open, errno: ENOENT), path, in: &batch)
        }
        guard isShort(in: &batch) else { return }
        guard let status = status() else {
            return reportMissing(FileError(.open, errno: errno), root.path, in: &batch)
        }
        if status.kind == .folder {
            if status.identity == excluded {
                // Otherwise outputs would be read as sources, and sources could be replaced as outputs.
                return batch.problems.append(
                    PathBatch.Problem(path: root.path, reason: "it is the output folder itself"))
            }
            if path.last != UInt8(ascii: "/") { path.append(UInt8(ascii: "/")) }
            relativeStart = root.isPrefixed ? root.relativeStart : path.count
            enter(status.identity, in: &batch)
        } else {
            take(path[...], clash: root.clash, isRegular: status.kind == .file, in: &batch)
        }
    }

    /// Adds one name in the current folder.
    private mutating func step(in batch: inout PathBatch) {
        let last = levels.count - 1
        guard levels[last].next < levels[last].listing.entries.count else {
            levels.removeLast()
            return
        }
        let entry = levels[last].listing.entries[levels[last].next]
        levels[last].next += 1
        path.removeLast(path.count - levels[last].pathLength)
        let nameStart = path.count
        path.append(contentsOf: levels[last].listing.name(of: entry))
        guard isShort(in: &batch) else { return }
        switch entry.kind {
        case .file: filter(nameStart: nameStart, clash: entry.clash, in: &batch)
        case .folder: descend(nameStart: nameStart, isLink: false, in: &batch)
        case .link, .unknown:
            // Filtered names are not examined: a broken link is a problem only if it is included.
            let wanted = options.filter
            let isTaken = withNames(nameStart) { wanted.takesFile(name: $0, relativePath: $1) }
            guard isTaken || wanted.followsLinks || entry.kind == .unknown else { break }
            guard let status = status() else {
                guard isTaken else { break }
                return report(FileError(.open, errno: errno), path, in: &batch)
            }
            switch status.kind {
            case .file: filter(nameStart: nameStart, clash: entry.clash, in: &batch)
            case .folder: descend(nameStart: nameStart, isLink: entry.kind == .link, in: &batch)
            case .other: break
            }
        case .other: break
        }
    }

    private mutating func filter(nameStart: Int, clash: NameClash, in batch: inout PathBatch) {
        // A prepared folder also has the run's own files.
        if ManifestFile.isName(path[nameStart...]), ManifestFile.holdsRows(FilePath(PathBytes(path[...]))) {
            return
        }
        if !options.filter.include.isEmpty || !options.filter.exclude.isEmpty {
            let filter = options.filter
            let isTaken = withNames(nameStart) { filter.takesFile(name: $0, relativePath: $1) }
            guard isTaken else { return }
        }
        take(path[...], clash: clash, isRegular: true, in: &batch)
    }

    private func take(
        _ path: ArraySlice<UInt8>, clash: NameClash, isRegular: Bool, in batch: inout PathBatch
    ) {
        if let shard = options.shard, !shard.contains(path[relativeStart...]) { return }
        batch.append(
            path: path, relativeStart: relativeStart, clash: clash,
            isRegular: isRegular)
    }

    private mutating func descend(nameStart: Int, isLink: Bool, in batch: inout PathBatch) {
        if isLink, !options.filter.followsLinks { return }
        let filter = options.filter
        let isEntered = withNames(nameStart) { filter.entersFolder(name: $0, relativePath: $1) }
        guard isEntered else { return }
        // Only a link can lead back up, so only then, and if a folder is excluded, is a folder's identity
        // worth a system call.
        var identity: FileIdentity?
        if options.filter.followsLinks || excluded != nil {
            guard let status = status() else {
                return report(FileError(.openFolder, errno: errno), path, in: &batch)
            }
            identity = status.identity
            if identity == excluded { return }
            if options.filter.followsLinks, levels.contains(where: { $0.identity == identity }) { return }
        }
        guard levels.count < options.limits.maxDepth else {
            return batch.problems.append(
                PathBatch.Problem(path: PathBytes(path[...]), reason: options.limits.tooDeep))
        }
        path.append(UInt8(ascii: "/"))
        enter(identity, in: &batch)
    }

    private mutating func enter(_ identity: FileIdentity?, in batch: inout PathBatch) {
        let options = options
        do throws(FileError) {
            var listing = try withPath { path throws(FileError) in
                try DirectoryListing(path: path, takesHidden: options.filter.takesHidden)
            }
            if options.marksClashes { listing.markClashes() }
            levels.append(Level(listing: listing, next: 0, pathLength: path.count, identity: identity))
        } catch {
            report(error, path, in: &batch)
        }
    }

    /// Whether the path may be passed to the system; if not, that is reported.
    private func isShort(in batch: inout PathBatch) -> Bool {
        if path.count <= options.limits.maxPathBytes { return true }
        batch.problems.append(
            PathBatch.Problem(
                path: PathBytes(path[...]), reason: options.limits.tooLong(byteCount: path.count)))
        return false
    }

    /// Reports a root that does not exist, with the name that may have been meant.
    private mutating func reportMissing(_ error: FileError, _ path: PathBytes, in batch: inout PathBatch) {
        guard suggestionsLeft > 0 else { return report(error, self.path, in: &batch) }
        suggestionsLeft -= 1
        batch.problems.append(
            PathBatch.Problem(path: path, reason: error.suggesting(for: FilePath(path))))
    }

    private func report(_ error: FileError, _ path: [UInt8], in batch: inout PathBatch) {
        batch.problems.append(PathBatch.Problem(path: PathBytes(path[...]), error: error))
    }

    /// Calls `body` with the last name of the path and the path below the root, both terminated by NUL.
    private mutating func withNames(
        _ nameStart: Int, _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Bool
    ) -> Bool {
        path.append(0)
        defer { path.removeLast() }
        let relativeStart = min(relativeStart, nameStart)
        return path.withUnsafeBytes { bytes in
            guard let base = bytes.assumingMemoryBound(to: CChar.self).baseAddress else { return false }
            return body(base + nameStart, base + relativeStart)
        }
    }

    private mutating func withPath<Value>(
        _ body: (UnsafePointer<CChar>) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        path.append(0)
        defer { path.removeLast() }
        return try Self.withCString(path, body)
    }

    private static func withCString<Value>(
        _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        let result: Result<Value, FileError> = bytes.withUnsafeBytes { bytes in
            guard let base = bytes.assumingMemoryBound(to: CChar.self).baseAddress else {
                return .failure(FileError(.open, errno: ENOENT))
            }
            do throws(FileError) { return .success(try body(base)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The kind of file at the current path.
    private mutating func status() -> FileStatus? {
        path.append(0)
        defer { path.removeLast() }
        return path.withUnsafeBytes { bytes in
            bytes.assumingMemoryBound(to: CChar.self).baseAddress.flatMap { FileStatus(platformPath: $0) }
        }
    }
}
