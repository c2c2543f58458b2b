package import PreflightRecords
internal import ImageHeaders
internal import SystemPackage
internal import Vips
package import VisionRules

extension HeaderReading {
    /// Whether the bytes begin like a PDF.
    package var isPDF: Bool {
        if case .failure(.noPixelSize(.pdf)) = header { true } else { false }
    }
}

extension ImageSource {
    /// What the structure of a PDF says; nil if it cannot be read.
    func document(limit: Int = DecodeLimits.standard.maxFileBytes) -> DocumentSubject? {
        if let file {
            return (try? PDFReader.read(fileDescriptor: file.rawValue)).map { DocumentSubject($0) }
        }
        guard let bytes = try? bytes(maxBytes: limit) else { return nil }
        return bytes.withUnsafeBytes { DocumentSubject(PDFReader.read(bytes: $0)) }
    }
}

extension ImageSubject {
    /// A file of a walk, by its header; a PDF also by its structure, which takes a second open.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - reading: what its first bytes say.
    package init(path: PathBytes, _ reading: HeaderReading) {
        self.init(header: reading.header, byteCount: reading.byteCount, promisedFormat: path.promisedFormat)
        guard reading.isPDF else { return }
        document = FilePath(path).withPlatformString { path in
            (try? PDFReader.read(path: path)).map { DocumentSubject($0) }
        }
    }
}

extension CheckedImage {
    /// Why a PDF that is encrypted or has too many pages is refused in a document block; nil for anything
    /// else.
    ///
    /// - Parameter destination: where the request is sent.
    /// - Returns: a sentence without a period.
    package func documentRefusal(by destination: Destination) -> String? {
        guard let document, !document.isTaken(byteCount: byteCount, by: destination),
            document.fault == nil || document.fault == .encrypted
        else { return nil }
        return findings.first { $0.code == .unsupportedFormat }?.message
    }
}
