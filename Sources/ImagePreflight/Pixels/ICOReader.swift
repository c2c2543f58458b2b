import ImageHeaders
import Vips

/// Decodes the largest picture of a Windows icon or cursor: a PNG, or a bitmap with a mask.
///
/// Source: Microsoft, "Icons" (ICONDIR, ICONDIRENTRY), "The format of icon resources".
enum ICOReader {
    /// The picture.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: RGB or RGBA.
    /// - Throws: a `PreflightError` with findings for broken files.
    static func image(of bytes: ImageBytes) throws(PreflightError) -> VipsImage {
        guard let entry = bytes.withUnsafeBytes({ IconEntry.largest(of: $0) }),
            entry.place.upperBound <= bytes.count
        else { throw .image([.damaged]) }
        let picture = bytes.withUnsafeBytes { file in
            ImageBytes(copying: Array(file[entry.place]))
        }
        if entry.isPNG {
            do throws(VipsError) {
                return try VipsImage(picture, loader: .png)
            } catch {
                throw PreflightError(error, while: .opening)
            }
        }
        let pixels = try picture.withUnsafeBytes { (bitmap) throws(PreflightError) in
            try masked(bitmap, size: entry.size)
        }
        return try vipsStep { () throws(VipsError) in try VipsImage(pixels) }
    }

    /// The px of a bitmap without a file header, whose height counts the rows of the mask too.
    private static func masked(
        _ bitmap: UnsafeRawBufferPointer, size: PixelSize
    ) throws(PreflightError) -> PixelBuffer {
        guard bitmap.count >= 40 else { throw .image([.damaged]) }
        let headerLength = Int(bitmap.littleEndian32(0))
        let bits = Int(bitmap.littleEndian16(14))
        let claimed = Int(bitmap.littleEndian32(32))
        let colors = bits > 8 ? 0 : min(claimed == 0 ? 1 << bits : claimed, 1 << bits)
        let (width, height) = (size.width, size.height)
        // The bitmap has a width of its own, which may not be that of the directory, nor bounded by any limit.
        guard Int32(bitPattern: bitmap.littleEndian32(4)) == width else { throw .image([.damaged]) }
        let start = headerLength + 4 * colors
        let stride = (width * bits + 31) / 32 * 4
        let maskStride = (width + 31) / 32 * 4
        guard headerLength >= 40, headerLength <= 1 << 16, stride * height <= bitmap.count - start else {
            throw .image([.damaged])
        }
        // As a file, with the height of the picture alone.
        var file = Array("BM".utf8) + [UInt8](repeating: 0, count: 12) + Array(bitmap)
        func set(_ value: Int, at offset: Int) {
            for index in 0..<4 { file[offset + index] = UInt8(value >> (8 * index) & 0xFF) }
        }
        set(14 + start, at: 10)
        set(height, at: 14 + 8)
        let picture = try ImageBytes(copying: file).withUnsafeBytes { (file) throws(PreflightError) in
            try BMPReader.pixels(of: file)
        }
        let hasMask = start + stride * height + maskStride * height <= bitmap.count
        let hasAlpha =
            bits == 32
            && (0..<height).contains { row in
                (0..<width).contains { bitmap[start + row * stride + 4 * $0 + 3] != 0 }
            }
        let result = PixelBuffer(width: width, height: height, bands: 4, colors: .rgb)
        for row in 0..<height {
            let stored = height - 1 - row
            for x in 0..<width {
                let to = row * result.stride + 4 * x
                let from = row * picture.stride + picture.bands * x
                for band in 0..<3 { result.samples[to + band] = picture.samples[from + band] }
                if hasAlpha {
                    result.samples[to + 3] = bitmap[start + stored * stride + 4 * x + 3]
                } else if hasMask {
                    let byte = bitmap[start + stride * height + stored * maskStride + x / 8]
                    result.samples[to + 3] = byte >> (7 - x % 8) & 1 == 1 ? 0 : 255
                } else {
                    result.samples[to + 3] = 255
                }
            }
        }
        withExtendedLifetime(picture) {}
        return result
    }
}
