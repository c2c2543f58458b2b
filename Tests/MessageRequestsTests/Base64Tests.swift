import Foundation
import TestSupport
import Testing

@testable import MessageRequests

/// Base64 compared with Foundation's.
@Suite("Base64")
struct Base64Tests {
    private func encoded(_ bytes: [UInt8]) throws -> String {
        var sink = MemorySink()
        try sink.writeBase64(bytes)
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    @Test("every length up to 100 and around the encoder's chunk size is right")
    func lengths() throws {
        var generator = FixedGenerator(seed: 64)
        for count in Array(0...100) + [49_151, 49_152, 49_153, 98_305] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = try encoded(bytes)
            #expect(text == base64(bytes))
            let inside = Array(text.utf8)
            let decoded = inside.withUnsafeBytes { Base64Decoder.decode($0, limit: count) }
            #expect(decoded == bytes)
        }
    }

    @Test("any fault and any limit is judged and decoded correctly")
    func windows() throws {
        var generator = FixedGenerator(seed: 65)
        let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let text = Array("\"\(base64(bytes))\"".utf8)
        try text.withUnsafeBytes { text in
            var cursor = JSONCursor(text)
            let judged = try cursor.base64String()
            #expect(
                judged.defect == nil && judged.decodedByteCount == 5000
                    && judged.range == 1..<(text.count - 1))
            #expect(judged.characterCount == 6668 && cursor.offset == text.count)
            for limit in [0, 1, 2, 3, 4, 1000, 4999, 5000, 6000] {
                #expect(Base64Decoder.decode(judged, in: text, limit: limit) == Array(bytes.prefix(limit)))
            }
        }
    }

    @Test(
        "a fault is found at every position around block boundaries",
        arguments: [
            0, 1, 15, 16, 17, 255, 256, 257, 511, 512, 8191, 8192, 8193, 9998, 9999,
        ])
    func places(place: Int) throws {
        var text = Array("\"".utf8) + [UInt8](repeating: UInt8(ascii: "A"), count: 10_000) + Array("\"".utf8)
        for fault in Array("*@[`{.,:%".utf8) + [0x7F] {
            text[place + 1] = fault
            try text.withUnsafeBytes { text in
                var cursor = JSONCursor(text)
                let defect = try cursor.base64String().defect
                #expect(defect == Base64Defect(kind: .letter(UInt16(fault)), position: place))
            }
        }
    }

    @Test("a fingerprint changes with any letter but not with escapes")
    func fingerprints() throws {
        func fingerprint(_ letters: [UInt8]) throws -> UInt64 {
            let text = Array("\"".utf8) + letters + Array("\"".utf8)
            return try text.withUnsafeBytes { text in
                var cursor = JSONCursor(text)
                return try cursor.base64String().fingerprint
            }
        }
        var seen: Set<UInt64> = []
        for count in 0...130 {
            seen.insert(try fingerprint([UInt8](repeating: UInt8(ascii: "A"), count: count)))
        }
        for place in 0..<130 {
            var letters = [UInt8](repeating: UInt8(ascii: "A"), count: 130)
            letters[place] = UInt8(ascii: "B")
            seen.insert(try fingerprint(letters))
        }
        #expect(seen.count == 131 + 130)
    }
}
