import Foundation
import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("What the model sees, compared with recorded vectors")
struct VectorTests {
    private struct SizeRow: Decodable {
        var width: Int
        var height: Int
        var tier: String
        var sees: [Int]
        var tokens: Int
        var guide: Double
    }

    private struct MeasuredRow: Decodable {
        var width: Int
        var height: Int
        var images: Int
        var model: String
        var tier: String
        var measured: Int
        var residual: Int
    }

    private func rows<Row: Decodable>(_ name: String, as: Row.Type) throws -> [Row] {
        let data = try Data(contentsOf: Resources.shared.appending(path: "vectors/\(name)"))
        let decoder = JSONDecoder()
        return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(Row.self, from: $0) }
    }

    @Test(
        "every size in the vectors is seen, counted and estimated as recorded",
        .enabled(if: Resources.hasShared))
    func sizes() throws {
        let rows = try rows("sizes.jsonl", as: SizeRow.self)
        #expect(rows.count == 2000)
        let tiers = ["standard": ModelCatalog.Tier.standard, "high": ModelCatalog.Tier.highResolution]
        for row in rows {
            let seen = SeenSize(of: px(row.width, row.height), tier: try #require(tiers[row.tier]))
            #expect([seen.size.width, seen.size.height] == row.sees, "\(row)")
            #expect(seen.tokens == row.tokens, "\(row)")
            #expect(seen.isDownsized == ([row.width, row.height] != row.sees), "\(row)")
            // The vectors contain the guide's estimate for the seen size before it is rounded up.
            #expect(GuideEstimate.tokens(seen.size) == Int((row.guide - 0.0001).rounded(.up)), "\(row)")
        }
    }

    @Test("the service measured the patch count plus a constant", .enabled(if: Resources.hasShared))
    func measured() throws {
        let rows = try rows("measured.jsonl", as: MeasuredRow.self)
        #expect(!rows.isEmpty)
        for row in rows {
            let model = try ModelCatalog.builtIn.model(row.model)
            #expect(model.tier.id == row.tier, "\(row)")
            let seen = SeenSize(of: px(row.width, row.height), tier: model.tier)
            #expect(seen.tokens * row.images + row.residual == row.measured, "\(row)")
        }
    }

    private struct RequestRow: Decodable {
        var file: String
        var model: String
    }

    @Test("every model named in recorded requests is known", .enabled(if: Resources.hasShared))
    func recordedModels() throws {
        let data = try Data(contentsOf: Resources.shared.appending(path: "requests/INDEX.jsonl"))
        let rows = try data.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(RequestRow.self, from: $0)
        }
        #expect(!rows.isEmpty)
        for row in rows {
            #expect(throws: Never.self, "\(row)") { try ModelCatalog.builtIn.model(row.model) }
        }
    }
}
