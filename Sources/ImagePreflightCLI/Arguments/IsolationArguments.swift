internal import ArgumentParser
internal import ImagePreflight

/// What one image may take: `--memory-limit`.
struct MemoryArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The most memory that decoding one image may take, as in 512M or 2G.",
            valueName: "size"))
    var memoryLimit = ByteAmount(bytes: DecodeLimits.standard.maxMemory)

    mutating func validate() throws {
        if memoryLimit.bytes < 1 << 20 { throw ValidationError("--memory-limit must be at least 1M.") }
    }

    /// What the option means.
    ///
    /// - Returns: the standard limits but for the memory.
    /// - Throws: what validation has refused already.
    func limits() throws(InvalidLimit) -> DecodeLimits {
        try DecodeLimits(maxMemory: memoryLimit.bytes)
    }
}

/// How long one image may take in a worker: `--timeout`.
struct TimeoutArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The most seconds that one image may take in a worker.", valueName: "seconds"))
    var timeout = Isolation.defaultTimeout

    mutating func validate() throws {
        if !(1...86_400).contains(timeout) {
            throw ValidationError("--timeout must be between 1 and 86400 seconds.")
        }
    }
}

/// An amount of bytes as people write it: `500000`, `512M`, `2G`, `1.5 GiB`.
struct ByteAmount: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    /// An amount with or without a unit of 1024s.
    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = argument.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        let shifts = ["": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40]
        let stem = unit.hasSuffix("ib") ? unit.dropLast(2) : unit.count > 1 ? unit.dropLast(1) : unit[...]
        guard let number = Double(digits), let shift = shifts[String(stem)], unit != "ib" else { return nil }
        let bytes = number * Double(1 << shift)
        guard bytes >= 0, bytes < Double(1 << 60) else { return nil }
        self.bytes = Int(bytes)
    }

    /// The amount with the largest unit that says it exactly, as in `512M`.
    var description: String {
        for (unit, shift) in [("T", 40), ("G", 30), ("M", 20), ("K", 10)]
        where bytes > 0 && bytes & (1 << shift - 1) == 0 { return "\(bytes >> shift)\(unit)" }
        return String(bytes)
    }
}
