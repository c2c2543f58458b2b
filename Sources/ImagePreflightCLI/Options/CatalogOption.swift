internal import ArgumentParser
internal import ImagePreflight

/// `--catalog`, for commands that show the catalogue itself.
struct CatalogOption: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("A catalogue to use instead of the built-in one.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var catalog: String?

    /// The catalogue that is meant.
    func load() throws(ConsoleError) -> ModelCatalog {
        guard let catalog else { return .builtIn }
        return try CatalogFile.read(catalog)
    }
}
