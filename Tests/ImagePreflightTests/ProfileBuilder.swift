import Foundation

/// ICC profiles built from numbers. Source: ICC.1:2001-04 and ICC.1:2022, sections 10.6, 10.10, 10.11, 10.18
/// and 10.31.
struct ProfileBuilder {
    /// How a tag maps a signal to light.
    enum Curve: Sendable, CustomStringConvertible {
        /// `curv` with one number.
        case exponent(Double)
        /// `curv` with a table of the given number of entries.
        case table(Int, @Sendable (Double) -> Double)
        /// `para`: the kind of formula, and its parameters in the order of the standard.
        case formula(Int, [Double])

        var description: String {
            switch self {
            case .exponent(let exponent): "curv of \(exponent)"
            case .table(let count, _): "curv of \(count) entries"
            case .formula(let kind, _): "para \(kind)"
            }
        }

        /// The light for a signal, both 0...1.
        func light(_ signal: Double) -> Double {
            switch self {
            case .exponent(let exponent): return pow(signal, exponent)
            case .table(_, let curve): return curve(signal)
            case .formula(let kind, let p):
                func power(_ signal: Double) -> Double { pow(max(p[1] * signal + p[2], 0), p[0]) }
                switch kind {
                case 0: return pow(signal, p[0])
                case 1: return signal >= -p[2] / p[1] ? power(signal) : 0
                case 2: return signal >= -p[2] / p[1] ? power(signal) + p[3] : p[3]
                case 3: return signal >= p[4] ? power(signal) : p[3] * signal
                default: return signal >= p[4] ? power(signal) + p[5] : p[3] * signal + p[6]
                }
            }
        }

        fileprivate var tag: [UInt8] {
            switch self {
            case .exponent(let exponent):
                return Array("curv\0\0\0\0".utf8) + big(1, 4) + big(Int((exponent * 256).rounded()), 2)
            case .table(let count, let curve):
                return Array("curv\0\0\0\0".utf8) + big(count, 4)
                    + (0..<count).flatMap { index in
                        big(Int((curve(Double(index) / Double(count - 1)) * 65535).rounded()), 2)
                    }
            case .formula(let kind, let parameters):
                return Array("para\0\0\0\0".utf8) + big(kind, 2) + [0, 0] + parameters.flatMap(fixed)
            }
        }
    }

    /// Three primaries in CIE XYZ under D50.
    struct Primaries: Sendable {
        var name: String
        var red: [Double]
        var green: [Double]
        var blue: [Double]

        static let sRGB = Primaries(
            name: "sRGB", red: [0.43607, 0.22249, 0.01392], green: [0.38515, 0.71687, 0.09708],
            blue: [0.14307, 0.06061, 0.71410])
        static let displayP3 = Primaries(
            name: "Display P3", red: [0.51512, 0.24120, -0.00105], green: [0.29198, 0.69225, 0.04189],
            blue: [0.15710, 0.06657, 0.78407])
        static let adobeRGB = Primaries(
            name: "Adobe RGB", red: [0.60974, 0.31111, 0.01947], green: [0.20528, 0.62567, 0.06087],
            blue: [0.14919, 0.06322, 0.74457])
        /// Red and green swapped, so that wrong colors are obvious.
        static let swapped = Primaries(
            name: "swapped", red: sRGB.green, green: sRGB.red, blue: sRGB.blue)
    }

    /// A profile with primaries and one curve.
    static func matrix(_ primaries: Primaries, _ curve: Curve) -> [UInt8] {
        profile(
            "RGB ", class: "mntr",
            [
                ("rXYZ", xyz(primaries.red)), ("gXYZ", xyz(primaries.green)), ("bXYZ", xyz(primaries.blue)),
                ("rTRC", curve.tag), ("gTRC", curve.tag), ("bTRC", curve.tag),
            ])
    }

    /// A profile for gray samples.
    static func gray(_ curve: Curve) -> [UInt8] { profile("GRAY", class: "mntr", [("kTRC", curve.tag)]) }

    /// A profile with a table from each corner of the sample cube to an sRGB color.
    ///
    /// - Parameters:
    ///   - space: `RGB ` or `CMYK`.
    ///   - isWide: whether entries have 16 bits (`mft2`), otherwise 8 (`mft1`).
    ///   - color: the sRGB color of a corner, given by 0 or 1 for each sample.
    /// - Returns: the profile.
    static func table(_ space: String, isWide: Bool, _ color: ([Int]) -> [Int]) -> [UInt8] {
        let inputs = space == "CMYK" ? 4 : 3
        var tag = Array((isWide ? "mft2" : "mft1").utf8) + big(0, 4) + [UInt8(inputs), 3, 2, 0]
        for row in 0..<3 { for column in 0..<3 { tag += fixed(row == column ? 1 : 0) } }
        let straight: [UInt8] = isWide ? [0, 0, 255, 255] : (0...255).map { UInt8($0) }
        if isWide { tag += big(2, 2) + big(2, 2) }
        for _ in 0..<inputs { tag += straight }
        for corner in 0..<(1 << inputs) {
            // The first sample changes most slowly.
            let samples = (0..<inputs).map { corner >> (inputs - 1 - $0) & 1 }
            let lab = lab(color(samples))
            if isWide {
                // 100 is 0xFF00 in version 2.
                tag += big(Int((lab[0] * 652.8).rounded()), 2)
                for value in lab[1...] { tag += big(Int(((value + 128) * 256).rounded()), 2) }
            } else {
                tag.append(UInt8((lab[0] * 2.55).rounded()))
                for value in lab[1...] { tag.append(UInt8((value + 128).rounded())) }
            }
        }
        for _ in 0..<3 { tag += straight }
        return profile(space, class: space == "CMYK" ? "prtr" : "scnr", [("A2B0", tag)], connection: "Lab ")
    }

    /// Version 2.4: in later versions lcms shifts the black of perceptual tables.
    private static func profile(
        _ space: String, class kind: String, _ tags: [(String, [UInt8])], connection: String = "XYZ "
    ) -> [UInt8] {
        let white = [0.9642, 1, 0.8249]
        let text = Array("text\0\0\0\0none\0".utf8)
        let description =
            Array("desc\0\0\0\0".utf8) + big(5, 4) + Array("sRGB\0".utf8) + [UInt8](repeating: 0, count: 78)
        let all = [("desc", description), ("cprt", text), ("wtpt", xyz(white))] + tags
        var table = big(all.count, 4)
        var contents: [UInt8] = []
        for (name, content) in all {
            table += Array(name.utf8) + big(132 + 12 * all.count + contents.count, 4) + big(content.count, 4)
            contents += content + [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
        }
        var header = big(128 + table.count + contents.count, 4) + [0, 0, 0, 0, 2, 0x40, 0, 0]
        header += Array(kind.utf8) + Array(space.utf8) + Array(connection.utf8)
        header += [UInt8](repeating: 0, count: 12) + Array("acsp".utf8) + [UInt8](repeating: 0, count: 28)
        header += white.flatMap(fixed)
        header += [UInt8](repeating: 0, count: 128 - header.count)
        return header + table + contents
    }

    // MARK: - Colors

    static func lightOfSRGB(_ signal: Double) -> Double {
        signal <= 0.04045 ? signal / 12.92 : pow((signal + 0.055) / 1.055, 2.4)
    }

    /// The sample for a light, 0...255.
    static func sample(_ light: Double) -> Int {
        let light = min(max(light, 0), 1)
        let signal = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
        return Int((signal * 255).rounded())
    }

    /// The sRGB color of samples under a profile with primaries and a curve.
    static func shown(_ samples: [Int], _ primaries: Primaries, _ curve: Curve) -> [Int] {
        let light = samples.map { curve.light(Double($0) / 255) }
        let color = (0..<3).map { row in
            primaries.red[row] * light[0] + primaries.green[row] * light[1] + primaries.blue[row] * light[2]
        }
        // The inverse of sRGB's own primaries under D50.
        let rows = [
            [3.13406, -1.61702, -0.49065], [-0.97879, 1.91615, 0.03345], [0.07194, -0.22898, 1.40529],
        ]
        return rows.map { row in sample(row[0] * color[0] + row[1] * color[1] + row[2] * color[2]) }
    }

    /// CIE L*a*b* under D50 of an sRGB color.
    static func lab(_ color: [Int]) -> [Double] {
        let light = color.map { lightOfSRGB(Double($0) / 255) }
        let p = Primaries.sRGB
        let white = [0.9642, 1, 0.8249]
        let f = (0..<3).map { row in
            let share =
                (p.red[row] * light[0] + p.green[row] * light[1] + p.blue[row] * light[2]) / white[row]
            return share > 216.0 / 24389 ? cbrt(share) : (share * 24389 / 27 + 16) / 116
        }
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }
}

private func xyz(_ values: [Double]) -> [UInt8] { Array("XYZ \0\0\0\0".utf8) + values.flatMap(fixed) }

/// A fixed-point number with 16 fractional bits.
private func fixed(_ value: Double) -> [UInt8] {
    big(Int(UInt32(bitPattern: Int32((value * 65536).rounded()))), 4)
}

/// A number, most significant byte first.
private func big(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
}

/// Files with a profile, built by hand from files without one.
enum ProfiledFile {
    /// After the start of a JPEG.
    static func jpeg(_ file: [UInt8], _ profile: [UInt8]) -> [UInt8] {
        let segment = Array("ICC_PROFILE\0".utf8) + [1, 1] + profile
        return Array(file[..<2]) + [0xFF, 0xE2] + big(segment.count + 2, 2) + segment + file[2...]
    }

    /// After `IHDR`, not compressed.
    static func png(_ file: [UInt8], _ profile: [UInt8]) -> [UInt8] {
        var packed: [UInt8] = [0x78, 0x01, 0x01]
        packed += big(profile.count, 2).reversed() + big(~profile.count & 0xFFFF, 2).reversed() + profile
        var (a, b) = (1, 0)
        for byte in profile { (a, b) = ((a + Int(byte)) % 65521, (a + Int(byte) + b) % 65521) }
        packed += big(b << 16 | a, 4)
        return png(file, chunk: "iCCP", Array("sRGB\0\0".utf8) + packed)
    }

    /// A chunk after `IHDR`.
    static func png(_ file: [UInt8], chunk name: String, _ content: [UInt8]) -> [UInt8] {
        let chunk = Array(name.utf8) + content
        var sum = UInt32.max
        for byte in chunk {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB8_8320 }
        }
        return Array(file[..<33]) + big(content.count, 4) + chunk + big(Int(~sum), 4) + file[33...]
    }

    /// Four-byte numbers, as in `gAMA` and `cHRM`.
    static func numbers(_ values: [Int]) -> [UInt8] { values.flatMap { big($0, 4) } }

    /// An extended WebP around a lossless one.
    static func webp(_ file: [UInt8], _ profile: [UInt8], width: Int, height: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { big(value, count).reversed() }
        var body = Array("WEBPVP8X".utf8) + little(10, 4) + little(0x20, 4)
        body += little(width - 1, 3) + little(height - 1, 3)
        body += Array("ICCP".utf8) + little(profile.count, 4) + profile
        if profile.count % 2 == 1 { body.append(0) }
        // libvips may have made an extended file already.
        let picture = file.indices.first { file[$0...].starts(with: Array("VP8L".utf8)) } ?? file.endIndex
        body += file[picture...]
        return Array("RIFF".utf8) + little(body.count, 4) + body
    }

    /// A TIFF with one strip.
    ///
    /// - Parameters:
    ///   - samples: rows without gaps, samples of 16 bits the most significant byte first.
    ///   - profile: the profile.
    ///   - width: px.
    ///   - height: px.
    ///   - photometric: 1 gray, 2 RGB, 5 CMYK, 8 CIE L*a*b*, 9 the same with an offset of 128.
    ///   - bits: 8 or 16 per sample.
    /// - Returns: the file.
    static func tiff(
        _ samples: [UInt8], _ profile: [UInt8], width: Int, height: Int, photometric: Int, bits: Int
    ) -> [UInt8] {
        let count = photometric == 1 ? 1 : photometric == 5 ? 4 : 3
        let pixels = 8 + 2 + 10 * 12 + 4
        let depths = pixels + samples.count + samples.count % 2
        let place = depths + 2 * count
        var out = Array("MM".utf8) + big(42, 2) + big(8, 4) + big(10, 2)
        func entry(_ tag: Int, _ kind: Int, _ count: Int, _ value: [UInt8]) {
            out += big(tag, 2) + big(kind, 2) + big(count, 4) + value
            out += [UInt8](repeating: 0, count: 4 - value.count)
        }
        entry(256, 4, 1, big(width, 4))
        entry(257, 4, 1, big(height, 4))
        entry(258, 3, count, count == 1 ? big(bits, 2) : big(depths, 4))
        entry(259, 3, 1, big(1, 2))
        entry(262, 3, 1, big(photometric, 2))
        entry(273, 4, 1, big(pixels, 4))
        entry(277, 3, 1, big(count, 2))
        entry(278, 4, 1, big(height, 4))
        entry(279, 4, 1, big(samples.count, 4))
        entry(34675, 7, profile.count, big(place, 4))
        out += big(0, 4) + samples
        if samples.count % 2 == 1 { out.append(0) }
        for _ in 0..<count { out += big(bits, 2) }
        return out + profile
    }
}
