internal import PreflightFiles
internal import ImageHeaders
package import SystemPackage
internal import VisionRules

/// Prepared images in a folder, for a program that meets the same ones again: an agent, an editor, a server.
///
/// An image is found by its bytes and the options, never by its name or its time. Any number of processes may
/// share a folder: an entry appears whole or not at all, and two that make the same one write the same bytes.
package struct PreparedCache: Sendable, Hashable {
    /// Where the images lie. It is made when the first one is kept, for this user alone.
    package var folder: FilePath
    /// How many bytes are kept. When an image is added beyond that, those go that were not used for the longest
    /// time; one that was used within ``protectedSeconds`` stays, so that a path that was handed out can be read.
    package var maxBytes: Int

    /// What is kept when nothing else is said: 1 GiB.
    package static let defaultMaxBytes = 1 << 30
    /// How long an image is safe from being removed after it was asked for, seconds.
    package static let protectedSeconds = 3600

    /// A cache.
    ///
    /// - Parameters:
    ///   - folder: where the images lie.
    ///   - maxBytes: how many bytes are kept.
    package init(folder: FilePath, maxBytes: Int = PreparedCache.defaultMaxBytes) {
        self.folder = folder
        self.maxBytes = maxBytes
    }

    /// An image that can be sent.
    package struct Entry: Sendable, Hashable {
        /// Where it lies. The file belongs to the cache: it is to be read, not changed or moved.
        package var path: FilePath
        /// What its header says, and the rules of that.
        package var image: CheckedImage
        /// Whether it was made just now.
        package var isNew: Bool
    }

    /// Finds the prepared image of a file, or makes it.
    ///
    /// - Parameters:
    ///   - path: the original.
    ///   - preflighter: where it is about to be sent, and how it is prepared.
    /// - Returns: the prepared image.
    /// - Throws: a `PreflightError` when it cannot be read, prepared or kept.
    package func entry(for path: FilePath, with preflighter: Preflighter) throws(PreflightError) -> Entry {
        var whole = preflighter
        whole.options.tiling = nil
        let options = OptionsFingerprint.of(preflighter)
        return try Preflighter.looking(at: path) { (source) throws(PreflightError) in
            let bytes = try source.bytes(maxBytes: whole.options.limits.maxFileBytes)
            if let entry = kept(Digest.sha256(bytes), options: options, for: whole) { return entry }
            return try keep(try whole.made(source)[0], options: options, for: whole)
        }
    }

    private func keep(
        _ image: MadeImage, options: String, for preflighter: Preflighter
    ) throws(PreflightError) -> Entry {
        try makeFolder()
        // Named after what was decoded.
        let target = entryPath(
            image.preparation.sourceSHA256, options: options, format: image.preparation.output.format)
        try OutputWriter(isDurable: preflighter.options.isDurable).write(image.bytes, to: target)
        trim(keeping: target)
        return Entry(path: target, image: try preflighter.inspect(path: target), isNew: true)
    }

    private func kept(_ sha256: String, options: String, for preflighter: Preflighter) -> Entry? {
        for format in ImageFormat.sendable {
            let path = entryPath(sha256, options: options, format: format)
            // The header is read for the caller, and tells a file that a crash of the system left empty.
            guard let image = try? preflighter.inspect(path: path), image.facts != nil else { continue }
            // The time of use, for `trim`. Where it cannot be set, the entry only goes sooner.
            _ = path.withPlatformString { utimensat(AT_FDCWD, $0, nil, 0) }
            return Entry(path: path, image: image, isNew: false)
        }
        return nil
    }

    private func entryPath(_ sha256: String, options: String, format: ImageFormat) -> FilePath {
        folder.appending("\(sha256)-\(options).\(format.traits.fileExtensions.first ?? format.rawValue)")
    }

    private func makeFolder() throws(PreflightError) {
        guard FileStatus(folder) == nil else { return }
        try fileStep { () throws(FileError) in try folder.makeFolders() }
        // Copies of what may be private: as other caches below a home folder.
        _ = folder.withPlatformString { chmod($0, 0o700) }
    }
}

// MARK: - Bounds

extension PreparedCache {
    private struct File {
        let path: FilePath
        let byteCount: Int
        let usedAt: Int
    }

    /// Removes what was not used for the longest time until the rest is within the limit. What cannot be listed
    /// or removed is left: another process may be at the same work.
    private func trim(keeping path: FilePath) {
        var files = self.files()
        var total = files.reduce(0) { $0 + $1.byteCount }
        guard total > maxBytes else { return }
        let newest = Int(time(nil)) - Self.protectedSeconds
        files.sort { $0.usedAt < $1.usedAt }
        for file in files where total > maxBytes && file.usedAt < newest && file.path != path {
            if file.path.withPlatformString({ unlink($0) }) == 0 { total -= file.byteCount }
        }
    }

    /// The entries, and what killed processes left half written. Other files of the folder are not ours.
    private func files() -> [File] {
        let listing = folder.withPlatformString {
            try? DirectoryListing(path: $0, takesHidden: true, marksClashes: false)
        }
        guard let listing else { return [] }
        return listing.entries.compactMap { entry in
            let name = String(decoding: listing.name(of: entry), as: UTF8.self)
            guard name.hasPrefix(AtomicFile.temporaryPrefix) || Self.isEntry(name) else { return nil }
            let path = folder.appending(name)
            var status = stat()
            guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return nil }
            return File(
                path: path, byteCount: Int(status.st_size), usedAt: Int(status.modificationTime.tv_sec))
        }
    }

    /// Whether a name is one of ``entryPath``: 64 digits of the bytes, 16 of the options.
    private static func isEntry(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard parts.count == 2, parts[0].count == 81 else { return false }
        return parts[0].enumerated().allSatisfy { index, byte in
            index == 64
                ? byte == UInt8(ascii: "-")
                : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }
}
