internal import ImageHeaders
internal import Vips
internal import VisionRules

/// A short name for everything except the source that determines a row of a manifest: a resumed run reuses
/// only rows with the same name.
///
/// The codecs are part of it: another version of a codec makes different bytes from the same image.
enum OptionsFingerprint {
    /// Raised whenever the same options begin to make different bytes.
    private static let generation = 3

    /// What goes into the name. Sets are left out: their order differs from run to run.
    private struct Contents: Encodable {
        let generation: Int
        let codecs: [String]
        let options: PrepareOptions
        let model: ModelCatalog.Model
        let platform: String
        let imagesPerRequest: Int
        let terms: ServiceTerms
        let maxEdge: Int
        let maxBase64Bytes: Int
    }

    /// The fingerprint of a preflighter's output, 16 hexadecimal digits.
    static func of(_ preflighter: Preflighter) -> String {
        let destination = preflighter.destination
        // Limits and flushing decide whether there is an output, not what it is.
        var options = preflighter.options
        options.limits = .standard
        options.isDurable = false
        let contents = Contents(
            generation: generation, codecs: VipsRuntime.codecs, options: options,
            model: destination.model, platform: destination.platform.id,
            imagesPerRequest: destination.imagesPerRequest, terms: destination.terms,
            maxEdge: destination.platform.limits.maxEdge(imagesPerRequest: destination.imagesPerRequest),
            maxBase64Bytes: destination.platform.limits.maxBase64Bytes)
        let json = (try? JSONLine.encode(contents)) ?? []
        return String(Digest.sha256(ImageBytes(copying: json)).prefix(16))
    }

    /// The fingerprint of a file: that of the run, and the size if a budget decided it. An image that the
    /// budget left unchanged is the same as in a run without one.
    static func of(_ fingerprint: String, size: PixelSize?) -> String {
        size.map { "\(fingerprint)-\($0)" } ?? fingerprint
    }

    /// The fingerprint of the run within that of a file.
    static func ofRun(_ fingerprint: String) -> String { String(fingerprint.prefix { $0 != "-" }) }
}
