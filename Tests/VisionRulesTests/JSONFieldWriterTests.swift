import PreflightRecords
import Foundation
import ImageHeaders
import Testing

@testable import VisionRules

@Suite("A record as JSON")
struct JSONFieldWriterTests {
    private struct Sample: Record {
        enum Key: String, CodingKey { case path, text, count, fraction, flag, cost, unknown, list }
        var path = PathBytes("a.png")
        var text = "plain"
        var count = 0
        var cost = Cost.zero

        func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
            writer.write(Key.path, path)
            writer.write(Key.text, text)
            writer.write(Key.count, count)
            writer.write(Key.unknown, nil as Int?)
            writer.write(Key.flag, true)
            writer.write(Key.cost, cost)
            writer.write(Key.list, records: [Finding]())
        }
    }

    private func json(_ record: Sample) -> String {
        var writer = JSONFieldWriter()
        writer.appendObject(record)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("leaves out unknown values and keeps the order")
    func order() {
        #expect(
            json(Sample()) == #"{"path":"a.png","text":"plain","count":0,"flag":true,"cost":0,"list":[]}"#)
    }

    @Test("writes numbers exactly", arguments: [0, 7, 10, -1, 1_000_000, Int.max, Int.min])
    func numbers(value: Int) {
        #expect(json(Sample(count: value)).contains(#""count":\#(value),"#))
    }

    @Test("writes numbers of every length and around each power of ten")
    func lengths() {
        var powers = [1]
        while let next = powers.last, next <= Int.max / 10 { powers.append(next * 10) }
        var generator = SystemRandomNumberGenerator()
        for power in powers {
            let near = [power - 1, power, power + 1, -power, power &* 9]
            let others = (0..<200).map { _ in Int.random(in: 0...power, using: &generator) }
            for value in near + others {
                let text = json(Sample(count: value))
                #expect(text.contains(#""count":\#(value),"#), "\(value)")
            }
        }
    }

    @Test(
        "writes money to the micro-dollar",
        arguments: [(0, "0"), (1, "0.000001"), (3120, "0.00312"), (4_770_000, "4.77"), (12_000_000, "12")])
    func money(microdollars: Int, text: String) {
        #expect(json(Sample(cost: Cost(microdollars: microdollars))).contains("\"cost\":\(text),"))
    }

    @Test("escapes special characters", arguments: ["\"", "\\", "\n\r\t", "\u{1}\u{1f}", "ü 🎉", ""])
    func escapes(text: String) throws {
        let object = try JSONSerialization.jsonObject(with: Data(json(Sample(text: text)).utf8))
        #expect((object as? [String: Any])?["text"] as? String == text)
    }

    @Test("writes the exact bytes of a path that is not UTF-8 next to its repaired text")
    func notUTF8() throws {
        let bytes: [UInt8] = [0x61, 0xFF, 0x2E, 0x70]
        let object = try JSONSerialization.jsonObject(
            with: Data(json(Sample(path: PathBytes(bytes[...]))).utf8))
        let fields = try #require(object as? [String: Any])
        #expect(fields["path"] as? String == "a\u{FFFD}.p")
        let base64 = try #require(fields["path_base64"] as? String)
        #expect(base64 == Data(bytes).base64EncodedString())
        #expect(PathBytes(base64: base64).map { Array($0.bytes) } == bytes)
    }
}
