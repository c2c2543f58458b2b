internal import ImagePreflight
internal import PreflightFiles
internal import SystemPackage
internal import Vips

/// A worker process that breaks on images whose names ask for it, as a hostile image breaks a decoder. It
/// replaces `image-preflight worker`; everything but the fault is the library's own code.
@main
struct FaultyDecoder {
    static func main() throws {
        guard CommandLine.arguments.contains("--decoder") else { return try serveLines() }
        var server = DecodingServer(memoryLimit: CommandLine.arguments.last.flatMap { Int($0) } ?? 1 << 30)
        guard server.begin() else { return }
        while let (request, attached) = server.next() {
            let fault = Fault(path: request.filePath, bytes: attached)
            fault?.strike()
            let outcome = server.outcome(of: request, attached)
            fault?.strikeAfterwards()
            let reply = fault.map { $0.lie(about: outcome) } ?? outcome
            guard server.reply(reply, to: request) else { return }
        }
    }

    /// The public line protocol, with the same faults.
    private static func serveLines() throws {
        let catalog = ModelCatalog.builtIn
        var worker = Worker(
            preflighter: Preflighter(
                destination: Destination(
                    model: try catalog.model(ModelCatalog.defaultModelID),
                    platform: try catalog.platform(ModelCatalog.defaultPlatformID))))
        worker.run(input: STDIN_FILENO, output: STDOUT_FILENO) { path in
            Fault(path: path, bytes: nil)?.strike()
        }
    }
}

/// What goes wrong for one image.
private struct Fault {
    enum Kind: String, CaseIterable {
        /// The worker aborts, hangs, exits, or allocates until its memory limit is reached, then aborts.
        case crash, hang, exit, memory
        /// The worker hangs and writes its process ID to a file next to the image.
        case stall
        /// The worker is killed, the first time only: a file in the state folder records it.
        case once
        /// The image is removed, or replaced by the state folder's file of the same name, before it is opened.
        case vanish, change
        /// The image is replaced by the state folder's file of the same name after it is decoded.
        case swap
        /// The worker does its work but reports something else.
        case lieSize = "lie-size"
        case lieFormat = "lie-format"
        case lieHash = "lie-hash"
        case lieBytes = "lie-bytes"
        case lieCount = "lie-count"
        case lieFinding = "lie-finding"
    }

    private let kind: Kind
    private let path: FilePath?

    /// The fault requested by the file name or, for an image in memory, by its bytes; nil if there is none.
    init?(path: FilePath?, bytes: ImageBytes?) {
        let text =
            path?.lastComponent?.string ?? bytes.map { String(decoding: $0.array, as: UTF8.self) } ?? ""
        guard let kind = Kind.allCases.first(where: { text.contains("fault-\($0.rawValue)") }) else {
            return nil
        }
        self.kind = kind
        self.path = path
    }

    private static let state = getenv("FAULTY_DECODER_STATE").map { String(cString: $0) }

    func strike() {
        switch kind {
        case .crash: abort()
        case .hang: while true { sleep(1000) }
        case .stall:
            sayThatItHangs()
            while true { sleep(1000) }
        case .exit: PreflightFiles.exit(0)
        case .memory:
            // Not more than 2 GiB: on Darwin, or under a sanitizer, no limit stops it.
            for _ in 0..<128 {
                guard let memory = malloc(1 << 24) else { break }
                memset(memory, 1, 1 << 24)
            }
            abort()
        case .once:
            guard let state = Self.state, let name = path?.lastComponent?.string else { return }
            let descriptor = open(state + "/" + name, O_CREAT | O_EXCL | O_WRONLY, 0o600)
            if descriptor >= 0 { kill(getpid(), SIGKILL) }
        case .vanish: _ = path?.withPlatformString { unlink($0) }
        case .change:
            replace()
        case .swap, .lieSize, .lieFormat, .lieHash, .lieBytes, .lieCount, .lieFinding: break
        }
    }

    /// Writes the ID of this process to a file next to the image.
    private func sayThatItHangs() {
        guard let path, let file = try? AtomicFile(at: FilePath("\(path).stalls")) else { return }
        Array(String(getpid()).utf8).withUnsafeBytes { try? file.write($0) }
        try? file.commit(isDurable: false)
    }

    func strikeAfterwards() {
        if kind == .swap { replace() }
    }

    private func replace() {
        guard let state = Self.state, let path, let name = path.lastComponent?.string else { return }
        _ = path.withPlatformString { rename(state + "/" + name, $0) }
    }

    func lie(about outcome: DecodingServer.Outcome) -> DecodingServer.Outcome {
        guard case .success(var decoded) = outcome, !decoded.images.isEmpty else { return outcome }
        switch kind {
        case .lieSize: decoded.images[0].size.width -= 1
        case .lieFormat: decoded.images[0].format = decoded.images[0].format == .png ? .jpeg : .png
        case .lieHash: decoded.images[0].sha256 = String(decoded.images[0].sha256.reversed())
        case .lieBytes:
            // A different image of the same size: only the hash reveals it.
            decoded.images[0].bytes = ImageBytes(copying: decoded.images[0].bytes.array + [0])
        case .lieCount: decoded.images.append(decoded.images[0])
        case .lieFinding:
            return .failure(.image([Finding(.costlyToDecode, "what no decoder finds")]))
        default: break
        }
        return .success(decoded)
    }
}
