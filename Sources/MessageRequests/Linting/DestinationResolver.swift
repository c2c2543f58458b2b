internal import VisionRules

/// Finds out where each request is going: from the options, from the request itself, or by default.
struct DestinationResolver: Sendable {
    private let catalog: ModelCatalog
    private let terms: ServiceTerms
    private let imagesPerRequest: Int
    private let fixedModel: ModelCatalog.Model?
    private let fixedPlatform: ModelCatalog.Platform?
    private let defaultModel: ModelCatalog.Model
    private let defaultPlatform: ModelCatalog.Platform

    init(_ options: LintOptions) throws(RequestError) {
        catalog = options.catalog
        terms = options.terms
        imagesPerRequest = options.imagesPerRequest
        func model(_ id: String) throws(RequestError) -> ModelCatalog.Model {
            do throws(CatalogError) { return try options.catalog.model(id) } catch {
                throw RequestError(.catalog(error))
            }
        }
        func platform(_ id: String) throws(RequestError) -> ModelCatalog.Platform {
            do throws(CatalogError) { return try options.catalog.platform(id) } catch {
                throw RequestError(.catalog(error))
            }
        }
        var fixedModel: ModelCatalog.Model?
        if let id = options.modelID { fixedModel = try model(id) }
        var fixedPlatform: ModelCatalog.Platform?
        if let id = options.platformID { fixedPlatform = try platform(id) }
        // A user's own catalog need not have the built-in default; its first model is its newest.
        let fallback = options.catalog.models.first?.id ?? ModelCatalog.defaultModelID
        if let known = fixedModel ?? (try? options.catalog.model(ModelCatalog.defaultModelID)) {
            defaultModel = known
        } else {
            defaultModel = try model(fallback)
        }
        if let fixedPlatform {
            defaultPlatform = fixedPlatform
        } else {
            defaultPlatform = try platform(ModelCatalog.defaultPlatformID)
        }
        self.fixedModel = fixedModel
        self.fixedPlatform = fixedPlatform
    }

    /// The destination of something that is not a request at all.
    var fallback: Destination {
        Destination(
            model: defaultModel, platform: defaultPlatform, imagesPerRequest: imagesPerRequest, terms: terms)
    }

    /// The destination of a request, and notes about it.
    func destination(of request: ScannedRequest, isBatch: Bool) -> (Destination, notes: [String]) {
        var notes: [String] = []
        var destination = fallback
        if isBatch { destination.terms.isBatch = true }
        if fixedModel == nil, let id = request.model {
            do throws(CatalogError) {
                destination.model = try catalog.model(id)
                if catalog.namesFastMode(id) { destination.terms.isFast = true }
            } catch {
                notes.append("\(error.description); judged as \(defaultModel.id)")
            }
        }
        if fixedPlatform == nil, let id = platformID(of: request), let platform = try? catalog.platform(id) {
            destination.platform = platform
        }
        return (destination, notes)
    }

    /// The platform that matches the shape of a body.
    private func platformID(of request: ScannedRequest) -> String? {
        if request.isConverse { return "bedrock" }
        guard let version = request.anthropicVersion else { return nil }
        if version.hasPrefix("bedrock") { return "bedrock" }
        return version.hasPrefix("vertex") ? "google-cloud" : nil
    }
}
