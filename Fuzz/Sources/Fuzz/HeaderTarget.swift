internal import Foundation
@testable internal import ImageHeaders
internal import VisionRules

/// The header parsers.
enum HeaderTarget {
    /// How many inputs reached the parser. libFuzzer calls only from one thread.
    nonisolated(unsafe) private static var parsedCount = 0

    /// Attacks the parser of one format.
    ///
    /// - Parameters:
    ///   - bytes: the input.
    ///   - format: the format.
    /// - Returns: false if the input has another format.
    static func attack(_ bytes: UnsafeRawBufferPointer, as format: ImageFormat) -> Bool {
        let reading = HeaderReader.read(bytes: bytes)
        let found: ImageFormat? =
            switch reading.header {
            case .success(let facts): facts.format
            case .failure(let error): error.format
            }
        guard found == format else { return false }
        if parsedCount == 0 {
            atexit {
                FileHandle.standardError.write(
                    Data("stat::parsed_inputs: \(HeaderTarget.parsedCount)\n".utf8))
            }
        }
        parsedCount += 1
        check(reading, bytes)
        return true
    }

    private static func check(_ reading: HeaderReading, _ bytes: UnsafeRawBufferPointer) {
        precondition(reading.byteCount == bytes.count)
        if let facts = reading.facts {
            precondition(facts.size.width > 0 && facts.size.height > 0, "a size without px")
            precondition(facts.frames > 0, "an image without a frame")
        }
        if case .success(let frames) = HeaderReader.countFrames(bytes: bytes) {
            precondition(frames > 0, "an image without a frame")
        }
        if let format = reading.facts?.format {
            let metadata = MetadataSize(of: bytes, format: format)
            precondition(metadata.profile + metadata.other <= bytes.count, "more metadata than bytes")
        }
        // The start of a file must never contradict the whole.
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
        let start = HeaderReader.read(start: part, byteCount: bytes.count)
        if let whole = reading.facts, let facts = start.facts, whole.format == facts.format {
            precondition(whole.size == facts.size, "half of the file claims another size")
        }
        _ = assess(
            ImageSubject(header: reading.header, byteCount: reading.byteCount), for: Destination.anywhere)
    }
}

extension Destination {
    fileprivate static let anywhere: Destination = {
        guard let model = try? ModelCatalog.builtIn.model(ModelCatalog.defaultModelID),
            let platform = try? ModelCatalog.builtIn.platform(ModelCatalog.defaultPlatformID)
        else { fatalError("the built-in catalog has its own defaults") }
        return Destination(model: model, platform: platform)
    }()
}
