internal import PreflightRecords
internal import ImageHeaders
internal import SystemPackage
internal import Vips
internal import VisionRules

// The API for one image. Blocking functions have an async twin of the same name that runs on a pool.

extension Preflighter {
    /// Checks an image by its header.
    ///
    /// - Parameters:
    ///   - source: a path (`String`, `URL`, `FilePath`) or bytes (`Data`, `[UInt8]`).
    ///   - name: the file name of an image in memory; its extension is compared with the bytes.
    /// - Returns: what the header says, and the findings of the rules.
    /// - Throws: a ``PreflightError`` when a file cannot be read. A broken image is a finding.
    public func check(_ source: some ImageInput, name: String? = nil) throws(PreflightError) -> CheckedImage {
        try Self.looking(at: source, name) { (source) throws(PreflightError) in try inspect(source) }
    }

    /// Checks an image of which only the start is known, such as an upload by its first bytes.
    ///
    /// - Parameters:
    ///   - start: the first bytes; 4 KiB is enough for most images.
    ///   - byteCount: the size of the whole image in bytes, if known; otherwise what has arrived.
    ///   - name: its file name; the extension is compared with the bytes.
    /// - Returns: what the header says, and the findings of the rules; ``CheckedImage/headerError`` is
    ///   `HeaderError.Code.truncated` if more bytes are needed.
    public func check(start: [UInt8], byteCount: Int, name: String? = nil) -> CheckedImage {
        inspect(start: start, byteCount: byteCount, name: name)
    }

    /// Checks an image by decoding all of it: finds damage behind the header, counts frames,
    /// and measures text (``CheckedImage/text``).
    ///
    /// - Parameters:
    ///   - source: a path or bytes.
    ///   - name: the file name of an image in memory.
    /// - Returns: the result.
    /// - Throws: a ``PreflightError`` when a file cannot be read, or an image is too large to be decoded.
    @available(*, noasync, message: "use 'try await'")
    public func checkDeeply(
        _ source: some ImageInput, name: String? = nil
    ) throws(PreflightError) -> CheckedImage {
        try examined(source, name)
    }

    /// Checks an image by decoding all of it: finds damage behind the header, counts frames,
    /// and measures text (``CheckedImage/text``).
    ///
    /// - Parameters:
    ///   - source: a path or bytes.
    ///   - name: the file name of an image in memory.
    /// - Returns: the result.
    /// - Throws: a ``PreflightError`` when a file cannot be read, or an image is too large to be decoded;
    ///   `CancellationError`.
    public func checkDeeply(_ source: some ImageInput, name: String? = nil) async throws -> CheckedImage {
        try await checkDeeply(source, name: name, on: .shared)
    }

    /// Checks an image by decoding all of it on a pool of your own.
    ///
    /// - Parameters:
    ///   - source: a path or bytes.
    ///   - name: the file name of an image in memory.
    ///   - pool: where it is decoded.
    /// - Returns: the result.
    /// - Throws: a ``PreflightError``; ``PreflightPool/Busy``; `CancellationError`.
    public func checkDeeply(
        _ source: some ImageInput, name: String? = nil, on pool: PreflightPool
    ) async throws -> CheckedImage {
        try await pool.run(stoppably: { try stopping(with: $0).examined(source, name) })
    }

    /// Prepares an image: makes one that can be sent, at the best size.
    ///
    /// - Parameters:
    ///   - source: a path (`String`, `URL`, `FilePath`) or bytes (`Data`, `[UInt8]`).
    ///   - name: the file name of an image in memory.
    /// - Returns: the result. An image that needs nothing keeps its bytes.
    /// - Throws: a ``PreflightError``.
    @available(*, noasync, message: "use 'try await'")
    public func prepare(
        _ source: some ImageInput, name: String? = nil
    ) throws(PreflightError) -> PreparedImage {
        try made(source, name)
    }

    /// Prepares an image: makes one that can be sent, at the best size. Never blocks a thread of Swift Concurrency.
    ///
    /// - Parameters:
    ///   - source: a path (`String`, `URL`, `FilePath`) or bytes (`Data`, `[UInt8]`).
    ///   - name: the file name of an image in memory.
    /// - Returns: the result. An image that needs nothing keeps its bytes.
    /// - Throws: a ``PreflightError``; `CancellationError`.
    public func prepare(_ source: some ImageInput, name: String? = nil) async throws -> PreparedImage {
        try await prepare(source, name: name, on: .shared)
    }

    /// Prepares an image on a pool of your own.
    ///
    /// - Parameters:
    ///   - source: a path or bytes.
    ///   - name: the file name of an image in memory.
    ///   - pool: where it is prepared.
    /// - Returns: the result.
    /// - Throws: a ``PreflightError``; ``PreflightPool/Busy``; `CancellationError`.
    public func prepare(
        _ source: some ImageInput, name: String? = nil, on pool: PreflightPool
    ) async throws -> PreparedImage {
        try await pool.run(stoppably: { try stopping(with: $0).made(source, name) })
    }

    /// Prepares an image into a folder. The result is named like the original, with the extension of its
    /// format; it appears whole or not at all.
    ///
    /// - Parameters:
    ///   - source: a path or bytes.
    ///   - folder: the folder, which is created if missing.
    ///   - name: the file name of an image in memory.
    ///   - replaces: whether a file that exists is replaced. The original never is.
    /// - Returns: the result, with its ``PreparedImage/path``.
    /// - Throws: a ``PreflightError``; nothing is left behind in that case.
    @available(*, noasync, message: "use 'try await'")
    @discardableResult
    public func prepare(
        _ source: some ImageInput, into folder: some PathInput, name: String? = nil, replaces: Bool = false
    ) throws(PreflightError) -> PreparedImage {
        try written(source, into: folder.filePath, name, replaces)
    }

    /// Prepares an image into a folder. The result is named like the original, with the extension of its
    /// format; it appears whole or not at all. Never blocks a thread of Swift Concurrency.
    ///
    /// - Parameters:
    ///   - source: a path or bytes.
    ///   - folder: the folder, which is created if missing.
    ///   - name: the file name of an image in memory.
    ///   - replaces: whether a file that exists is replaced. The original never is.
    /// - Returns: the result, with its ``PreparedImage/path``.
    /// - Throws: a ``PreflightError``, after which nothing is left behind; `CancellationError`.
    @discardableResult
    public func prepare(
        _ source: some ImageInput, into folder: some PathInput, name: String? = nil, replaces: Bool = false
    ) async throws -> PreparedImage {
        try await prepare(source, into: folder, name: name, replaces: replaces, on: .shared)
    }

    /// Prepares an image into a folder on a pool of your own.
    ///
    /// - Parameters:
    ///   - source: a path or bytes.
    ///   - folder: the folder, which is created if missing.
    ///   - name: the file name of an image in memory.
    ///   - replaces: whether a file that exists is replaced. The original never is.
    ///   - pool: where it is prepared.
    /// - Returns: the result, with its ``PreparedImage/path``.
    /// - Throws: a ``PreflightError``, after which nothing is left behind; ``PreflightPool/Busy``; `CancellationError`.
    @discardableResult
    public func prepare(
        _ source: some ImageInput, into folder: some PathInput, name: String? = nil, replaces: Bool = false,
        on pool: PreflightPool
    ) async throws -> PreparedImage {
        let folder = folder.filePath
        return try await pool.run(stoppably: {
            try stopping(with: $0).written(source, into: folder, name, replaces)
        })
    }
}

extension Preflighter {
    /// This preflighter, with a decoder that stops on cancellation.
    package func stopping(with cancellation: Cancellation) -> Preflighter {
        var preflighter = self
        preflighter.decoder.cancellation = cancellation
        return preflighter
    }

    private func examined(
        _ source: some ImageInput, _ name: String?
    ) throws(PreflightError) -> CheckedImage {
        try Self.looking(at: source, name) { (source) throws(PreflightError) in try inspectDeeply(source) }
    }

    private func made(_ source: some ImageInput, _ name: String?) throws(PreflightError) -> PreparedImage {
        try Self.looking(at: source, name) { (source) throws(PreflightError) in try prepared(source) }
    }

    private func written(
        _ input: some ImageInput, into folder: FilePath, _ name: String?, _ replaces: Bool
    ) throws(PreflightError) -> PreparedImage {
        try Self.looking(at: input, name) { (source) throws(PreflightError) in
            let images = try made(source)
            let path = input.imageFile ?? FilePath(name ?? "image")
            var row = row(for: images.map(\.preparation), path: PathBytes(path))
            let place = OutputPlace(
                folder: folder, relativePath: PathBytes(PathBytes(path).fileName),
                clash: .none, replaces: replaces)
            place.setPaths(of: &row)
            try decoder.cancellation?.check()
            try place.write(images.map(\.bytes), of: row, source: source, isDurable: options.isDurable)
            var prepared = PreparedImage(images)
            let paths = row.outputs.map { folder.pushing(FilePath($0.path)) }
            prepared.path = prepared.tiles.isEmpty ? paths.first : nil
            for index in prepared.tiles.indices { prepared.tiles[index].path = paths[index] }
            return prepared
        }
    }

    /// Checks a source, and starts over if a file has changed in the meantime.
    private static func looking<Value>(
        at source: some ImageInput, _ name: String?,
        _ body: (ImageSource) throws(PreflightError) -> Value
    ) throws(PreflightError) -> Value {
        if let path = source.imageFile { return try looking(at: path, body) }
        let bytes = source.withImageBytes { ImageBytes(copying: $0) }
        return try body(ImageSource(bytes: bytes, name: name))
    }
}
