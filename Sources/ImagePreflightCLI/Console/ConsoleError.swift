internal import ImageHeaders
internal import ImagePreflight

/// Something that keeps the command from doing its job, as sentences for the user.
struct ConsoleError: Error, CustomStringConvertible {
    /// The sentences, each of which is shown as one line whatever it holds.
    let lines: [String]

    /// The sentences in one.
    var description: String { lines.joined(separator: "; ") }

    init(_ sentence: String) { lines = [sentence] }

    init(lines: [String]) { self.lines = lines }

    /// What the system refused.
    init(_ error: FileError) { lines = [error.description] }
}

/// Does something with files.
///
/// - Parameter step: what is done.
/// - Returns: what it returns.
/// - Throws: ``ConsoleError`` in place of the file's error.
func consoleStep<Value: ~Copyable>(_ step: () throws(FileError) -> Value) throws(ConsoleError) -> Value {
    do throws(FileError) { return try step() } catch { throw ConsoleError(error) }
}

/// Does something whose errors are sentences already.
///
/// - Parameter work: what is done.
/// - Returns: what it returns.
/// - Throws: ``ConsoleError`` in place of any error.
func consoleWork<Value>(_ work: () throws -> Value) throws(ConsoleError) -> Value {
    do { return try work() } catch {
        if case .alreadyPrepared(let path) = (error as? PreflightError)?.reason {
            throw ConsoleError(
                "\(path) is there already: --resume continues that run, --overwrite replaces what it made")
        }
        throw error as? ConsoleError ?? ConsoleError("\(error)")
    }
}
