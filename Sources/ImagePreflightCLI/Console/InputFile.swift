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
    /// - Throws: ``ConsoleError`` with the file and the reason.
    static func opened(_ path: PathBytes) throws(ConsoleError) -> Int32 {
        try consoleStep { () throws(FileError) in
            try FilePath(path).openForReading().rawValue
        }
    }

    /// All bytes of a file.
    ///
    /// - Parameter path: the file.
    /// - Returns: its bytes.
    /// - Throws: ``ConsoleError`` with the file and the reason.
    static func bytes(of path: PathBytes) throws(ConsoleError) -> [UInt8] {
        try consoleStep { () throws(FileError) in try FilePath(path).readWhole() }
    }

    /// All bytes of standard input.
    ///
    /// - Parameter limit: where reading stops; the result of a longer input is also longer than this.
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
