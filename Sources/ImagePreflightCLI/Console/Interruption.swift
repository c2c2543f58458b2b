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

extension Interruption {
    /// The variable that says that this process is to end with its standard input: the server that started it is gone.
    static let endsWithInputVariable = "IMAGE_PREFLIGHT_ENDS_WITH_INPUT"

    /// Stops the run when standard input is closed, if the parent asked for that, and ends the process when that takes
    /// longer than a second.
    static func watchInput() {
        guard getenv(endsWithInputVariable) != nil else { return }
        // Not for the processes that this one starts.
        unsetenv(endsWithInputVariable)
        let watch = JoinableThread.start {
            // No events are asked for: that the other end is closed is told anyway.
            var item = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
            while poll(&item, 1, -1) < 1 {}
            control.stop()
            sleep(1)
            _exit(128 + SIGTERM)
        }
        watch?.detach()
    }
}

private func stopRun(_ number: Int32) {
    Interruption.control.stop()
    signal(number, SIG_DFL)
}
