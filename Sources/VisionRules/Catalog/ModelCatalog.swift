/// The models and platforms of one date. This data changes; a user can replace it with a file.
public struct ModelCatalog: Sendable, Hashable {
    /// When the data was published, as `2026-11-18`.
    public var date: String
    /// The models, newest first.
    public var models: [Model]
    /// The platforms.
    public var platforms: [Platform]

    /// A catalog.
    ///
    /// - Parameters:
    ///   - date: when the data was published.
    ///   - models: the models, newest first.
    ///   - platforms: the platforms.
    package init(date: String, models: [Model], platforms: [Platform]) {
        self.date = date
        self.models = models
        self.platforms = platforms
    }
}
