internal import Foundation

/// One promise of the product, compared with the measurement.
struct Target: Sendable {
    enum Verdict: String, Sendable {
        case stretch = "met, stretch too"
        case met
        case missed = "**missed**"
        case unknown = "not measured"
    }

    var what: String
    var target: String
    var measured: String
    /// The same ratio by CPU time, which other work on the machine disturbs less.
    var byCPU: String
    var verdict: Verdict

    /// A target on one number.
    ///
    /// - Parameters:
    ///   - what: what is compared.
    ///   - value: the measured value; nil if it was not measured.
    ///   - cpu: the same ratio by CPU time, if that makes sense.
    ///   - bound: passes at this value, and at smaller or larger ones, depending on `isAtMost`.
    ///   - stretch: a more ambitious value.
    ///   - isAtMost: whether less is better.
    ///   - unit: follows the numbers.
    ///   - condition: something else that must hold; nil if unknown.
    ///   - remark: describes the condition.
    init(
        _ what: String, _ value: Double?, cpu: Double? = nil, _ bound: Double, stretch: Double,
        isAtMost: Bool = false, unit: String = "×", condition: Bool? = true, remark: String = ""
    ) {
        self.what = what
        let sign = isAtMost ? "≤" : "≥"
        // A number without a unit is an SSIM, which needs its fourth digit.
        let digits = unit.isEmpty ? 4 : 2
        func plain(_ number: Double) -> String { Numbers.text(number, digits).trimmingZeros + unit }
        target = "\(sign) \(plain(bound)) (stretch \(plain(stretch)))" + (remark.isEmpty ? "" : "; \(remark)")
        byCPU = cpu.map(plain) ?? ""
        guard let value, let condition else {
            measured = value.map(plain) ?? "–"
            verdict = .unknown
            return
        }
        measured = plain(value) + (condition ? "" : "; not: \(remark)")
        func passes(_ bound: Double) -> Bool { condition && (isAtMost ? value <= bound : value >= bound) }
        verdict = passes(stretch) ? .stretch : passes(bound) ? .met : .missed
    }
}

extension Target {
    /// A target on a ratio, by wall time and also by CPU time.
    init(
        _ what: String, _ ratio: Ratio?, _ bound: Double, stretch: Double, isAtMost: Bool = false,
        condition: Bool? = true, remark: String = ""
    ) {
        self.init(
            what, ratio?.wall, cpu: ratio?.cpu, bound, stretch: stretch, isAtMost: isAtMost,
            condition: condition, remark: remark)
    }

    /// How two contenders compare.
    struct Ratio: Sendable {
        var wall: Double
        var cpu: Double?

        /// How many times as fast the first is as the second; nil if one of them was not measured.
        init?(_ mine: Outcome?, over other: Outcome?) {
            guard let rate = mine?.imagesPerSecond, let rival = other?.imagesPerSecond else { return nil }
            wall = rate / rival
            guard let cost = mine?.cpuPerImage, let rivalCost = other?.cpuPerImage, cost > 0 else { return }
            cpu = rivalCost / cost
        }

        /// How many times as long it takes.
        var inverse: Ratio {
            var inverse = self
            inverse.wall = 1 / wall
            inverse.cpu = cpu.map { 1 / $0 }
            return inverse
        }
    }
}

extension String {
    fileprivate var trimmingZeros: String {
        guard contains(".") else { return self }
        var text = self[...]
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return String(text)
    }
}
