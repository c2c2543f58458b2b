internal import ArgumentParser
internal import ImagePreflight

/// `--duplicates` and `--near-duplicates` of `check`.
struct DuplicateArguments: ParsableArguments {
    @Flag(
        name: .long,
        help: "Warn about files with the same bytes as an earlier one; reads only candidates.")
    var duplicates = false

    @Flag(name: .long, help: "Also warn about images that look like an earlier one; needs --deep.")
    var nearDuplicates = false

    /// What is compared.
    var comparison: FolderCheck.DuplicateComparison {
        nearDuplicates ? .pictures : duplicates ? .bytes : .none
    }
}
