import ImageHeaders
import Testing

/// The expectations were recorded from `vipsheader` (libvips 8.14.1, librsvg 2.54).
@Suite("SVG headers")
struct SVGHeaderTests {
    private func svg(_ attributes: String) -> Bytes {
        Bytes("<svg xmlns=\"http://www.w3.org/2000/svg\" \(attributes)><rect width=\"9\"/></svg>")
    }

    @Test(
        "Lengths are px at 72 dpi, rounded half up",
        arguments: [
            ("width='10.5' height='10.49'", 11, 10),
            ("width='1.28125in' height='342pt'", 92, 342),
            ("width='210mm' height='297mm'", 595, 842),
            ("width='10ex' height='2cm'", 60, 57),
            ("width='7.6875em' height='1.23e2'", 92, 123),
            ("width=' 10 ' height='20PX '", 10, 20),
            ("stroke-width='2' width = '3' height='4'", 3, 4),
        ])
    func lengths(attributes: String, width: Int, height: Int) throws {
        #expect(try svg(attributes).facts.size == PixelSize(width: width, height: height))
    }

    @Test(
        "The view box replaces sides that are missing, percentages or invalid",
        arguments: [
            ("viewBox='0,0,200.5,400.4'", 201, 400),
            ("viewBox='0 0 200 400' width='100%' height='50%'", 200, 400),
            ("viewBox='0 0 200 400' width='100' height='50%'", 100, 200),
            ("viewBox='0 0 200 400' width='50%' height='100'", 50, 100),
            ("viewBox='0 0 200 401' width='100'", 100, 201),
            ("viewBox='0 0 200 400' width='-5' height='10'", 5, 10),
            ("viewBox='0 0 200 400' width='auto' height='auto'", 200, 400),
        ])
    func viewBoxes(attributes: String, width: Int, height: Int) throws {
        #expect(try svg(attributes).facts.size == PixelSize(width: width, height: height))
    }

    @Test(
        "A size that needs a renderer is not guessed",
        arguments: [
            "", "width='100'", "width='100%' height='100%'", "viewbox='0 0 9 9'", "viewBox='0 0 0 0'",
            "width='0' height='0' viewBox='0 0 9 9'", "width='0.3' height='0.3'", "width='10rem' height='10'",
            "style='width:33px' width='9' height='9'", "font-size='20' width='2em' height='9'",
            "width='1e999' height='1'", "width='&w;' height='1'", "viewBox='0 0 nan 9'",
        ])
    func unsure(attributes: String) {
        #expect(svg(attributes).error == .noPixelSize(.svg))
    }

    @Test("Text before the element is skipped, and its name may have a prefix")
    func prolog() throws {
        let prolog = """
            \u{FEFF} <?xml version='1.0'?>
            <!-- <svg width='1' height='1'> -->
            <!DOCTYPE svg PUBLIC "a > b" "c" [ <!ENTITY ns "http://x>"> ]>
            """
        #expect(
            try (Bytes(prolog) + svg("width='3' height='4'")).facts.size == PixelSize(width: 3, height: 4))
        #expect(try Bytes("<svg:svg xmlns:svg='x' width='3' height='4'/>").facts.format == .svg)
    }

    @Test(
        "Invalid XML is malformed",
        arguments: [
            "width=100 height=100", "onclick='a<b' width='1' height='1'", "x='0 0'0 width='1' height='1'",
            "width height='1'",
        ])
    func malformed(attributes: String) {
        #expect(svg(attributes).error == .malformed(.svg, .badField))
    }
}
