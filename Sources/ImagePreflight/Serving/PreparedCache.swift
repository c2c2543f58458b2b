internal import PreflightFiles
internal import ImageHeaders
package import SystemPackage
internal import Vips
internal import VisionRules

/// Prepared images in a folder, for a program that meets the same ones again: an agent, an editor, a server.
///
/// An image is found by its bytes and the options, never by its name or its time. Any number of processes may
/// share a folder: an entry appears whole or not at all, and two processes that make the same one write the
/// same bytes. The folder and the entries are only for one user, and an entry is returned only while its
/// bytes have the SHA-256 in its name.
package struct PreparedCache: Sendable, Hashable {
    /// The folder of the images. It is created when the first one is kept. A folder of another user and a
    /// link are refused.
    package var folder: FilePath
    /// How many bytes are kept. Beyond that, adding an image removes those that were not used for the longest
    /// time; one that was used within ``protectedSeconds`` stays, so that a returned path can be read.
    package var maxBytes: Int

    /// The default size: 1 GiB.
    package static let defaultMaxBytes = 1 << 30
    /// How long an image is safe from removal after it was requested, seconds.
    package static let protectedSeconds = 3600

    /// A cache.
    ///
    /// - Parameters:
    ///   - folder: the folder of the images.
    ///   - maxBytes: how many bytes are kept.
    package init(folder: FilePath, maxBytes: Int = PreparedCache.defaultMaxBytes) {
        self.folder = folder
        self.maxBytes = maxBytes
    }

    /// An image that can be sent.
    package struct Entry: Sendable, Hashable {
        /// Its path. The file belongs to the cache: read it, but do not change or move it.
        package var path: FilePath
        /// What its header says, and the findings about that.
        package var image: CheckedImage
        /// Whether it was made just now.
        package var isNew: Bool
    }

    /// Finds the prepared image of a file, or makes it.
    ///
    /// - Parameters:
    ///   - path: the original.
    ///   - preflighter: where it will be sent, and how it is prepared.
    /// - Returns: the prepared image.
    /// - Throws: a `PreflightError` when it cannot be read, prepared or kept.
    package func entry(for path: FilePath, with preflighter: Preflighter) throws(PreflightError) -> Entry {
        try Preflighter.looking(at: path) { (source) throws(PreflightError) in
            try entry(for: source, with: preflighter)
        }
    }

    /// Finds the prepared image of an open file, or makes it.
    ///
    /// - Parameters:
    ///   - source: the original.
    ///   - preflighter: where it will be sent, and how it is prepared.
    /// - Returns: the prepared image.
    /// - Throws: a `PreflightError` when it cannot be read, prepared or kept; `changed` when it has to be opened again.
    package func entry(for source: ImageSource, with preflighter: Preflighter) throws(PreflightError) -> Entry
    {
        var whole = preflighter
        whole.options.tiling = nil
        let options = OptionsFingerprint.of(preflighter)
        let bytes = try source.bytes(maxBytes: whole.options.limits.maxFileBytes)
        if FileStatus.isTaken(folder) {
            try claimFolder()
            if let entry = kept(Digest.sha256(bytes), options: options, for: whole) { return entry }
        }
        return try keep(try whole.made(source)[0], options: options, for: whole)
    }

    private func keep(
        _ image: MadeImage, options: String, for preflighter: Preflighter
    ) throws(PreflightError) -> Entry {
        try fileStep { () throws(FileError) in try folder.makeFolders(mode: 0o700) }
        try claimFolder()
        let output = image.preparation.output
        // Named after what was decoded, and the result.
        let target = folder.appending(
            Self.key(image.preparation.sourceSHA256, options: options) + output.sha256 + "."
                + (output.format.traits.fileExtensions.first ?? output.format.rawValue))
        try fileStep { () throws(FileError) in
            try image.bytes.withUnsafeBytes { (bytes) throws(FileError) in
                try target.writeWhole(bytes, mode: 0o600, isDurable: preflighter.options.isDurable)
            }
        }
        trim(keeping: target)
        return Entry(path: target, image: try preflighter.inspect(path: target), isNew: true)
    }

    private func kept(_ sha256: String, options: String, for preflighter: Preflighter) -> Entry? {
        let key = Self.key(sha256, options: options)
        for name in names(beginningWith: key) {
            if let entry = verified(folder.appending(name), for: preflighter) { return entry }
        }
        return nil
    }

    /// An entry whose bytes are unchanged; nil for anything else, which is then made again.
    private func verified(_ path: FilePath, for preflighter: Preflighter) -> Entry? {
        guard
            let file = try? FileDescriptor.open(
                path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec]),
            let source = try? ImageSource(file, path: path), Self.claim(file),
            let image = try? preflighter.inspect(source), image.facts != nil,
            let bytes = try? source.bytes(maxBytes: preflighter.options.limits.maxFileBytes),
            path.stem?.hasSuffix("-" + Digest.sha256(bytes)) == true
        else { return nil }
        // The time of use, for `trim`. If it cannot be set, the entry is only removed sooner.
        _ = futimens(file.rawValue, nil)
        return Entry(path: path, image: image, isNew: false)
    }

    /// The prefix of an entry's name: its original, and the options.
    private static func key(_ sha256: String, options: String) -> String { "\(sha256)-\(options)-" }

    // MARK: Permissions

    /// Makes sure that the folder belongs to this user, and closes it to everyone else: it has copies of images
    /// that may be private.
    private func claimFolder() throws(PreflightError) {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                folder, .readOnly, options: [.directory, .noFollow, .closeOnExec])
        } catch {
            if FileStatus.isLink(folder) { throw unusable("it is a link") }
            throw .file(FileError(.openFolder, folder, error as? Errno ?? .ioError))
        }
        defer { try? file.close() }
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw .file(.last(.stat, folder)) }
        guard status.st_uid == geteuid() else { throw unusable("it belongs to another user") }
        guard status.st_mode & 0o777 == 0o700 || fchmod(file.rawValue, 0o700) == 0 else {
            throw unusable("others have access to it, and that cannot be changed")
        }
    }

    private func unusable(_ reason: String) -> PreflightError {
        .step(FailedStep(action: "use the folder \(folder): \(reason)", log: ""))
    }

    /// Makes sure that an entry belongs to this user and has no other name, and closes it to everyone else.
    private static func claim(_ file: FileDescriptor) -> Bool {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_uid == geteuid(), status.st_nlink == 1 else {
            return false
        }
        return status.st_mode & 0o777 == 0o600 || fchmod(file.rawValue, 0o600) == 0
    }
}

// MARK: - Bounds

extension PreparedCache {
    private struct File {
        let path: FilePath
        let byteCount: Int
        let usedAt: Int
    }

    /// Removes the least recently used entries until the rest is within the limit. Entries that cannot be
    /// listed or removed are left: another process may be doing the same.
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

    /// The entries, and half-written files of killed processes. Other files of the folder are not ours.
    private func files() -> [File] {
        names().compactMap { name in
            guard name.hasPrefix(AtomicFile.temporaryPrefix) || Self.isEntry(name) else { return nil }
            let path = folder.appending(name)
            var status = stat()
            guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return nil }
            return File(
                path: path, byteCount: Int(status.st_size), usedAt: Int(status.modificationTime.tv_sec))
        }
    }

    /// The names in the folder. Only requested ones become strings: there may be thousands.
    private func names(beginningWith start: String = "") -> [String] {
        let listing = folder.withPlatformString {
            try? DirectoryListing(path: $0, takesHidden: true)
        }
        guard let listing else { return [] }
        let start = Array(start.utf8)
        return listing.entries.map { listing.name(of: $0) }.filter { $0.starts(with: start) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a name is that of an entry: 64 digits of the original, 16 of the options, 64 of the entry.
    private static func isEntry(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard parts.count == 2, parts[0].count == 146 else { return false }
        return parts[0].enumerated().allSatisfy { index, byte in
            index == 64 || index == 81
                ? byte == UInt8(ascii: "-")
                : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }
}
