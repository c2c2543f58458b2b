internal import ArgumentParser
internal import ImagePreflight

/// Where the images go: `--model`, `--platform`, `--images-per-request`, `--catalog`.
struct DestinationArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model that will see the images; any model ID, also with a date or a platform's prefix.",
            valueName: "id"),
        completion: .list(ModelCatalog.builtIn.models.map(\.id)))
    var model = ModelCatalog.defaultModelID

    @OptionGroup var platform: PlatformArguments

    /// The destination.
    func destination(terms: ServiceTerms = ServiceTerms()) throws(ConsoleError) -> Destination {
        try platform.destination(model: model, catalog: try platform.catalog.load(), terms: terms)
    }
}

/// `--platform`, `--images-per-request`, `--catalog`: the parts of a destination except the model.
struct PlatformArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The platform that receives the request: \(ModelCatalog.builtIn.platforms.map(\.id).joined(separator: ", ")). "
                + "What passes `portable` passes everywhere.", valueName: "id"),
        completion: .list(ModelCatalog.builtIn.platforms.map(\.id)))
    var platform = ModelCatalog.defaultPlatformID

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How many images a request will hold; above 20, at most 2000 px a side.", valueName: "n"))
    var imagesPerRequest = 1

    @OptionGroup var catalog: CatalogArguments

    mutating func validate() throws {
        if imagesPerRequest < 1 { throw ValidationError("--images-per-request must be at least 1.") }
    }

    func destination(
        model id: String, catalog: ModelCatalog, terms: ServiceTerms = ServiceTerms()
    ) throws(ConsoleError) -> Destination {
        do {
            var terms = terms
            terms.isFast = terms.isFast || catalog.namesFastMode(id)
            let destination = Destination(
                model: try catalog.model(id), platform: try catalog.platform(platform),
                imagesPerRequest: imagesPerRequest, terms: terms)
            try destination.checkTerms()
            if let note = destination.fastModeNote { Diagnostics.line(note) }
            return destination
        } catch {
            throw ConsoleError("\(error)")
        }
    }
}
