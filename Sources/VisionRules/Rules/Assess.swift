internal import ImageHeaders

/// Judges one image at one destination, from what its header says.
///
/// What the model sees, its tokens and its cost are set whenever the size is known and the format can be
/// sent: for a rejected image they are what they would be without the refusal. The cost is that of the
/// image's visual tokens alone, at the price step of a request that holds ``Destination/imagesPerRequest``
/// such images.
///
/// - Parameters:
///   - subject: the image.
///   - destination: where it is sent.
/// - Returns: what the service does, what the model sees, and the findings in the order of their codes.
public func assess(_ subject: ImageSubject, for destination: Destination) -> Assessment {
    switch subject.header {
    case .success(let facts) where facts.isSendable && subject.byteCount > 0:
        assessImage(subject, facts: facts, destination: destination)
    case .success(let facts):
        refuse(subject, format: facts.format, kind: facts.unsupportedKind, error: nil, destination)
    case .failure(let error):
        refuse(subject, format: error.format, error: error, destination)
    }
}

private func assessImage(
    _ subject: ImageSubject, facts: ImageFacts, destination: Destination
) -> Assessment {
    let seen = SeenSize(of: facts.displaySize, tier: destination.model.tier)
    var findings: [Finding] = []
    var isRefused = false
    let rules = ImageRule.checked
    for index in rules.indices {
        guard let found = rules[index].check?(subject, facts, seen, destination) else { continue }
        if isRefused, rules[index].rule.scope == .acceptedImages { continue }
        isRefused = isRefused || rules[index].rule.severity == .error
        // Few images have more, and growing costs more than the rules.
        if findings.isEmpty { findings.reserveCapacity(3) }
        findings.append(Finding(rules[index].rule, found))
    }
    let verdict: Verdict = isRefused ? .rejected : seen.isDownsized ? .downsized : .accepted
    return Assessment(
        verdict: verdict, seen: seen, guideTokens: GuideEstimate.tokens(seen.size),
        cost: destination.cost(imageTokens: seen.tokens), findings: findings)
}

private func refuse(
    _ subject: ImageSubject, format: ImageFormat?, kind: ImageFacts.UnsupportedKind? = nil,
    error: HeaderError?,
    _ destination: Destination
) -> Assessment {
    var findings: [Finding] = []
    if subject.byteCount == 0 || error == .empty {
        findings.append(.emptyFile(subject))
    } else if let kind {
        findings.append(.unsupportedFormat(subject, kind: kind))
    } else if let document = subject.document {
        findings.append(.unsupportedFormat(subject, document: document, for: destination))
    } else if let format, !format.isSendable {
        findings.append(.unsupportedFormat(subject, format: format))
    } else if let error {
        findings.append(.unreadableImage(subject, error: error))
    }
    if subject.byteCount > 0, let format, let found = observeMismatch(subject, actual: format) {
        findings.append(Finding(ImageRule.extensionMismatch.rule, found))
    }
    return Assessment(verdict: .rejected, seen: nil, guideTokens: nil, cost: nil, findings: findings)
}

extension Destination {
    /// The cost of images' visual tokens, in requests that hold ``imagesPerRequest`` such images.
    ///
    /// - Parameters:
    ///   - imageTokens: the visual tokens of one image.
    ///   - count: how many of them are priced; their cost is rounded once, not for each.
    /// - Returns: the cost as input.
    public func cost(imageTokens: Int, count: Int = 1) -> Cost {
        costSum(imageTokens: imageTokens, count: count).cost
    }

    /// The same, not rounded yet, for sums over images of different sizes.
    ///
    /// - Parameters:
    ///   - imageTokens: the visual tokens of one image.
    ///   - count: how many of them are priced.
    /// - Returns: the cost as input.
    package func costSum(imageTokens: Int, count: Int = 1) -> CostSum {
        let perImage = imageTokens.saturatingAdd(model.overheadTokensPerImage)
        return model.costSum(
            inputTokens: imageTokens.saturatingTimes(count),
            promptTokens: perImage.saturatingTimes(max(imagesPerRequest, 1)), terms: pricedTerms)
    }

    /// The terms without a fast mode that the platform does not offer.
    package var pricedTerms: ServiceTerms {
        var terms = terms
        terms.isFast = terms.isFast && platform.hasFastMode
        return terms
    }
}

extension [Finding] {
    /// Whether the service refuses the image or request with these findings.
    package var containError: Bool { contains { $0.severity == .error } }
}
