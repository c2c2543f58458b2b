extension Cost {
    /// An amount in USD in decimal form: `3`, `0.5`, `12.345678`. Never rounded.
    ///
    /// - Parameter usdText: decimal digits, at most six of them after a point, without a sign.
    public init?(usdText: String) {
        let parts = usdText.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : ""
        let digits = String(parts[0] + fraction)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), fraction.count <= 6,
            let microdollars = Int(digits + String(repeating: "0", count: 6 - fraction.count))
        else { return nil }
        self.init(microdollars: microdollars)
    }

    /// The exact amount in USD as a decimal without trailing zeros: `0.00312`, `0`, `12`.
    public var usdText: String { text(decimals: 6, keeping: 0) }

    /// The amount rounded half up to whole cents: `$4.77`.
    public var centsText: String { dollars(decimals: 2) }

    /// The amount for a table: whole cents from one dollar up, two significant digits below that, `$0.0048`.
    public var shortText: String {
        var decimals = 2
        var threshold: UInt = 100_000
        while decimals < 6, microdollars.magnitude < threshold {
            threshold /= 10
            decimals += 1
        }
        return dollars(decimals: decimals)
    }

    private func dollars(decimals: Int) -> String {
        let digits = text(decimals: decimals, keeping: 2)
        return digits.first == "-" ? "-$" + digits.dropFirst() : "$" + digits
    }

    /// Rounded half up (away from 0) to some decimals, of which at least `keeping` are written.
    private func text(decimals: Int, keeping: Int) -> String {
        var unit: UInt = 1
        for _ in decimals..<6 { unit *= 10 }
        let amount = microdollars.magnitude
        let scaled = amount / unit + (amount % unit * 2 >= unit ? 1 : 0)
        let perDollar = 1_000_000 / unit
        var fraction = String(scaled % perDollar)
        fraction = String(repeating: "0", count: decimals - fraction.count) + fraction
        while fraction.count > keeping, fraction.last == "0" { fraction.removeLast() }
        let sign = microdollars < 0 && scaled > 0 ? "-" : ""
        let whole = sign + String(scaled / perDollar)
        return fraction.isEmpty ? whole : whole + "." + fraction
    }
}
