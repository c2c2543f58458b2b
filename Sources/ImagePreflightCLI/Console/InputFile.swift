internal import ImageHeaders
internal import ImagePreflight
internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage

/// Files that the user names in addition to the images, and standard input.
enum InputFile {
    /// Opens a file for reading.
    ///
    /// - Parameter path: the file.
    /// - Returns: its descriptor, which the caller closes.
    /// - Throws: ``ConsoleError`` that names the file and says why it cannot be opened.
    static func opened(_ path: PathBytes) throws(ConsoleError) -> Int32 {
        try consoleStep { () throws(FileError) in
            try FilePath(path).openForReading().rawValue
        }
    }

    /// All bytes of a file.
    ///
    /// - Parameter path: the file.
    /// - Returns: its bytes.
    /// - Throws: ``ConsoleError`` that names the file and says why it cannot be read.
    static func bytes(of path: PathBytes) throws(ConsoleError) -> [UInt8] {
        try consoleStep { () throws(FileError) in try FilePath(path).readWhole() }
    }

    /// All bytes of standard input.
    ///
    /// - Parameter limit: the bytes after which reading stops: what is longer is longer than this, too.
    /// - Returns: its bytes.
    /// - Throws: ``ConsoleError`` when it cannot be read.
    static func standardInput(limit: Int = .max) throws(ConsoleError) -> [UInt8] {
        try consoleStep { () throws(FileError) in
            try FileError.naming(.read, "standard input") {
                try FileDescriptor.standardInput.readWhole(limit: limit)
            }
        }
    }
}
