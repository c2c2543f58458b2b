public import VisionRules

extension RuleCode {
    /// R502 `model-retired`.
    public static let modelRetired = RuleCode(rawValue: "R502")
}

extension RequestRule {
    /// R502: the platform no longer has the model, as of the catalog's date or a given one.
    static let modelRetired = RequestRule(
        Rule(
            .modelRetired, "model-retired", .warning,
            what: "The platform has retired the model that the request names.",
            why:
                "The service refuses requests to a retired model. Platforms retire a model on different days; the "
                + "day is compared with --date or the catalog's date, never with the clock.",
            example: #""model": "claude-3-7-sonnet-20250219""#,
            remedy: "Name a model that the platform has; `image-preflight models` lists them."),
        request: { context in
            let destination = context.destination
            guard let day = destination.model.retirement(on: destination.platform), day <= context.date else {
                return nil
            }
            // The portable profile covers every platform.
            let place =
                destination.platform.id == ModelCatalog.defaultPlatformID
                ? "at least one platform" : destination.platform.name
            return Observation("\(destination.model.id) was retired on \(place) by \(day)")
        })
}
