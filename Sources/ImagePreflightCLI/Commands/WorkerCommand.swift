internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight

struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Answer tasks on standard input, one JSON object per line, for clusters and isolation.",
        discussion: """
            Sends hello, then answers each line with one line, in order: the records of `check` and `estimate` and \
            the rows of a manifest. A bad line is answered with "error"; the worker ends when its input does.

              → {"id":1,"task":"check","path":"photos/a.jpg"}
              → {"id":2,"task":"prepare","path":"photos/a.jpg","output_folder":"ready"}
              → {"id":3,"task":"prepare","bytes_base64":"/9j/4AAQ…","name":"a.jpg"}
              → {"id":4,"task":"estimate","width":1920,"height":1080}

            The whole protocol is documented with WorkerProtocol in the library.

            EXAMPLES
              image-preflight worker --model claude-opus-5-5 < tasks.ndjson > rows.ndjson
            """)

    @OptionGroup var fit: FitArguments
    @OptionGroup var tiles: TileArguments
    @OptionGroup var destination: DestinationArguments
    @OptionGroup var decoding: MemoryArguments

    @Flag(name: .long, help: "Flush each file to disk (fsync) before continuing.")
    var durable = false

    func run() throws {
        var options = fit.prepareOptions
        options.tiling = tiles.tiling
        options.limits = try decoding.limits()
        options.isDurable = durable
        let preflighter = Preflighter(destination: try destination.destination(), options: options)
        ProcessLimits.apply(decodingBytes: decoding.bytes)
        var worker = Worker(preflighter: preflighter, catalog: try destination.platform.catalog.load())
        worker.run(input: STDIN_FILENO, output: STDOUT_FILENO)
    }
}
