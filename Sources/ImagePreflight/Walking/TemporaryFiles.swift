internal import PreflightRecords
internal import PreflightFiles
internal import SystemPackage
internal import VisionRules

/// Half-written files of a killed run.
enum TemporaryFiles {
    /// Removes the temporary files of `AtomicFile` below a folder. Only for the holder of the folder's lock:
    /// it would also remove those of a run that is still working.
    ///
    /// - Parameter folder: the output folder.
    static func remove(below folder: FilePath) {
        var walker = FolderWalker(
            roots: ArgumentRoots([PathBytes(folder)]),
            options: FolderWalker.Options(
                filter: PathFilter(
                    include: [PathBytes(AtomicFile.temporaryPrefix + "*")], takesHidden: true)))
        while let batch = walker.next(limit: 1024) {
            for entry in batch.entries {
                FilePath(batch.path(of: entry)).remove()
            }
        }
    }
}
