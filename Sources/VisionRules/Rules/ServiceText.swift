/// A text with which the service refuses a request: rules fill it in, and the explainer of `MessageRequests`
/// recognizes it. Each is written once, next to its rule.
///
/// Source: answers of the Messages API recorded up to November 2026. All are HTTP 400
/// `invalid_request_error`, except that of a body that is too large (HTTP 413 `request_too_large`).
package struct ServiceText: Sendable, Hashable {
    /// The text with `{placeholders}`, without the path of the block.
    package let template: String
    /// What is between the path of the block and the text; nil if the service names no block.
    package let place: Place?
    /// The parts of the text that are the same behind every gateway, and each sufficient to identify it: long
    /// texts are cut off in logs, and `Field required` alone could be about any field.
    package let stableParts: [String]

    /// What the service names: the block of an image or a field of it.
    package enum Place: String, Sendable {
        case block = ""
        case member = "."
        case base64 = ".image.source.base64"
        case data = ".image.source.base64.data"
        case mediaType = ".image.source.base64.media_type"
    }

    package init(_ template: String, at place: Place? = nil, recognizedBy stableParts: [String]? = nil) {
        self.template = template
        self.place = place
        self.stableParts = stableParts ?? [template]
    }

    /// A placeholder in a text.
    package enum Hole: String, Sendable, Hashable, CaseIterable {
        /// What was measured, a whole number.
        case measured
        /// The largest value that passes, a whole number.
        case limit
        /// The limit in MB, as people write it.
        case megabytes
        /// Document pages, a whole number.
        case documents
        /// The media type that the request declares.
        case declared
        /// The media type that the bytes show.
        case actual
        /// The size of an image as in `1593x2324`, px.
        case size
        /// The largest size that passes, px.
        case fittedSize = "fitted"
        /// A type that the service does not know.
        case tag
    }

    /// The text as the service would write it.
    ///
    /// - Parameters:
    ///   - blockPath: the path of the block, as in `messages.0.content.1`; ignored by a text without one. If nil,
    ///     because it is not known, the text begins after it.
    ///   - dataField: what the platform calls the data of an image, ``ModelCatalog/Platform/imageDataField``.
    ///   - values: the values of the placeholders; a placeholder without a value is kept.
    /// - Returns: the text.
    package func filled(
        at blockPath: String? = nil, dataField: String = "base64", _ values: [Hole: String] = [:]
    ) -> String {
        var text = ""
        if let place, let blockPath {
            let suffix = place == .base64 ? ".image.source." + dataField : place.rawValue
            text = blockPath + suffix + (place == .member ? "" : ": ")
        }
        for piece in Self.pieces(of: template) {
            switch piece {
            case .literal(let literal): text += literal
            case .hole(let hole): text += values[hole] ?? "{\(hole.rawValue)}"
            }
        }
        return text
    }

    /// A stretch of a template.
    package enum Piece: Hashable {
        case literal(String)
        case hole(Hole)
    }

    /// A template, taken apart.
    package static func pieces(of template: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            if let hole = Hole(rawValue: String(rest[rest.index(after: open)..<close])) {
                pieces.append(.hole(hole))
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        return pieces
    }

    /// A limit of bytes in MB as the service labels it: `5` for 5,242,880; other limits to one decimal.
    package static func megabytes(_ bytes: Int) -> String {
        let mebibyte = 1_048_576
        guard bytes % mebibyte != 0 else { return String(bytes / mebibyte) }
        let tenths = bytes % mebibyte * 10 / mebibyte
        return "\(bytes / mebibyte).\(tenths)"
    }
}
