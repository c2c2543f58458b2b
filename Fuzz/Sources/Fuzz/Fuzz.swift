internal import CFuzz
internal import Foundation
internal import ImageHeaders
internal import VisionRules

/// The target of a fuzzer run: `FUZZ_TARGET`, a format's name or one of those below.
private enum Target {
    case header(ImageFormat)
    case pixels(ImageFormat)
    case reader(ImageFormat)
    case jpegRows
    case catalog, requests, worker, pdf, inflate
    case unknown

    static let chosen: Target = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        return switch name {
        case "catalog": .catalog
        case "requests": .requests
        case "worker": .worker
        case "pdf": .pdf
        case "inflate": .inflate
        case "png-pixels": .pixels(.png)
        case "webp-pixels": .pixels(.webp)
        case "jpeg-rows": .jpegRows
        case "psd-reader": .reader(.psd)
        case "bmp-reader": .reader(.bmp)
        case "ico-reader": .reader(.ico)
        case "tiff-reader": .reader(.tiff)
        // Each format's name is one of its extensions.
        default: ImageFormat(fileExtension: name).map { .header($0) } ?? .unknown
        }
    }()
}

/// Runs one input. A crash, a trap or a hang is a find, and so is an answer that breaks a promise.
///
/// - Parameters:
///   - start: the input.
///   - count: its bytes.
/// - Returns: 0, or -1 for an input that belongs to another target and must not be kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    switch Target.chosen {
    case .unknown: fatalError("FUZZ_TARGET names no target")
    case .catalog: _ = try? JSONDecoder().decode(ModelCatalog.self, from: Data(bytes))
    case .requests: RequestTarget.attack(bytes)
    case .worker: WorkerTarget.attack(bytes)
    case .pdf: PDFTarget.attack(bytes)
    case .inflate: InflateTarget.attack(bytes)
    case .header(let format):
        guard HeaderTarget.attack(bytes, as: format) else { return -1 }
    case .pixels(let format):
        guard PixelTarget.attack(bytes, as: format) else { return -1 }
    case .reader(let format):
        guard ReaderTarget.attack(bytes, as: format) else { return -1 }
    case .jpegRows:
        guard JPEGTarget.attack(bytes) else { return -1 }
    }
    return 0
}

/// Mutates an input: pixels by the rules of their format, everything else with libFuzzer's own mutations.
///
/// - Parameters:
///   - input: the input, changed in place.
///   - count: its bytes.
///   - room: the most bytes there may be.
///   - seed: determines the changes.
/// - Returns: how many bytes there are now.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ input: UnsafeMutablePointer<UInt8>, _ count: Int, _ room: Int, _ seed: CUnsignedInt)
    -> Int
{
    switch Target.chosen {
    case .pixels(.png): PNGMutator.mutate(input, count: count, room: room, seed: seed)
    case .pixels(.webp): WebPMutator.mutate(input, count: count, room: room, seed: seed)
    default: fuzz_mutate(input, count, room)
    }
}
