public import ImageHeaders
public import SystemPackage
public import VisionRules

/// What is known of one image before anything is done to it.
public struct InspectedImage: Sendable, Hashable {
    /// What the rules judged: header, bytes, name.
    public var subject: ImageSubject
    /// What they said.
    public var assessment: Assessment
    /// What it looks like, where that was asked for (``PrepareOptions/hashesPictures``) and can be said.
    public var perceptualHash: PerceptualHash?

    /// What the header says; nil when it cannot be read.
    public var facts: ImageFacts? { subject.facts }
}

/// A file that can be sent, as its own header tells of it.
public struct OutputFacts: Sendable, Hashable {
    /// The format.
    public var format: ImageFormat
    /// The size of the file in bytes.
    public var byteCount: Int
    /// The size in px, upright.
    public var size: PixelSize
    /// The SHA-256 of the file, in hexadecimal.
    public var sha256: String
    /// What the rules say of it at the destination.
    public var assessment: Assessment
}

/// What was done to one image.
public struct Preparation: Sendable, Hashable {
    /// The original.
    public var source: InspectedImage
    /// The SHA-256 of the original, in hexadecimal.
    public var sourceSHA256: String
    /// What was planned.
    public var plan: TransformPlan
    /// What was done: copied, resized, converted or tiled.
    public var action: PrepareAction
    /// Which part of the original the result shows; nil: all of it.
    public var tile: Tile?
    /// The result.
    public var output: OutputFacts
    /// What takes a point of the result back onto the original.
    public var map: CoordinateMap
    /// How often the picture was encoded: 0 for a copy, 1 in the usual case, at most 6.
    public var encodes: Int
}

/// A prepared image that was written to a file.
public struct PreparedFile: Sendable, Hashable {
    /// What was done.
    public var preparation: Preparation
    /// Where the result lies.
    public var path: FilePath
}

/// A prepared image in memory.
public struct PreparedImage: Sendable, Hashable {
    /// What was done.
    public var preparation: Preparation
    /// The file.
    public var bytes: [UInt8]
}
