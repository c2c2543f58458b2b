/// Undoes the filters of a stream. Source: ISO 32000-1, 7.4.
enum PDFStream {
    /// A filter and its parameters.
    struct Step {
        var name: String
        var parameters: PDFDictionary
    }

    /// Undoes filters one after the other.
    ///
    /// - Parameters:
    ///   - bytes: the stream as it is stored.
    ///   - steps: its filters, the outermost first.
    ///   - limit: the most bytes that may come out of any of them.
    /// - Returns: the contents; as much of them as can be read if the stream is truncated or damaged.
    /// - Throws: if a filter is unknown, or the output exceeds the limit.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, _ steps: [Step], limit: Int
    ) throws(PDFStop) -> [UInt8] {
        guard bytes.count <= limit, steps.count <= 4 else { throw .tooComplex }
        guard let first = steps.first else { return Array(bytes) }
        var data = try decode(bytes, first, limit: limit)
        for step in steps.dropFirst() {
            let stored = data
            // Typed errors do not pass through closures of the standard library.
            let result = stored.withUnsafeBytes { bytes in
                Result { () throws(PDFStop) in try decode(bytes, step, limit: limit) }
            }
            data = try result.get()
        }
        return data
    }

    private static func decode(
        _ bytes: UnsafeRawBufferPointer, _ step: Step, limit: Int
    ) throws(PDFStop) -> [UInt8] {
        let data: [UInt8]
        switch step.name {
        case "FlateDecode", "Fl":
            let unpacked = Inflate.unpack(bytes, limit: limit)
            guard unpacked.ending != .outputFull else { throw .tooComplex }
            // What was decoded before an error is what readers show.
            data = unpacked.bytes
        case "LZWDecode", "LZW":
            data = try LZW.unpack(
                bytes, isEarly: step.parameters[.earlyChange]?.integer != 0, limit: limit)
        case "ASCIIHexDecode", "AHx": return hexadecimal(bytes)
        case "ASCII85Decode", "A85": return try ascii85(bytes)
        default: throw .tooComplex
        }
        return try undoPredictor(data, step.parameters)
    }

    private static func undoPredictor(
        _ data: [UInt8], _ parameters: PDFDictionary
    ) throws(PDFStop) -> [UInt8] {
        let predictor = parameters[.predictor]?.integer ?? 1
        guard predictor > 1 else { return data }
        let colors = parameters[.colors]?.integer ?? 1
        let bits = parameters[.bitsPerComponent]?.integer ?? 8
        let columns = parameters[.columns]?.integer ?? 1
        guard (1...32).contains(colors), [1, 2, 4, 8, 16].contains(bits), (1...1 << 20).contains(columns)
        else {
            throw .damaged
        }
        let pixel = max(1, colors * bits / 8)
        let row = (colors * bits * columns + 7) / 8
        if predictor == 2 {
            // Tables of numbers have no other depths.
            guard bits == 8 else { throw .tooComplex }
            var data = data
            for index in data.indices where index % row >= pixel { data[index] &+= data[index - pixel] }
            return data
        }
        return undoPNG(data, row: row, pixel: pixel)
    }

    /// Undoes PNG's filters: each row begins with the number of its filter.
    private static func undoPNG(_ data: [UInt8], row: Int, pixel: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(data.count)
        var offset = 0
        while offset + 1 < data.count {
            let filter = data[offset]
            let count = min(row, data.count - offset - 1)
            let start = result.count
            for index in 0..<count {
                let left = index >= pixel ? result[start + index - pixel] : 0
                let up = start >= row ? result[start + index - row] : 0
                let upLeft = start >= row && index >= pixel ? result[start + index - row - pixel] : 0
                let predicted: UInt8 =
                    switch filter {
                    case 1: left
                    case 2: up
                    case 3: UInt8((Int(left) + Int(up)) / 2)
                    case 4: paeth(left, up, upLeft)
                    default: 0
                    }
                result.append(data[offset + 1 + index] &+ predicted)
            }
            offset += 1 + count
        }
        return result
    }

    private static func paeth(_ left: UInt8, _ up: UInt8, _ upLeft: UInt8) -> UInt8 {
        let estimate = Int(left) + Int(up) - Int(upLeft)
        let (a, b, c) = (
            abs(estimate - Int(left)), abs(estimate - Int(up)), abs(estimate - Int(upLeft))
        )
        return a <= b && a <= c ? left : b <= c ? up : upLeft
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        var high: UInt8?
        for byte in bytes {
            if byte == 0x3E { break }
            guard let digit = byte.hexadecimal else { continue }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        if let high { result.append(high << 4) }
        return result
    }

    private static func ascii85(_ bytes: UnsafeRawBufferPointer) throws(PDFStop) -> [UInt8] {
        var result: [UInt8] = []
        var group: UInt64 = 0
        var count = 0
        for byte in bytes {
            switch byte {
            case 0x7A where count == 0: result += [0, 0, 0, 0]  // z
            case 0x21...0x75:
                group = group * 85 + UInt64(byte - 0x21)
                count += 1
                guard count == 5 else { continue }
                result += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: group >> $0) }
                (group, count) = (0, 0)
            case 0x7E:  // ~>
                guard count > 1 else { return result }
                for _ in count..<5 { group = group * 85 + 84 }
                result += [24, 16, 8, 0].prefix(count - 1).map { UInt8(truncatingIfNeeded: group >> $0) }
                return result
            case _ where PDFLexer.isSpace(byte): continue
            default: throw .damaged
            }
        }
        return result
    }
}

/// LZW as PDF has it. Source: ISO 32000-1, 7.4.4.
private enum LZW {
    static func unpack(
        _ bytes: UnsafeRawBufferPointer, isEarly: Bool, limit: Int
    ) throws(PDFStop) -> [UInt8] {
        var result: [UInt8] = []
        // Of each code where its bytes are in the result, and how many.
        var starts = [Int](repeating: 0, count: 4097)
        var lengths = [Int](repeating: 0, count: 4097)
        var (next, width) = (258, 9)
        var previous: (start: Int, length: Int)?
        var (buffer, count) = (0, 0)
        for byte in bytes {
            (buffer, count) = ((buffer << 8 | Int(byte)) & 0xFF_FFFF, count + 8)
            guard count >= width else { continue }
            count -= width
            let code = buffer >> count & ((1 << width) - 1)
            if code == 257 { return result }
            if code == 256 {
                (next, width, previous) = (258, 9, nil)
                continue
            }
            let start = result.count
            if code < 256 {
                result.append(UInt8(code))
            } else if code < next {
                guard result.count + lengths[code] <= limit else { throw .tooComplex }
                for index in 0..<lengths[code] { result.append(result[starts[code] + index]) }
            } else {
                guard code == next, let previous else { return result }
                guard result.count + previous.length < limit else { throw .tooComplex }
                for index in 0..<previous.length { result.append(result[previous.start + index]) }
                result.append(result[previous.start])
            }
            if let previous, next < 4096 {
                // The bytes of the previous code, and one more: they are adjacent.
                (starts[next], lengths[next]) = (previous.start, previous.length + 1)
                next += 1
            }
            previous = (start, result.count - start)
            let edge = next + (isEarly ? 1 : 0)
            width = edge >= 2048 ? 12 : edge >= 1024 ? 11 : edge >= 512 ? 10 : 9
            guard result.count <= limit else { throw .tooComplex }
        }
        return result
    }
}
