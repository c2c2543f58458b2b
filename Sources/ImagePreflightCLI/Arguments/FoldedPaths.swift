internal import PreflightRecords
internal import ImagePreflight

/// Many paths on their way through the argument parser, whose time grows with the square of their number: 20,000 of
/// them take seconds. A long run of paths goes through it as one text, joined by NUL, which no argument can hold.
enum FoldedPaths {
    /// The commands whose positional arguments are paths.
    private static let commands: Set<String> = [
        "check", "prepare", "estimate", "pack", "lint", "repair", "manifest",
    ]
    /// The first of a run may name a command or be the value of an option.
    private static let ownCount = 4
    private static let usualCount = 64

    /// The arguments with long runs of paths joined.
    static func folded(_ arguments: [String]) -> [String] {
        guard arguments.count > usualCount, let command = arguments.first, commands.contains(command) else {
            return arguments
        }
        var folded: [String] = []
        var run: [String] = []
        var hasEnded = false
        func endRun() {
            folded += run.prefix(ownCount)
            let rest = run.dropFirst(ownCount)
            folded += rest.count > usualCount ? [rest.joined(separator: "\0")] : Array(rest)
            run = []
        }
        for argument in arguments {
            if !hasEnded, argument.hasPrefix("-"), argument != "-" {
                endRun()
                folded.append(argument)
                // Everything after it is a path.
                hasEnded = argument == "--"
            } else {
                run.append(argument)
            }
        }
        endRun()
        return folded
    }
}

extension [PathBytes] {
    /// The paths, split again.
    var unfolded: [PathBytes] {
        flatMap { path in
            path.bytes.split(separator: UInt8(0), omittingEmptySubsequences: false)
                .map { (bytes: ArraySlice<UInt8>) in PathBytes(bytes) }
        }
    }
}
