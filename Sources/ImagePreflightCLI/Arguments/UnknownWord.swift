internal import ArgumentParser
internal import ImagePreflight
internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage

/// A word that is not a command where a command is required. The parser only calls it unexpected, and complains
/// about the options after it first.
struct UnknownWord {
    /// The names of a command and of those below it.
    private struct Names {
        let name: String
        let children: [Names]

        init(_ command: any ParsableCommand.Type) {
            let configuration = command.configuration
            name = configuration.commandName ?? ""
            children = configuration.subcommands.map { Names($0) }
        }
    }

    /// The word as it was typed.
    private let word: String
    /// The commands before it, as typed: `image-preflight manifest`.
    private let parents: [String]
    /// What could be there.
    private let names: [String]

    /// The first such word; nil if every command is known.
    ///
    /// - Parameters:
    ///   - arguments: the arguments after the name of the program.
    ///   - root: the command of the program.
    /// - Returns: the word.
    static func first(in arguments: [String], of root: any ParsableCommand.Type) -> UnknownWord? {
        var command = Names(root)
        var parents = [command.name]
        // `help` is followed by commands, too.
        for argument in arguments.dropFirst(arguments.first == "help" ? 1 : 0) {
            guard !command.children.isEmpty else { return nil }
            // A command with commands below it has no other options.
            let names = argument.hasPrefix("-") ? ["--help", "--version"] : command.children.map(\.name)
            guard let next = command.children.first(where: { $0.name == argument }) else {
                let word = UnknownWord(word: argument, parents: parents, names: names)
                return argument.hasPrefix("-") && word.nearest == nil ? nil : word
            }
            command = next
            parents.append(argument)
        }
        return nil
    }

    private var nearest: String? {
        Spelling.nearest(to: word, among: names).flatMap { $0 == word ? nil : $0 }
    }

    /// What was wrong, and what may have been meant.
    var message: String {
        let parents = parents.joined(separator: " ")
        return "Error: Unknown \(word.hasPrefix("-") ? "option" : "command") '\(word)'.\(suggestion)\n"
            + "Usage: \(parents) <subcommand>\n  See '\(parents) --help' for more information."
    }

    private var suggestion: String {
        if let nearest { return " Did you mean '\(nearest)'?" }
        let path = PathBytes(RawArguments.bytes(word)[...])
        guard parents.count == 1, FileStatus(FilePath(path)) != nil else { return "" }
        return " Did you mean '\(parents[0]) check \(path.shellWord)'?"
    }
}
