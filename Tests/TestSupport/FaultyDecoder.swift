internal import Foundation

/// The test executable that decodes like `image-preflight worker`, and breaks on files whose names hold `fault-crash`,
/// `fault-hang` and the like.
public enum FaultyDecoder {
    /// Its path.
    public static let path = CommandRun.productsFolder.appending(path: "FaultyDecoder").path

    /// Lets the command decode with it.
    ///
    /// - Parameter state: the folder in which it remembers what happened already, and finds replacements of files.
    /// - Returns: variables for the environment of the command.
    public static func environment(state: String? = nil) -> [String: String] {
        var variables = ["IMAGE_PREFLIGHT_WORKER": path]
        variables["FAULTY_DECODER_STATE"] = state
        return variables
    }
}
