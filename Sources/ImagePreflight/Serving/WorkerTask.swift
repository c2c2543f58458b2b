internal import PreflightRecords
internal import ImageHeaders
internal import VisionRules

/// One line of a worker's standard input, as `WorkerProtocol` says.
struct WorkerTask: Hashable {
    enum Kind: String, Codable {
        case check, estimate, prepare, configure
    }

    var id: Int?
    var kind: Kind
    var path: PathBytes?
    var bytes: [UInt8]?
    var name: String?
    /// The size in px to judge (`estimate`), or to make (`prepare`).
    var size: PixelSize?
    var model: String?
    var isDeep = false
    var outputFolder: PathBytes?
    var relativePath: PathBytes?
    var sharesStem = false
    var overwrites = false
    var attaches = false
    var destination: Destination?
    var options: PrepareOptions?

    init(id: Int? = nil, _ kind: Kind, path: PathBytes? = nil) {
        self.id = id
        self.kind = kind
        self.path = path
    }

    /// The image's name in rows.
    var shownPath: PathBytes? { path ?? name.map { PathBytes($0) } }
}

extension WorkerTask: Decodable {
    enum CodingKeys: String, CodingKey {
        case id, task, path
        case bytes = "bytes_base64"
        case name, width, height, model, deep
        case outputFolder = "output_folder"
        case relativePath = "relative_path"
        case sharesStem = "shares_stem"
        case overwrite, attach, destination, options
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: RecordKey.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: RecordKey(key))
        }
        guard let kind: Kind = try value(.task) else {
            throw DecodingError.keyNotFound(
                CodingKeys.task, .init(codingPath: [], debugDescription: "no task is named"))
        }
        self.init(
            id: try value(.id), kind, path: try container.decodePath(RecordKey(CodingKeys.path)))
        bytes = try (value(.bytes) as String?).map { base64 in
            guard let bytes = Base64.decoded(base64) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: [CodingKeys.bytes], debugDescription: "the data is not base64"))
            }
            return bytes
        }
        name = try value(.name)
        size = try container.decodeSize(RecordKey(CodingKeys.width), RecordKey(CodingKeys.height))
        model = try value(.model)
        isDeep = try value(.deep) ?? false
        outputFolder = try container.decodePath(RecordKey(CodingKeys.outputFolder))
        relativePath = try container.decodePath(RecordKey(CodingKeys.relativePath))
        sharesStem = try value(.sharesStem) ?? false
        overwrites = try value(.overwrite) ?? false
        attaches = try value(.attach) ?? false
        destination = try value(.destination)
        options = try value(.options)
        if let size, size.width < 1 || size.height < 1 || max(size.width, size.height) > Int(Int32.max) {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "not a size in px"))
        }
        for path in [path, outputFolder, relativePath, name.map { PathBytes($0) }]
        where path?.bytes.contains(0) == true {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "a path contains a NUL"))
        }
    }
}

/// The first line of a worker.
struct WorkerHello: Codable, Hashable, Record {
    var `protocol` = WorkerProtocol.name
    var version = WorkerProtocol.version

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.protocol, `protocol`)
        writer.write(CodingKeys.version, version)
    }

    private enum CodingKeys: String, CodingKey { case `protocol`, version }
}
