extension ModelCatalog.Model {
    /// The cost of input tokens under some terms.
    ///
    /// Everything that multiplies the price (batch ½, US-only 1.1) is applied in whole numbers, and the
    /// result is rounded once, at the end, half up. To price many images, price the sum of their tokens.
    ///
    /// - Parameters:
    ///   - inputTokens: the tokens to price.
    ///   - promptTokens: the whole prompt (input, cache reads and cache writes of the one request), which
    ///     decides the price step; nil if it consists of the tokens to price.
    ///   - terms: the terms of the request.
    /// - Returns: the cost; saturates instead of overflowing. Nothing for 0 tokens or less.
    public func cost(inputTokens: Int, promptTokens: Int? = nil, terms: ServiceTerms = ServiceTerms()) -> Cost
    {
        costSum(inputTokens: inputTokens, promptTokens: promptTokens, terms: terms).cost
    }

    /// The cost of input tokens under some terms, not rounded yet.
    func costSum(inputTokens: Int, promptTokens: Int?, terms: ServiceTerms) -> CostSum {
        let price = price(promptTokens: promptTokens ?? inputTokens, isFast: terms.isFast && !terms.isBatch)
        let perMillion =
            switch terms.cache {
            case .none: price.input
            case .write5m: price.cacheWrite5m
            case .write1h: price.cacheWrite1h
            case .read: price.cacheRead
            }
        return CostSum(tokens: inputTokens, perMillion: perMillion, terms: terms)
    }

    /// The prices that apply to a prompt of this many tokens. Fast mode has one price, where it exists; a
    /// model without it is priced as usual.
    func price(promptTokens: Int, isFast: Bool) -> ModelCatalog.Price {
        if isFast, let fastPrice { return fastPrice }
        var index = priceSteps.count - 1
        while index > 0, promptTokens <= priceSteps[index].abovePromptTokens { index -= 1 }
        // `validate` refuses a catalog without any step; there is no price then, so nothing is charged.
        return index < 0
            ? ModelCatalog.Price(input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0)
            : priceSteps[index].price
    }
}
