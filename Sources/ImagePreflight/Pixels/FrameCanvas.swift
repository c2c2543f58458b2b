import ImageHeaders
import Vips

/// Places the first frame of a GIF on its screen. The area that it does not cover is transparent, as in
/// browsers; libnsgif leaves it black where no transparent color is declared, and ignores some sizes of
/// screens.
///
/// Source: GIF89a, 18 (logical screen) and 20 (image descriptor); libnsgif's `nsgif.c`.
enum FrameCanvas {
    /// The image on its screen.
    ///
    /// - Parameters:
    ///   - image: the first frame as libvips opened it.
    ///   - bytes: the file.
    ///   - screen: the size in px that the header gives.
    /// - Returns: the same image if it covers the screen.
    /// - Throws: a `PreflightError` with findings when the frame is damaged.
    static func placed(
        _ image: consuming VipsImage, of bytes: ImageBytes, screen: PixelSize
    ) throws(PreflightError) -> VipsImage {
        guard let frame = bytes.withUnsafeBytes({ GIFBlocks.firstFrame(of: $0) }) else { return image }
        let coversScreen = frame.columns == 0..<screen.width && frame.rows == 0..<screen.height
        if coversScreen, image.width == screen.width, image.height == screen.height { return image }
        let bands = image.bands
        guard bands <= 4 else { return image }
        let canvas = PixelBuffer(width: screen.width, height: screen.height, bands: 4, colors: .rgb)
        canvas.samples.initializeMemory(as: UInt8.self, repeating: 0)
        let columns = frame.columns.clamped(to: 0..<min(image.width, screen.width))
        let rows = frame.rows.clamped(to: 0..<min(image.height, screen.height))
        do throws(VipsError) {
            var strips = try VipsRows(image)
            var row = 0
            while let strip = try strips.next() {
                for index in 0..<strip.count {
                    defer { row += 1 }
                    guard rows.contains(row) else { continue }
                    let source = strip.samples + index * strip.stride
                    for x in columns {
                        let (from, to) = (x * bands, row * canvas.stride + 4 * x)
                        for band in 0..<3 {
                            canvas.samples[to + band] = source[from + (bands < 3 ? 0 : band)]
                        }
                        canvas.samples[to + 3] = bands % 2 == 0 ? source[from + bands - 1] : 255
                    }
                }
            }
        } catch {
            throw PreflightError(error, while: .readingPixels)
        }
        return try vipsStep { () throws(VipsError) in try VipsImage(canvas) }
    }
}

/// The blocks of a GIF in memory.
enum GIFBlocks {
    /// Where a frame is on the screen, px.
    struct Frame: Hashable {
        var columns: Range<Int>
        var rows: Range<Int>
        /// Where the blocks of its data begin, bytes.
        var data: Int
    }

    /// The first frame; nil where the file ends before it.
    static func firstFrame(of file: UnsafeRawBufferPointer) -> Frame? {
        guard file.count > 13 else { return nil }
        var offset = 13 + lengthOfColorTable(file[10])
        while offset < file.count {
            switch file[offset] {
            case 0: offset += 1  // some writers pad
            case 0x21:
                guard let end = endOfBlocks(file, from: offset + 2) else { return nil }
                offset = end
            case 0x2C:
                guard offset + 10 < file.count else { return nil }
                func number(_ index: Int) -> Int {
                    Int(file[offset + index]) | Int(file[offset + index + 1]) << 8
                }
                let (left, top) = (number(1), number(3))
                return Frame(
                    columns: left..<left + number(5), rows: top..<top + number(7),
                    // The frame's own colors, and the smallest code of its LZW data.
                    data: offset + 10 + lengthOfColorTable(file[offset + 9]) + 1)
            default: return nil
            }
        }
        return nil
    }

    /// Where a chain of blocks ends; nil when the file ends first.
    static func endOfBlocks(_ file: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var offset = start
        while offset < file.count {
            if file[offset] == 0 { return offset + 1 }
            offset += 1 + Int(file[offset])
        }
        return nil
    }

    private static func lengthOfColorTable(_ flags: UInt8) -> Int {
        flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
    }
}
