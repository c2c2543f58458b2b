import Foundation
import Testing

@testable import ImageHeaders

@Suite("Inflate")
struct InflateTests {
    /// ``content`` compressed by zlib 1.2 at its levels and with its strategies.
    private static let vectors: [(name: String, base64: String)] = [
        (
            "stored",
            """
            eAEBsARP+2ltYWdlIApCcGl4ZWwgaW1hZ2UgcGl4ZWwgcGl4ZWwgcGl4ZWwgY29sb3IgCnBhZ2UgCnBpeGVsIGNvbG9yIHB\
            hZ2UgcGFnZSAKcGl4ZWwgY29sb3IgcGFnZSBpbWFnZSBwaXhlbCBwaXhlbCCQMDEyMzQ1Njc4OWNvbG9yIDAxMjM0NTY3OD\
            kKTAoKcGFnZSAKMDEyMzQ1Njc4OWltYWdlIAowMTIzNDU2Nzg5aW1hZ2UgogpwYWdlIHBpeGVsIApwaXhlbCBjb2xvciBwY\
            WdlIHBhZ2UgY29sb3IgcGFnZSBjb2xvciBwaXhlbCCzCnBpeGVsIDAxMjM0NTY3ODljb2xvciBwYWdlIHBhZ2UgcGl4ZWwg\
            MDEyMzQ1Njc4OWNvbG9yIAoKImNvbG9yIHBpeGVsIGltYWdlIHBpeGVsIHBhZ2UgWnBpeGVsIHBpeGVsILdpbWFnZSBECgp\
            waXhlbCAKY29sb3IgMDEyMzQ1Njc4OWltYWdlIGltYWdlIAowMTIzNDU2Nzg5cGl4ZWwgY29sb3IgcGFnZSBpbWFnZSAKMD\
            EyMzQ1Njc4OXBpeGVsIAowMTIzNDU2Nzg5cGl4ZWwg8WNvbG9yIGNvbG9yIDAxMjM0NTY3ODljb2xvciBjb2xvciBpbWFnZ\
            SBwYWdlIGltYWdlIGNvbG9yIDAxMjM0NTY3ODkKY29sb3IgAHBhZ2Ugk2NvbG9yIApwaXhlbCBjb2xvciBpaW1hZ2UgY29s\
            b3IgcGl4ZWwgcGFnZSBpbWFnZSBgCmltYWdlIGltYWdlIDAxMjM0NTY3ODlwYWdlIHBhZ2UgcGFnZSAwMTIzNDU2Nzg5MDE\
            yMzQ1Njc4OWltYWdlIKQKY29sb3IgY29sb3IgCgowMTIzNDU2Nzg5smltYWdlIGNvbG9yIAphY29sb3IgcGl4ZWwgCnBpeG\
            VsIGNvbG9yIGNvbG9yIGNvbG9yIHBpeGVsIGltYWdlIHBpeGVsIAowMTIzNDU2Nzg5Y29sb3IgCkNjb2xvciBjb2xvciAua\
            W1hZ2UgY29sb3IgcGl4ZWwgMDEyMzQ1Njc4OQpwYWdlIGltYWdlIGNvbG9yIGltYWdlIGltYWdlIHBhZ2UgcGFnZSBwYWdl\
            IHBhZ2UgCmNvbG9yIMVwYWdlIApjb2xvciBwaXhlbCBpbWFnZSAwMTIzNDU2Nzg5aW1hZ2UgcGFnZSBwaXhlbCBwaXhlbCA\
            KMDEyMzQ1Njc4OXBpeGVsIHBpeGVsIAowMTIzNDU2Nzg5V3BpeGVsIGltYWdlIGltYWdlIHBhZ2UgaW1hZ2UgaW1hZ2UgCo\
            8wMTIzNDU2Nzg5cGFnZSAKY29sb3IgMDEyMzQ1Njc4OWNvbG9yIDAxMjM0NTY3ODmWMDEyMzQ1Njc4OXBpeGVsIBRjb2xvc\
            iBjb2xvciAwMTIzNDU2Nzg5CmltYWdlIGNvbG9yIGNvbG9yIHBpeGVsIGltYWdlIGltYWdlIHBpeGVsIHBhZ2UgcGl4ZWwg\
            Y29sb3IgaW1hZ2UgY29sb3IgcGFnZSBwYWdlIHBpeGVsIGltYWdlIDAxMjM0NTY3ODmbaW1hZ2UgY29sb3IgcGFnZZvBgWU\
            =
            """
        ),
        (
            "fast",
            """
            eAF1kj1OA0EMhaldc4AVB0D8hZ82UKZHoiKKIrRSUFapuEWQkGjoECcIBSfgQLlBWH8WfplJmhmP/d6zn3fb5/HTtLFh175\
            MZ03rL2I9J/PZfNFY51gKpDyzJ12LvZ6cnp1fDC6vrm+g59tGFvKZQ8DKxCdAxrDd08h0Ebq/74CnpADx4riybnakMlvO+p\
            086LJ+KN/9GXIxg5qa1Ct3lZM9CFkIlDUNyjaaRcodEpbgGPLAIW9Ut3bbKi/s9tZJPxo3Z1plpz3OoyxkBOUrBojO4nEFI\
            Apj7tisroyCliEGNBuG0q0SjrUJjCTwvymCOPT/3aXZMPPrmXigCie1VcP/lmpcElX6XvVEhZDTltlIR8ksO8j3e4boH+qW\
            shifW4s75sGQ78dD4MxGnCtTevb5KMEbm8GBZQ==
            """
        ),
        (
            "best",
            """
            eNp1UzsKAjEQtZ7aAyweQPx/WrW0F6xcZJHALhusvIWCYGMnnkALT+CBvIGYieRlZrcJmZeXmfdmElOkuyyhmTWHLE+Mi3i\
            P67bMy31C1nERckgNrJOdOt1efzAcjSdT5oWYluTTB4wTKODGRE5ZowZiv3W0p6dLHeFi9TlRC9NEzn7bNbp88fGCfDGSXv\
            lcuatpoGIo4MN3ZBlEveKQVfWfgYajnP/zBkUG74F1hjeEpkBgaGx8ILtxJ5RL4PGBhSlFAZFAXPWYSI10jhfa2h30RvUNz\
            dqKxZt5Y4CapHsrf4qasYJXmE+N1z+do5gEVb+REF9k3Wb12yLshvanPkj0kgrxQ4Eh23OV5C+bwYFl
            """
        ),
        (
            "fixed",
            """
            eAHLzE1MT1XgcirIrEjNUcgE8yBsZDI5Pye/SIGrAKwWWQgsgkMY07AJBoZGxiamZuYWlhB1CD6XDxfUeIQYxAAMgUUQhRA\
            jcbgGiQ9lgpVthipHdwdCI3Z5Li4lZGNQfAZiRiH7cjtE2oULahkXul8h8hi+wxGAGCowBD5C9KBbgywKdTHCVIzwhwgwgJ\
            VMhsU3kosykfUheR0inMCF7CkkByICFlUCPTSWcCE7lwvJj5uQLeZKRHYAigORScxo4sKIUmdkDXqYvkMKG4xwQ/ZsARYC6\
            pmjyBxkN6H7vgA9p2DEMYZwOLJ5GNELTTr9aDHBhT2NIPjT0O0VwZ62uJBDA9N/GBkEJSXlouVQJBXowTMbXTEAm8GBZQ==
            """
        ),
        (
            "huffman only",
            """
            eAEFwTEKQDkRBuCtU+8BfvYAy0vy8pK0q+X2gpVDGIaBCTOkyi1WEGzsxBOshSfwQN7A79NNwki/hF426CZhhF42hF42hF4\
            2LDc/SEHCSKGXDcvND4KEESSMFHrZsNz8IEgYukkYoZcNoZcNf31yqW/7+pjLzQ+eXOrbvj5m+jWlIGGkJ5f6tq+PqZuEkZ\
            5c6tu+PqZuEsY/U5AwQi8bUuhlw3LzgyBhBAljuflBkDCWmx+EXjb8O4VeNjy51Ld9fczl5gdBwggSRuhlw5NLfdvXx1xuf\
            pDST8vND0IvG3STMEIvG4KE8efQy4bQy4b/6CZh/DGl0MuGtNz84Mmlvu3rY+omYegmYaQnl/q2r48Zetmw3PwgSBi6SRjp\
            yaW+7etjhl42pCeX+ravjxl62fC/5eYHy80Pnlzq274+5nLzg+XmB7pJGEHC0E3CWG5+8ORS3/b1MdNy84MfgoTxt+XmByn\
            0smG5+YHqJmEsNz8IvWwIEoZuEsZfkm4Shm4SxpNLfdvXxwwSRpAwgoTx5FLf9vUxn1zq274+pm4Sxr/ScvOD5eYHKT251L\
            d9fczfdZMwlpsfJFpufhB62ZBCLxuWmx8sNz9Ybn4Qetmgm4QRetmQnlzq274+5nLzg/SH5eYHy80PftZNwlhufhB62fDkU\
            t/29TFTkDB0kzCWmx/oJmHoJmEECSNIGEHCCBJGWm5+8N8gYaTl5gehlw26SRhPLvVtXx9TNwkjSBihlw2hlw3pyaW+7etj\
            hl42hF42pCeX+ravj/mn0MsG3SQM3SSMIGHoJmHoJmGk355c6tu+PmaQMNJy84Mnl/q2r4+53PzgyaW+7etj/v3Jpb7t62O\
            GXjb8uNz8YLn5wZNLfdvXx0y6SRjLzQ+Wmx+EXjboJmHoJmGEXjYECSP0smG5+YFuEsZy84MgYQQJI/SyQTcJ48mlvu3rY/\
            5DNwljuflBkPD/AZvBgWU=
            """
        ),
        (
            "run lengths",
            """
            eAEFwTEKQDkRBuCtU+8BfvYAy0vy8pK0q+X2gpVDGIaBCTOkyi1WEGzsxBOshSfwQN7A79NNwki/hF426CZhhF42hF42hF4\
            2LDc/SEHCSKGXDcvND4KEESSMFHrZsNz8IEgYukkYoZcNoZcNf31yqW/7+pjLzQ+eXOrbvj5m+jWlIGGkJ5f6tq+PqZuEkZ\
            5c6tu+PqZuEsY/U5AwQi8bUuhlw3LzgyBhBAljuflBkDCWmx+EXjb8O4VeNjy51Ld9fczl5gdBwggSRuhlw5NLfdvXx1xuf\
            pDST8vND0IvG3STMEIvG4KE8efQy4bQy4b/6CZh/DGl0MuGtNz84Mmlvu3rY+omYegmYaQnl/q2r48Zetmw3PwgSBi6SRjp\
            yaW+7etjhl42pCeX+ravjxl62fC/5eYHy80Pnlzq274+5nLzg+XmB7pJGEHC0E3CWG5+8ORS3/b1MdNy84MfgoTxt+XmByn\
            0smG5+YHqJmEsNz8IvWwIEoZuEsZfkm4Shm4SxpNLfdvXxwwSRpAwgoTx5FLf9vUxn1zq274+pm4Sxr/ScvOD5eYHKT251L\
            d9fczfdZMwlpsfJFpufhB62ZBCLxuWmx8sNz9Ybn4Qetmgm4QRetmQnlzq274+5nLzg/SH5eYHy80PftZNwlhufhB62fDkU\
            t/29TFTkDB0kzCWmx/oJmHoJmEECSNIGEHCCBJGWm5+8N8gYaTl5gehlw26SRhPLvVtXx9TNwkjSBihlw2hlw3pyaW+7etj\
            hl42hF42pCeX+ravj/mn0MsG3SQM3SSMIGHoJmHoJmGk355c6tu+PmaQMNJy84Mnl/q2r4+53PzgyaW+7etj/v3Jpb7t62O\
            GXjb8uNz8YLn5wZNLfdvXx0y6SRjLzQ+Wmx+EXjboJmHoJmGEXjYECSP0smG5+YFuEsZy84MgYQQJI/SyQTcJ48mlvu3rY/\
            5DNwljuflBkPD/AZvBgWU=
            """
        ),
        (
            "small window",
            """
            GNN1TzsKAkEMtU7tARYPIP4/rVraC1YussjAyg5W3kJBsLETT6CFJ/BA3kCchM3bmZ0mJC8vL++ZfbrLEppZc8zyxLiJe6z\
            bIi8OCVnHRcghETgUO3e6vf5gOBpPpszTmZYk8oqxQADcmciSETcwS+toL6H7PvSwfk/UQplKsn+7xpRvXi9InpGflfdBui\
            BJhBEAX77x3yAqjlXVJ4vJhqNcJDU6MngncVVuQxgKDJZvbXWhHZ88CO0SZHziY0rRQMUgVsYlNFNVUJTmeNAO0+kBQVBmY\
            FhbUyTMBwf0pNqo4QiB3Qi8Qj1QQYBOIANWFPXnq/+3yQyfR/wAlzV+2Lm2TMRTW/rGc/1z88k/m8GBZQ==
            """
        ),
        (
            "flushed",
            """
            eJzKzE1MT1XgcirIrEjNUcgE8yBsZDI5Pye/SIGrAKwWWQgsgkMYbhgAAAD//0rNUSjIrEjNUZhgYGhkbGJqZm5hmZyfk1+\
            kgOBz+XBxFSSmpypwIcQyc7EKLIIohBjJBaGSAQAAAP//AhsHEQcRSHwoE6xsM1Q5ujsQGrHLc3EpARkAAAAA///KL1IoyK\
            xIzVHIzE1MT4WyC0DMKCgbTG6HSLtwcUH4XMn5OflFCgaGRsYmpmbmFpYQeQjJhRAGqwYAAAD//1KAKC7AowJD4CNED7o1y\
            KJQF0NMBQAAAP//SkxPVUjOz8kvUjAwNDI2MTUzt7DkgggwFCQCJSdDOFwFmRWpOVClmZm5iXB9EAmwWohwAheEhpBAYwEA\
            AAD//4IaC1aCIBASCBZEyxKoA6A2cyHkNyFbzJWI5AAAAAAA//9S4CrIrEjNUUjOz8kvQiEh4pm5iempUDaXgaGRsYmpmbm\
            FJUQJlzOyBj2IWmTdEA0AAAAA//8CaeAqAMkhq4CwoeZjIbggyo4ic5DdhDAbxAcAAAD//0pVKEhMT1UoyKxIzYGSXAaGRs\
            YmpmbmFpY4hMMhIpm5IK0QsgDBhJBc/XD1AAAAAP//sgRLciXn5+QXKSBE0fnT0O0VgahAV8cFsQBZsiATAAAA//+qSM1Ry\
            MxNTE+FkgWZFUCRAgQzOT8nvwgqCWFDJBEqIHIGhkbGJqZm5haWs9EVAwAAAP//AwCbwYFl
            """
        ),
    ]

    private static let content: [UInt8] = {
        let words = ["image ", "pixel ", "color ", "page ", "\n", "0123456789"].map { Array($0.utf8) }
        var state = 12345
        var bytes: [UInt8] = []
        while bytes.count < 1200 {
            state = (state * 1_103_515_245 + 12345) & 0x7FFF_FFFF
            bytes += words[(state >> 16) % 6]
            if (state >> 8) % 7 == 0 { bytes.append(UInt8(state >> 12 & 255)) }
        }
        return Array(bytes.prefix(1200))
    }()

    private static func packed(_ base64: String) throws -> [UInt8] {
        try Array(#require(Data(base64Encoded: base64)))
    }

    private func unpack(
        _ bytes: [UInt8], _ frame: Inflate.Frame = .zlib, limit: Int = 1 << 20
    ) -> (bytes: [UInt8], ending: Inflate.Ending) {
        bytes.withUnsafeBytes { Inflate.unpack($0, frame, limit: limit) }
    }

    @Test("Data compressed by zlib at every level and with every strategy is restored", arguments: vectors)
    func zlib(vector: (name: String, base64: String)) throws {
        let packed = try Self.packed(vector.base64)
        let result = unpack(packed)
        #expect(result.ending == .complete)
        #expect(result.bytes == Self.content)
        // Without the two bytes before and the four after it, it is raw deflate.
        let bare = unpack(Array(packed.dropFirst(2).dropLast(4)), .none)
        #expect(bare.ending == .complete)
        #expect(bare.bytes == Self.content)
    }

    @Test("An output limit holds to the byte, and the output up to it is correct", arguments: vectors)
    func limits(vector: (name: String, base64: String)) throws {
        let packed = try Self.packed(vector.base64)
        for limit in [0, 1, 2, 100, 257, 258, 259, 1198, 1199, 1200] {
            let result = unpack(packed, limit: limit)
            #expect(result.bytes == Array(Self.content.prefix(limit)))
            #expect(result.ending == (limit == 1200 ? .complete : .outputFull), "\(limit)")
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit + 8, alignment: 8)
            defer { buffer.deallocate() }
            buffer.initializeMemory(as: UInt8.self, repeating: 0xA5)
            let fixed = packed.withUnsafeBytes {
                Inflate.unpack($0, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<limit]))
            }
            #expect(fixed.count == limit && fixed.ending == result.ending)
            #expect(Array(buffer[..<limit]) == result.bytes)
            #expect(buffer[limit...].allSatisfy { $0 == 0xA5 })
        }
    }

    @Test("Data truncated anywhere gives its start and is reported as truncated", arguments: vectors)
    func truncation(vector: (name: String, base64: String)) throws {
        let packed = try Self.packed(vector.base64)
        for length in 0..<(packed.count - 4) {
            let result = unpack(Array(packed.prefix(length)))
            #expect(result.ending == .inputEnds, "\(length)")
            #expect(Self.content.starts(with: result.bytes))
        }
    }

    @Test("Data that violates the format is reported as damaged")
    func damaged() {
        #expect(unpack([0x79, 0x9C, 3, 0]).ending == .damaged)  // method 9
        #expect(unpack([0x78, 0x9D, 3, 0]).ending == .damaged)  // a wrong header checksum
        #expect(unpack([0x78, 0xBB, 3, 0]).ending == .damaged)  // an unknown dictionary
        #expect(unpack([0x07], .none).ending == .damaged)  // block type 3
        #expect(unpack([0x01, 1, 0, 0, 0, 9], .none).ending == .damaged)  // lengths that disagree
        #expect(unpack([0x03, 0x02], .none).ending == .damaged)  // a distance before the start
        // More symbols than exist; code lengths that do not form a code; a repetition of nothing.
        #expect(unpack([0xFD, 0xFF] + Array(repeating: 0xFF, count: 40), .none).ending == .damaged)
        #expect(unpack([0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], .none).ending == .damaged)
        #expect(
            unpack([0x05, 0xC0, 0x24, 0x49, 0x92, 0x24, 0x49, 0x92, 0x24, 0xFF], .none).ending == .damaged)
        #expect(unpack([], .none).ending == .inputEnds)
        #expect(unpack([0x03, 0], .none) == ([], .complete))
    }

    @Test("A decompression bomb costs no more than its limit")
    func bomb() {
        // Matches of 258 zeros: a fixed block with one literal, then the symbol 285 and distance 1.
        var writer = BitWriter()
        writer.write(1, 1)
        writer.write(1, 2)
        writer.writeCode(0x30, 8)
        for _ in 0..<100_000 {
            writer.writeCode(0b1100_0101, 8)
            writer.writeCode(0, 5)
        }
        let result = unpack(writer.bytes, .none, limit: 1_000_000)
        #expect(result.ending == .outputFull)
        #expect(result.bytes.count == 1_000_000)
    }

    @Test("Random bytes and random changes end in one of the four ways")
    func random() throws {
        var state: UInt64 = 20_261_129
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        var endings: [Inflate.Ending: Int] = [:]
        for round in 0..<20_000 {
            var bytes: [UInt8]
            if round % 4 == 0 {
                bytes = (0..<(next() % 200)).map { _ in UInt8(next() & 255) }
            } else {
                bytes = try Self.packed(Self.vectors[round % Self.vectors.count].base64)
                for _ in 0...(round % 3) { bytes[next() % bytes.count] = UInt8(next() & 255) }
            }
            let result = unpack(bytes, round % 8 == 0 ? .none : .zlib, limit: 1100)
            #expect(result.bytes.count <= 1100)
            endings[result.ending, default: 0] += 1
        }
        #expect(endings.count == 4)
    }
}

/// Writes bits, the lowest of each byte first.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var bit = 8

    mutating func write(_ value: Int, _ count: Int) {
        for place in 0..<count {
            if bit == 8 {
                bytes.append(0)
                bit = 0
            }
            if value >> place & 1 == 1 { bytes[bytes.count - 1] |= 1 << UInt8(bit) }
            bit += 1
        }
    }

    /// Writes a Huffman code: its first bit first.
    mutating func writeCode(_ code: Int, _ count: Int) {
        for place in (0..<count).reversed() { write(code >> place & 1, 1) }
    }
}
