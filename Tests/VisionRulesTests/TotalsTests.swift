import Foundation
import PreflightRecords
import Testing
import VisionRules

/// Totals are read back as written.
@Suite("Totals")
struct TotalsTests {
    @Test("survive a round trip through JSON")
    func roundTrip() throws {
        var check = ImageRecord.Totals()
        (check.images, check.accepted, check.rejected, check.tokens) = (3, 2, 1, 400)
        check.cost = Cost(microdollars: 1200)
        #expect(try Self.coded(check) == check)
        var preparation = ManifestRow.Totals()
        preparation.images = 2
        preparation.actions = [.copied: 1, .failed: 1]
        preparation.bytesAfter = 10
        preparation.costAfter = Cost(microdollars: 7)
        preparation.budget = ManifestRow.Totals.Budget(
            limit: .cost(Cost(microdollars: 9)), planned: .cost(Cost(microdollars: 12)),
            given: .cost(Cost(microdollars: 8)), reduced: 1, images: 2, ceiling: 100)
        #expect(try Self.coded(preparation) == preparation)
        preparation.budget?.limit = .tokens(5)
        preparation.budget?.planned = .tokens(6)
        preparation.budget?.given = .tokens(5)
        #expect(try Self.coded(preparation) == preparation)
    }

    private static func coded<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }
}
