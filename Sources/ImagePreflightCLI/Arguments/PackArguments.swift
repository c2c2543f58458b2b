internal import PreflightRecords
internal import ArgumentParser
public import ImagePreflight
internal import MessageRequests

/// The text around the images of a request: `--prompt`, `--system`, `--template` and so on.
struct TemplateArguments: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The prompt.", valueName: "text"))
    var prompt: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A file that contains the prompt.", valueName: "file"),
        completion: .file())
    var promptFile: PathBytes?

    @Option(name: .long, help: ArgumentHelp("The system prompt.", valueName: "text"))
    var system: String?

    @Option(name: .long, help: ArgumentHelp("Maximum tokens of each response (max_tokens).", valueName: "n"))
    var maxOutputTokens = 1024

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A JSON object with more fields of the body: temperature, tools and so on.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var template: PathBytes?

    @Flag(name: .long, help: "Set a cache breakpoint after the last image of each request.")
    var cache = false

    mutating func validate() throws {
        if prompt != nil, promptFile != nil {
            throw ValidationError("Use either --prompt or --prompt-file, not both.")
        }
        if prompt == nil, promptFile == nil {
            throw ValidationError("Give a prompt with --prompt or --prompt-file.")
        }
        if maxOutputTokens < 1 { throw ValidationError("--max-output-tokens must be at least 1.") }
    }

    /// The template.
    func template(model: String, platform: ModelCatalog.Platform) throws(ConsoleError) -> RequestTemplate {
        let prompt: String
        if let promptFile {
            prompt = String(decoding: try InputFile.bytes(of: promptFile), as: UTF8.self)
        } else {
            prompt = self.prompt ?? ""
        }
        guard prompt.contains(where: { !$0.isWhitespace }) else {
            throw ConsoleError("the prompt is empty, which the service refuses")
        }
        var result = RequestTemplate(
            model: model, maxOutputTokens: maxOutputTokens, prompt: prompt, system: system,
            cachesImages: cache, dialect: RequestTemplate.Dialect(platformID: platform.id))
        if let template {
            let json = try InputFile.bytes(of: template)
            do throws(RequestTemplateError) { try result.addMembers(json: json) } catch {
                throw ConsoleError("\(template.text): \(error)")
            }
        }
        return result
    }
}

/// Where the service gets the images from: `--source`, `--url-prefix`, `--file-ids`.
struct SourceArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("How requests carry their images.", valueName: "source"))
    var source = SourceKind.base64

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --source url: the prefix for each image's path as given.", valueName: "url"))
    var urlPrefix: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --source file: a CSV of paths and IDs of uploaded files.", valueName: "csv"),
        completion: .file(extensions: ["csv"]))
    var fileIds: PathBytes?

    mutating func validate() throws {
        if (source == .url) != (urlPrefix != nil) {
            throw ValidationError("--source url and --url-prefix go together.")
        }
        if (source == .file) != (fileIds != nil) {
            throw ValidationError("--source file and --file-ids go together.")
        }
    }

    /// The sources.
    func sources(on platform: ModelCatalog.Platform) throws(ConsoleError) -> ImageSources {
        guard platform.limits.sources.contains(source) else {
            let taken = SourceKind.allCases.filter(platform.limits.sources.contains).map(\.rawValue)
            throw ConsoleError(
                "\(platform.id) does not take \(source.rawValue) sources, only \(taken.joined(separator: ", ")); "
                    + "--platform chooses another one")
        }
        guard let fileIds else { return urlPrefix.map { .urls(prefix: $0) } ?? .files }
        let table = String(decoding: try InputFile.bytes(of: fileIds), as: UTF8.self)
        return .ids(CSVTable.firstColumns(of: table))
    }
}

extension SourceKind: ExpressibleByArgument {}

/// The form of the output.
enum PackForm: String, CaseIterable, ExpressibleByArgument {
    case requests, batch
}
