internal import PreflightFiles
internal import ImagePreflight

/// Ctrl-C: the first asks the run to stop after its current files, the second ends the process.
enum Interruption {
    /// The one run of this process.
    static let control = RunControl()

    /// Lets SIGINT and SIGTERM stop the run instead of killing it.
    static func catchSignals() {
        // Accessed here, so that the handler never has to initialize it.
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
    /// The variable that makes this process end with its standard input: the server that started it is gone.
    static let endsWithInputVariable = "IMAGE_PREFLIGHT_ENDS_WITH_INPUT"

    /// Stops the run when standard input is closed, if the parent requested that, and ends the process if
    /// that takes longer than a second.
    static func watchInput() {
        guard getenv(endsWithInputVariable) != nil else { return }
        // Not for child processes.
        unsetenv(endsWithInputVariable)
        let watch = JoinableThread.start {
            // No events are requested: a closed other end is reported anyway.
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
