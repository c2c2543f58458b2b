import Foundation
import ImageHeaders
import TestSupport
import Testing

/// Files that the project did not make, compared with the output of `vipsheader` (libvips 8.14.1).
@Suite("Real files", .enabled(if: Resources.hasShared))
struct CorpusTests {
    /// Every file of the corpus that libvips opens: name, format, size in px, EXIF orientation, frames. The
    /// frames of JPEG 2000 are left at 1, because libvips' pages are resolutions in that format.
    ///
    /// Recorded with `vipsheader -f width` and so on for each file. Not included, because their size needs a
    /// renderer: the four PDFs (`ISO_12233-reschart`, `blankpage`, `cmyktest`, `page-box`) and the SVG without
    /// a view box, `viewbox-lowercase.svg`; they are below.
    private static let table = """
        image-size-valid_bmp/sample.bmp bmp 123x456 1 1
        image-size-valid_gif/sample.gif gif 123x456 1 1
        image-size-valid_heif/sample-multi.heic heic 123x456 1 1
        image-size-valid_heif/sample.avif avif 123x456 1 1
        image-size-valid_heif/sample.heic heic 123x456 1 1
        image-size-valid_ico/multi-size-compressed.ico ico 256x256 1 9
        image-size-valid_ico/multi-size.ico ico 256x256 1 9
        image-size-valid_ico/sample-256-compressed.ico ico 256x256 1 1
        image-size-valid_ico/sample-256.ico ico 256x256 1 1
        image-size-valid_ico/sample-compressed.ico ico 32x32 1 1
        image-size-valid_ico/sample.ico ico 32x32 1 1
        image-size-valid_jp2/sample.jp2 jp2 123x456 1 1
        image-size-valid_jpg/1x2-flipped-big-endian.jpg jpeg 1x2 8 1
        image-size-valid_jpg/1x2-flipped-little-endian.jpg jpeg 1x2 8 1
        image-size-valid_jpg/large.jpg jpeg 1600x1200 1 1
        image-size-valid_jpg/optimized.jpg jpeg 123x456 1 1
        image-size-valid_jpg/progressive.jpg jpeg 123x456 1 1
        image-size-valid_jpg/sample.jpg jpeg 123x456 1 1
        image-size-valid_jpg/sampleExported.jpg jpeg 123x456 1 1
        image-size-valid_jpg/very-large.jpg jpeg 4800x3600 1 1
        image-size-valid_jxl-stream/large_16_9.jxl jxl 1920x1080 1 1
        image-size-valid_jxl-stream/large_explicit.jxl jxl 3000x2000 1 1
        image-size-valid_jxl-stream/max_small.jxl jxl 256x256 1 1
        image-size-valid_jxl-stream/min_large.jxl jxl 257x257 1 1
        image-size-valid_jxl-stream/small_rect.jxl jxl 120x80 1 1
        image-size-valid_jxl-stream/small_square.jxl jxl 64x64 1 1
        image-size-valid_jxl/sample.jxl jxl 123x456 1 1
        image-size-valid_png/sample.png png 123x456 1 1
        image-size-valid_svg/exponent-width-height.svg svg 123x456 1 1
        image-size-valid_svg/ignore-stroke-width.svg svg 123x456 1 1
        image-size-valid_svg/percentage.svg svg 123x456 1 1
        image-size-valid_svg/single-quotes.svg svg 123x456 1 1
        image-size-valid_svg/units-inches.svg svg 92x342 1 1
        image-size-valid_svg/viewbox-height.svg svg 123x456 1 1
        image-size-valid_svg/viewbox-units.svg svg 92x342 1 1
        image-size-valid_svg/viewbox-width-height.svg svg 123x456 1 1
        image-size-valid_svg/viewbox-width.svg svg 123x456 1 1
        image-size-valid_svg/viewbox.svg svg 123x456 1 1
        image-size-valid_svg/width-height.svg svg 123x456 1 1
        image-size-valid_tiff/big-endian.tiff tiff 123x456 1 1
        image-size-valid_tiff/bigtiff-big-endian.tiff tiff 123x456 1 1
        image-size-valid_tiff/bigtiff-jpeg.tiff tiff 123x456 1 1
        image-size-valid_tiff/bigtiff-little-endian.tiff tiff 123x456 1 1
        image-size-valid_tiff/jpeg.tiff tiff 123x456 1 1
        image-size-valid_tiff/little-endian.tiff tiff 123x456 1 1
        image-size-valid_webp/extended.webp webp 123x456 1 1
        image-size-valid_webp/lossless.webp webp 123x456 1 1
        image-size-valid_webp/lossy.webp webp 123x456 1 1
        libvips-docs/Combine.png png 488x319 1 1
        libvips-docs/Memtrace.png png 713x444 1 1
        libvips-docs/Sequence.png png 507x426 1 1
        libvips-docs/Sink.png png 883x292 1 1
        libvips-docs/Vips-smp.png png 458x465 1 1
        libvips-docs/interconvert.png png 516x251 1 1
        libvips-docs/interconvert.svg svg 744x1052 1 1
        libvips-docs/owl.jpg jpeg 600x397 1 1
        libvips-docs/tn_owl.jpg jpeg 128x128 1 1
        libvips-rotation/0.png png 290x442 1 1
        libvips-rotation/1.jpg jpeg 308x410 1 1
        libvips-rotation/2.jpg jpeg 308x410 2 1
        libvips-rotation/3.jpg jpeg 308x410 3 1
        libvips-rotation/4.jpg jpeg 308x410 4 1
        libvips-rotation/5.jpg jpeg 308x231 5 1
        libvips-rotation/6.jpg jpeg 308x231 6 1
        libvips-rotation/7.jpg jpeg 308x231 7 1
        libvips-rotation/8.jpg jpeg 308x231 8 1
        libvips-tests/1.webp webp 550x368 1 1
        libvips-tests/1bit.tif tiff 256x4 1 1
        libvips-tests/2bit.tif tiff 256x4 1 1
        libvips-tests/4bit.tif tiff 256x4 1 1
        libvips-tests/avif-orientation-6.avif avif 3024x4032 1 1
        libvips-tests/big-height.webp webp 13x169 1 99
        libvips-tests/blankpage.pdf.png png 595x842 1 1
        libvips-tests/blankpage.svg svg 595x842 1 1
        libvips-tests/blankpage.svg.png png 595x842 1 1
        libvips-tests/cd1.1.jpg jpeg 531x373 1 1
        libvips-tests/cd1.2.jpg jpeg 531x373 1 1
        libvips-tests/cd2.1.jpg jpeg 531x373 1 1
        libvips-tests/cd2.2.jpg jpeg 531x373 1 1
        libvips-tests/cd3.1.jpg jpeg 531x373 1 1
        libvips-tests/cd3.2.jpg jpeg 531x373 1 1
        libvips-tests/cd4.1.jpg jpeg 531x373 1 1
        libvips-tests/cd4.2.jpg jpeg 531x373 1 1
        libvips-tests/cogs.gif gif 85x77 1 5
        libvips-tests/cogs.png png 85x385 1 1
        libvips-tests/cramps.gif gif 159x203 1 1
        libvips-tests/dispose-background.gif gif 192x168 1 3
        libvips-tests/dispose-background.png png 192x504 1 1
        libvips-tests/dispose-previous.gif gif 100x100 1 3
        libvips-tests/dispose-previous.png png 100x300 1 1
        libvips-tests/favicon.ico ico 16x16 1 3
        libvips-tests/indexed.png png 290x442 1 1
        libvips-tests/invalid_multiframe.gif gif 10x9 1 4
        libvips-tests/invisible.ico ico 16x16 1 1
        libvips-tests/issue412.jp2 jp2 256x100 1 1
        libvips-tests/logo.svg svg 736x552 1 1
        libvips-tests/looks-like-svg.webp webp 256x256 1 1
        libvips-tests/multi-channel-z-series.ome.tif tiff 439x167 1 15
        libvips-tests/rgba.png png 128x128 1 1
        libvips-tests/sample-xyb.jpg jpeg 290x442 1 1
        libvips-tests/sample.jpg jpeg 290x442 1 1
        libvips-tests/sample.png png 290x442 1 1
        libvips-tests/sample.tif tiff 290x442 1 1
        libvips-tests/small.bmp bmp 16x12 1 1
        libvips-tests/trans-x.gif gif 100x100 1 1
        libvips-tests/trans-x.png png 100x100 1 1
        libvips-tests/truncated.gif gif 575x800 1 1
        libvips-tests/truncated.jpg jpeg 290x442 1 1
        libvips-tests/ultra-hdr.jpg jpeg 3840x2160 1 1
        libvips-tests/world.jp2 jp2 800x400 1 1
        """

    private struct Row {
        var name: String
        var format: String
        var size: String
        var orientation: Int
        var frames: Int
    }

    private static let rows = table.split(separator: "\n").map { line in
        let fields = line.split(separator: " ").map(String.init)
        return Row(
            name: fields[0], format: fields[1], size: fields[2], orientation: Int(fields[3]) ?? 0,
            frames: Int(fields[4]) ?? 0)
    }

    private static let corpus = Resources.shared.appending(path: "corpus")

    /// Files that libvips opens only with a renderer or not at all, and what our header reader reports.
    private static let others: [String: Result<String, HeaderError>] = [
        "image-size-invalid/broken-quotes.svg": .failure(.malformed(.svg, .badField)),
        "image-size-invalid/malformed.svg": .failure(.malformed(.svg, .badField)),
        "image-size-invalid/no-quotes.svg": .failure(.malformed(.svg, .badField)),
        "image-size-invalid/sample.png": .failure(.malformed(.png, .missingHeader)),
        "image-size-invalid/width.svg": .failure(.noPixelSize(.svg)),
        "image-size-valid_heif/sample-garbled.avif": .success("123x456"),
        "image-size-valid_png/sample_fried.png": .failure(.malformed(.png, .appleCgBI)),
        "image-size-valid_svg/viewbox-lowercase.svg": .failure(.noPixelSize(.svg)),
        "image-size-valid_svg/viewbox-width-height-brackets.svg": .failure(.malformed(.svg, .badField)),
        "libvips-tests/17000x17000.avif": .success("17000x17000"),
        "libvips-tests/ISO_12233-reschart.pdf": .failure(.noPixelSize(.pdf)),
        "libvips-tests/blankpage.pdf": .failure(.noPixelSize(.pdf)),
        "libvips-tests/cmyktest.pdf": .failure(.noPixelSize(.pdf)),
        "libvips-tests/ojpeg-strip.tif": .success("160x160"),
        "libvips-tests/ojpeg-tile.tif": .success("234x213"),
        "libvips-tests/page-box.pdf": .failure(.noPixelSize(.pdf)),
        "libvips-tests/subsampled.tif": .success("250x325"),
    ]

    @Test("Every file that libvips opens has the format, size, orientation and frames that libvips reports")
    func agreement() throws {
        var reader = HeaderReader()
        for row in Self.rows {
            let path = Self.corpus.appending(path: row.name).path
            let facts = try #require(reader.read(path: path).facts, "\(row.name)")
            #expect(facts.format.rawValue == row.format, "\(row.name)")
            // Of an icon, the largest picture counts; libvips opens the first.
            if facts.format != .ico { #expect(facts.size.description == row.size, "\(row.name)") }
            #expect(facts.orientation.rawValue == row.orientation, "\(row.name)")
            #expect(try reader.countFrames(path: path) == .success(row.frames), "\(row.name)")
            if facts.framesAreExact { #expect(facts.frames == row.frames, "\(row.name)") }
        }
    }

    @Test("A file that libvips cannot open, or has to render, is identified")
    func others() throws {
        var reader = HeaderReader()
        for (name, expected) in Self.others {
            let reading = try reader.read(path: Self.corpus.appending(path: name).path)
            #expect(reading.header.map(\.size.description) == expected, "\(name)")
        }
    }

    @Test("Every file in the corpus has an expectation")
    func completeness() throws {
        let known = Set(Self.rows.map(\.name)).union(Self.others.keys)
        let files = try #require(FileManager.default.enumerator(atPath: Self.corpus.path))
        for case let name as String in files
        where name.contains("/") && !known.contains(name) {
            Issue.record("\(name) has no row: record it with vipsheader")
        }
        #expect(known.count == 127)
    }

    @Test("Every file truncated anywhere in its first 600 bytes gives facts or an error")
    func truncation() throws {
        for name in Self.rows.map(\.name) {
            let data = try Data(contentsOf: Self.corpus.appending(path: name)).prefix(600)
            let bytes = Array(data)
            for length in stride(from: 1, to: bytes.count, by: 7) {
                let reading = HeaderReader.read(bytes: bytes[..<length])
                if let facts = reading.facts { #expect(facts.size.longEdge > 0) }
            }
        }
    }
}
