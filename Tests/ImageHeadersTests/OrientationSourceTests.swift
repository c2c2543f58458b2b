import ImageHeaders
import Testing

@Suite("Where an orientation comes from")
struct OrientationSourceTests {
    /// A block as ImageMagick writes it into a text chunk.
    private func raw(_ name: String, _ bytes: Bytes) -> Bytes {
        var text = "\n\(name)\n      \(bytes.array.count)\n"
        for (index, byte) in bytes.array.enumerated() {
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
            if index % 36 == 35 { text += "\n" }
        }
        return Bytes(text + "\n")
    }

    private func xmp(_ property: String) -> Bytes {
        Bytes(
            """
            <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>\
            <rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" \(property)</rdf:RDF></x:xmpmeta>
            """)
    }

    private var attribute: Bytes { xmp("tiff:Make=\"Oo\" tiff:Orientation=\"6\"/>") }
    private var turned: Bytes { tiff([(0x0112, 3, 6)]) }

    private func png(_ chunks: Bytes...) throws -> ImageFacts {
        try (chunks.reduce(PNG.signature + PNG.header(), +) + PNG.image).facts
    }

    private func packed(_ keyword: String, _ text: Bytes) -> Bytes {
        PNG.chunk("zTXt", Bytes(keyword) + [0, 0] + ICC.stored(text))
    }

    private func international(_ text: Bytes, isPacked: Bool) -> Bytes {
        PNG.chunk(
            "iTXt",
            Bytes("XML:com.adobe.xmp") + [0, isPacked ? 1 : 0, 0] + Bytes("en") + [0] + Bytes("XMP") + [0]
                + (isPacked ? ICC.stored(text) : text))
    }

    @Test("A PNG's raw profile gives it, plain or compressed, with or without EXIF's own prefix")
    func rawProfiles() throws {
        for chunk in [
            PNG.chunk("tEXt", Bytes("Raw profile type exif") + [0] + raw("exif", turned)),
            packed("Raw profile type exif", raw("exif", turned)),
            packed("Raw profile type exif", raw("exif", Bytes("Exif\0\0") + turned)),
            packed("Raw profile type APP1", raw("generic profile", Bytes("Exif\0\0") + turned)),
        ] {
            let facts = try png(chunk)
            #expect((facts.orientation, facts.orientationSource) == (.right, .rawProfile))
        }
        let located = packed("Raw profile type exif", raw("exif", tiff([(0x8825, 4, 26)])))
        let facts = try png(located)
        #expect(facts.hasLocation && facts.orientationSource == nil)
    }

    @Test("XMP gives it in a PNG, a JPEG and a WebP, as an attribute or as an element")
    func packets() throws {
        let element = xmp("><tiff:Orientation> 6 </tiff:Orientation></rdf:Description>")
        for text in [attribute, element, xmp("tiff:Orientation = '6'/>")] {
            for facts in [
                try png(international(text, isPacked: false)), try png(international(text, isPacked: true)),
                try png(packed("Raw profile type xmp", raw("xmp", text))),
                try JPEG.file(
                    JPEG.segment(0xE1, Bytes("http://ns.adobe.com/xap/1.0/\0") + text), JPEG.frame()
                ).facts,
                try WebP.file(WebP.extended(4), WebP.lossy(), WebP.chunk("XMP ", text)).facts,
            ] {
                #expect((facts.orientation, facts.orientationSource) == (.right, .xmp))
            }
        }
        for text in [
            xmp("tiff:Orientation=\"0\"/>"), xmp("tiff:Orientation=\"12\"/>"),
            xmp("exif:Orientation=\"6\"/>"),
        ] {
            #expect(try png(international(text, isPacked: false)).orientationSource == nil)
        }
        #expect(
            try WebP.file(WebP.extended(0), WebP.lossy(), WebP.chunk("XMP ", attribute)).facts.orientation
                == .up)
    }

    @Test("EXIF takes precedence over a raw profile, and both over XMP, in any order")
    func precedence() throws {
        let exif = PNG.chunk("eXIf", tiff([(0x0112, 3, 3)]))
        let profile = packed("Raw profile type exif", raw("exif", tiff([(0x0112, 3, 8)])))
        let packet = international(attribute, isPacked: false)
        for order in [[exif, profile, packet], [packet, profile, exif], [profile, exif, packet]] {
            let facts = try (order.reduce(PNG.signature + PNG.header(), +) + PNG.image).facts
            #expect((facts.orientation, facts.orientationSource) == (.down, .exif))
        }
        for order in [[profile, packet], [packet, profile]] {
            let facts = try (order.reduce(PNG.signature + PNG.header(), +) + PNG.image).facts
            #expect((facts.orientation, facts.orientationSource) == (.left, .rawProfile))
        }
        // An upright EXIF orientation counts too; without one in the block, XMP decides.
        #expect(try png(PNG.chunk("eXIf", tiff([(0x0112, 3, 1)])), packet).orientation == .up)
        #expect(try png(PNG.chunk("eXIf", tiff([(0x010F, 3, 1)])), packet).orientation == .right)
        let segment = JPEG.segment(0xE1, Bytes("http://ns.adobe.com/xap/1.0/\0") + attribute)
        #expect(
            try JPEG.file(segment, JPEG.exif(tiff([(0x0112, 3, 3)])), JPEG.frame()).facts.orientation == .down
        )
        let blocks = WebP.chunk("EXIF", tiff([(0x0112, 3, 3)])) + WebP.chunk("XMP ", attribute)
        #expect(try WebP.file(WebP.extended(12), WebP.lossy(), blocks).facts.orientation == .down)
    }

    @Test("Broken text is ignored")
    func broken() throws {
        for chunk in [
            packed("Raw profile type exif", "\nexif\n"), packed("Raw profile type exif", "zz"),
            packed("Raw profile type exif", raw("exif", "MM")), packed("Raw profile type exif", Bytes()),
            PNG.chunk("zTXt", Bytes("Raw profile type exif") + [0]),
            PNG.chunk("zTXt", Bytes("Raw profile type exif") + [0, 0, 0x78, 1, 7, 7]),
            PNG.chunk("zTXt", Bytes("Raw profile type exif") + [0, 9] + ICC.stored(raw("exif", turned))),
            PNG.chunk("iTXt", Bytes("XML:com.adobe.xmp") + [0]),
            PNG.chunk("iTXt", Bytes("XML:com.adobe.xmp") + [0, 7, 0, 0, 0]),
            PNG.chunk("tEXt", "Raw profile type exif"), PNG.chunk("tEXt", Bytes("XML:com.adobe.xmp") + [0]),
        ] {
            #expect(try png(chunk).orientationSource == nil)
        }
    }

    @Test("The start of a file gives the same result as the whole, or is reported as truncated")
    func starts() throws {
        for file in [
            PNG.file(PNG.header(), packed("Raw profile type exif", raw("exif", turned))),
            PNG.file(PNG.header(), international(attribute, isPacked: false)),
            JPEG.file(JPEG.segment(0xE1, Bytes("http://ns.adobe.com/xap/1.0/\0") + attribute), JPEG.frame()),
            WebP.file(
                WebP.extended(12), WebP.lossy(), WebP.chunk("XMP ", attribute), WebP.chunk("EXIF", turned)),
        ] {
            let whole = file.header
            for count in 30..<file.array.count {
                let header = file.array.prefix(count).withUnsafeBytes {
                    HeaderReader.read(start: $0, byteCount: file.array.count).header
                }
                if case .success = header { #expect(header == whole, "\(count) bytes") }
            }
        }
    }
}
