/// Where images are going to be sent: every judgement depends on it.
public struct Destination: Sendable, Codable, Hashable {
    /// The model that will see the images.
    public var model: ModelCatalog.Model
    /// The platform that receives the request.
    public var platform: ModelCatalog.Platform
    /// How many images the request will hold; above 20, a stricter limit on px applies.
    public var imagesPerRequest: Int
    /// The terms that change the price.
    public var terms: ServiceTerms

    private enum CodingKeys: String, CodingKey {
        case model, platform
        case imagesPerRequest = "images_per_request"
        case terms
    }

    /// A destination.
    ///
    /// - Parameters:
    ///   - model: the model that will see the images.
    ///   - platform: the platform that receives the request.
    ///   - imagesPerRequest: how many images the request will hold, at least 1.
    ///   - terms: the terms that change the price.
    public init(
        model: ModelCatalog.Model, platform: ModelCatalog.Platform, imagesPerRequest: Int = 1,
        terms: ServiceTerms = ServiceTerms()
    ) {
        self.model = model
        self.platform = platform
        self.imagesPerRequest = imagesPerRequest
        self.terms = terms
    }
}
