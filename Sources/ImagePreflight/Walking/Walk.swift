package import PreflightRecords
package import ImageHeaders
internal import VisionRules

/// The files of a run: where it begins, and what it includes.
package struct Walk: Sendable {
    /// Where a walk begins.
    package enum Source: Sendable {
        /// Files and folders that the caller names.
        case paths([PathBytes])
        /// A list of paths that is read from a descriptor, which stays open.
        case list(Int32, name: String, isNulSeparated: Bool)
        /// The same with the offset at which it begins, for a list that is read again.
        case repeatableList(Int32, start: Int, name: String, isNulSeparated: Bool)
    }

    /// What is included.
    package var options: FolderWalker.Options
    /// Where it begins.
    package let source: Source

    /// A walk.
    package init(options: FolderWalker.Options, source: Source) {
        self.options = options
        self.source = source
    }

    /// The same walk, which can begin more than once even when it is a list.
    ///
    /// - Parameter isStopped: whether to wait no longer for a list that comes through a pipe.
    /// - Returns: the walk.
    /// - Throws: a `FileError` when such a list cannot be kept.
    package func repeatable(isStopped: () -> Bool) throws(FileError) -> Walk {
        guard case .list(let descriptor, let name, let isNulSeparated) = source else { return self }
        let (list, start) = try RepeatableList.make(descriptor, isStopped: isStopped)
        return Walk(
            options: options,
            source: .repeatableList(list, start: start, name: name, isNulSeparated: isNulSeparated))
    }

    /// The walk without a shard: the files of all shards together.
    package var unsharded: Walk {
        var walk = self
        walk.options.shard = nil
        return walk
    }

    /// The name of the source in messages.
    package var name: PathBytes {
        switch source {
        case .paths(let paths): paths.first ?? PathBytes("arguments")
        case .list(_, let name, _), .repeatableList(_, _, let name, _): PathBytes(name)
        }
    }

    /// The walk from its beginning. A list can be walked only once, unless it is ``repeatable(isStopped:)``.
    ///
    /// - Parameter isStopped: whether to wait no longer for the next path of a list.
    /// - Returns: the walk at its beginning.
    package func begin(isStopped: @escaping @Sendable () -> Bool = { false }) -> FolderWalker {
        switch source {
        case .paths(let paths):
            return FolderWalker(roots: ArgumentRoots(paths), options: options)
        case .list(let list, let name, let isNulSeparated):
            return walker(of: list, name, isNulSeparated, isStopped)
        case .repeatableList(let list, let start, let name, let isNulSeparated):
            RepeatableList.rewind(list, to: start)
            return walker(of: list, name, isNulSeparated, isStopped)
        }
    }

    private func walker(
        of list: Int32, _ name: String, _ isNulSeparated: Bool, _ isStopped: @escaping @Sendable () -> Bool
    ) -> FolderWalker {
        FolderWalker(
            roots: ListedRoots(
                fileDescriptor: list, name: PathBytes(name), isNulSeparated: isNulSeparated,
                isStopped: isStopped),
            options: options)
    }

    /// Counts the files.
    ///
    /// - Parameter isOver: whether the number is no longer needed.
    /// - Returns: how many there are; nil if they can be walked only once, or the number is no longer needed.
    package func count(until isOver: () -> Bool) -> Int? {
        guard case .paths = source else { return nil }
        var walker = begin()
        var count = 0
        while let batch = walker.next(limit: 1024) {
            if isOver() { return nil }
            count += batch.entries.count
        }
        return count
    }
}
