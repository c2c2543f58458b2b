internal import PreflightRecords
import ImageHeaders
import Vips

/// A codec of the pictures in HEIF files.
///
/// libvips' loader reads the header of any HEIF file, but its libheif may lack the decoder: pip's libvips has none for
/// HEVC, and newer Debian releases have each decoder in its own package. Such a file is not damaged.
enum HEIFCodec {
    case hevc, av1

    /// The codec of a format; nil if it is not HEIF.
    init?(_ format: ImageFormat) {
        switch format {
        case .heic: self = .hevc
        case .avif: self = .av1
        default: return nil
        }
    }

    /// The name people use.
    var name: String {
        switch self {
        case .hevc: "HEVC"
        case .av1: "AV1"
        }
    }

    /// Whether this libvips decodes a small picture of it. Tried once.
    var isDecodable: Bool {
        switch self {
        case .hevc: Self.decodesHEVC
        case .av1: Self.decodesAV1
        }
    }

    private static let decodesHEVC = decodes(hevcSample)
    private static let decodesAV1 = decodes(av1Sample)

    private static func decodes(_ sample: String) -> Bool {
        guard let bytes = Base64.decoded(sample) else { return false }
        defer { VipsRuntime.clearLog() }
        let file = bytes.withUnsafeBytes { ImageBytes(copying: $0) }
        return (try? VipsImage(file, loader: .heif).readThrough()) != nil
    }

    /// 64×64 px of one gray, main profile, 8 bits, 4:2:0, made with libheif and x265.
    private static let hevcSample = """
        AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAUJtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA\
        AAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABZgABAAAAAAAAAA4AAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo\
        dmMxAAAAAA5waXRtAAAAAAABAAAAwmlwcnAAAACkaXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEA\
        GEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAA\
        AwAIQGIAAQAHRAHBcrAiQAAAABRpc3BlAAAAAAAAAEAAAABAAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEA\
        AQOBAgMAAAAWbWRhdAAAAAooAa8EGPxK15vA
        """

    /// 16×16 px of one gray, main profile, 8 bits, 4:2:0, made with libheif and aom.
    private static let av1Sample = """
        AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAA\
        AAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAHwAAAChpaW5mAAAAAAABAAAA\
        GmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAEAAAABAAAAAQcGl4aQAA\
        AAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAJ21kYXQS\
        AAoJGAz/2iAhoNCAMhAex4eFWd///+LAAAB1fWZY
        """
}
