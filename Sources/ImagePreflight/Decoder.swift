extension Preflighter {
    /// Where a preflighter decodes: in this process, or in worker processes.
    ///
    /// Everything that needs pixels asks it: preparing, deep checks, perceptual hashes. Copies of a decoder, and so of a
    /// preflighter, share its workers, which end with the last of them.
    public struct Decoder: Sendable {
        let place: any DecodingPlace
        /// What stops it in the middle of an image; nil: nothing does.
        package var cancellation: Cancellation?
    }
}

/// Does what a task asks for, in this process or in others.
protocol DecodingPlace: Sendable {
    /// Does a task.
    ///
    /// - Parameters:
    ///   - task: what is to be done.
    ///   - source: the image, whose header was read.
    ///   - cancellation: what stops it in the middle, where that can be done.
    /// - Returns: what was made, compared with the task.
    /// - Throws: a `PreflightError`: `changed` when the file is not what the task is about, `canceled` when nobody waits
    ///   for it any more.
    func decode(
        _ task: DecodingTask, of source: ImageSource, unless cancellation: Cancellation?
    ) throws(PreflightError) -> Decoded
}
