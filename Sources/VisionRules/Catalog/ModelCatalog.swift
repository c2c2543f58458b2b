/// The models and platforms of one date. The data change; a user can replace them with a file.
public struct ModelCatalog: Sendable, Hashable {
    /// When the data were published, as `2026-11-18`.
    public var date: String
    /// The models, newest first.
    public var models: [Model]
    /// The platforms.
    public var platforms: [Platform]

    /// A catalogue.
    ///
    /// - Parameters:
    ///   - date: when the data were published.
    ///   - models: the models, newest first.
    ///   - platforms: the platforms.
    package init(date: String, models: [Model], platforms: [Platform]) {
        self.date = date
        self.models = models
        self.platforms = platforms
    }
}
