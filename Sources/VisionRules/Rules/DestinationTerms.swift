/// Terms that a destination does not offer: the service would refuse the request.
package enum TermsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The model is older than US-only inference.
    case modelWithoutUSOnly(modelID: String)
    /// The platform has no US-only inference, or its own price list for it.
    case platformWithoutUSOnly(platformName: String)
    /// The Batches API has no fast mode.
    case fastBatch
    /// The platform has no batches.
    case platformWithoutBatches(platformName: String)

    /// The error as a sentence.
    package var description: String {
        switch self {
        case .modelWithoutUSOnly(let id):
            "\(id) has no US-only inference: Claude 4.6 and later offer it, older models refuse the request"
        case .platformWithoutUSOnly(let name):
            "the price of US-only inference is known for the Claude API, not for \(name)"
        case .fastBatch: "batches have no fast mode"
        case .platformWithoutBatches(let name): "\(name) does not accept batches"
        }
    }
}

extension Destination {
    /// Checks that the destination offers the terms.
    ///
    /// - Throws: the first that it does not offer.
    package func checkTerms() throws(TermsError) {
        if terms.isUSOnly {
            guard model.hasUSOnly else { throw .modelWithoutUSOnly(modelID: model.id) }
            guard platform.hasUSOnly else { throw .platformWithoutUSOnly(platformName: platform.name) }
        }
        if terms.isBatch {
            guard !terms.isFast else { throw .fastBatch }
            guard platform.hasBatches else { throw .platformWithoutBatches(platformName: platform.name) }
        }
    }

    /// A note about fast mode, if it is requested: if the model or the platform does not offer it, so that
    /// the usual price is estimated, or when it ends. Nil if there is nothing to note.
    package var fastModeNote: String? {
        guard terms.isFast else { return nil }
        if model.ignoresFastMode { return "\(model.id) runs fast mode at its usual speed and price" }
        guard model.fastPrice != nil else {
            return "\(model.id) has no fast mode: requests for it are refused; this is its usual price"
        }
        guard platform.hasFastMode else {
            return "\(platform.name) has no fast mode; this is the usual price of \(model.id)"
        }
        return model.fastRemovedOn.map { "the fast mode of \(model.id) is removed on \($0)" }
    }
}
