internal import PreflightFiles
import ImageHeaders

/// Writes an ICC profile from numbers that a file states without one: PNG's `cICP`, `gAMA` and `cHRM`, HEIF's
/// `nclx`. It is then handled like an embedded profile.
///
/// Sources: ICC.1:2001-04 (version 2: header, `XYZType`, `curveType`); ITU-T H.273, tables 2 and 3; Bradford's matrix
/// as in ICC.1:2022, annex E; ITU-R BT.2408 for the white of 203 cd/m².
struct MatrixProfile {
    /// From signal to light, both 0...1.
    private let curve: (Double) -> Double
    /// The XYZ of red, green and blue under D50.
    private let primaries: [[Double]]

    /// The profile of code points.
    ///
    /// HDR does not fit into sRGB: light above the white of 203 cd/m² is clipped.
    ///
    /// - Parameter points: the code points.
    ///
    /// Nil for points that are reserved, unspecified or of a narrow range.
    init?(_ points: ColorCodePoints) {
        guard points.isFullRange, let place = Self.chromaticities(points.primaries),
            let curve = Self.curve(points.transfer), let primaries = Self.adapted(place)
        else { return nil }
        self.curve = curve
        self.primaries = primaries
    }

    /// The profile of a gamma and chromaticities.
    ///
    /// - Parameters:
    ///   - gamma: in 1/100,000, from light to signal; nil for the curve of sRGB.
    ///   - chromaticities: nil for those of sRGB.
    ///
    /// Nil for unusable chromaticities.
    init?(gamma: UInt32?, chromaticities: ColorChromaticities?) {
        let place = chromaticities.map { all in
            [all.red, all.green, all.blue, all.white].map { (Double($0.x) / 100_000, Double($0.y) / 100_000) }
        }
        guard let place = place ?? Self.chromaticities(1), let primaries = Self.adapted(place) else {
            return nil
        }
        if let gamma {
            guard gamma > 0 else { return nil }
            let exponent = 100_000 / Double(gamma)
            curve = { pow($0, exponent) }
        } else {
            curve = Self.lightOfSRGB
        }
        self.primaries = primaries
    }

    /// The profile as it is in a file.
    ///
    /// - Parameter isGray: whether it is for gray samples.
    /// - Returns: an ICC profile, version 2.4.
    func bytes(isGray: Bool) -> [UInt8] {
        let points = (0..<4096).map { step in
            UInt16((min(max(self.curve(Double(step) / 4095), 0), 1) * 65535).rounded())
        }
        var samples = Array("curv".utf8) + [0, 0, 0, 0]
        samples.append(UInt32(points.count))
        for point in points { samples += [UInt8(point >> 8), UInt8(point & 0xFF)] }
        func color(_ values: [Double]) -> [UInt8] {
            var tag = Array("XYZ ".utf8) + [0, 0, 0, 0]
            for value in values { tag.append(UInt32(bitPattern: Int32((value * 65536).rounded()))) }
            return tag
        }
        var tags: [(name: String, content: [UInt8])] = [("wtpt", color(Self.white))]
        if isGray {
            tags.append(("kTRC", samples))
        } else {
            tags += [
                ("rXYZ", color(primaries[0])), ("gXYZ", color(primaries[1])), ("bXYZ", color(primaries[2])),
            ]
            tags += [("rTRC", samples), ("gTRC", []), ("bTRC", [])]
        }
        var table: [UInt8] = []
        table.append(UInt32(tags.count))
        var contents: [UInt8] = []
        var last = (offset: 0, count: 0)
        for tag in tags {
            // The three curves are one.
            if !tag.content.isEmpty {
                last = (132 + 12 * tags.count + contents.count, tag.content.count)
                contents += tag.content
            }
            table += Array(tag.name.utf8)
            table.append(UInt32(last.offset))
            table.append(UInt32(last.count))
        }
        var header: [UInt8] = []
        header.append(UInt32(128 + table.count + contents.count))
        header += [0, 0, 0, 0, 2, 0x40, 0, 0] + Array("mntr".utf8) + Array((isGray ? "GRAY" : "RGB ").utf8)
        header += Array("XYZ ".utf8) + [UInt8](repeating: 0, count: 12) + Array("acsp".utf8)
        header += [UInt8](repeating: 0, count: 28)
        header += color(Self.white).dropFirst(8)
        header += [UInt8](repeating: 0, count: 128 - header.count)
        return header + table + contents
    }

    /// The white of D50, as profiles have it.
    private static let white = [0.9642, 1, 0.8249]

    // MARK: - Curves

    private static func lightOfSRGB(_ signal: Double) -> Double {
        signal <= 0.04045 ? signal / 12.92 : pow((signal + 0.055) / 1.055, 2.4)
    }

    /// The curve of a code of H.273, table 3.
    private static func curve(_ code: UInt16) -> ((Double) -> Double)? {
        switch code {
        case 1, 6, 14, 15: { $0 < 0.081 ? $0 / 4.5 : pow(($0 + 0.099) / 1.099, 1 / 0.45) }
        case 4: { pow($0, 2.2) }
        case 5: { pow($0, 2.8) }
        case 8: { $0 }
        case 13: lightOfSRGB
        case 16: { lightOfPQ($0) * 10_000 / 203 }
        case 17: { pow($0, 2.6) * 52.37 / 48 }
        case 18: { pow(lightOfHLG($0), 1.2) * 1000 / 203 }
        default: nil
        }
    }

    /// SMPTE ST 2084: 1 is 10,000 cd/m².
    private static func lightOfPQ(_ signal: Double) -> Double {
        let power = pow(signal, 32.0 / 2523)
        return pow(max(power - 107.0 / 128, 0) / (2413.0 / 128 - 2392.0 / 128 * power), 8192.0 / 1305)
    }

    /// ARIB STD-B67: light at the camera.
    private static func lightOfHLG(_ signal: Double) -> Double {
        signal <= 0.5 ? signal * signal / 3 : (exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
    }

    // MARK: - Primaries

    /// The x and y of red, green, blue and white of a code of H.273, table 2.
    private static func chromaticities(_ code: UInt16) -> [(Double, Double)]? {
        let d65 = (0.3127, 0.3290)
        return switch code {
        case 1: [(0.640, 0.330), (0.300, 0.600), (0.150, 0.060), d65]
        case 4: [(0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)]
        case 5: [(0.64, 0.33), (0.29, 0.60), (0.15, 0.06), d65]
        case 6, 7: [(0.630, 0.340), (0.310, 0.595), (0.155, 0.070), d65]
        case 8: [(0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.310, 0.316)]
        case 9: [(0.708, 0.292), (0.170, 0.797), (0.131, 0.046), d65]
        case 11: [(0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)]
        case 12: [(0.680, 0.320), (0.265, 0.690), (0.150, 0.060), d65]
        case 22: [(0.630, 0.340), (0.295, 0.605), (0.155, 0.077), d65]
        default: nil
        }
    }

    /// The XYZ of three primaries under D50; nil if they do not make a white.
    private static func adapted(_ place: [(Double, Double)]) -> [[Double]]? {
        guard place.allSatisfy({ $0.1 > 0 }) else { return nil }
        let colors = place.map { [$0.0 / $0.1, 1, (1 - $0.0 - $0.1) / $0.1] }
        let white = colors[3]
        // How much of each primary makes the white.
        guard let inverse = inverted((0..<3).map { row in (0..<3).map { colors[$0][row] } }) else {
            return nil
        }
        let amounts = times(inverse, white)
        let bradford = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
        guard let back = inverted(bradford) else { return nil }
        let (from, to) = (times(bradford, white), times(bradford, Self.white))
        guard from.allSatisfy({ abs($0) > 1e-6 }) else { return nil }
        let result = (0..<3).map { index in
            let cone = times(bradford, colors[index].map { $0 * amounts[index] })
            return times(back, (0..<3).map { cone[$0] * to[$0] / from[$0] })
        }
        // What a profile can hold.
        return result.allSatisfy { $0.allSatisfy { $0.isFinite && abs($0) < 8 } } ? result : nil
    }

    private static func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { row in row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2] }
    }

    private static func inverted(_ m: [[Double]]) -> [[Double]]? {
        func minor(_ row: Int, _ column: Int) -> Double {
            let (r, s) = ((row + 1) % 3, (row + 2) % 3)
            let (c, d) = ((column + 1) % 3, (column + 2) % 3)
            return m[r][c] * m[s][d] - m[r][d] * m[s][c]
        }
        let determinant = (0..<3).reduce(0) { $0 + m[0][$1] * minor(0, $1) }
        guard abs(determinant) > 1e-9 else { return nil }
        return (0..<3).map { row in (0..<3).map { minor($0, row) / determinant } }
    }
}

extension [UInt8] {
    /// Adds a number, most significant byte first.
    fileprivate mutating func append(_ value: UInt32) {
        self += [
            UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF),
        ]
    }
}
