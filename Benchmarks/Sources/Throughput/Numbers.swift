internal import Foundation

/// Numbers as shown in the tables.
enum Numbers {
    /// A number with a fixed count of digits after the decimal point.
    static func text(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// A number with three significant digits, and all digits before the decimal point.
    static func short(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "–" }
        let size = abs(value)
        return text(value, size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : 2)
    }

    /// A count with its noun.
    static func count(_ value: Int, _ noun: String) -> String { "\(value) \(noun)\(value == 1 ? "" : "s")" }
}
