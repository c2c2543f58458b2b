internal import PreflightRecords

/// Which files of a folder a run includes.
public struct WalkOptions: Sendable, Hashable {
    /// Include only files that match one of these globs; empty for all. A glob with a slash is matched
    /// against the path below the folder, one without against the file name.
    public var include: [String]
    /// Skip files and folders that match one of these globs.
    public var exclude: [String]
    /// Whether files that are not images by their bytes and do not claim to be by their extension, such as a
    /// README, are skipped. Otherwise each is a refused image.
    public var imagesOnly: Bool
    /// Whether names that begin with a dot are included.
    public var includesHidden: Bool
    /// Whether symbolic links to folders are followed. Links to files always are.
    public var followsLinks: Bool
    /// The part of the files to include, for several machines; nil for all.
    public var shard: Shard?

    /// Options; the defaults include every file whose name does not begin with a dot.
    public init(
        include: [String] = [], exclude: [String] = [], imagesOnly: Bool = false,
        includesHidden: Bool = false,
        followsLinks: Bool = false, shard: Shard? = nil
    ) {
        self.include = include
        self.exclude = exclude
        self.imagesOnly = imagesOnly
        self.includesHidden = includesHidden
        self.followsLinks = followsLinks
        self.shard = shard
    }

    var walkerOptions: FolderWalker.Options {
        FolderWalker.Options(
            filter: PathFilter(
                include: include.map { PathBytes($0) }, exclude: exclude.map { PathBytes($0) },
                takesHidden: includesHidden, followsLinks: followsLinks),
            shard: shard)
    }
}
