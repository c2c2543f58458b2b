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
    /// Does a task, and another one on the same image that depends on what came of it. Pixels are kept in between where
    /// they can be.
    ///
    /// - Parameters:
    ///   - task: what is to be done first.
    ///   - source: the image, whose header was read.
    ///   - next: what is to be done next. It is asked once more where the first attempt came to nothing.
    ///   - cancellation: what stops it in the middle, where that can be done.
    /// - Returns: what was made last, compared with its task.
    /// - Throws: a `PreflightError`: `changed` when the file is not what the tasks are about, `canceled` when nobody waits
    ///   for it any more; what `next` throws.
    func decode(
        _ task: DecodingTask, of source: ImageSource, then next: NextTask, unless cancellation: Cancellation?
    ) throws(PreflightError) -> Decoded
}
