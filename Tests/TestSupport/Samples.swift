public import ImageHeaders
public import VisionRules

/// A catalogue model by its id; the tests name only ids that are there.
public func model(_ id: String) throws -> Model { try ModelCatalog.builtIn.model(id) }

/// A destination from ids.
public func destination(
    _ modelID: String = ModelCatalog.defaultModelID, _ platformID: String = ModelCatalog.defaultPlatformID,
    imagesPerRequest: Int = 1, terms: ServiceTerms = ServiceTerms()
) throws -> Destination {
    Destination(
        model: try ModelCatalog.builtIn.model(modelID),
        platform: try ModelCatalog.builtIn.platform(platformID), imagesPerRequest: imagesPerRequest,
        terms: terms)
}

/// A size in px.
public func px(_ width: Int, _ height: Int) -> PixelSize { PixelSize(width: width, height: height) }
