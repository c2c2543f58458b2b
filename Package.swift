// swift-tools-version: 6.1
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// The C libraries that decode and encode are loaded when the first pixel is needed: building needs none of them.
let dynamicLoading: [LinkerSetting] = [.linkedLibrary("dl", .when(platforms: [.linux]))]

let package = Package(
    name: "image-preflight",
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [
        .library(name: "ImageHeaders", targets: ["ImageHeaders"]),
        .library(name: "VisionRules", targets: ["VisionRules"]),
        .library(name: "MessageRequests", targets: ["MessageRequests"]),
        .library(name: "ImagePreflight", targets: ["ImagePreflight"]),
        .library(name: "PreflightRequests", targets: ["PreflightRequests"]),
        .executable(name: "image-preflight", targets: ["ImagePreflightCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .target(name: "ImageHeaders", swiftSettings: swiftSettings),
        .target(name: "VisionRules", dependencies: ["ImageHeaders"], swiftSettings: swiftSettings),
        .target(
            name: "PreflightFiles",
            dependencies: [
                "ImageHeaders", "CPlatform", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "PreflightRecords", dependencies: ["ImageHeaders", "VisionRules"],
            swiftSettings: swiftSettings),
        .target(
            name: "MessageRequests",
            dependencies: ["ImageHeaders", "VisionRules", "PreflightFiles", "PreflightRecords"],
            swiftSettings: swiftSettings),
        .target(name: "CPlatform"),
        .target(name: "CDigest"),
        .target(
            name: "CResampler",
            linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
        .target(name: "CTextMeter"),
        .target(name: "CCodecs", linkerSettings: dynamicLoading),
        .target(name: "CVipsShim", linkerSettings: dynamicLoading),
        .target(name: "Vips", dependencies: ["CVipsShim", "CCodecs"], swiftSettings: swiftSettings),
        .target(
            name: "ImagePreflight",
            dependencies: [
                "ImageHeaders", "VisionRules", "PreflightFiles", "PreflightRecords", "CPlatform", "CCodecs",
                "CDigest", "CResampler", "CTextMeter", "Vips",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "PreflightRequests",
            dependencies: [
                "ImagePreflight", "MessageRequests", "PreflightFiles", "PreflightRecords",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "ImagePreflightCLI",
            dependencies: [
                "ImagePreflight", "MessageRequests", "PreflightFiles", "PreflightRecords",
                "PreflightRequests",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            // In the code instead of a bundle: the command stays one file.
            resources: [
                .embedInCode("Report/Page/report.css"), .embedInCode("Report/Page/report.js"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "TestSupport", dependencies: ["ImageHeaders", "VisionRules", "PreflightRecords"],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        // Reads the sources: which room uses which; compiles the Swift of the documentation.
        .testTarget(
            name: "HouseTests", dependencies: ["PreflightRequests", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ImageHeadersTests", dependencies: ["ImageHeaders", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "VisionRulesTests",
            dependencies: ["VisionRules", "ImageHeaders", "PreflightRecords", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "MessageRequestsTests",
            dependencies: ["MessageRequests", "VisionRules", "ImageHeaders", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "CDigestTests", dependencies: ["CDigest"], swiftSettings: swiftSettings),
        .testTarget(
            name: "CResamplerTests", dependencies: ["CResampler"], swiftSettings: swiftSettings),
        .testTarget(
            name: "CTextMeterTests", dependencies: ["CTextMeter"], swiftSettings: swiftSettings),
        .testTarget(
            name: "VipsTests", dependencies: ["Vips", "TestSupport"], swiftSettings: swiftSettings),
        // A worker process that crashes, hangs and lies, for tests.
        .executableTarget(
            name: "FaultyDecoder",
            dependencies: [
                "ImagePreflight", "PreflightFiles", "Vips",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/FaultyDecoder", swiftSettings: swiftSettings),
        .testTarget(
            name: "ImagePreflightTests",
            dependencies: [
                "FaultyDecoder", "ImagePreflight", "PreflightFiles", "CCodecs", "CResampler", "Vips",
                "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PreflightRequestsTests", dependencies: ["PreflightRequests", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ImagePreflightCLITests",
            dependencies: [
                "FaultyDecoder", "ImagePreflightCLI", "ImagePreflight", "ImageHeaders", "MessageRequests",
                "TestSupport", "VisionRules",
            ],
            swiftSettings: swiftSettings),
    ]
)
