internal import Foundation
internal import ImageHeaders
internal import VisionRules

/// What one run of the fuzzer attacks: `FUZZ_TARGET`, a format's name or `catalogue`.
private enum Target {
    case header(ImageFormat)
    case catalog
    case unknown

    static let chosen: Target = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        if name == "catalogue" { return .catalog }
        return ImageFormat(rawValue: name).map { .header($0) } ?? .unknown
    }()
}

/// One input. A crash, a trap or a hang is a find; so is an answer that breaks a promise.
///
/// - Parameters:
///   - start: the input.
///   - count: its bytes.
/// - Returns: 0, or -1 for an input that belongs to another target and is not to be kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    switch Target.chosen {
    case .unknown: fatalError("FUZZ_TARGET names no target")
    case .catalog:
        _ = try? JSONDecoder().decode(ModelCatalog.self, from: Data(bytes))
        return 0
    case .header(let format):
        let reading = HeaderReader.read(bytes: bytes)
        let found: ImageFormat? =
            switch reading.header {
            case .success(let facts): facts.format
            case .failure(let error): error.format
            }
        guard found == format else { return -1 }
        check(reading, bytes)
        return 0
    }
}

private func check(_ reading: HeaderReading, _ bytes: UnsafeRawBufferPointer) {
    precondition(reading.byteCount == bytes.count)
    if let facts = reading.facts {
        precondition(facts.size.width > 0 && facts.size.height > 0, "a size without px")
        precondition(facts.frames > 0, "an image without a frame")
    }
    if case .success(let frames) = HeaderReader.countFrames(bytes: bytes) {
        precondition(frames > 0, "an image without a frame")
    }
    // A start of the file must never claim what the whole contradicts.
    let part = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
    let start = HeaderReader.read(start: part, byteCount: bytes.count)
    if let whole = reading.facts, let facts = start.facts, whole.format == facts.format {
        precondition(whole.size == facts.size, "half of the file claims another size")
    }
    _ = assess(
        ImageSubject(header: reading.header, byteCount: reading.byteCount), for: Destination.anywhere)
}

extension Destination {
    fileprivate static let anywhere: Destination = {
        guard let model = try? ModelCatalog.builtIn.model(ModelCatalog.defaultModelID),
            let platform = try? ModelCatalog.builtIn.platform(ModelCatalog.defaultPlatformID)
        else { fatalError("the built-in catalogue has its own defaults") }
        return Destination(model: model, platform: platform)
    }()
}
