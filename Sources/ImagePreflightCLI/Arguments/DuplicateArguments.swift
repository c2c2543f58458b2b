internal import ArgumentParser
internal import ImagePreflight

/// `--duplicates` and `--near-duplicates` of `check`.
struct DuplicateArguments: ParsableArguments {
    @Flag(
        name: .long,
        help: "Warn of files with the same bytes as an earlier one; reads only those that may be.")
    var duplicates = false

    @Flag(name: .long, help: "Warn of images that look like an earlier one, too; with --deep.")
    var nearDuplicates = false

    /// What is compared.
    var comparison: FolderCheck.DuplicateComparison {
        nearDuplicates ? .pictures : duplicates ? .bytes : .none
    }
}
