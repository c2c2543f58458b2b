internal import ImagePreflight

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A user's own catalogue of models, prices and limits.
enum CatalogFile {
    /// Reads a catalogue.
    ///
    /// - Parameter path: a JSON file in the schema of ``ModelCatalog``.
    /// - Returns: the catalogue, validated.
    /// - Throws: ``ConsoleError`` that names the file and what is wrong in it.
    static func read(_ path: String) throws(ConsoleError) -> ModelCatalog {
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            let catalog = try JSONDecoder().decode(ModelCatalog.self, from: data)
            try catalog.validate()
            return catalog
        } catch let error as DecodingError {
            throw ConsoleError("\(path): \(describe(error))")
        } catch {
            throw ConsoleError("\(path): \(error)")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
                .joined()
            return
                "at \(place.isEmpty ? "the top" : String(place.drop { $0 == "." })): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
