/// Counts the scans of a JPEG. For each of them a decoder goes through all coefficients of the picture, however
/// short the scan is: 100,000 scans of a few bytes keep it busy for hours.
///
/// Source: ITU-T T.81, annexes B and G.
package enum JPEGScans {
    /// Counts the scans that a decoder would go through.
    ///
    /// - Parameters:
    ///   - file: the whole file.
    ///   - limit: where counting ends.
    /// - Returns: the number of scans, at most `limit + 1`; 1 for a picture that is complete after the first.
    package static func count(in file: UnsafeRawBufferPointer, upTo limit: Int) -> Int {
        var offset = 2
        var isProgressive = false
        var components = 0
        var count = 0
        while count <= limit, let (marker, start) = nextMarker(file, from: offset) {
            switch marker {
            case 0xD9: return count
            case 0x01, 0xD0...0xD8:
                offset = start
                continue
            default: break
            }
            guard start + 2 <= file.count else { return count }
            offset = start + max(Int(file[start]) << 8 | Int(file[start + 1]), 2)
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                // Decoders do not read differential frames; the second bit says progressive.
                isProgressive = marker & 3 == 2
                components = start + 7 < file.count ? Int(file[start + 7]) : 0
            case 0xDA:
                count += 1
                let inScan = start + 2 < file.count ? Int(file[start + 2]) : 0
                if count == 1, !isProgressive, inScan >= components { return 1 }
            default: break
            }
        }
        return count
    }

    /// The next marker, and where its contents begin; nil at the end of the file.
    private static func nextMarker(
        _ file: UnsafeRawBufferPointer, from start: Int
    ) -> (marker: UInt8, start: Int)? {
        var index = start
        while index + 1 < file.count {
            guard file[index] == 0xFF else {
                index += 1
                continue
            }
            let marker = file[index + 1]
            // 0xFF may come any number of times; with 0 it is a byte of the picture.
            if marker != 0, marker != 0xFF { return (marker, index + 2) }
            index += marker == 0 ? 2 : 1
        }
        return nil
    }
}
