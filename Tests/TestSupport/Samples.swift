public import ImageHeaders
public import VisionRules

/// A catalog model by its ID; the tests use only existing IDs.
public func model(_ id: String) throws -> ModelCatalog.Model { try ModelCatalog.builtIn.model(id) }

/// A destination from IDs.
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

/// A generator with a fixed sequence, so that a failing property can be rerun.
public struct FixedGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Creates a generator with a seed.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
