internal import ImageHeaders
internal import ImagePreflight

/// An error that makes the run fail, as sentences for the user.
struct ConsoleError: Error, CustomStringConvertible {
    /// The sentences, each of which is shown as one line whatever it contains.
    let lines: [String]

    /// The sentences joined.
    var description: String { lines.joined(separator: "; ") }

    init(_ sentence: String) { lines = [sentence] }

    init(lines: [String]) { self.lines = lines }

    /// The system's error.
    init(_ error: FileError) { lines = [error.description] }
}

/// Runs an operation on files.
///
/// - Parameter step: the operation.
/// - Returns: what it returns.
/// - Throws: ``ConsoleError`` in place of the file's error.
func consoleStep<Value: ~Copyable>(_ step: () throws(FileError) -> Value) throws(ConsoleError) -> Value {
    do throws(FileError) { return try step() } catch { throw ConsoleError(error) }
}

/// Runs an operation whose errors are sentences already.
///
/// - Parameter work: the operation.
/// - Returns: what it returns.
/// - Throws: ``ConsoleError`` in place of any error.
func consoleWork<Value>(_ work: () throws -> Value) throws(ConsoleError) -> Value {
    do { return try work() } catch {
        if case .alreadyPrepared(let path) = (error as? PreflightError)?.reason {
            throw ConsoleError(
                "\(path) already exists: --resume continues that run, --overwrite replaces its outputs")
        }
        throw error as? ConsoleError ?? ConsoleError("\(error)")
    }
}
