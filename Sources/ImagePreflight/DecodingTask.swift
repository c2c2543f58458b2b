package import PreflightRecords
package import ImageHeaders
package import Vips
package import VisionRules

/// What to decode of one image, and what to make of it. The process that performs it makes no decisions.
package struct DecodingTask: Hashable, Codable, Sendable {
    /// What the header says; a decoder that reads anything else reports that the file has changed.
    package var facts: ImageFacts
    /// The size of the file in bytes.
    package var byteCount: Int
    /// The plan; nil to make nothing.
    package var plan: TransformPlan?
    /// Whether all of the image is decoded, to check that it is complete.
    package var isReadThrough = false
    /// Whether the text of the image is measured.
    package var measuresText = false
    /// How the image is decoded for its `PerceptualHash`; nil if none is requested.
    package var hashPlan: TransformPlan?
    /// Whether the SHA-256 of the bytes is requested.
    package var isNamed = true
    /// How the image is prepared.
    package var options: PrepareOptions
    /// The memory for decoding.
    var memory: DecodingMemory
}

/// The result of decoding one image: nothing else about the image comes from a decoder.
package struct Decoded {
    /// The SHA-256 of the bytes that were decoded, in hexadecimal, if requested.
    package var sourceSHA256: String?
    /// The perceptual hash, if requested and possible.
    package var perceptualHash: PerceptualHash?
    /// What is wrong with the pixels, if requested.
    package var damage: [Finding] = []
    /// The text of the image, if requested and possible.
    package var text: TextMeasure?
    /// The size in px of the upright picture that the images show.
    package var pageSize: PixelSize?
    /// One image, or its tiles in reading order; empty if nothing was to be made.
    package var images: [DecodedImage] = []
}

/// One image that a decoder made.
package struct DecodedImage {
    /// Which part of the picture it shows; nil for all of it.
    package var tile: Tiling.Tile?
    /// Its format.
    package var format: ImageFormat
    /// Its size in px.
    package var size: PixelSize
    /// The SHA-256 of its bytes, in hexadecimal.
    package var sha256: String
    /// How often the picture was encoded.
    package var encodes: Int
    /// The file.
    package var bytes: ImageBytes
}

/// Makes the next task for an image once its text is known; nil if there is none.
package typealias NextTask = (Decoded) throws(PreflightError) -> DecodingTask?

/// The memory for decoding an image, bytes, estimated once from its header.
struct DecodingMemory: Hashable, Codable, Sendable {
    /// With libvips.
    var usual: Int
    /// The extra memory for decoding in one go; 0 if it is not decoded in one go.
    var extra: Int

    /// The total; saturates instead of overflowing.
    var total: Int { usual.saturatingAdd(extra) }
}
