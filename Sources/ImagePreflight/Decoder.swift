extension Preflighter {
    /// Where a preflighter decodes: in this process, or in worker processes.
    ///
    /// Everything that needs pixels uses it: preparing, deep checks, perceptual hashes. Copies of a decoder,
    /// and so of a preflighter, share its workers, which end with the last copy.
    public struct Decoder: Sendable {
        let place: any DecodingPlace
        /// Stops the decoder in the middle of an image; nil if nothing does.
        package var cancellation: Cancellation?
    }
}

/// Performs tasks, in this process or in others.
protocol DecodingPlace: Sendable {
    /// Performs a task, and then another one on the same image that depends on its result. The pixels are kept in
    /// between if possible.
    ///
    /// - Parameters:
    ///   - task: the first task.
    ///   - source: the image, whose header was read.
    ///   - next: makes the next task. Called again if the first attempt failed.
    ///   - cancellation: stops the decoder in the middle of an image, if it can be stopped.
    /// - Returns: the last result, verified against its task.
    /// - Throws: a `PreflightError`: `changed` when the file is not the one that the tasks describe, `canceled` when the
    ///   work is canceled; what `next` throws.
    func decode(
        _ task: DecodingTask, of source: ImageSource, then next: NextTask, unless cancellation: Cancellation?
    ) throws(PreflightError) -> Decoded
}
