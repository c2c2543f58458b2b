internal import ArgumentParser
internal import ImagePreflight
internal import PreflightFiles
internal import SystemPackage

/// Limits for decoding one image: `--memory-limit` and `--timeout`.
struct DecodingArguments: ParsableArguments {
    @OptionGroup var memory: MemoryArguments

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Time limit for decoding one image, in seconds; \(Preflighter.Decoder.defaultTimeout) by default.",
            valueName: "seconds"))
    var timeout: Int?

    mutating func validate() throws {
        if let timeout, !(1...86_400).contains(timeout) {
            throw ValidationError("--timeout must be between 1 and 86400 seconds.")
        }
    }

    /// The limits.
    ///
    /// - Returns: the standard limits with this memory limit.
    /// - Throws: only what validation has already refused.
    func limits() throws(PreflightError) -> DecodeLimits { try memory.limits() }

    /// Where a command decodes.
    ///
    /// A few images named on the command line are decoded in this process if a direct codec does all the
    /// work: starting a worker would take longer. Explicit limits only apply in a worker.
    ///
    /// - Parameter isForFew: whether only a few named images are decoded.
    /// - Returns: the decoder.
    func decoder(isForFew: Bool) -> Preflighter.Decoder {
        guard let executable = Self.executable else { return .inProcess }
        let timeout = timeout ?? Preflighter.Decoder.defaultTimeout
        return isForFew && self.timeout == nil && memory.memoryLimit == nil
            ? .directly(otherwise: executable, timeout: timeout)
            : .workers(executable: executable, timeout: timeout)
    }

    /// The program that decodes: `IMAGE_PREFLIGHT_WORKER`, which may start this one in a sandbox; otherwise this one.
    private static var executable: FilePath? {
        if let path = environmentVariables["IMAGE_PREFLIGHT_WORKER"], !path.isEmpty {
            return FilePath(path)
        }
        return OperatingSystem.currentExecutable
    }
}

/// The memory limit for one image: `--memory-limit`.
struct MemoryArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Memory limit for decoding one image, such as 512M or 2G; \(ByteAmount(bytes: DecodeLimits.standard.maxMemory)) by default.",
            valueName: "size"))
    var memoryLimit: ByteAmount?

    mutating func validate() throws {
        if let memoryLimit, memoryLimit.bytes < 1 << 20 {
            throw ValidationError("--memory-limit must be at least 1M.")
        }
    }

    /// The limit, bytes.
    var bytes: Int { memoryLimit?.bytes ?? DecodeLimits.standard.maxMemory }

    /// The limits.
    ///
    /// - Returns: the standard limits with this memory limit.
    /// - Throws: only what validation has already refused.
    func limits() throws(PreflightError) -> DecodeLimits { try DecodeLimits(maxMemory: bytes) }
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

    /// The amount with the largest unit that is exact, as in `512M`.
    var description: String {
        for (unit, shift) in [("T", 40), ("G", 30), ("M", 20), ("K", 10)]
        where bytes > 0 && bytes & (1 << shift - 1) == 0 { return "\(bytes >> shift)\(unit)" }
        return String(bytes)
    }
}
