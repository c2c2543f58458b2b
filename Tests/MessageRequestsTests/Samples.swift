import Foundation
import ImageHeaders
import MessageRequests
import VisionRules

/// Bytes that are a PNG as far as a header reader looks; `count` bytes in total.
func png(_ width: Int, _ height: Int, count: Int = 45) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
    bytes += Array("IHDR".utf8)
    for side in [width, height] {
        bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: side >> $0) }
    }
    bytes += [8, 2, 0, 0, 0]
    let sum = ~bytes[12...].reduce(UInt32.max) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    bytes += [0, 0, 0, 0] + Array("IDAT".utf8)
    return bytes + [UInt8](repeating: 7, count: max(count - bytes.count, 0))
}

/// Bytes of a GIF with one frame.
func gif(_ width: Int, _ height: Int) -> [UInt8] {
    Array("GIF89a".utf8)
        + [
            UInt8(width & 255), UInt8(width >> 8), UInt8(height & 255), UInt8(height >> 8), 0, 0, 0, 0x2C, 0,
            0, 0, 0, UInt8(width & 255), UInt8(width >> 8), UInt8(height & 255), UInt8(height >> 8), 0, 2, 1,
            0x44, 0, 0x3B,
        ]
}

/// A PDF whose page tree gives the number of pages.
func pdfFile(pages: Int, trailer: String = "") -> [UInt8] {
    Array(
        """
        %PDF-1.4
        1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
        2 0 obj<</Type/Pages/Kids[]/Count \(pages)>>endobj
        trailer<</Root 1 0 R\(trailer)>>
        %%EOF
        """.utf8)
}

/// A document block.
func documentBlock(_ bytes: [UInt8], _ mediaType: String = "application/pdf") -> String {
    """
    {"type":"document","source":{"type":"base64","media_type":"\(mediaType)","data":"\(base64(bytes))"}}
    """
}

/// Foundation's base64, which is not under test here.
func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

/// An image block.
func imageBlock(
    _ bytes: [UInt8], _ mediaType: String? = "image/png", extra: String = ""
) -> String {
    let type = mediaType.map { #""media_type":"\#($0)","# } ?? ""
    return #"{"type":"image"\#(extra),"source":{"type":"base64",\#(type)"data":"\#(base64(bytes))"}}"#
}

/// An image block with its data exactly as given.
func imageBlock(data: String) -> String {
    #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(data)"}}"#
}

/// A text block.
func textBlock(_ text: String) -> String { #"{"type":"text","text":"\#(text)"}"# }

/// A request with one user message.
func request(_ blocks: String..., model: String = "claude-sonnet-5-5", extra: String = "") -> String {
    #"{"model":"\#(model)","max_tokens":100\#(extra),"messages":[{"role":"user","content":[\#(blocks.joined(separator: ","))]}]}"#
}

/// A request with a plain image and other blocks.
let plainRequest = request(imageBlock(png(980, 980)), textBlock("What is this?"))

/// The linter's report on a text.
func lint(_ text: String, platform: String? = "claude-api", model: String? = nil) throws -> LintReport {
    let linter = try RequestLinter(options: LintOptions(modelID: model, platformID: platform))
    return linter.lint(bytes: Array(text.utf8))
}

/// The codes of all findings, sorted.
func codes(_ text: String, platform: String? = "claude-api", model: String? = nil) throws -> [String] {
    try lint(text, platform: platform, model: model).findings.map(\.code.rawValue).sorted()
}
