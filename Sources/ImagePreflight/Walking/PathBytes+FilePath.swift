package import PreflightRecords
package import SystemPackage
internal import VisionRules

extension FilePath {
    /// The same path, as the type of swift-system.
    package init(_ path: PathBytes) {
        self = path.withCString { FilePath(platformString: $0) }
    }
}

extension PathBytes {
    /// The same path, as the type of records.
    package init(_ path: FilePath) {
        self = path.withPlatformString { characters in
            let count = path.length
            return characters.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
                PathBytes(ArraySlice(UnsafeBufferPointer(start: bytes, count: count)))
            }
        }
    }
}
