internal import Foundation

/// The test executable that decodes like `image-preflight worker` and breaks on files whose names contain
/// `fault-crash`, `fault-hang` and the like.
public enum FaultyDecoder {
    /// Its path.
    public static let path = CommandRun.productsFolder.appending(path: "FaultyDecoder").path

    /// Lets the command decode with it.
    ///
    /// - Parameter state: the folder where it records what has happened and finds replacement files.
    /// - Returns: environment variables for the command.
    public static func environment(state: String? = nil) -> [String: String] {
        var variables = ["IMAGE_PREFLIGHT_WORKER": path]
        variables["FAULTY_DECODER_STATE"] = state
        return variables
    }
}
