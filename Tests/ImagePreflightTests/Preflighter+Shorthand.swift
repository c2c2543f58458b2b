import SystemPackage
import Vips

@testable import ImagePreflight

/// Shorthands for pixel tests, on the calling thread.
extension Preflighter {
    func prepare(bytes: [UInt8]) throws(PreflightError) -> PreparedImage {
        try prepared(ImageSource(bytes: ImageBytes(copying: bytes)), tiles: false)
    }

    func prepareTiles(bytes: [UInt8]) throws(PreflightError) -> [PreparedImage] {
        try prepared(ImageSource(bytes: ImageBytes(copying: bytes))).images
    }

    /// Prepares into a file with a name of its own.
    func prepare(
        path: FilePath, to output: (ImageFormat) throws(PreflightError) -> FilePath
    ) throws(PreflightError) -> PreparedImage {
        var whole = self
        whole.options.tiling = nil
        return try whole.prepareTiles(path: path) { (format, _) throws(PreflightError) in try output(format)
        }[0]
    }

    /// Prepares into files with names of their own.
    func prepareTiles(
        path: FilePath, to output: (ImageFormat, Tiling.Tile?) throws(PreflightError) -> FilePath
    ) throws(PreflightError) -> [PreparedImage] {
        let (source, images) = try made(path: path)
        var prepared = PreparedImage(images).images
        for index in prepared.indices {
            prepared[index].path = try output(prepared[index].format, prepared[index].tile)
        }
        let paths = prepared.compactMap(\.path)
        let writer = OutputWriter(isDurable: options.isDurable)
        if prepared[0].action == .copied {
            try writer.copy(source, images[0].bytes, to: paths[0])
        } else {
            try writer.write(images.map(\.bytes), to: paths)
        }
        return prepared
    }
}
