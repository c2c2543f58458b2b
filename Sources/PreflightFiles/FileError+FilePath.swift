package import ImageHeaders
package import SystemPackage

extension FileError {
    /// A failed operation.
    ///
    /// - Parameters:
    ///   - operation: the operation that failed.
    ///   - path: the file or folder.
    ///   - errno: the system's error number.
    package init(_ operation: Operation, _ path: FilePath, _ errno: Errno) {
        self.init(operation, path: "\(path)", errno: errno.rawValue)
    }

    /// The system call that has just failed.
    ///
    /// - Parameters:
    ///   - operation: the operation that failed.
    ///   - path: the file or folder.
    /// - Returns: the error, with the system's error number.
    package static func last(_ operation: Operation, _ path: FilePath) -> FileError {
        FileError(operation, path: "\(path)", errno: lastErrno)
    }

    /// Runs a call of swift-system, whose errors name no file.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - path: the file or folder.
    ///   - step: the call.
    /// - Returns: what the call returns.
    /// - Throws: the error with its operation and path.
    package static func naming<Value>(
        _ operation: Operation, _ path: FilePath, _ step: () throws -> Value
    ) throws(FileError) -> Value {
        do { return try step() } catch { throw FileError(operation, path, error as? Errno ?? .ioError) }
    }
}

/// The system's error number, where another `errno` is in scope.
private var lastErrno: Int32 { errno }
