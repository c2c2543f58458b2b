internal import ImagePreflight

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A user's own catalogue of models, prices and limits.
enum CatalogFile {
    /// Reads a catalogue.
    ///
    /// - Parameter path: a JSON file in the schema of ``ModelCatalog``.
    /// - Returns: the catalogue, validated.
    /// - Throws: ``ConsoleError`` that names the file and what is wrong in it.
    static func read(_ path: String) throws(ConsoleError) -> ModelCatalog {
        guard access(path, R_OK) == 0 else { throw SystemFailure.error("read", path) }
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            return try JSONDecoder().decode(ModelCatalog.self, from: data)
        } catch let error as DecodingError {
            throw ConsoleError("\(path): \(CatalogError(error))")
        } catch {
            throw ConsoleError("\(path): \(error)")
        }
    }
}
