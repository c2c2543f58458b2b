internal import CFuzz

/// Changes a WebP as a WebP: its chunks, their order and their lengths, so that a longer or shorter chunk does not
/// break the container around it.
struct WebPMutator {
    private struct Chunk {
        var type: [UInt8]
        var data: [UInt8]
    }

    private var random: Random
    private var chunks: [Chunk] = []
    private var tail: [UInt8] = []

    /// Changes an input.
    ///
    /// - Parameters:
    ///   - input: the input, changed in place.
    ///   - count: its bytes.
    ///   - room: the most bytes there may be.
    ///   - seed: determines the changes.
    /// - Returns: how many bytes there are now.
    static func mutate(_ input: UnsafeMutablePointer<UInt8>, count: Int, room: Int, seed: UInt32) -> Int {
        var random = Random(seed: seed)
        let file = Array(UnsafeBufferPointer(start: input, count: count))
        // Changes that no rule of the format would make.
        guard !random.oneIn(10), file.count >= 12, file.starts(with: Array("RIFF".utf8)) else {
            return fuzz_mutate(input, count, room)
        }
        var mutator = WebPMutator(file, random)
        // One change: libFuzzer itself makes up to five in a row.
        mutator.change()
        return mutator.file().replace(input, room: room) ?? fuzz_mutate(input, count, room)
    }

    private init(_ file: [UInt8], _ random: Random) {
        self.random = random
        var at = 12
        while file.count - at >= 8 {
            let length = Int(file.littleEndian(at: at + 4))
            guard length <= file.count - at - 8 else { break }
            let end = at + 8 + length
            chunks.append(Chunk(type: Array(file[at..<at + 4]), data: Array(file[at + 8..<end])))
            at = min(end + length & 1, file.count)
        }
        tail = Array(file[at...])
    }

    /// The changed file. Sometimes one of its lengths is wrong.
    private mutating func file() -> [UInt8] {
        var body = Array("WEBP".utf8)
        for chunk in chunks {
            let length = UInt32(chunk.data.count) &+ wrongness()
            body += chunk.type + Array(littleEndian: length) + chunk.data
            if chunk.data.count % 2 == 1, !random.oneIn(64) { body.append(0) }
        }
        let outside = random.oneIn(4) ? tail : []
        if outside.isEmpty { body += tail }
        return Array("RIFF".utf8) + Array(littleEndian: UInt32(body.count) &+ wrongness()) + body + outside
    }

    private mutating func wrongness() -> UInt32 {
        guard random.oneIn(40) else { return 0 }
        return random.pick([1, 2, 8, 100, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFF8])
    }

    private mutating func change() {
        guard !chunks.isEmpty else { return insert() }
        let index = random.below(chunks.count)
        switch random.below(13) {
        case 0, 1, 2, 3:
            // The bytes before are kept, so that most pictures break late or not at all.
            let start = random.below(chunks[index].data.count + 1)
            let rest = Array(chunks[index].data[start...])
            chunks[index].data.replaceSubrange(start..., with: rest.mutated(atMost: rest.count + 64))
        case 4:
            // The header of a bitstream: sizes, versions, partitions, transforms.
            let header = Array(chunks[index].data.prefix(24)).mutated(atMost: 24)
            chunks[index].data.replaceSubrange(..<min(24, chunks[index].data.count), with: header)
        case 5, 10: insert()
        case 6:
            let chunk = random.oneIn(3) ? chunks[index] : chunks.remove(at: index)
            if !random.oneIn(3) { chunks.insert(chunk, at: random.below(chunks.count + 1)) }
        case 7: chunks[index].data.removeLast(random.below(min(chunks[index].data.count, 32) + 1))
        case 8: extend()
        case 9, 12: makeUsual()
        default:
            if random.oneIn(4) { tail = tail.mutated(atMost: tail.count + 16) }
            chunks[index].type = Array(
                random.pick(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "EXIF", "JUNK"]).utf8)
        }
    }

    /// Only a picture and its alpha.
    private mutating func makeUsual() {
        tail = []
        let pictures = chunks.filter { ["VP8 ", "VP8L"].contains(String(decoding: $0.type, as: UTF8.self)) }
        let alpha = chunks.first { $0.type.elementsEqual("ALPH".utf8) }
        chunks = Array(pictures.prefix(1))
        guard let alpha, random.oneIn(2) else { return }
        chunks.insert(alpha, at: 0)
        extend()
    }

    private mutating func insert() {
        let name = random.pick(["VP8X", "ALPH", "ALPH", "ICCP", "EXIF", "XMP ", "ANIM", "ANMF", "JUNK"])
        let data = random.bytes(random.pick([0, 1, 6, 7, 10, 16, 33, 200]))
        chunks.insert(Chunk(type: Array(name.utf8), data: data), at: random.below(chunks.count + 1))
    }

    /// Makes it an extended file, usually with the picture's own size.
    private mutating func extend() {
        chunks.removeAll { $0.type.elementsEqual("VP8X".utf8) }
        var sides: [UInt8] = random.bytes(1) + [0, 0] + random.bytes(1) + [0, 0]
        if let lossy = chunks.first(where: { $0.type.elementsEqual("VP8 ".utf8) }), lossy.data.count >= 10 {
            for (place, offset) in [(0, 6), (3, 8)] {
                let side = (Int(lossy.data[offset]) | Int(lossy.data[offset + 1] & 0x3F) << 8) - 1
                sides[place] = UInt8(truncatingIfNeeded: side)
                sides[place + 1] = UInt8(truncatingIfNeeded: side >> 8)
            }
        } else if let lossless = chunks.first(where: { $0.type.elementsEqual("VP8L".utf8) }),
            lossless.data.count >= 5
        {
            let bits = Int(lossless.data.littleEndian(at: 1))
            sides = [bits & 0xFF, bits >> 8 & 0x3F, 0, bits >> 14 & 0xFF, bits >> 22 & 0x3F, 0].map {
                UInt8($0)
            }
        }
        let flags =
            random.oneIn(4) ? UInt8(random.below(256)) : random.pick([0, 0x10, 0x20, 0x30, 0x08, 0x04])
        chunks.insert(Chunk(type: Array("VP8X".utf8), data: [flags, 0, 0, 0] + sides), at: 0)
    }
}

extension [UInt8] {
    fileprivate init(littleEndian value: UInt32) {
        self = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    fileprivate func littleEndian(at offset: Int) -> UInt32 {
        self[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
