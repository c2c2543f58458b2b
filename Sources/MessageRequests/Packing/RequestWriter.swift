internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import VisionRules

/// Writes requests as a stream: only a few KB of pictures in files are held at a time.
///
/// ```swift
/// let writer = RequestWriter(template: RequestTemplate(model: "claude-sonnet-5-5", prompt: "What is this?"))
/// var body = MemorySink()
/// let photo = RequestImage(.bytes(jpeg, format: .jpeg), size: PixelSize(width: 1092, height: 1092))
/// try writer.write([photo], to: &body)
/// ```
package struct RequestWriter: Sendable {
    /// The text around the images.
    package let template: RequestTemplate

    /// A writer.
    ///
    /// - Parameter template: the text around the images.
    package init(template: RequestTemplate) { self.template = template }

    /// Writes one request.
    ///
    /// Several images are introduced by text blocks `Image 1:`, `Image 2:` …; the prompt comes last. An image
    /// that is a part of a picture shares the picture's number and names the part: `Image 3, part 2 of 5,
    /// rows 1268–2536:`. Documents are introduced by `Document 1:` and so on.
    ///
    /// - Parameters:
    ///   - images: the images in their order.
    ///   - customID: writes a line of a batch with this id, including its line feed; nil for the request
    ///     alone.
    ///   - sink: where the request goes; a ``DescriptorSink`` still has to be flushed.
    /// - Throws: when a picture cannot be read, or the request cannot be written.
    package func write(
        _ images: some Collection<RequestImage>, customID: String? = nil, to sink: inout some ByteSink
    ) throws(RequestWriteError) {
        for part in parts(images, customID: customID) {
            switch part {
            case .text(let text): try put(text, &sink)
            case .picture(let image): try writePicture(image, to: &sink)
            }
        }
    }

    /// The parts of a request in order.
    package func parts(
        _ images: some Collection<RequestImage>, customID: String? = nil
    ) -> [RequestPart] {
        var parts: [RequestPart] = []
        var text = customID.map { "{\"custom_id\":\(JSONLiteral.quoted($0)),\"params\":" } ?? ""
        text += head
        var numbers = ImageNumbers()
        for (index, image) in images.enumerated() {
            let number = numbers.next(image)
            if Self.isLabelled(image, of: images.count) { text += Self.label(number, image) }
            parts += [.text(text + image.head), .picture(image)]
            text = image.tail(isCached: isCached(index, of: images.count)) + ","
        }
        return parts + [.text(text + tail + (customID == nil ? "" : "}\n"))]
    }

    /// The size of a request that ``write(_:customID:to:)`` would write, without reading a picture.
    ///
    /// - Parameters:
    ///   - images: the images in their order.
    ///   - customID: the id of the line in a batch; nil for the request alone.
    /// - Returns: bytes.
    package func byteCount(_ images: some Collection<RequestImage>, customID: String? = nil) -> Int {
        var count = head.utf8.count + tail.utf8.count
        var numbers = ImageNumbers()
        for (index, image) in images.enumerated() {
            let number = numbers.next(image)
            if Self.isLabelled(image, of: images.count) {
                count += Self.label(number, image).utf8.count
            }
            count += blockByteCount(image, isCached: isCached(index, of: images.count))
        }
        if let customID {
            count += "{\"custom_id\":,\"params\":}\n".utf8.count + JSONLiteral.quoted(customID).utf8.count
        }
        return count
    }

    // MARK: - Parts

    /// The bytes of a request without any image.
    var overheadByteCount: Int { head.utf8.count + tail.utf8.count }

    /// The bytes of an image's block and the comma after it.
    func blockByteCount(_ image: RequestImage, isCached: Bool) -> Int {
        image.head.utf8.count + image.base64Bytes + image.tail(isCached: isCached).utf8.count + 1
    }

    /// The text block that introduces an image, and the comma after it.
    static func label(_ number: Int, _ image: RequestImage) -> String {
        let name = image.documentPages == nil ? "Image" : "Document"
        return "{\"type\":\"text\",\"text\":\"\(name) \(number)\(image.part?.text ?? ""):\"},"
    }

    /// Whether an image is introduced: one of several, or a part of a picture.
    static func isLabelled(_ image: RequestImage, of count: Int) -> Bool { count > 1 || image.part != nil }

    private func isCached(_ index: Int, of count: Int) -> Bool { template.cachesImages && index == count - 1 }

    private var head: String {
        var members: [String] = []
        if let version = template.dialect.version {
            members.append("\"anthropic_version\":\"\(version)\"")
        } else {
            members.append("\"model\":" + JSONLiteral.quoted(template.model))
        }
        members.append("\"max_tokens\":\(template.maxOutputTokens)")
        if let system = template.system { members.append("\"system\":" + JSONLiteral.quoted(system)) }
        if !template.otherMembers.isEmpty { members.append(template.otherMembers) }
        return "{" + members.joined(separator: ",") + ",\"messages\":[{\"role\":\"user\",\"content\":["
    }

    private var tail: String { "{\"type\":\"text\",\"text\":\(JSONLiteral.quoted(template.prompt))}]}]}" }

    private func put(_ text: String, _ sink: inout some ByteSink) throws(RequestWriteError) {
        do throws(FileError) { try sink.write(text) } catch { throw .write(error) }
    }

    private func writePicture(
        _ image: RequestImage, to sink: inout some ByteSink
    ) throws(RequestWriteError) {
        switch image.source {
        case .bytes(let bytes, _):
            do throws(FileError) { try sink.writeBase64(bytes) } catch { throw .write(error) }
        case .file(let path, let byteCount, _): try writeFile(path, byteCount: byteCount, to: &sink)
        case .url, .fileID: break
        }
    }

    private func writeFile(
        _ path: PathBytes, byteCount: Int, to sink: inout some ByteSink
    ) throws(RequestWriteError) {
        let file: RequestFile
        do throws(FileError) { file = try RequestFile(path: path) } catch { throw .read(path: path, error) }
        // A multiple of 3, so that only the last piece is padded.
        let size = 48 * 1024
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var written = 0
        while true {
            var filled = 0
            while filled < size {
                let count = read(file.descriptor, buffer.baseAddress.map { $0 + filled }, size - filled)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    throw .read(path: path, FileError(.read, errno: errno))
                }
                if count == 0 { break }
                filled += count
            }
            written += filled
            // A picture that grew would exceed the plan's limits, one that shrank would change its size.
            guard written <= byteCount else { throw .changed(path: path) }
            do throws(FileError) {
                try sink.writeBase64(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
            } catch {
                throw .write(error)
            }
            if filled < size { break }
        }
        guard written == byteCount else { throw .changed(path: path) }
    }
}
