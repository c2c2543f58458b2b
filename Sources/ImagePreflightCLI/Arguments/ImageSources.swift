internal import ImageHeaders
internal import MessageRequests
internal import PreflightRecords

/// Where the service gets images from.
enum ImageSources {
    case files
    case urls(prefix: String)
    case ids([String: String])

    /// The source of one image; nil if its file has no id.
    func source(_ path: PathBytes, byteCount: Int, format: ImageFormat) -> RequestImage.Source? {
        switch self {
        case .files: .file(path: path, byteCount: byteCount, format: format)
        case .urls(let prefix): .url(prefix + URLPath.escaped(path.bytes))
        case .ids(let ids): ids[path.text].map { .fileID($0) }
        }
    }
}
