import Foundation
import TestSupport
import Testing
import VisionRules

@Suite("models, platforms and rules")
struct CatalogCommandsTests {
    @Test("models lists every price step with its date")
    func models() throws {
        let records = try CommandRun.imagePreflight(["models"]).records()
        let haiku = records.filter { $0["model"] as? String == "claude-haiku-5-5" }
        #expect(haiku.map { $0["above_prompt_tokens"] as? Int } == [0, 100_000])
        #expect(haiku.map { $0["input_usd_per_mtok"] as? Double } == [0.1, 0.5])
        #expect(records.allSatisfy { $0["date"] as? String == ModelCatalog.builtIn.date })
    }

    @Test("platforms lists the limits; portable has the strictest of those that accept requests")
    func platforms() throws {
        let records = try CommandRun.imagePreflight(["platforms"]).records()
        let byID = Dictionary(uniqueKeysWithValues: records.map { ($0["platform"] as? String ?? "", $0) })
        #expect(
            Set(byID.keys) == ["portable", "claude-api", "bedrock", "google-cloud", "foundry", "claude-ai"])
        #expect(byID["portable"]?["max_base64_bytes"] as? Int == 5_242_880)
        #expect(byID["claude-api"]?["max_base64_bytes"] as? Int == 10_485_760)
        for (id, platform) in byID {
            for key in ["max_edge", "max_base64_bytes", "max_request_bytes"] {
                guard let limit = platform[key] as? Int, let strictest = byID["portable"]?[key] as? Int else {
                    continue
                }
                #expect(strictest <= limit, "\(id) \(key)")
            }
        }
    }

    @Test("rules shows the full page of a rule, by code or by name")
    func rules() throws {
        let page = try CommandRun.imagePreflight(["rules", "I203"]).text
        #expect(page.contains("I203 bytes-over-limit (error)"))
        #expect(page.contains("image exceeds"))
        #expect(try CommandRun.imagePreflight(["rules", "bytes-over-limit"]).text == page)
        #expect(try CommandRun.imagePreflight(["rules", "I999"]).status == 2)
        let records = try CommandRun.imagePreflight(["rules"]).records()
        #expect(records.count >= 41)
        #expect(records.allSatisfy { ($0["what"] as? String)?.isEmpty == false })
    }

    @Test(
        "an invalid catalog file is refused with the place of the error",
        arguments: [
            ("not json", "catalog.json"), ("{}", "catalog.json"), (#"{"extends": "nothing"}"#, "extends"),
            (#"{"extends": "built-in", "date": "2030-01-01", "models": [{"id": "x"}]}"#, "models[0]"),
        ])
    func wrongCatalog(json: String, place: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("catalog.json", Array(json.utf8))
        let run = try CommandRun.imagePreflight(["estimate", "10x10", "--catalog", file])
        #expect(run.status == 2)
        #expect(run.errorText.contains(place), "\(run.errorText)")
    }

    @Test("a missing catalog file is named, with the reason in one line")
    func missingCatalog() throws {
        let run = try CommandRun.imagePreflight(["check", "x", "--catalog", "/nonexistent.json"])
        #expect(run.status == 2)
        #expect(
            run.errorText
                == "image-preflight: cannot open /nonexistent.json: no such file or folder\n")
    }

    @Test("writes completions for every shell", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) throws {
        let run = try CommandRun.imagePreflight(["--generate-completion-script", shell])
        #expect(run.status == 0)
        #expect(run.text.contains("prepare"))
    }
}
