import Foundation
import TestSupport
import Testing
import VisionRules

@Suite("Catalog files")
struct CatalogFileTests {
    private func decode(_ json: String) throws -> ModelCatalog {
        try JSONDecoder().decode(ModelCatalog.self, from: Data(json.utf8))
    }

    /// The path of the field because of which a file is refused.
    private func refusedPath(_ json: String) -> String? {
        do {
            _ = try decode(json)
            return nil
        } catch let error as CatalogError {
            return error.path
        } catch let error as DecodingError {
            return CatalogError(error).path
        } catch {
            return "\(error)"
        }
    }

    @Test("the built-in catalog is valid and survives a round trip through a file")
    func roundTrip() throws {
        try ModelCatalog.builtIn.validate()
        let data = try JSONEncoder().encode(ModelCatalog.builtIn)
        #expect(try JSONDecoder().decode(ModelCatalog.self, from: data) == ModelCatalog.builtIn)
    }

    @Test("a file is readable: prices in USD, each tier once, snake_case")
    func layout() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(ModelCatalog.builtIn), as: UTF8.self)
        #expect(
            text.contains(
                #"{"above_prompt_tokens":0,"cache_read":0.01,"cache_write_1h":0.2,"cache_write_5m":0.125,"input":0.1,"output":0.5}"#
            ))
        #expect(text.components(separatedBy: #""max_visual_tokens":4784"#).count == 2)
        #expect(text.contains(#""sources":["base64","url","file"]"#))
    }

    @Test("a file that extends the catalog adds and replaces")
    func extending() throws {
        let catalog = try decode(
            #"""
            {"extends": "built-in",
             "tiers": [{"id": "ultra", "max_long_edge": 3584, "max_visual_tokens": 9216},
                       {"id": "high", "max_long_edge": 2576, "max_visual_tokens": 5000}],
             "models": [
               {"id": "claude-opus-6", "tier": "ultra", "context_window": 1000000,
                "prices": [{"input": 5, "output": 25, "cache_write_5m": 6.25, "cache_write_1h": 10, "cache_read": 0.5}]},
               {"id": "claude-haiku-4-5", "tier": "standard", "context_window": 200000, "state": "retired",
                "overhead_tokens_per_image": 4,
                "prices": [{"input": 0.25, "output": 5, "cache_write_5m": 1, "cache_write_1h": 2, "cache_read": 0.1}]}],
             "platforms": [{"id": "gateway", "name": "Our gateway", "limits": {
               "max_edge": 4000, "many_image_threshold": 20, "documents_count_as_images": true,
               "max_base64_bytes": 5242880, "max_images": 100, "max_images_large_context": 600,
               "sources": ["base64"]}}]}
            """#)
        #expect(catalog.date == ModelCatalog.builtIn.date)
        #expect(catalog.models.count == ModelCatalog.builtIn.models.count + 1)
        #expect(catalog.models.first?.id == "claude-opus-6")
        #expect(
            try catalog.model("claude-opus-6").tier
                == ModelCatalog.Tier(id: "ultra", maxLongEdge: 3584, maxVisualTokens: 9216))
        #expect(try catalog.model("claude-haiku-4-5").priceSteps.first?.price.input == 250_000)
        #expect(try catalog.model("claude-haiku-4-5").state == .retired)
        #expect(try catalog.model("claude-opus-5").tier.maxVisualTokens == 5000, "a tier is replaced for all")
        #expect(try catalog.platform("gateway").limits.maxEdge == 4000)
        #expect(try catalog.platform("gateway").limits.manyImageMaxEdge == nil)
        #expect(try catalog.platform("bedrock") == ModelCatalog.builtIn.platform("bedrock"))
        #expect(try decode(#"{"extends": "built-in"}"#) == ModelCatalog.builtIn)
    }

    private static let price =
        #"{"input": 1, "output": 1, "cache_write_5m": 1, "cache_write_1h": 1, "cache_read": 1}"#

    private static let model = #"{"id": "m", "tier": "high", "context_window": 1, "prices": [\#(price)]}"#

    private static func file(model: String) -> String {
        #"{"extends": "built-in", "models": [\#(model)]}"#
    }

    @Test(
        "a wrong field is reported by its path",
        arguments: [
            (#"{}"#, "date"),
            (#"{"date": "2026-10-09"}"#, "models"),
            (#"{"extends": "yesterday"}"#, "extends"),
            (#"{"extends": "built-in", "date": "October"}"#, "date"),
            (#"{"extends": "built-in", "modells": []}"#, "modells"),
            (file(model: #"{"id": "m", "tier": "high", "prices": [\#(price)]}"#), "models[0].context_window"),
            (
                file(model: #"{"id": "m", "tier": "higher", "context_window": 1, "prices": [\#(price)]}"#),
                "models[0].tier"
            ),
            (
                file(model: #"{"id": "m", "tier": "high", "context_window": 0, "prices": [\#(price)]}"#),
                "models[0].context_window"
            ),
            (
                file(model: #"{"id": "m", "tier": "high", "context_window": "1", "prices": [\#(price)]}"#),
                "models[0].context_window"
            ),
            (
                file(model: #"{"id": "m", "tier": "high", "context_window": 1, "prices": []}"#),
                "models[0].prices"
            ),
            (
                file(model: #"{"id": "", "tier": "high", "context_window": 1, "prices": [\#(price)]}"#),
                "models[0].id"
            ),
            (
                file(
                    model:
                        #"{"id": "m", "tier": "high", "context_window": 1, "prices": [\#(price), \#(price)]}"#
                ),
                "models[0].prices[1].above_prompt_tokens"
            ),
            (
                file(
                    model:
                        #"{"id": "m", "tier": "high", "context_window": 1, "prices": [{"input": -1, "output": 1, "cache_write_5m": 1, "cache_write_1h": 1, "cache_read": 1}]}"#
                ), "models[0].prices[0].input"
            ),
            (
                file(
                    model:
                        #"{"id": "m", "tier": "high", "context_window": 1, "prices": [{"input": 1, "output": 1, "cache_write_5m": 0.0000001, "cache_write_1h": 1, "cache_read": 1}]}"#
                ), "models[0].prices[0].cache_write_5m"
            ),
            (
                file(
                    model:
                        #"{"id": "m", "tier": "high", "context_window": 1, "prices": [\#(price)], "stat": 1}"#
                ),
                "models[0].stat"
            ),
            (
                #"{"extends": "built-in", "tiers": [{"id": "high", "max_long_edge": 27, "max_visual_tokens": 9}]}"#,
                "tiers[0].max_long_edge"
            ),
            (
                #"{"extends": "built-in", "platforms": [{"id": "p", "name": "P", "limits": {"max_edgee": 1}}]}"#,
                "platforms[0].limits.max_edgee"
            ),
            (#"{"extends": "built-in", "models": 3}"#, "models"),
            (
                #"{"extends": "built-in", "platforms": [{"id": "bedrock", "name": "B", "limits": {"max_edge": 8000, "many_image_threshold": 20, "documents_count_as_images": true, "max_base64_bytes": 9, "max_images": 0, "max_images_large_context": 1, "sources": []}}]}"#,
                "platforms[0].limits.max_images"
            ),
            (
                #"{"extends": "built-in", "models": [\#(model), \#(model)]}"#, "models[1].id"
            ),
            (
                file(
                    model:
                        #"{"id": "m", "tier": "high", "context_window": 1, "prices": [\#(price)], "retired_by": {"bedrock": "soon"}}"#
                ),
                "models[0].retired_by.bedrock"
            ),
            (
                file(
                    model:
                        #"{"id": "m", "tier": "high", "context_window": 1, "prices": [\#(price)], "fast_price": {"input": 2}}"#
                ),
                "models[0].fast_price.output"
            ),
        ])
    func wrongFields(json: String, path: String) {
        #expect(refusedPath(json) == path)
    }

    @Test("a repeated ID and a tier with two meanings are refused")
    func duplicates() throws {
        var catalog = ModelCatalog.builtIn
        catalog.models.append(catalog.models[2])
        #expect(throws: CatalogError.self) { try catalog.validate() }
        catalog = .builtIn
        catalog.models[1].tier.maxVisualTokens += 1
        do {
            try catalog.validate()
            Issue.record("one tier has two meanings")
        } catch {
            #expect(error.path == "models[1].tier")
        }
    }

    @Test("an error reads as a sentence")
    func sentences() {
        #expect(
            CatalogError(path: "models[0].context_window", expected: "an integer", found: "“x”")
                .description
                == "models[0].context_window: expected an integer, found “x”")
        do {
            _ = try decode(#"{"extends": "built-in", "models": [{"id": 3}]}"#)
            Issue.record("an id is a string")
        } catch let error as DecodingError {
            #expect(CatalogError(error).description == "models[0].id: expected a string")
        } catch {
            Issue.record(error)
        }
    }
}
