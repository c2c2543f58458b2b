internal import ImagePreflight

/// Files that could not be read, on standard error.
enum ProblemList {
    static func report(_ problems: [PathBatch.Problem]) {
        for problem in problems { Diagnostics.error("\(problem.path.text): \(problem.reason)") }
    }
}
