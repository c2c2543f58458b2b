import Foundation
import MessageRequests
import Testing
import VisionRules

@Suite("The table of rules")
struct RuleTests {
    @Test("codes, names and severities match the contract")
    func contract() {
        let table = Rule.all.map { "\($0.code) \($0.name) \($0.severity)" }
        #expect(
            table == [
                "I101 unsupported-format error", "I102 empty-file error", "I103 unreadable-image error",
                "I104 extension-mismatch warning", "I105 only-first-frame-is-read warning",
                "I106 truncated-data error", "I107 decoder-failed error",
                "I108 cannot-be-decoded-here error", "I201 edge-over-limit error",
                "I202 edge-over-many-image-limit error", "I203 bytes-over-limit error",
                "I301 downsized-by-service warning", "I302 small-edge warning", "I303 tiny-image warning",
                "I304 detail-lost warning", "I305 wasted-patches note", "I306 text-too-small warning",
                "I401 orientation-in-metadata warning", "I402 location-in-metadata note",
                "I403 colour-to-convert note", "I404 costly-to-decode note", "I405 transparent note",
                "I501 duplicate-image warning", "R101 not-json error", "R102 not-a-request error",
                "R103 not-a-block error", "R104 image-in-assistant-turn error",
                "R201 media-type-mismatch error",
                "R202 unsupported-media-type error", "R203 missing-media-type error",
                "R204 invalid-base64 error", "R205 data-uri-in-data error", "R206 empty-image error",
                "R207 source-not-on-platform error", "R208 url-cannot-be-checked note",
                "R209 file-needs-beta-header note",
                "R301 too-many-images error", "R302 request-too-large error", "R303 batch-too-large error",
                "R304 context-window-exceeded error", "R305 price-step-crossed note",
                "R306 unusable-pdf error",
                "R401 image-after-text note", "R402 unlabelled-images note", "R403 empty-text-block error",
                "R404 oversized-image-set-to-error error", "R405 screenshot-over-tier error",
                "R406 repeated-image note", "R407 thinking-bound-to-prefix warning",
                "R501 bad-custom-id error",
                "R502 model-retired warning",
            ])
    }

    @Test("every rule has its own page, in full sentences")
    func pages() {
        let rules = Rule.all
        #expect(Set(rules.map(\.what)).count == rules.count)
        for rule in rules {
            for text in [rule.what, rule.why, rule.remedy] { #expect(text.last == ".", "\(text)") }
            #expect(!rule.example.isEmpty)
            #expect(rule.code.rule == rule)
        }
    }

    @Test("every service text is explained by exactly one rule")
    func serviceTexts() {
        let explained = Rule.all.flatMap(\.serviceTexts)
        #expect(Set(explained).count == explained.count)
        for rule in Rule.all {
            for text in rule.sharedTexts { #expect(explained.contains(text), "\(text.template)") }
        }
    }

    @Test("a finding from another version keeps its code, name and severity")
    func unknownCode() throws {
        let json = #"{"code":"X999","name":"not-invented-yet","severity":"warning","message":"Hm."}"#
        let finding = try JSONDecoder().decode(Finding.self, from: Data(json.utf8))
        #expect(finding.code == RuleCode(rawValue: "X999"))
        #expect(finding.code.rule == nil)
        #expect(finding.name == "not-invented-yet")
        #expect("\(finding)" == "X999 warning: Hm.")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let again = try JSONDecoder().decode(Finding.self, from: encoder.encode(finding))
        #expect(again == finding)
    }
}
