extension Preflighter {
    /// Where a preflighter decodes: in this process, or in worker processes.
    ///
    /// Everything that needs pixels uses it: preparing, deep checks, perceptual hashes. Copies of a decoder,
    /// and so of a preflighter, share its workers, which end with the last copy.
    public struct Decoder: Sendable {
        let place: any DecodingPlace
        /// Stops it in the middle of an image; nil if nothing does.
        package var cancellation: Cancellation?
    }
}

/// Performs a task, in this process or in others.
protocol DecodingPlace: Sendable {
    /// Performs a task.
    ///
    /// - Parameters:
    ///   - task: what is to be done.
    ///   - source: the image, whose header was read.
    ///   - cancellation: stops it in the middle, if possible.
    /// - Returns: the result, verified against the task.
    /// - Throws: a `PreflightError`: `changed` when the file is not the one that the task describes,
    ///   `canceled` when the work is canceled.
    func decode(
        _ task: DecodingTask, of source: ImageSource, unless cancellation: Cancellation?
    ) throws(PreflightError) -> Decoded
}
