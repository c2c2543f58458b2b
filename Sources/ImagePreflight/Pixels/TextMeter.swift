import CCodecs
import CTextMeter
import ImageHeaders
import Vips
public import VisionRules

extension TextMeasure {
    /// Measures the text of a picture, row by row from the top. Memory does not grow with the picture's height, and the
    /// same picture always gives the same result. Nil for a picture without text, for a size out of range, and if
    /// memory is short.
    ///
    /// - Parameters:
    ///   - width: px, from 1 to 2²⁴.
    ///   - height: px, from 1 to 2²⁴.
    ///   - row: fills a row with the luminance of its px, 0 (black) to 255; called once for each row, from 0.
    public init?(
        width: Int, height: Int, row: (_ index: Int, _ luminance: UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        guard let meter = TextMeter(width: width, height: height) else { return nil }
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: width)
        defer { memory.deallocate() }
        memory.initialize(repeating: 255)
        for index in 0..<height {
            row(index, memory)
            meter.push(UnsafePointer(memory.baseAddress), stride: width, count: 1)
        }
        let measure = meter.finish()
        guard measure.letters > 0 else { return nil }
        self = measure
    }
}

/// Measures the letters in rows of luminance, from the top.
private struct TextMeter: ~Copyable {
    private let handle: OpaquePointer

    /// Nil for an invalid size, and if memory is short.
    init?(width: Int, height: Int) {
        guard let handle = itm_meter_new(Int32(clamping: width), Int32(clamping: height)) else { return nil }
        self.handle = handle
    }

    deinit { itm_meter_free(handle) }

    borrowing func push(_ rows: UnsafePointer<UInt8>?, stride: Int, count: Int) {
        _ = itm_meter_push(handle, rows, stride, Int32(clamping: count))
    }

    /// The measured text; `TextMeasure.none` if there is none.
    borrowing func finish() -> TextMeasure {
        let text = itm_meter_finish(handle)
        return TextMeasure(
            letters: Int(text.letters), smallestXHeight: Double(text.smallest) / 16,
            bulkXHeight: Double(text.bulk) / 16)
    }

    /// Whether anything looks like text, in lines of any length. Texture may, too.
    borrowing func mayHaveText() -> Bool { itm_meter_finish(handle).candidates > 0 }
}

extension PixelBuffer {
    /// Whether an upright picture may show text. A few letters are enough, which in a picture of their own would not
    /// count as text: this judges a part of a page, where losing a word is worse than keeping texture.
    ///
    /// - Parameter background: the color behind transparent px.
    /// - Returns: true where memory is short.
    func mayHaveText(background: PrepareOptions.Color) -> Bool {
        guard
            var reading = TextReading(
                size: PixelSize(width: width, height: height), orientation: .up, background: background)
        else { return true }
        reading.take(self)
        return reading.mayHaveText()
    }
}

/// Measures the text of pixels as a decoder returns them: rows of gray or RGB, upright or not.
struct TextReading: ~Copyable {
    private let size: PixelSize
    private let orientation: Orientation
    private let background: UInt8
    private let upright: TextMeter
    /// One row of luminance if the rows are upright, otherwise the whole picture: text is found in upright lines only.
    private let luminance: UnsafeMutableBufferPointer<UInt8>
    private var rowCount = 0

    /// Nil for an invalid size, and if memory is short.
    ///
    /// - Parameters:
    ///   - size: the size in px of the rows as they come.
    ///   - orientation: the orientation of the rows.
    ///   - background: the color behind transparent px.
    init?(size: PixelSize, orientation: Orientation, background: PrepareOptions.Color) {
        let display = size.oriented(orientation)
        guard let meter = TextMeter(width: display.width, height: display.height) else { return nil }
        self.size = size
        self.orientation = orientation
        upright = meter
        var gray: UInt8 = 255
        withUnsafeBytes(of: (background.red, background.green, background.blue)) { color in
            itm_luminance(color.baseAddress?.assumingMemoryBound(to: UInt8.self), 1, 3, 0, &gray)
        }
        self.background = gray
        luminance = .allocate(capacity: orientation == .up ? size.width : size.pixelCount)
        luminance.initialize(repeating: 255)
    }

    deinit { luminance.deallocate() }

    /// The memory for the luminance of a whole picture, bytes; 0 if its rows are upright.
    static func memory(of size: PixelSize, orientation: Orientation) -> Int {
        orientation == .up ? 0 : size.pixelCount.saturatingTimes(2)
    }

    /// Adds the next rows.
    ///
    /// - Parameters:
    ///   - rows: 8-bit gray or RGB, with or without alpha.
    ///   - stride: bytes from one row to the next.
    ///   - count: how many rows there are.
    ///   - bands: samples a pixel.
    mutating func take(_ rows: UnsafePointer<UInt8>, stride: Int, count: Int, bands: Int) {
        for row in 0..<min(count, size.height - rowCount) {
            let isUpright = orientation == .up
            guard let target = luminance.baseAddress.map({ isUpright ? $0 : $0 + rowCount * size.width })
            else { return }
            itm_luminance(
                rows + row * stride, Int32(clamping: size.width), Int32(clamping: bands), background, target)
            if isUpright { upright.push(target, stride: size.width, count: 1) }
            rowCount += 1
        }
    }

    /// Adds a whole picture.
    mutating func take(_ pixels: PixelBuffer) {
        withExtendedLifetime(pixels) {
            guard let start = pixels.samples.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            take(start, stride: pixels.stride, count: pixels.height, bands: pixels.bands)
        }
    }

    /// Whether anything in upright rows looks like text, in lines of any length.
    fileprivate consuming func mayHaveText() -> Bool { upright.mayHaveText() }

    /// The measured text; `TextMeasure.none` if there is none.
    consuming func finish() -> TextMeasure {
        guard orientation != .up else { return upright.finish() }
        let display = size.oriented(orientation)
        let turned = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size.pixelCount)
        defer { turned.deallocate() }
        guard let stored = luminance.baseAddress, let target = turned.baseAddress else { return .none }
        ipc_turn_plane(
            stored, size.width, Int32(clamping: size.width), Int32(clamping: size.height),
            Int32(orientation.rawValue), target, display.width)
        upright.push(UnsafePointer(target), stride: display.width, count: display.height)
        return upright.finish()
    }
}
