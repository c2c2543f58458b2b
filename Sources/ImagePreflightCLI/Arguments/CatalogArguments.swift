internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight

/// `--catalog`.
struct CatalogArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A catalog of models, prices and limits to use instead of the built-in one.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var catalog: PathBytes?

    /// The catalog, validated.
    ///
    /// - Returns: the user's own, or the built-in one.
    /// - Throws: ``ConsoleError`` that names the file and its error.
    func load() throws(ConsoleError) -> ModelCatalog {
        guard let catalog else { return .builtIn }
        let bytes = try InputFile.bytes(of: catalog)
        do {
            return try JSONLine.decode(ModelCatalog.self, from: bytes)
        } catch let error as DecodingError {
            throw ConsoleError("\(catalog.text): \(CatalogError(error))")
        } catch {
            throw ConsoleError("\(catalog.text): \(error)")
        }
    }
}
