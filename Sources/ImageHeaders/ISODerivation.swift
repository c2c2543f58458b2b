/// The images of a HEIC or AVIF that are derived from other images in the file: grids, overlays, copies.
///
/// A decoder follows them from image to image. Older decoders recurse until the stack is exhausted if a chain is
/// circular, and decode each tile as often as it is named. Source: ISO/IEC 23008-12, 6.6; ISO/IEC 14496-12,
/// 8.11.12.
enum ISODerivation {
    /// Images within images: a copy of an overlay of grids has three levels.
    private static let maxDepth = 8
    /// Images that the primary one is derived from, each as often as it is named. A grid of 200 megapixels
    /// has about 800 tiles.
    private static let maxImages = 4096
    private static let dimg: UInt32 = 0x6469_6D67

    /// Refuses circles and chains that no decoder should follow, in the box `iref`.
    static func check(_ source: inout ByteSource, _ box: ISOBox) throws(HeaderError) {
        let parts = try parts(&source, box)
        var states: [UInt32: State] = [:]
        for start in parts.keys where states[start] == nil {
            var stack: [(image: UInt32, next: Int)] = [(start, 0)]
            while let (image, next) = stack.popLast() {
                let own = parts[image] ?? []
                if next < own.count {
                    states[image] = .open
                    stack.append((image, next + 1))
                    switch states[own[next]] {
                    case nil: stack.append((own[next], 0))
                    case .open: throw .malformed(source.format, .endlessDerivation)
                    case .done: break
                    }
                    continue
                }
                var (images, depth) = (1, 0)
                for part in own {
                    guard case .done(let count, let levels)? = states[part] else { continue }
                    images += count
                    depth = max(depth, levels)
                }
                guard images <= maxImages, depth < maxDepth else {
                    throw .malformed(source.format, .endlessDerivation)
                }
                states[image] = .done(images: images, depth: depth + 1)
            }
        }
    }

    /// What is known about an image.
    private enum State {
        /// Being visited: meeting it again means a circle.
        case open
        /// How many images it is derived from, including itself, and on how many levels.
        case done(images: Int, depth: Int)
    }

    /// The images that each derived image consists of.
    private static func parts(
        _ source: inout ByteSource, _ box: ISOBox
    ) throws(HeaderError) -> [UInt32: [UInt32]] {
        let isWide = try source.u8(at: box.content) != 0
        let size = isWide ? 4 : 2
        func id(_ source: inout ByteSource, _ offset: Int) throws(HeaderError) -> UInt32 {
            isWide ? try source.u32be(at: offset) : UInt32(try source.u16be(at: offset))
        }
        var parts: [UInt32: [UInt32]] = [:]
        var offset = box.content + 4
        var count = 0
        while offset < box.end {
            let reference = try ISOBox(&source, at: offset, limit: box.end)
            offset = reference.end
            guard reference.type == dimg else {
                count += 1
                guard count <= HeaderBounds.maxSegments else {
                    throw .malformed(source.format, .tooManySegments)
                }
                continue
            }
            let image = try id(&source, reference.content)
            let own = Int(try source.u16be(at: reference.content + size))
            guard own * size <= reference.end - reference.content - size - 2 else {
                throw .malformed(source.format, .badLength)
            }
            count += own + 1
            guard count <= 4 * HeaderBounds.maxSegments else {
                throw .malformed(source.format, .tooManySegments)
            }
            for index in 0..<own {
                parts[image, default: []].append(try id(&source, reference.content + size + 2 + index * size))
            }
        }
        return parts
    }
}
