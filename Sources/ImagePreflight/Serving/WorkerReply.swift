internal import PreflightRecords
internal import VisionRules

/// One line of a worker's standard output: a row, and what the protocol adds to it.
struct WorkerReply {
    enum Row {
        case check(ImageRecord)
        case prepare(ManifestRow)
        case estimate(EstimateRecord)
        /// Why the run failed, and the path of the task.
        case none(error: String?, path: PathBytes?)
    }

    var id: Int?
    var row: Row
    var isConfigured = false
    /// How many raw bytes follow the line.
    var attachedBytes: Int?
    /// The prepared image, or each of its tiles, as base64.
    var base64: [String] = []
}

extension WorkerReply: Record {
    private enum CodingKeys: String, CodingKey {
        case id, path, error, problem, configured
        case attachedBytes = "attached_bytes"
        case base64 = "bytes_base64"
        case tileBytes = "tile_bytes"
    }

    /// The bytes of a tile, as a record: there are no lists of strings.
    private struct TileBytes: Record {
        let base64: String

        func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
            writer.write(CodingKeys.base64, base64)
        }
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.id, id)
        switch row {
        case .check(let record): record.writeFields(to: &writer)
        case .prepare(let row): row.writeFields(to: &writer)
        case .estimate(let record): record.writeFields(to: &writer)
        case .none(let error, let path):
            writer.write(CodingKeys.path, path)
            writer.write(CodingKeys.error, error)
            writer.write(CodingKeys.problem, error != nil ? true : nil)
        }
        writer.write(CodingKeys.configured, isConfigured ? true : nil)
        writer.write(CodingKeys.attachedBytes, attachedBytes)
        if base64.count > 1 {
            writer.write(CodingKeys.tileBytes, records: base64.map { TileBytes(base64: $0) })
        } else {
            writer.write(CodingKeys.base64, base64.first)
        }
    }
}
