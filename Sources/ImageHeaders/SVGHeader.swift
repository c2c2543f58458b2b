/// The size of an SVG as libvips with librsvg gives it at 72 dpi, from the attributes of its first element.
///
/// Only sizes that those attributes determine by themselves are given. A size that needs style sheets, a font
/// size or the drawing's own extent is ``HeaderError/noPixelSize(_:)``. Source: SVG 2, sections 7.2 and 8.
enum SVGHeader {
    /// A width or height as it is written.
    private enum Length {
        /// Missing, a percentage or not valid: the view box decides.
        case auto
        /// A length in px.
        case pixels(Double)
        /// A length that needs more than this element.
        case unsure
    }

    /// The attributes that matter, as written.
    private struct Attributes {
        var width: [UInt8]?
        var height: [UInt8]?
        var viewBox: [UInt8]?
        /// Whether a style or a font size may change the lengths.
        var isStyled = false
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .svg
        guard let root = Markup.root(&source) else { throw .malformed(.svg, .missingHeader) }
        let attributes = try read(&source, from: root.attributes)
        guard !attributes.isStyled, let size = size(attributes) else { throw .noPixelSize(.svg) }
        var facts = ImageFacts(format: .svg, size: size)
        facts.hasAlpha = true
        return facts
    }

    private static func size(_ attributes: Attributes) -> PixelSize? {
        let box = viewBox(attributes.viewBox)
        switch (length(attributes.width), length(attributes.height)) {
        case (.pixels(let width), .pixels(let height)):
            return pixels(width, height)
        case (.pixels(let width), .auto):
            return box.flatMap { pixels(width, width * $0.height / $0.width) }
        case (.auto, .pixels(let height)):
            return box.flatMap { pixels(height * $0.width / $0.height, height) }
        case (.auto, .auto):
            return box.flatMap { pixels($0.width, $0.height) }
        case (.unsure, _), (_, .unsure): return nil
        }
    }

    /// Rounded as libvips does; nil for a side that no image can have.
    private static func pixels(_ width: Double, _ height: Double) -> PixelSize? {
        let (width, height) = ((width + 0.5).rounded(.down), (height + 0.5).rounded(.down))
        guard (1...Double(Int32.max)).contains(width), (1...Double(Int32.max)).contains(height) else {
            return nil
        }
        return PixelSize(width: Int(width), height: Int(height))
    }

    private static func length(_ bytes: [UInt8]?) -> Length {
        guard let bytes else { return .auto }
        let text = trimmed(bytes)
        let end = text.firstIndex { byte in
            !((0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E)
                && !isExponent(text, byte)
        }
        let unitStart = end ?? text.endIndex
        let unit = String(decoding: text[unitStart...], as: UTF8.self).lowercased()
        if unit == "auto" { return .auto }
        guard let number = Double(String(decoding: text[..<unitStart], as: UTF8.self)), number.isFinite else {
            return .unsure
        }
        if number < 0 || unit == "%" { return .auto }
        // px for each unit at 72 dpi; em and ex with the default font size of 12.
        let scale: Double? =
            switch unit {
            case "", "px", "pt": 1
            case "in": 72
            case "cm": 72 / 2.54
            case "mm": 72 / 25.4
            case "pc": 12
            case "em": 12
            case "ex": 6
            default: nil
            }
        return scale.map { .pixels(number * $0) } ?? .unsure
    }

    /// Whether the e of `1.2e3` and not that of `12em` or `12ex`: a digit or a sign follows it.
    private static func isExponent(_ text: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
        guard byte == 0x65 || byte == 0x45, let place = text.firstIndex(of: byte) else { return false }
        let next = text.index(after: place)
        guard next < text.endIndex else { return false }
        return (0x30...0x39).contains(text[next]) || text[next] == 0x2B || text[next] == 0x2D
    }

    private static func viewBox(_ bytes: [UInt8]?) -> (width: Double, height: Double)? {
        guard let bytes else { return nil }
        let numbers = bytes.split { Markup.isSpace($0) || $0 == 0x2C }
            .map { Double(String(decoding: $0, as: UTF8.self)) ?? .nan }
        guard numbers.count == 4, numbers.allSatisfy(\.isFinite), numbers[2] > 0, numbers[3] > 0 else {
            return nil
        }
        return (numbers[2], numbers[3])
    }

    private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var slice = bytes[...]
        while let byte = slice.first, Markup.isSpace(byte) { slice.removeFirst() }
        while let byte = slice.last, Markup.isSpace(byte) { slice.removeLast() }
        return slice
    }

    /// Reads the attributes up to the end of the tag. Invalid XML is an error here too, because no renderer
    /// continues after it.
    private static func read(_ source: inout ByteSource, from start: Int) throws(HeaderError) -> Attributes {
        var attributes = Attributes()
        var offset = start
        let limit = start + HeaderBounds.maxPrologBytes
        while offset < limit {
            let gap = offset
            while Markup.isSpace(try source.u8(at: offset)), offset < limit { offset += 1 }
            let byte = try source.u8(at: offset)
            if byte == 0x3E || byte == 0x2F { return attributes }
            guard offset > gap else { throw .malformed(.svg, .badField) }
            let name = try readName(&source, &offset, limit)
            let value = try readValue(&source, &offset, limit)
            switch String(decoding: name, as: UTF8.self) {
            case "width": attributes.width = value
            case "height": attributes.height = value
            case "viewBox": attributes.viewBox = value
            case "font-size", "font": attributes.isStyled = true
            case "style": attributes.isStyled = attributes.isStyled || stylesSize(value)
            default: break
            }
        }
        throw .noPixelSize(.svg)
    }

    private static func readName(
        _ source: inout ByteSource, _ offset: inout Int, _ limit: Int
    ) throws(HeaderError) -> [UInt8] {
        var name: [UInt8] = []
        while offset < limit {
            let byte = try source.u8(at: offset)
            if byte == 0x3D || Markup.isSpace(byte) { break }
            guard byte != 0x22, byte != 0x27, byte != 0x3C, byte != 0x3E else {
                throw .malformed(.svg, .badField)
            }
            name.append(byte)
            offset += 1
        }
        guard !name.isEmpty else { throw .malformed(.svg, .badField) }
        return name
    }

    /// Reads `= "…"`. Long values are cut: none that matters is longer than a few numbers.
    private static func readValue(
        _ source: inout ByteSource, _ offset: inout Int, _ limit: Int
    ) throws(HeaderError) -> [UInt8] {
        while Markup.isSpace(try source.u8(at: offset)), offset < limit { offset += 1 }
        guard try source.u8(at: offset) == 0x3D else { throw .malformed(.svg, .badField) }
        offset += 1
        while Markup.isSpace(try source.u8(at: offset)), offset < limit { offset += 1 }
        let quote = try source.u8(at: offset)
        guard quote == 0x22 || quote == 0x27 else { throw .malformed(.svg, .badField) }
        offset += 1
        var value: [UInt8] = []
        while offset < limit {
            let byte = try source.u8(at: offset)
            offset += 1
            if byte == quote { return value }
            guard byte != 0x3C else { throw .malformed(.svg, .badField) }
            if value.count < 4096 { value.append(byte) }
        }
        throw .noPixelSize(.svg)
    }

    private static func stylesSize(_ style: [UInt8]) -> Bool {
        style.split(separator: 0x3B).contains { declaration in
            let name = trimmed(Array(declaration.prefix { $0 != 0x3A }))
            return ["width", "height", "font-size", "font"].contains(String(decoding: name, as: UTF8.self))
        }
    }
}
