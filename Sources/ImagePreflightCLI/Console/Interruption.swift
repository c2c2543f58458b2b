internal import PreflightFiles
internal import ImagePreflight

/// Ctrl-C: the first asks the run to stop after the files it is at, the second ends the process.
enum Interruption {
    /// The one run of this process.
    static let control = RunControl()

    /// Lets SIGINT and SIGTERM stop the run instead of killing it.
    static func catchSignals() {
        // Touched here, so that the handler never has to initialise it.
        _ = control
        // A parent may have started us from a thread that blocks signals, and the mask is inherited.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            signal(number, stopRun)
            sigaddset(&signals, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}

private func stopRun(_ number: Int32) {
    Interruption.control.stop()
    signal(number, SIG_DFL)
}
