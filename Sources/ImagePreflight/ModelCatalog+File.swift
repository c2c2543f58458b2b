internal import PreflightFiles
internal import SystemPackage
public import VisionRules

extension ModelCatalog {
    /// A catalog from a JSON file, validated. A file that says `"extends": "built-in"` changes only what it names.
    ///
    /// - Parameter file: the path of the file.
    /// - Throws: `FileError` when it cannot be read; a `CatalogError` that names the invalid value.
    public init(contentsOf file: some PathInput) throws {
        let bytes = try file.filePath.readWhole(limit: 1 << 26)
        do { self = try JSONLine.decode(ModelCatalog.self, from: bytes) } catch let error as DecodingError {
            throw CatalogError(error)
        }
    }
}
